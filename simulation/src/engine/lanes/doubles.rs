//! Float64 lanes: as many as a register holds, or four.
//!
//! Plain arrays leave to the compiler which numbers share a register, and in kernels whose tiles fill all registers
//! it chooses badly. A kernel that treats every number alike gives the same bits whatever the number of
//! lanes; sums over lanes are there for four alone.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// A register of float64 numbers. Every operation is rounded once, as IEEE 754 wants it.
pub(crate) trait Doubles: Copy {
    /// Four or eight.
    const LANES: usize;

    fn splat(value: f64) -> Self;
    /// The first numbers of a slice, which has as many at least.
    fn load(from: &[f64]) -> Self;
    /// Into the first numbers of a slice, which has as many at least.
    fn store(self, to: &mut [f64]);
    fn mul(self, other: Self) -> Self;
    /// `self * factor + term`, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
}

/// Four lanes on every instruction set.
pub(crate) trait Quad: Doubles {
    /// Lane j of the result is `(x0 + x1) + (x2 + x3)` of the lanes of `terms[j]`.
    fn sums(terms: [Self; 4]) -> Self;
}

/// In plain arrays.
#[derive(Clone, Copy)]
pub(crate) struct Plain<const LANES: usize>([f64; LANES]);

impl<const LANES: usize> Doubles for Plain<LANES> {
    const LANES: usize = LANES;

    #[inline(always)]
    fn splat(value: f64) -> Self {
        Self([value; LANES])
    }
    #[inline(always)]
    fn load(from: &[f64]) -> Self {
        Self(*from.first_chunk().expect("one for each lane"))
    }
    #[inline(always)]
    fn store(self, to: &mut [f64]) {
        *to.first_chunk_mut().expect("one for each lane") = self.0;
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(std::array::from_fn(|lane| self.0[lane] * other.0[lane]))
    }
    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        let product = |lane: usize| self.0[lane].mul_add(factor.0[lane], term.0[lane]);
        Self(std::array::from_fn(product))
    }
}

impl Quad for Plain<4> {
    #[inline(always)]
    fn sums(terms: [Self; 4]) -> Self {
        Self(terms.map(|Self(x)| (x[0] + x[1]) + (x[2] + x[3])))
    }
}

/// `Doubles` by one instruction each.
#[cfg(target_arch = "x86_64")]
macro_rules! registers {
    (
        $(#[$doc:meta])*
        $name:ident($register:ty), $lanes:literal lanes:
        $splat:ident, $load:ident, $store:ident, $mul:ident, $mul_add:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $name($register);

        impl Doubles for $name {
            const LANES: usize = $lanes;

            #[inline(always)]
            fn splat(value: f64) -> Self {
                // SAFETY: called only where these instructions exist.
                Self(unsafe { $splat(value) })
            }
            #[inline(always)]
            fn load(from: &[f64]) -> Self {
                let from: &[f64; $lanes] = from.first_chunk().expect("one for each lane");
                // SAFETY: called only where these instructions exist; a register's numbers are there.
                Self(unsafe { $load(from.as_ptr()) })
            }
            #[inline(always)]
            fn store(self, to: &mut [f64]) {
                let to: &mut [f64; $lanes] = to.first_chunk_mut().expect("one for each lane");
                // SAFETY: called only where these instructions exist; there is room for a register's numbers.
                unsafe { $store(to.as_mut_ptr(), self.0) }
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                // SAFETY: called only where these instructions exist.
                Self(unsafe { $mul(self.0, other.0) })
            }
            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                // SAFETY: called only where these instructions exist.
                Self(unsafe { $mul_add(self.0, factor.0, term.0) })
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
registers! {
    /// Four in an AVX register. Reached only through `run_avx2` and `run_avx512`, with AVX2 and FMA.
    Avx(__m256d), 4 lanes:
    _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_mul_pd, _mm256_fmadd_pd
}

#[cfg(target_arch = "x86_64")]
registers! {
    /// Eight in an AVX-512 register. Reached only through `run_avx512`, with AVX-512F.
    Avx512(__m512d), 8 lanes:
    _mm512_set1_pd, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_mul_pd, _mm512_fmadd_pd
}

#[cfg(target_arch = "x86_64")]
impl Quad for Avx {
    #[inline(always)]
    fn sums([a, b, c, d]: [Self; 4]) -> Self {
        // SAFETY: called only with AVX2 and FMA.
        Self(unsafe {
            // a0 + a1, b0 + b1, a2 + a3, b2 + b3
            let (ab, cd) = (_mm256_hadd_pd(a.0, b.0), _mm256_hadd_pd(c.0, d.0));
            let low = _mm256_permute2f128_pd::<0x20>(ab, cd);
            let high = _mm256_permute2f128_pd::<0x31>(ab, cd);
            _mm256_add_pd(low, high)
        })
    }
}
