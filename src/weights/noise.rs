//! Made-up weights that are the same on every machine, for comparing two devices.

/// Numbers in −1…1 that are the same everywhere (a 32-bit linear congruential generator).
#[derive(Debug, Clone)]
pub struct Noise(u32);

impl Noise {
    /// Numbers that this seed leads to.
    pub fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// The next `count` numbers, times `scale`.
    pub fn values(&mut self, count: usize, scale: f32) -> Vec<f32> {
        let mut next = || {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0) * scale
        };
        (0..count).map(|_| next()).collect()
    }

    /// Numbers for the parameter of that name and shape, scaled so that activations stay of order
    /// one through any net of this crate.
    pub(super) fn tensor(&mut self, name: &str, shape: &[usize]) -> Vec<f32> {
        let count = shape.iter().product();
        let about_one = |mut values: Vec<f32>| {
            values.iter_mut().for_each(|value| *value += 1.0);
            values
        };
        if name.ends_with("running_var") {
            return about_one(self.values(count, 0.5));
        }
        let inputs: usize = shape.iter().skip(1).product();
        match shape.len() {
            // A batch norm's factors; a net's other vectors are biases and means.
            1 if name.ends_with("weight") => about_one(self.values(count, 0.5)),
            0 | 1 => self.values(count, 0.1),
            // Transposed convolutions stamp; bilinear ones with values of 0 to 1.
            _ if name.contains("upscore") => self.values(count, 0.5),
            // Squeeze and excitation's factors: of sums of order one, where a hard sigmoid has a slope and doesn't
            // make much of rounding errors.
            _ if name.contains(".fc2.") => self.values(count, 0.01 * (6.0 / inputs as f32).sqrt()),
            // A uniform value in ±s has variance s²/3; He wants 2 / fan-in.
            _ => self.values(count, (6.0 / inputs as f32).sqrt()),
        }
    }
}
