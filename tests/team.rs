//! Passes that several threads compute together, against the same pass by one: to the last bit.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use std::rc::Rc;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use burn::tensor::{Tensor, TensorData};
use common::NETS;
use common::nets::EFFICIENTNET;
use fcn_lab::device::cpu;
use fcn_lab::kernels::cpu::team::{Parts, Team, join};
use fcn_lab::kernels::{
    Activation, Bottleneck, Squeeze, Taps, TransposedOptions, Window, bottleneck, conv_block,
    conv_transpose2d, conv2d_same,
};
use fcn_lab::upsample::Rounding;
use fcn_lab::weights::Noise;

/// Runs `work` as each member of a team, in a thread of its own, and returns what each has got.
fn together<T: Send + 'static>(
    size: usize,
    work: impl Fn() -> T + Clone + Send + 'static,
) -> (Vec<T>, usize) {
    let (board, barrier) = (
        Arc::new(Mutex::new(Vec::new())),
        Arc::new(Barrier::new(size)),
    );
    let count = Arc::new(Mutex::new(0));
    let threads = (0..size).map(|rank| {
        let (board, barrier, count, work) =
            (board.clone(), barrier.clone(), count.clone(), work.clone());
        thread::spawn(move || {
            let exchange = move |map: &mut [f32], Parts { piece, cuts }: &Parts| {
                assert_eq!((cuts[0], cuts[size]), (0, *piece));
                barrier.wait();
                board.lock().expect("a lock").resize(map.len(), 0.0);
                barrier.wait();
                for (from, mine) in board
                    .lock()
                    .expect("a lock")
                    .chunks_mut(*piece)
                    .zip(map.chunks(*piece))
                {
                    from[cuts[rank]..cuts[rank + 1]]
                        .copy_from_slice(&mine[cuts[rank]..cuts[rank + 1]]);
                }
                barrier.wait();
                map.copy_from_slice(&board.lock().expect("a lock"));
                *count.lock().expect("a lock") += 1;
                barrier.wait();
            };
            join(Some(Team {
                rank,
                size,
                exchange: Rc::new(exchange),
            }));
            let result = work();
            join(None);
            result
        })
    });
    let threads: Vec<_> = threads.collect();
    let results = threads
        .into_iter()
        .map(|thread| thread.join().expect("a member"));
    let results = results.collect();
    let exchanged = *count.lock().expect("a lock");
    (results, exchanged)
}

fn noise<const D: usize>(seed: u32, shape: [usize; D]) -> Tensor<D> {
    let values = Noise::new(seed).values(shape.iter().product(), 1.0);
    Tensor::from_data(TensorData::new(values, shape), &cpu())
}

fn bits<const D: usize>(tensor: Tensor<D>) -> Vec<u32> {
    let values: Vec<f32> = tensor.into_data().try_to_vec().expect("f32");
    values.into_iter().map(f32::to_bits).collect()
}

#[test]
fn a_convolution_is_the_same_whoever_computes_it() {
    for (shape, outputs) in [
        // By rows, more members than rows of tiles, by outputs, two pictures.
        ([1, 16, 57, 66], 16),
        ([1, 64, 10, 200], 24),
        ([1, 24, 30, 34], 142),
        ([2, 32, 36, 33], 20),
    ] {
        let work = move || {
            let [_, inputs, ..] = shape;
            let weight = noise(1, [outputs, inputs, 3, 3]);
            bits(conv2d_same(
                noise(2, shape),
                weight,
                noise(3, [outputs]),
                Activation::Relu,
            ))
        };
        let alone = work();
        for size in 1..=5 {
            let (results, exchanged) = together(size, work);
            assert_eq!(
                exchanged,
                if size > 1 { size } else { 0 },
                "{shape:?} by {size}"
            );
            for result in results {
                assert!(result == alone, "{shape:?} to {outputs} by {size}");
            }
        }
    }
}

#[test]
fn a_block_is_the_same_whoever_computes_it() {
    // Too few rows for four members to compute it as one; rounded up; strips of one row; two pictures.
    for (shape, outputs, rounding, shares) in [
        ([1, 8, 49, 30], vec![16, 12], Rounding::Floor, [1, 1, 1, 2]),
        ([1, 3, 73, 67], vec![8, 8, 9], Rounding::Ceil, [1, 1, 1, 3]),
        ([1, 16, 90, 600], vec![16], Rounding::Floor, [1, 1, 1, 1]),
        ([2, 12, 59, 29], vec![16, 8], Rounding::Floor, [1, 1, 1, 2]),
    ] {
        let work = move || {
            let mut inputs = shape[1];
            let layers = outputs.iter().zip(1..).map(|(&outputs, seed)| Taps {
                weight: noise(
                    seed,
                    [outputs, std::mem::replace(&mut inputs, outputs), 3, 3],
                ),
                bias: noise(seed + 10, [outputs]),
            });
            let layers = layers.collect();
            bits(conv_block(
                noise(20, shape),
                layers,
                Activation::Relu,
                rounding,
            ))
        };
        let alone = work();
        for (size, shares) in (1..=4).zip(shares) {
            let (results, exchanged) = together(size, work.clone());
            let shared = if size > 1 { shares * size } else { 0 };
            assert_eq!(exchanged, shared, "{shape:?} by {size}");
            for result in results {
                assert!(result == alone, "{shape:?} by {size}");
            }
        }
    }
}

#[test]
fn a_transposed_convolution_is_the_same_whoever_computes_it() {
    for (inputs, outputs, per_channel) in [(21, 21, false), (10, 1, true), (5, 40, false)] {
        let work = move || {
            let options = TransposedOptions {
                stride: [8, 8],
                padding: [4, 4],
                output_padding: [0, 0],
                per_channel,
            };
            let x = noise(4, [1, inputs, 23, 24]);
            bits(conv_transpose2d(
                x,
                noise(5, [inputs, outputs, 16, 16]),
                options,
            ))
        };
        let alone = work();
        for size in 1..=4 {
            let (results, exchanged) = together(size, work);
            // A channel by itself is computed by each.
            let is_shared = size > 1 && !per_channel;
            assert_eq!(exchanged, if is_shared { size } else { 0 });
            assert!(
                results.iter().all(|result| *result == alone),
                "{inputs} to {outputs} by {size}"
            );
        }
    }
}

#[test]
fn a_bottleneck_is_the_same_whoever_computes_it() {
    for (stride, padding, adds, squeezes) in [
        (1, [2, 2], true, false),
        (2, [1, 2], false, false),
        (1, [2, 2], true, true),
        // The first and the last of four see nothing but padding.
        (1, [34, 34], false, false),
    ] {
        let work = move || {
            let taps = |seed, shape: [usize; 4]| Taps {
                weight: noise(seed, shape),
                bias: noise(seed + 1, [shape[0]]),
            };
            let layers = Bottleneck {
                expand: Some(taps(7, [96, 16, 1, 1])),
                depthwise: taps(9, [96, 1, 5, 5]),
                project: taps(11, [16, 96, 1, 1]),
                squeeze: squeezes.then(|| Squeeze {
                    squeeze: taps(15, [24, 96, 1, 1]),
                    excite: taps(17, [96, 24, 1, 1]),
                }),
                activation: Activation::HardSwish,
                window: Window {
                    kernel: 5,
                    stride,
                    padding,
                    dilation: 1,
                },
                adds,
            };
            bits(bottleneck(noise(13, [2, 16, 30, 44]), layers))
        };
        let alone = work();
        for size in 1..=4 {
            let (results, exchanged) = together(size, work);
            // Sums are exchanged for each picture before the result is.
            let exchanges = if squeezes { 3 } else { 1 };
            assert_eq!(exchanged, if size > 1 { exchanges * size } else { 0 });
            assert!(
                results.iter().all(|result| *result == alone),
                "stride {stride} by {size}"
            );
        }
    }
}

#[test]
fn a_whole_pass_is_the_same_whoever_computes_it() {
    for net in NETS.iter().chain([&EFFICIENTNET]) {
        let work = || {
            let model = net.load(&cpu());
            let x = noise(6, [1, 3, 224, 288]);
            let variants = model.net.variants.clone();
            let heads = variants
                .iter()
                .map(|&head| bits(model.net.forward(x.clone(), head).expect("scores")));
            heads.collect::<Vec<_>>()
        };
        let alone = work();
        let (results, exchanged) = together(3, work);
        assert!(exchanged > 3, "{}", net.name);
        assert!(
            results.iter().all(|result| *result == alone),
            "{}",
            net.name
        );
    }
}
