//! How much each stage of the lecture's net computes.

use fcn_lab::FcnError;
use fcn_lab::models::shapes::Shape;
use fcn_lab::models::{Blueprint, Variant};

/// A stage of a pass.
pub struct Stage {
    pub name: &'static str,
    /// Channels, rows and columns of what it makes.
    pub map: [usize; 3],
    /// Multiply-and-adds of its convolutions, as the textbook has them; pools and sums count nothing.
    pub macs: u64,
}

/// The stages of an FCN-8s pass over a square picture, in order.
pub fn of_stages(net: &Blueprint, side: usize) -> Result<Vec<Stage>, FcnError> {
    let all = net.shapes(&[Variant::Fcn8s], side, side)?;
    let pairs = all.iter().zip(all.iter().skip(1));
    let stages = pairs.map(|(before, after)| Stage {
        name: after.stage,
        map: [after.channels, after.rows, after.columns],
        macs: macs(&all, before, after),
    });
    Ok(stages.collect())
}

fn macs(all: &[Shape], before: &Shape, after: &Shape) -> u64 {
    let pixels = |map: &Shape| (map.rows * map.columns) as u64;
    let channels = |map: &Shape| map.channels as u64;
    let conv = |from: &Shape, kernel: u64| {
        channels(from) * channels(after) * kernel * kernel * pixels(after)
    };
    let pool = |name| {
        all.iter()
            .find(|map| map.stage == name)
            .map_or(0, |pool| conv(pool, 1))
    };
    match after.stage {
        name if name.starts_with("conv") => conv(before, 3),
        "fc6" | "fc7" | "score_fr" => conv(before, 1),
        // The skip's 1×1 convolution; what it is added to is the stage before.
        "fuse_pool4" => pool("pool4"),
        "fuse_pool3" => pool("pool3"),
        name if name.starts_with("upscore") => {
            // The kernel is twice the stride, and each pixel of the input stamps it whole.
            let kernel = 2 * (after.rows / before.rows.max(1)) as u64;
            channels(before) * channels(after) * kernel * kernel * pixels(before)
        }
        _ => 0,
    }
}
