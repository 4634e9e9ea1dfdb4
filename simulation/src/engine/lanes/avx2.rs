//! Sixteen lanes in two AVX registers: lanes 0 to 7, lanes 8 to 15.
//!
//! All methods are reached only through `run_avx2`, which `InstructionSet` calls only where the machine has these
//! instructions; no value of the type is made elsewhere. Loads and stores go through references to arrays of
//! exactly the size read or written; aligned ones only through `Block`, which is aligned to 64 bytes.

use std::arch::x86_64::*;

use super::doubles::Avx;
use super::{Block, Kernel, Lanes, WIDTH};

#[derive(Clone, Copy)]
pub(super) struct Avx2(__m256, __m256);

#[derive(Clone, Copy)]
pub(super) struct Bits(__m256i, __m256i);

/// Declares methods that do the same to both registers.
macro_rules! both {
    ($($name:ident($($argument:ident),*) = $intrinsic:ident;)*) => {
        $(#[inline(always)]
        fn $name(self, $($argument: Self),*) -> Self {
            // SAFETY: called only with AVX2 and FMA.
            unsafe { Self($intrinsic(self.0, $($argument.0),*), $intrinsic(self.1, $($argument.1),*)) }
        })*
    };
}

/// The same for integers.
macro_rules! both_bits {
    ($($name:ident = $intrinsic:ident;)*) => {
        $(#[inline(always)]
        fn $name(a: Bits, b: Bits) -> Bits {
            // SAFETY: called only with AVX2 and FMA.
            unsafe { Bits($intrinsic(a.0, b.0), $intrinsic(a.1, b.1)) }
        })*
    };
}

impl Lanes for Avx2 {
    type Bits = Bits;
    type Doubles = Avx;
    type Quad = Avx;

    const ACCUMULATORS: usize = 6;

    #[inline(always)]
    fn call<K: Kernel>(part: K) -> K::Output {
        // SAFETY: called only with AVX2 and FMA.
        unsafe { super::run_avx2(part) }
    }

    both! {
        add(other) = _mm256_add_ps;
        sub(other) = _mm256_sub_ps;
        mul(other) = _mm256_mul_ps;
        div(other) = _mm256_div_ps;
        sqrt() = _mm256_sqrt_ps;
        mul_add(factor, term) = _mm256_fmadd_ps;
    }

    both_bits! {
        add_bits = _mm256_add_epi32;
        sub_bits = _mm256_sub_epi32;
        xor_bits = _mm256_xor_si256;
        and_bits = _mm256_and_si256;
    }

    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: called only with AVX2 and FMA.
        unsafe { Self(_mm256_set1_ps(value), _mm256_set1_ps(value)) }
    }
    #[inline(always)]
    fn load(from: &Block) -> Self {
        let start = from.0.as_ptr();
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe { Self(_mm256_load_ps(start), _mm256_load_ps(start.add(8))) }
    }
    #[inline(always)]
    fn store(self, to: &mut Block) {
        let start = to.0.as_mut_ptr();
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe {
            _mm256_store_ps(start, self.0);
            _mm256_store_ps(start.add(8), self.1);
        }
    }
    #[inline(always)]
    fn load_slice(from: &[f32; WIDTH]) -> Self {
        let start = from.as_ptr();
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe { Self(_mm256_loadu_ps(start), _mm256_loadu_ps(start.add(8))) }
    }
    #[inline(always)]
    fn load_halves(low: &[f32; 8], high: &[f32; 8]) -> Self {
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe {
            Self(
                _mm256_loadu_ps(low.as_ptr()),
                _mm256_loadu_ps(high.as_ptr()),
            )
        }
    }
    #[inline(always)]
    fn store_low(self, to: &mut [f32; 8]) {
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), self.0) }
    }
    #[inline(always)]
    fn store_high(self, to: &mut [f32; 8]) {
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), self.1) }
    }
    #[inline(always)]
    fn where_active(self, gate: Self) -> Self {
        Self(where_active(self.0, gate.0), where_active(self.1, gate.1))
    }
    #[inline(always)]
    fn any_active(self) -> bool {
        // SAFETY: called only with AVX2 and FMA.
        unsafe {
            let zero = _mm256_setzero_ps();
            let low = _mm256_cmp_ps::<_CMP_NLE_UQ>(self.0, zero);
            let high = _mm256_cmp_ps::<_CMP_NLE_UQ>(self.1, zero);
            _mm256_movemask_ps(_mm256_or_ps(low, high)) != 0
        }
    }

    #[inline(always)]
    fn sums(terms: [Self; WIDTH]) -> Self {
        let [
            t0,
            t1,
            t2,
            t3,
            t4,
            t5,
            t6,
            t7,
            t8,
            t9,
            t10,
            t11,
            t12,
            t13,
            t14,
            t15,
        ] = terms;
        Self(
            four_and_four([t0, t1, t2, t3], [t4, t5, t6, t7]),
            four_and_four([t8, t9, t10, t11], [t12, t13, t14, t15]),
        )
    }

    #[inline(always)]
    fn splat_bits(value: u32) -> Bits {
        let value = value.cast_signed();
        // SAFETY: called only with AVX2 and FMA.
        unsafe { Bits(_mm256_set1_epi32(value), _mm256_set1_epi32(value)) }
    }
    #[inline(always)]
    fn load_bits(from: &[u32; WIDTH]) -> Bits {
        let start = from.as_ptr();
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe {
            Bits(
                _mm256_loadu_si256(start.cast()),
                _mm256_loadu_si256(start.add(8).cast()),
            )
        }
    }
    #[inline(always)]
    fn store_bits(bits: Bits, to: &mut [u32; WIDTH]) {
        let start = to.as_mut_ptr();
        // SAFETY: called only with AVX2 and FMA; the array is as long as what moves.
        unsafe {
            _mm256_storeu_si256(start.cast(), bits.0);
            _mm256_storeu_si256(start.add(8).cast(), bits.1);
        }
    }
    #[inline(always)]
    fn shift_left(bits: Bits, by: u32) -> Bits {
        // SAFETY: called only with AVX2 and FMA.
        unsafe {
            let by = _mm256_set1_epi32(by.cast_signed());
            Bits(_mm256_sllv_epi32(bits.0, by), _mm256_sllv_epi32(bits.1, by))
        }
    }
    #[inline(always)]
    fn rotate_left(bits: Bits, by: u32) -> Bits {
        // SAFETY: called only with AVX2 and FMA.
        unsafe {
            let left = _mm256_set1_epi32(by.cast_signed());
            let right = _mm256_set1_epi32(32 - by.cast_signed());
            let rotate =
                |x| _mm256_or_si256(_mm256_sllv_epi32(x, left), _mm256_srlv_epi32(x, right));
            Bits(rotate(bits.0), rotate(bits.1))
        }
    }
    #[inline(always)]
    fn to_bits(self) -> Bits {
        // SAFETY: called only with AVX2 and FMA.
        unsafe { Bits(_mm256_castps_si256(self.0), _mm256_castps_si256(self.1)) }
    }
    #[inline(always)]
    fn from_bits(bits: Bits) -> Self {
        // SAFETY: called only with AVX2 and FMA.
        unsafe { Self(_mm256_castsi256_ps(bits.0), _mm256_castsi256_ps(bits.1)) }
    }
    #[inline(always)]
    fn from_unsigned(bits: Bits) -> Self {
        // SAFETY: called only with AVX2 and FMA.
        unsafe {
            // No such instruction: both 16-bit halves are exact as floats, and joining them rounds once.
            let mask = _mm256_set1_epi32(0xffff);
            let convert = |x| {
                let low = _mm256_cvtepi32_ps(_mm256_and_si256(x, mask));
                let high = _mm256_cvtepi32_ps(_mm256_srli_epi32::<16>(x));
                _mm256_fmadd_ps(high, _mm256_set1_ps(65_536.0), low)
            };
            Self(convert(bits.0), convert(bits.1))
        }
    }
    #[inline(always)]
    fn from_signed(bits: Bits) -> Self {
        // SAFETY: called only with AVX2 and FMA.
        unsafe { Self(_mm256_cvtepi32_ps(bits.0), _mm256_cvtepi32_ps(bits.1)) }
    }
}

/// Sums of four terms in the low group of lanes, of four others in the high.
#[inline(always)]
fn four_and_four(low: [Avx2; 4], high: [Avx2; 4]) -> __m256 {
    let [a, b, c, d] = low;
    let [e, f, g, h] = high;
    // SAFETY: called only with AVX2 and FMA.
    unsafe {
        _mm256_hadd_ps(
            _mm256_hadd_ps(quarters(a, e), quarters(b, f)),
            _mm256_hadd_ps(quarters(c, g), quarters(d, h)),
        )
    }
}

/// Sums halves, then quarters: of `p` in the low group of lanes, of `q` in the high.
#[inline(always)]
fn quarters(p: Avx2, q: Avx2) -> __m256 {
    // SAFETY: called only with AVX2 and FMA.
    unsafe {
        let (p, q) = (_mm256_add_ps(p.0, p.1), _mm256_add_ps(q.0, q.1));
        _mm256_add_ps(
            _mm256_permute2f128_ps::<0x20>(p, q),
            _mm256_permute2f128_ps::<0x31>(p, q),
        )
    }
}

#[inline(always)]
fn where_active(x: __m256, gate: __m256) -> __m256 {
    // SAFETY: called only with AVX2 and FMA.
    unsafe {
        let active = _mm256_cmp_ps::<_CMP_NLE_UQ>(gate, _mm256_setzero_ps());
        _mm256_and_ps(active, x)
    }
}
