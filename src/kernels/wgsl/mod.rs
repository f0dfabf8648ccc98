//! The WGSL text of the GPU kernels. Nothing here needs a GPU, so that it is linted and its text
//! validated wherever the tests run; `gpu` launches it.
//!
//! On SwiftShader reading a number from memory costs as much as seven multiply-and-adds, whatever
//! the address, and threads that return at once still cost what straight code costs. So a thread
//! computes many values from few reads, and there is a thread only where there is work.

pub mod depthwise;
pub mod direct;
pub mod labels;
pub mod matmul;
pub mod normalise;
pub mod pool;
mod registers;
pub mod transposed;
pub mod winograd;

use std::fmt::Debug;
use std::hash::Hash;

use super::Activation;
pub use registers::{Registers, registers, set_registers};

/// Threads of a workgroup, of every kernel here.
pub const WORKGROUP: usize = 64;

/// A kernel: everything that its text depends on.
pub trait Kernel: Debug + Clone + Copy + PartialEq + Eq + Hash + Send + Sync + 'static {
    /// The WGSL module, made with [`module`]; entry point `main`.
    fn wgsl(self) -> String;
}

/// A WGSL module: storage buffers, named sizes, and the body of a function that runs once for each
/// `thread` (i32), which has to return where that is more than it needs.
///
/// `buffers` are names and element types, in the order of the bindings; `sizes` the names of the
/// uniform's numbers, i32.
pub fn module(buffers: &[(&str, &str)], sizes: &[&str], body: &str) -> String {
    let mut text = String::with_capacity(body.len() + 2048);
    // All read_write: Burn may keep two tensors in one buffer, and WebGPU lets one dispatch
    // use a buffer either for reading or for writing.
    for (binding, (name, element)) in buffers.iter().enumerate() {
        text += &format!(
            "@group(0) @binding({binding}) var<storage, read_write> {name}: array<{element}>;\n"
        );
    }
    text += &format!(
        "@group(0) @binding({}) var<uniform> sizes: array<vec4<i32>, {}>;

@compute @workgroup_size({WORKGROUP}, 1, 1)
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {{
  let thread = i32(id.y * groups.x * {WORKGROUP} + id.x);
",
        buffers.len(),
        sizes.len().div_ceil(4),
    );
    for (index, name) in sizes.iter().enumerate() {
        let lane = ["x", "y", "z", "w"].get(index % 4).unwrap_or(&"x");
        text += &format!("  let {name} = sizes[{}].{lane};\n", index / 4);
    }
    text += body;
    text += "}\n";
    text
}

/// The WGSL type of so many lanes: 4 or 1.
pub fn vector(lanes: usize) -> &'static str {
    if lanes == 4 { "vec4<f32>" } else { "f32" }
}

/// The WGSL of a value of so many lanes after its activation.
pub fn activated(value: &str, lanes: usize, activation: Activation) -> String {
    let of = vector(lanes);
    match activation {
        Activation::None => value.to_string(),
        Activation::Relu => format!("max({value}, {of}(0.0))"),
        Activation::Relu6 => format!("clamp({value}, {of}(0.0), {of}(6.0))"),
        Activation::HardSwish => {
            let gate = activated(value, lanes, Activation::HardSigmoid);
            format!("{value} * {gate}")
        }
        Activation::HardSigmoid => {
            format!("clamp({value} + {of}(3.0), {of}(0.0), {of}(6.0)) / 6.0")
        }
        Activation::Sigmoid => format!("1.0 / (1.0 + exp(-{value}))"),
    }
}

/// An activation as a number among a kernel's sizes, for [`ACTIVATE`].
pub fn activation_number(activation: Activation) -> usize {
    match activation {
        Activation::None => 0,
        Activation::Relu => 1,
        Activation::Relu6 => 2,
        Activation::HardSwish => 3,
        Activation::HardSigmoid => 4,
        Activation::Sigmoid => 5,
    }
}

/// WGSL that lets the size `activation` say what becomes of the vector `value`.
pub const ACTIVATE: &str =
    "if (activation == 1 || activation == 2) { value = max(value, vec4<f32>(0.0)); }
      if (activation == 2) { value = min(value, vec4<f32>(6.0)); }
      if (activation == 3) { value *= clamp(value + 3.0, vec4<f32>(0.0), vec4<f32>(6.0)) / 6.0; }
      if (activation == 4) { value = clamp(value + 3.0, vec4<f32>(0.0), vec4<f32>(6.0)) / 6.0; }
      if (activation == 5) { value = 1.0 / (1.0 + exp(-value)); }";

/// How one lane of a value is named.
pub fn component(lanes: usize, lane: usize) -> &'static str {
    match (lanes, lane) {
        (4, 0) => ".x",
        (4, 1) => ".y",
        (4, 2) => ".z",
        (4, _) => ".w",
        _ => "",
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Whether the text is WGSL that passes WebGPU's validation.
    pub fn assert_valid<K: Kernel>(kernel: K) {
        let text = kernel.wgsl();
        let module = match naga::front::wgsl::parse_str(&text) {
            Ok(module) => module,
            Err(error) => panic!("{kernel:?}: {}", error.emit_to_string(&text)),
        };
        let mut validator = naga::valid::Validator::new(
            naga::valid::ValidationFlags::all(),
            naga::valid::Capabilities::empty(),
        );
        if let Err(error) = validator.validate(&module) {
            panic!("{kernel:?}: {}", error.emit_to_string(&text));
        }
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    struct Wrong;

    impl Kernel for Wrong {
        fn wgsl(self) -> String {
            module(&[("x", "f32")], &["count"], "  x[thread] = count;\n")
        }
    }

    #[test]
    #[should_panic(expected = "Wrong")]
    fn an_integer_is_no_float() {
        assert_valid(Wrong);
    }
}
