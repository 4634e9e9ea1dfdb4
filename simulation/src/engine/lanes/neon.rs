//! Sixteen lanes in four NEON registers of four.
//!
//! All methods are reached only through `run_neon`, which `InstructionSet` calls only where the machine has these
//! instructions; no value of the type is made elsewhere. Loads and stores go through references to arrays of
//! exactly the size read or written.

use std::arch::aarch64::*;

use super::doubles::Plain;
use super::{Block, Kernel, Lanes, WIDTH};

#[derive(Clone, Copy)]
pub(super) struct Neon([float32x4_t; 4]);

#[derive(Clone, Copy)]
pub(super) struct Bits([uint32x4_t; 4]);

#[inline(always)]
fn four<T>(f: impl Fn(usize) -> T) -> [T; 4] {
    std::array::from_fn(f)
}

impl Lanes for Neon {
    type Bits = Bits;
    type Doubles = Plain<4>;
    type Quad = Plain<4>;

    const ACCUMULATORS: usize = 6;

    #[inline(always)]
    fn call<K: Kernel>(part: K) -> K::Output {
        // SAFETY: called only with NEON.
        unsafe { super::run_neon(part) }
    }

    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: called only with NEON.
        unsafe { Self([vdupq_n_f32(value); 4]) }
    }
    #[inline(always)]
    fn load(from: &Block) -> Self {
        Self::load_slice(&from.0)
    }
    #[inline(always)]
    fn store(self, to: &mut Block) {
        for (part, to) in self.0.iter().zip(to.0.chunks_exact_mut(4)) {
            // SAFETY: called only with NEON; the array is as long as what moves.
            unsafe { vst1q_f32(to.as_mut_ptr(), *part) }
        }
    }
    #[inline(always)]
    fn load_slice(from: &[f32; WIDTH]) -> Self {
        // SAFETY: called only with NEON; the array is as long as what moves.
        Self(four(|i| unsafe { vld1q_f32(from[4 * i..][..4].as_ptr()) }))
    }
    #[inline(always)]
    fn load_halves(low: &[f32; 8], high: &[f32; 8]) -> Self {
        Self(four(|i| {
            let half = if i < 2 { low } else { high };
            // SAFETY: called only with NEON; the array is as long as what moves.
            unsafe { vld1q_f32(half[4 * (i % 2)..][..4].as_ptr()) }
        }))
    }
    #[inline(always)]
    fn store_low(self, to: &mut [f32; 8]) {
        for (part, to) in self.0[..2].iter().zip(to.chunks_exact_mut(4)) {
            // SAFETY: called only with NEON; the array is as long as what moves.
            unsafe { vst1q_f32(to.as_mut_ptr(), *part) }
        }
    }
    #[inline(always)]
    fn store_high(self, to: &mut [f32; 8]) {
        for (part, to) in self.0[2..].iter().zip(to.chunks_exact_mut(4)) {
            // SAFETY: called only with NEON; the array is as long as what moves.
            unsafe { vst1q_f32(to.as_mut_ptr(), *part) }
        }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe { vaddq_f32(self.0[i], other.0[i]) }))
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe { vsubq_f32(self.0[i], other.0[i]) }))
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe { vmulq_f32(self.0[i], other.0[i]) }))
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe { vdivq_f32(self.0[i], other.0[i]) }))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe { vsqrtq_f32(self.0[i]) }))
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        // NEON's fused form takes the term first.
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe {
            vfmaq_f32(term.0[i], self.0[i], factor.0[i])
        }))
    }
    #[inline(always)]
    fn where_active(self, gate: Self) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe {
            let active = vmvnq_u32(vclezq_f32(gate.0[i]));
            vreinterpretq_f32_u32(vandq_u32(active, vreinterpretq_u32_f32(self.0[i])))
        }))
    }
    #[inline(always)]
    fn any_active(self) -> bool {
        // SAFETY: called only with NEON.
        unsafe {
            let active = four(|i| vmvnq_u32(vclezq_f32(self.0[i])));
            let any = vorrq_u32(
                vorrq_u32(active[0], active[1]),
                vorrq_u32(active[2], active[3]),
            );
            vmaxvq_u32(any) != 0
        }
    }
    #[inline(always)]
    fn sums(terms: [Self; WIDTH]) -> Self {
        // Halves and quarters add whole registers; neighbours are pairwise sums.
        // SAFETY: called only with NEON.
        let quarter = |i: usize| unsafe {
            let [a, b, c, d] = terms[i].0;
            vaddq_f32(vaddq_f32(a, c), vaddq_f32(b, d))
        };
        // SAFETY: called only with NEON.
        Self(four(|g| unsafe {
            let pair = |i: usize| vpaddq_f32(quarter(i), quarter(i + 1));
            vpaddq_f32(pair(4 * g), pair(4 * g + 2))
        }))
    }
    #[inline(always)]
    fn splat_bits(value: u32) -> Bits {
        // SAFETY: called only with NEON.
        unsafe { Bits([vdupq_n_u32(value); 4]) }
    }
    #[inline(always)]
    fn load_bits(from: &[u32; WIDTH]) -> Bits {
        // SAFETY: called only with NEON; the array is as long as what moves.
        Bits(four(|i| unsafe { vld1q_u32(from[4 * i..][..4].as_ptr()) }))
    }
    #[inline(always)]
    fn store_bits(bits: Bits, to: &mut [u32; WIDTH]) {
        for (part, to) in bits.0.iter().zip(to.chunks_exact_mut(4)) {
            // SAFETY: called only with NEON; the array is as long as what moves.
            unsafe { vst1q_u32(to.as_mut_ptr(), *part) }
        }
    }
    #[inline(always)]
    fn add_bits(a: Bits, b: Bits) -> Bits {
        // SAFETY: called only with NEON.
        Bits(four(|i| unsafe { vaddq_u32(a.0[i], b.0[i]) }))
    }
    #[inline(always)]
    fn sub_bits(a: Bits, b: Bits) -> Bits {
        // SAFETY: called only with NEON.
        Bits(four(|i| unsafe { vsubq_u32(a.0[i], b.0[i]) }))
    }
    #[inline(always)]
    fn xor_bits(a: Bits, b: Bits) -> Bits {
        // SAFETY: called only with NEON.
        Bits(four(|i| unsafe { veorq_u32(a.0[i], b.0[i]) }))
    }
    #[inline(always)]
    fn and_bits(a: Bits, b: Bits) -> Bits {
        // SAFETY: called only with NEON.
        Bits(four(|i| unsafe { vandq_u32(a.0[i], b.0[i]) }))
    }
    #[inline(always)]
    fn shift_left(bits: Bits, by: u32) -> Bits {
        // SAFETY: called only with NEON.
        Bits(four(|i| unsafe {
            vshlq_u32(bits.0[i], vdupq_n_s32(by.cast_signed()))
        }))
    }
    #[inline(always)]
    fn rotate_left(bits: Bits, by: u32) -> Bits {
        // A negative count shifts right.
        // SAFETY: called only with NEON.
        Bits(four(|i| unsafe {
            let left = vshlq_u32(bits.0[i], vdupq_n_s32(by.cast_signed()));
            let right = vshlq_u32(bits.0[i], vdupq_n_s32(by.cast_signed() - 32));
            vorrq_u32(left, right)
        }))
    }
    #[inline(always)]
    fn to_bits(self) -> Bits {
        // SAFETY: called only with NEON.
        Bits(four(|i| unsafe { vreinterpretq_u32_f32(self.0[i]) }))
    }
    #[inline(always)]
    fn from_bits(bits: Bits) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe { vreinterpretq_f32_u32(bits.0[i]) }))
    }
    #[inline(always)]
    fn from_unsigned(bits: Bits) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe { vcvtq_f32_u32(bits.0[i]) }))
    }
    #[inline(always)]
    fn from_signed(bits: Bits) -> Self {
        // SAFETY: called only with NEON.
        Self(four(|i| unsafe {
            vcvtq_f32_s32(vreinterpretq_s32_u32(bits.0[i]))
        }))
    }
}
