//! Sixteen lanes in one AVX-512 register.
//!
//! All methods are reached only through `run_avx512`, which `InstructionSet` calls only where the machine has these
//! instructions; no value of the type is made elsewhere. Loads and stores go through references to arrays of
//! exactly the size read or written; aligned ones only through `Block`, which is aligned to 64 bytes.

use std::arch::x86_64::*;

use super::doubles::{self, Avx};
use super::{Block, Kernel, Lanes, WIDTH};

#[derive(Clone, Copy)]
pub(super) struct Avx512(__m512);

/// Declares methods that are one intrinsic each.
macro_rules! direct {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty = $value:expr;)*) => {
        $(#[inline(always)]
        fn $name($($argument: $kind),*) -> $result {
            // SAFETY: called only with AVX-512F and AVX-512DQ; arrays are as long as what moves.
            unsafe { $value }
        })*
    };
}

impl Lanes for Avx512 {
    type Bits = __m512i;
    type Doubles = doubles::Avx512;
    type Quad = Avx;

    const ACCUMULATORS: usize = 21;

    #[inline(always)]
    fn call<K: Kernel>(part: K) -> K::Output {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { super::run_avx512(part) }
    }

    direct! {
        splat(value: f32) -> Self = Self(_mm512_set1_ps(value));
        load(from: &Block) -> Self = Self(_mm512_load_ps(from.0.as_ptr()));
        load_slice(from: &[f32; WIDTH]) -> Self = Self(_mm512_loadu_ps(from.as_ptr()));
        load_halves(low: &[f32; 8], high: &[f32; 8]) -> Self = Self(_mm512_insertf32x8::<1>(
            _mm512_castps256_ps512(_mm256_loadu_ps(low.as_ptr())),
            _mm256_loadu_ps(high.as_ptr()),
        ));
        splat_bits(value: u32) -> __m512i = _mm512_set1_epi32(value.cast_signed());
        load_bits(from: &[u32; WIDTH]) -> __m512i = _mm512_loadu_si512(from.as_ptr().cast());
        store_bits(bits: __m512i, to: &mut [u32; WIDTH]) -> () = _mm512_storeu_si512(to.as_mut_ptr().cast(), bits);
        add_bits(a: __m512i, b: __m512i) -> __m512i = _mm512_add_epi32(a, b);
        sub_bits(a: __m512i, b: __m512i) -> __m512i = _mm512_sub_epi32(a, b);
        xor_bits(a: __m512i, b: __m512i) -> __m512i = _mm512_xor_si512(a, b);
        and_bits(a: __m512i, b: __m512i) -> __m512i = _mm512_and_si512(a, b);
        // The counts are constants where these are used: the compiler picks the immediate forms.
        shift_left(bits: __m512i, by: u32) -> __m512i = _mm512_sllv_epi32(bits, _mm512_set1_epi32(by.cast_signed()));
        rotate_left(bits: __m512i, by: u32) -> __m512i = _mm512_rolv_epi32(bits, _mm512_set1_epi32(by.cast_signed()));
        from_bits(bits: __m512i) -> Self = Self(_mm512_castsi512_ps(bits));
        from_unsigned(bits: __m512i) -> Self = Self(_mm512_cvtepu32_ps(bits));
        from_signed(bits: __m512i) -> Self = Self(_mm512_cvtepi32_ps(bits));
    }

    #[inline(always)]
    fn store(self, to: &mut Block) {
        // SAFETY: called only with AVX-512F and AVX-512DQ; the array is as long as what moves.
        unsafe { _mm512_store_ps(to.0.as_mut_ptr(), self.0) }
    }
    #[inline(always)]
    fn store_low(self, to: &mut [f32; 8]) {
        // SAFETY: called only with AVX-512F and AVX-512DQ; the array is as long as what moves.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), _mm512_castps512_ps256(self.0)) }
    }
    #[inline(always)]
    fn store_high(self, to: &mut [f32; 8]) {
        // SAFETY: called only with AVX-512F and AVX-512DQ; the array is as long as what moves.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), _mm512_extractf32x8_ps::<1>(self.0)) }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { Self(_mm512_add_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { Self(_mm512_sub_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { Self(_mm512_mul_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { Self(_mm512_div_ps(self.0, other.0)) }
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { Self(_mm512_sqrt_ps(self.0)) }
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { Self(_mm512_fmadd_ps(self.0, factor.0, term.0)) }
    }
    #[inline(always)]
    fn where_active(self, gate: Self) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe {
            let active = _mm512_cmp_ps_mask::<_CMP_NLE_UQ>(gate.0, _mm512_setzero_ps());
            Self(_mm512_maskz_mov_ps(active, self.0))
        }
    }
    #[inline(always)]
    fn any_active(self) -> bool {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { _mm512_cmp_ps_mask::<_CMP_NLE_UQ>(self.0, _mm512_setzero_ps()) != 0 }
    }
    #[inline(always)]
    fn to_bits(self) -> __m512i {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe { _mm512_castps_si512(self.0) }
    }

    #[inline(always)]
    fn sums(terms: [Self; WIDTH]) -> Self {
        // SAFETY: called only with AVX-512F and AVX-512DQ.
        unsafe {
            // Each stage adds the two parts of a pair of vectors and packs both results into one.
            // After halves and quarters, vector i of four holds term 4 g + i in its group g of lanes.
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
            let a = quarters(t0.0, t4.0, t8.0, t12.0);
            let b = quarters(t1.0, t5.0, t9.0, t13.0);
            let c = quarters(t2.0, t6.0, t10.0, t14.0);
            let d = quarters(t3.0, t7.0, t11.0, t15.0);
            // Neighbours: (0 + 1) and (2 + 3) of each group, for two vectors at a time.
            let ab = _mm512_add_ps(
                _mm512_shuffle_ps::<0b10_00_10_00>(a, b),
                _mm512_shuffle_ps::<0b11_01_11_01>(a, b),
            );
            let cd = _mm512_add_ps(
                _mm512_shuffle_ps::<0b10_00_10_00>(c, d),
                _mm512_shuffle_ps::<0b11_01_11_01>(c, d),
            );
            Self(_mm512_add_ps(
                _mm512_shuffle_ps::<0b10_00_10_00>(ab, cd),
                _mm512_shuffle_ps::<0b11_01_11_01>(ab, cd),
            ))
        }
    }
}

/// Sums halves, then quarters: group g of four lanes of the result belongs to the g-th argument.
#[inline(always)]
fn quarters(p: __m512, q: __m512, r: __m512, s: __m512) -> __m512 {
    // SAFETY: called only with AVX-512F and AVX-512DQ.
    unsafe {
        // Halves of p in groups 0 and 1, of q in groups 2 and 3.
        let pq = _mm512_add_ps(
            _mm512_shuffle_f32x4::<0b01_00_01_00>(p, q),
            _mm512_shuffle_f32x4::<0b11_10_11_10>(p, q),
        );
        let rs = _mm512_add_ps(
            _mm512_shuffle_f32x4::<0b01_00_01_00>(r, s),
            _mm512_shuffle_f32x4::<0b11_10_11_10>(r, s),
        );
        _mm512_add_ps(
            _mm512_shuffle_f32x4::<0b10_00_10_00>(pq, rs),
            _mm512_shuffle_f32x4::<0b11_01_11_01>(pq, rs),
        )
    }
}
