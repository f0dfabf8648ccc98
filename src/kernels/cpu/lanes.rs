//! Four numbers side by side: a SIMD register in wasm, elsewhere an array that compilers turn
//! into one.

use std::ops::{Add, Mul, Sub};

use crate::kernels::Activation;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use plain as form;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use simd128 as form;

/// How many numbers are side by side.
pub const LANES: usize = 4;

/// The numbers.
#[derive(Debug, Clone, Copy)]
pub struct Lanes(form::Four);

impl Lanes {
    /// The same number everywhere.
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self::load(&[x; LANES])
    }

    /// Numbers from memory.
    #[inline(always)]
    pub fn load(from: &[f32; LANES]) -> Self {
        Self(form::load(from))
    }

    /// Numbers to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [f32; LANES]) {
        form::store(self.0, to);
    }

    /// Each one's right neighbour; the last one's is `next`'s first.
    #[inline(always)]
    pub fn shifted(self, next: Self) -> Self {
        Self(form::shifted(self.0, next.0))
    }

    /// max(0, x); NaN stays.
    #[inline(always)]
    pub fn relu(self) -> Self {
        Self(form::relu(self.0))
    }

    /// min(max(0, x), 6); NaN stays.
    #[inline(always)]
    pub fn relu6(self) -> Self {
        Self(form::at_most(form::relu(self.0), Self::splat(6.0).0))
    }

    /// relu6(x + 3) / 6.
    #[inline(always)]
    pub fn hard_sigmoid(self) -> Self {
        (self + Self::splat(3.0)).relu6() * (1.0 / 6.0)
    }

    /// x · relu6(x + 3) / 6.
    #[inline(always)]
    pub fn hard_swish(self) -> Self {
        self * self.hard_sigmoid()
    }

    /// What follows a convolution.
    #[inline(always)]
    pub fn activated(self, activation: Activation) -> Self {
        match activation {
            Activation::None => self,
            Activation::Relu => self.relu(),
            Activation::Relu6 => self.relu6(),
            Activation::HardSwish => self.hard_swish(),
            Activation::HardSigmoid => self.hard_sigmoid(),
            Activation::Sigmoid => self.sigmoid(),
        }
    }

    /// 1 / (1 + e⁻ˣ), a number at a time.
    #[inline(never)]
    pub fn sigmoid(self) -> Self {
        let mut four = [0.0; LANES];
        self.store(&mut four);
        Self::load(&four.map(|x| 1.0 / (1.0 + (-x).exp())))
    }

    /// Rows of four become columns.
    #[inline(always)]
    pub fn transposed(rows: [Self; LANES]) -> [Self; LANES] {
        let [a, b, c, d] = rows;
        let [a, b, c, d] = form::transposed([a.0, b.0, c.0, d.0]);
        [Self(a), Self(b), Self(c), Self(d)]
    }
}

impl Default for Lanes {
    #[inline(always)]
    fn default() -> Self {
        Self::splat(0.0)
    }
}

impl Add for Lanes {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(form::add(self.0, other.0))
    }
}

impl Sub for Lanes {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(form::sub(self.0, other.0))
    }
}

impl Mul for Lanes {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(form::mul(self.0, other.0))
    }
}

impl Mul<f32> for Lanes {
    type Output = Self;

    #[inline(always)]
    fn mul(self, factor: f32) -> Self {
        Self(form::mul(self.0, Self::splat(factor).0))
    }
}

/// What this crate's tests run natively.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod plain {
    pub type Four = [f32; 4];

    #[inline(always)]
    pub fn load(from: &[f32; 4]) -> Four {
        *from
    }

    #[inline(always)]
    pub fn store(x: Four, to: &mut [f32; 4]) {
        *to = x;
    }

    #[inline(always)]
    pub fn shifted([_, b, c, d]: Four, [e, ..]: Four) -> Four {
        [b, c, d, e]
    }

    #[inline(always)]
    pub fn relu([a, b, c, d]: Four) -> Four {
        let relu = |x| if x < 0.0 { 0.0 } else { x };
        [relu(a), relu(b), relu(c), relu(d)]
    }

    #[inline(always)]
    pub fn at_most([a, b, c, d]: Four, [e, f, g, h]: Four) -> Four {
        let least = |x, most| if x > most { most } else { x };
        [least(a, e), least(b, f), least(c, g), least(d, h)]
    }

    #[inline(always)]
    pub fn transposed([a, b, c, d]: [Four; 4]) -> [Four; 4] {
        [
            [a[0], b[0], c[0], d[0]],
            [a[1], b[1], c[1], d[1]],
            [a[2], b[2], c[2], d[2]],
            [a[3], b[3], c[3], d[3]],
        ]
    }

    #[inline(always)]
    pub fn add(a: Four, b: Four) -> Four {
        [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
    }

    #[inline(always)]
    pub fn sub(a: Four, b: Four) -> Four {
        [a[0] - b[0], a[1] - b[1], a[2] - b[2], a[3] - b[3]]
    }

    #[inline(always)]
    pub fn mul(a: Four, b: Four) -> Four {
        [a[0] * b[0], a[1] * b[1], a[2] * b[2], a[3] * b[3]]
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128 {
    use std::arch::wasm32::{
        f32x4_add, f32x4_lt, f32x4_mul, f32x4_pmin, f32x4_splat, f32x4_sub, i32x4_shuffle, v128,
        v128_andnot, v128_load, v128_store,
    };

    pub type Four = v128;

    #[inline(always)]
    pub fn load(from: &[f32; 4]) -> Four {
        // SAFETY: the reference is to 16 bytes, which may lie anywhere.
        unsafe { v128_load(from.as_ptr().cast()) }
    }

    #[inline(always)]
    pub fn store(x: Four, to: &mut [f32; 4]) {
        // SAFETY: the reference is to 16 bytes of our own, which may lie anywhere.
        unsafe { v128_store(to.as_mut_ptr().cast(), x) }
    }

    #[inline(always)]
    pub fn shifted(a: Four, b: Four) -> Four {
        i32x4_shuffle::<1, 2, 3, 4>(a, b)
    }

    #[inline(always)]
    pub fn relu(a: Four) -> Four {
        v128_andnot(a, f32x4_lt(a, f32x4_splat(0.0)))
    }

    #[inline(always)]
    pub fn at_most(a: Four, most: Four) -> Four {
        f32x4_pmin(a, most)
    }

    #[inline(always)]
    pub fn transposed([a, b, c, d]: [Four; 4]) -> [Four; 4] {
        let ab = i32x4_shuffle::<0, 4, 1, 5>(a, b);
        let cd = i32x4_shuffle::<0, 4, 1, 5>(c, d);
        let ab_end = i32x4_shuffle::<2, 6, 3, 7>(a, b);
        let cd_end = i32x4_shuffle::<2, 6, 3, 7>(c, d);
        [
            i32x4_shuffle::<0, 1, 4, 5>(ab, cd),
            i32x4_shuffle::<2, 3, 6, 7>(ab, cd),
            i32x4_shuffle::<0, 1, 4, 5>(ab_end, cd_end),
            i32x4_shuffle::<2, 3, 6, 7>(ab_end, cd_end),
        ]
    }

    #[inline(always)]
    pub fn add(a: Four, b: Four) -> Four {
        f32x4_add(a, b)
    }

    #[inline(always)]
    pub fn sub(a: Four, b: Four) -> Four {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    pub fn mul(a: Four, b: Four) -> Four {
        f32x4_mul(a, b)
    }
}
