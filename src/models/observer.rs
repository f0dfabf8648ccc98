//! Watching a forward pass from outside, stage by stage.
//!
//! Progress, cancelling and looking at inner maps all need the same thing: to be told after each
//! layer and to be waited for. So a net's forward pass is written once, as straight-line code that
//! awaits its observer.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use burn::tensor::Tensor;

use crate::FcnError;

/// Is told of every stage of a pass.
pub trait Observer {
    /// Called after the stage `name`, with the map that it computed, `[n, c, h, w]`.
    ///
    /// # Errors
    /// An error ends the pass and is what the pass returns; [`FcnError::Aborted`] to cancel.
    fn stage(
        &mut self,
        name: &'static str,
        map: &Tensor<4>,
    ) -> impl Future<Output = Result<(), FcnError>>;
}

/// Watches nothing.
pub struct Unobserved;

impl Observer for Unobserved {
    async fn stage(&mut self, _: &'static str, _: &Tensor<4>) -> Result<(), FcnError> {
        Ok(())
    }
}

/// Keeps the maps of some stages while another observer watches.
pub struct Recorder<'a, O> {
    /// Whom each stage is told to.
    pub inner: &'a mut O,
    /// Names of the stages to keep.
    pub wanted: &'a [String],
    /// What was kept, in the order of the pass.
    pub kept: Vec<(&'static str, Tensor<4>)>,
}

impl<O: Observer> Observer for Recorder<'_, O> {
    async fn stage(&mut self, name: &'static str, map: &Tensor<4>) -> Result<(), FcnError> {
        if self.wanted.iter().any(|wanted| wanted == name) {
            self.kept.push((name, map.clone()));
        }
        self.inner.stage(name, map).await
    }
}

/// Runs a pass whose observer never waits.
///
/// # Errors
/// The pass's own, or [`FcnError::InvalidInput`] if the observer did wait after all.
pub fn run_now<T>(pass: impl Future<Output = Result<T, FcnError>>) -> Result<T, FcnError> {
    match pin!(pass).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(FcnError::invalid(
            "the observer waits; await the pass instead",
        )),
    }
}
