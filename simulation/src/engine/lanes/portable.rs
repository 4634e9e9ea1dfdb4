//! Lanes as a plain array, for machines without a wide instruction set, and as the oracle of the others.

use super::doubles::Plain;
use super::{Block, Kernel, Lanes, WIDTH, sum_tree};

#[derive(Clone, Copy)]
pub(super) struct Portable([f32; WIDTH]);

#[inline(always)]
fn map(a: [f32; WIDTH], b: [f32; WIDTH], f: impl Fn(f32, f32) -> f32) -> Portable {
    Portable(std::array::from_fn(|i| f(a[i], b[i])))
}

#[inline(always)]
fn map_bits(a: [u32; WIDTH], b: [u32; WIDTH], f: impl Fn(u32, u32) -> u32) -> [u32; WIDTH] {
    std::array::from_fn(|i| f(a[i], b[i]))
}

impl Lanes for Portable {
    type Bits = [u32; WIDTH];
    type Doubles = Plain<4>;
    type Quad = Plain<4>;

    const ACCUMULATORS: usize = 2;

    #[inline(always)]
    fn call<K: Kernel>(part: K) -> K::Output {
        super::run_portable(part)
    }

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; WIDTH])
    }
    #[inline(always)]
    fn load(from: &Block) -> Self {
        Self(from.0)
    }
    #[inline(always)]
    fn store(self, to: &mut Block) {
        to.0 = self.0;
    }
    #[inline(always)]
    fn load_slice(from: &[f32; WIDTH]) -> Self {
        Self(*from)
    }
    #[inline(always)]
    fn load_halves(low: &[f32; 8], high: &[f32; 8]) -> Self {
        Self(std::array::from_fn(|i| {
            if i < 8 { low[i] } else { high[i - 8] }
        }))
    }
    #[inline(always)]
    fn store_low(self, to: &mut [f32; 8]) {
        to.copy_from_slice(&self.0[..8]);
    }
    #[inline(always)]
    fn store_high(self, to: &mut [f32; 8]) {
        to.copy_from_slice(&self.0[8..]);
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        map(self.0, other.0, |a, b| a + b)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        map(self.0, other.0, |a, b| a - b)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        map(self.0, other.0, |a, b| a * b)
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        map(self.0, other.0, |a, b| a / b)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Self(self.0.map(f32::sqrt))
    }
    // Sixteen calls where the machine has no such instruction: not worth repeating in every kernel.
    #[inline(never)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        Self(std::array::from_fn(|i| {
            self.0[i].mul_add(factor.0[i], term.0[i])
        }))
    }
    #[inline(always)]
    fn where_active(self, gate: Self) -> Self {
        map(self.0, gate.0, |x, gate| if gate <= 0.0 { 0.0 } else { x })
    }
    #[inline(always)]
    fn any_active(self) -> bool {
        self.0.iter().any(|&x| x > 0.0 || x.is_nan())
    }
    #[inline(always)]
    fn sums(terms: [Self; WIDTH]) -> Self {
        Self(terms.map(|term| sum_tree(&term.0)))
    }
    #[inline(always)]
    fn splat_bits(value: u32) -> Self::Bits {
        [value; WIDTH]
    }
    #[inline(always)]
    fn load_bits(from: &[u32; WIDTH]) -> Self::Bits {
        *from
    }
    #[inline(always)]
    fn store_bits(bits: Self::Bits, to: &mut [u32; WIDTH]) {
        *to = bits;
    }
    #[inline(always)]
    fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        map_bits(a, b, u32::wrapping_add)
    }
    #[inline(always)]
    fn sub_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        map_bits(a, b, u32::wrapping_sub)
    }
    #[inline(always)]
    fn xor_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        map_bits(a, b, |a, b| a ^ b)
    }
    #[inline(always)]
    fn and_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits {
        map_bits(a, b, |a, b| a & b)
    }
    #[inline(always)]
    fn shift_left(bits: Self::Bits, by: u32) -> Self::Bits {
        bits.map(|x| x << by)
    }
    #[inline(always)]
    fn rotate_left(bits: Self::Bits, by: u32) -> Self::Bits {
        bits.map(|x| x.rotate_left(by))
    }
    #[inline(always)]
    fn to_bits(self) -> Self::Bits {
        self.0.map(f32::to_bits)
    }
    #[inline(always)]
    fn from_bits(bits: Self::Bits) -> Self {
        Self(bits.map(f32::from_bits))
    }
    #[inline(always)]
    fn from_unsigned(bits: Self::Bits) -> Self {
        Self(bits.map(|x| x as f32))
    }
    #[inline(always)]
    fn from_signed(bits: Self::Bits) -> Self {
        Self(bits.map(|x| x as i32 as f32))
    }
}
