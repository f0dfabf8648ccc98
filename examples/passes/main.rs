//! How fast the nets are without a browser, on a graphics processor (`wgpu`: Vulkan, Metal,
//! Direct3D or OpenGL) or on one core of the CPU. Weights are noise. See `bench/README.md`.
//!
//! ```text
//! cargo run --release --example passes -- [--backend gpu|cpu] [--models slim,half,full]
//!     [--sizes 224,512,1024] [--rounds N] [--layers] [--plain] [--json FILE]
//! ```
//! A pass is the whole way from RGBA bytes to the label map, as in `bench/`, and the rows of
//! `--json` are of the same form. `--plain` runs Burn's own kernels instead of this crate's.

mod options;

use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor};
use fcn_lab::device::read;
use fcn_lab::image::Photo;
use fcn_lab::manifest::Manifest;
use fcn_lab::models::observer::{Answer, Observer, Unobserved};
use fcn_lab::models::shapes::Shape;
use fcn_lab::models::{self, Model, Variant};
use fcn_lab::passes::segment;
use fcn_lab::passes::selfcheck::{TOLERANCE, self_check};
use fcn_lab::weights::{Noise, Weights};
use options::{Options, Size};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A case is measured for about so long, however many rounds were asked for; twice at least.
const BUDGET: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("passes: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Outcome<()> {
    let options = Options::read()?;
    #[cfg(feature = "burn-kernels")]
    fcn_lab::kernels::set_plain_kernels(options.plain);
    #[cfg(not(feature = "burn-kernels"))]
    if options.plain && options.gpu {
        return Err("--plain on a GPU needs --features burn-kernels".into());
    }
    let (device, name) = match options.gpu {
        true => open_gpu()?,
        false => (fcn_lab::device::cpu(), "CPU, one thread".to_string()),
    };
    let difference = wait_for(self_check(&device))?;
    println!("{name}; differs from the CPU by {difference:.1e}");
    if difference.is_nan() || difference > TOLERANCE {
        return Err("that is too much: wrong results have no speed".into());
    }
    let mut rows = Vec::new();
    for size in &options.models {
        // What the net before has left behind isn't this one's.
        device.memory_cleanup();
        let model = load(size, &device)?;
        for &side in options.sizes_of(size) {
            rows.push(case(&options, size, &model, side)?);
        }
    }
    if let Some(file) = &options.json {
        std::fs::write(file, serde_json::to_string_pretty(&rows)?)?;
    }
    Ok(())
}

/// The default graphics processor, and what it calls itself.
#[cfg(feature = "webgpu")]
fn open_gpu() -> Outcome<(Device, String)> {
    use burn_wgpu::wgpu::DeviceType;
    use fcn_lab::kernels::wgsl::{Registers, set_registers};

    let (device, setup) = Device::wgpu_options().init_with_setup()?;
    let info = setup.adapter.get_info();
    let is_software = info.device_type == DeviceType::Cpu;
    set_registers(match is_software {
        true => Registers::Many,
        false => Registers::Few,
    });
    let kind = if is_software { ", software" } else { "" };
    Ok((device, format!("{} ({}{kind})", info.name, info.backend)))
}

#[cfg(not(feature = "webgpu"))]
fn open_gpu() -> Outcome<(Device, String)> {
    Err("built without the feature `webgpu`: only --backend cpu".into())
}

/// The lecture's FCN-8s of that size, of noise.
fn load(size: &Size, device: &Device) -> Outcome<Model> {
    let classes: Vec<_> = (0..options::CLASSES)
        .map(
            |id| serde_json::json!({ "id": id, "name": format!("class {id}"), "color": "#808080" }),
        )
        .collect();
    let manifest = serde_json::json!({
        "format": 1, "architecture": "fcn-vgg16", "classes": classes, "files": [],
        "config": {
            "width": size.width, "fc6_kernel": 1, "fc_channels": size.fc_channels,
            "classes": options::CLASSES, "variants": ["fcn8s"],
        },
        "input": {
            "order": "RGB", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
            "pad_multiple": 32, "pad_color": [124, 116, 104], "long_side": 224, "max_long_side": 4096,
        },
    });
    let manifest = Manifest::parse(manifest.to_string().as_bytes())?;
    Ok(models::build(manifest, Weights::noise(20_261_123), device)?)
}

/// Measures one net at one size, and prints it.
fn case(options: &Options, size: &Size, model: &Model, side: usize) -> Outcome<serde_json::Value> {
    let rgba: Vec<u8> = Noise::new(7)
        .values(side * side * 4, 127.5)
        .into_iter()
        .enumerate()
        .map(|(i, value)| {
            if i % 4 == 3 {
                255
            } else {
                (value + 127.5) as u8
            }
        })
        .collect();
    let started = Instant::now();
    pass(model, &rgba, side, &mut Unobserved)?;
    let first = started.elapsed();
    // Until it is warm: caches, clocks, memory pools.
    while started.elapsed() < first + Duration::from_secs(1) {
        pass(model, &rgba, side, &mut Unobserved)?;
    }
    let stages = model.net.shapes(&[Variant::Fcn8s], side, side)?;
    let stages: Vec<Shape> = stages.into_iter().skip(1).collect();
    let mut watch = Watch::new(stages.len());
    let mut times = Vec::new();
    let begin = Instant::now();
    while times.len() < options.rounds && (times.len() < 2 || begin.elapsed() < BUDGET) {
        times.push(pass(model, &rgba, side, &mut Unobserved)?);
        if options.layers {
            watch.start();
            pass(model, &rgba, side, &mut watch)?;
        }
    }
    times.sort_by(f64::total_cmp);
    let middle = median(&times);
    let total: u64 = stages.iter().map(|stage| stage.macs).sum();
    let least = times.first().copied().unwrap_or(0.0);
    let most = times.last().copied().unwrap_or(0.0);
    println!(
        "\n{} at {side}x{side}: {middle:.2} ms (min {least:.2}, max {most:.2}, {} runs), \
         {:.2} GFLOP, {:.1} GFLOP/s; first pass {:.0} ms",
        size.name,
        times.len(),
        2e-9 * total as f64,
        2e-6 * total as f64 / middle,
        first.as_secs_f64() * 1e3,
    );
    if let Some(memory) = model.device.memory_pool_usage() {
        println!(
            "the allocator holds {:.1} MB, of which {:.1} are still in use between passes",
            1e-6 * memory.bytes_reserved as f64,
            1e-6 * memory.bytes_in_use as f64,
        );
    }
    if options.layers {
        print_layers(&stages, &watch, middle);
    }
    let backend = match (options.gpu, options.plain) {
        (true, false) => "native-gpu",
        (true, true) => "native-gpu-plain",
        (false, _) => "native-cpu",
    };
    let round = |ms: f64| (ms * 100.0).round() / 100.0;
    Ok(serde_json::json!({
        "engine": "fcn-lab", "backend": backend, "model": size.name, "size": side,
        "median_ms": round(middle), "min_ms": round(least), "max_ms": round(most), "runs": times.len(),
    }))
}

/// One pass, watched, from bytes to labels; milliseconds.
fn pass(model: &Model, rgba: &[u8], side: usize, observer: &mut dyn Observer) -> Outcome<f64> {
    let start = Instant::now();
    let mut photo = Photo::new(side, side, side, side)?;
    photo.push_rows(rgba)?;
    let scores = wait_for(segment::scores(model, photo, &[Variant::Fcn8s], observer))?;
    let scores = scores.first().ok_or("no scores")?;
    let labels = scores.labels(side, side, 0, side)?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    if labels.len() != side * side {
        return Err("not a label a pixel".into());
    }
    Ok(ms)
}

/// Waits for the GPU after each stage, and writes down how long that took.
struct Watch {
    /// For each stage, milliseconds of each pass.
    times: Vec<Vec<f64>>,
    next: usize,
    since: Instant,
}

impl Watch {
    fn new(stages: usize) -> Self {
        Self {
            times: vec![Vec::new(); stages],
            next: 0,
            since: Instant::now(),
        }
    }

    fn start(&mut self) {
        (self.next, self.since) = (0, Instant::now());
    }
}

impl Observer for Watch {
    fn stage<'a>(&'a mut self, _: &'static str, map: &'a Tensor<4>) -> Answer<'a> {
        Box::pin(async {
            read(map.clone().slice([0..1, 0..1, 0..1, 0..1])).await?;
            let now = Instant::now();
            if let Some(times) = self.times.get_mut(self.next) {
                times.push((now - self.since).as_secs_f64() * 1e3);
            }
            (self.next, self.since) = (self.next + 1, now);
            Ok(())
        })
    }
}

fn print_layers(stages: &[Shape], watch: &Watch, pass: f64) {
    let medians: Vec<f64> = watch
        .times
        .iter()
        .map(|times| {
            let mut times = times.clone();
            times.sort_by(f64::total_cmp);
            median(&times)
        })
        .collect();
    let sum: f64 = medians.iter().sum();
    println!(
        "{:<14} {:>16} {:>9} {:>9} {:>9}   (each waited for: together {sum:.2} ms, a pass without waits {pass:.2})",
        "stage", "map", "MMAC", "ms", "GFLOP/s"
    );
    for (stage, ms) in stages.iter().zip(medians) {
        let Shape {
            channels,
            rows,
            columns,
            ..
        } = *stage;
        println!(
            "{:<14} {:>16} {:>9.1} {ms:>9.3} {:>9.1}",
            stage.stage,
            format!("{channels}x{rows}x{columns}"),
            1e-6 * stage.macs as f64,
            2e-6 * stage.macs as f64 / ms,
        );
    }
}

/// Of sorted values; 0 of none.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    let at = |i: usize| sorted.get(i).copied().unwrap_or(0.0);
    match sorted.len() % 2 {
        1 => at(middle),
        _ => (at(middle.saturating_sub(1)) + at(middle)) / 2.0,
    }
}

/// Sleeps until a future is done.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
