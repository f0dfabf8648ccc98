//! Watching a forward pass from outside, stage by stage.
//!
//! Progress, cancelling and looking at inner maps all need to be told after each stage, and to be waited
//! for. So a net's forward pass is written once, as straight-line code that awaits its observer. Where a pass
//! computes several stages together, it tells of all of them afterwards.

use std::future::ready;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use burn::tensor::Tensor;

use crate::FcnError;

/// What a pass waits for after a stage. An error ends the pass and is what the pass returns;
/// [`FcnError::Aborted`] to cancel.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<(), FcnError>> + 'a>>;

/// A pass on its way to the scores of its heads.
pub type Heads<'a> = Pin<Box<dyn Future<Output = Result<Vec<Tensor<4>>, FcnError>> + 'a>>;

/// The answer that never waits.
pub fn go_on() -> Answer<'static> {
    Box::pin(ready(Ok(())))
}

/// Is told of every stage of a pass.
pub trait Observer {
    /// Called after the stage `name`, with the map that it computed, `[n, c, h, w]`.
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a>;

    /// Called instead after a stage whose map was never there as a whole, since the stage was computed together with
    /// the next ones: only if not [`needs_every_map`](Self::needs_every_map).
    fn passed(&mut self, name: &'static str) -> Answer<'_> {
        let _ = name;
        go_on()
    }

    /// Whether each stage must be computed by itself, for its map or its time. The same all through a pass, and for
    /// all threads that compute it together.
    fn needs_every_map(&self) -> bool {
        true
    }
}

/// Watches nothing.
pub struct Unobserved;

impl Observer for Unobserved {
    fn stage<'a>(&'a mut self, _: &'static str, _: &'a Tensor<4>) -> Answer<'a> {
        go_on()
    }

    fn needs_every_map(&self) -> bool {
        false
    }
}

/// Keeps the maps of some stages while another observer watches.
pub struct Recorder<'a> {
    /// Is told of each stage too.
    pub inner: &'a mut dyn Observer,
    /// Names of the stages to keep.
    pub wanted: &'a [String],
    /// What was kept, in the order of the pass.
    pub kept: Vec<(&'static str, Tensor<4>)>,
}

impl Observer for Recorder<'_> {
    fn stage<'a>(&'a mut self, name: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        if self.wanted.iter().any(|wanted| wanted == name) {
            self.kept.push((name, map.clone()));
        }
        self.inner.stage(name, map)
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
