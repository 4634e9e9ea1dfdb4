//! Sixteen float32 lanes, the same bits on every instruction set.
//!
//! A kernel is written once against [`Lanes`] and run through [`InstructionSet::run`], which inlines
//! it whole into a wrapper compiled for the instruction set at hand. Every operation is one that IEEE
//! 754 rounds correctly (sum, product, quotient, root, fused multiply-add, conversion), and sums
//! over lanes follow one fixed tree, so that no bit depends on the machine. Only NaN payloads may.
//!
//! This module and its children hold all `unsafe` code of the crate.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub(crate) mod doubles;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

use doubles::{Doubles, Quad};

/// Number of logical lanes.
pub(crate) const WIDTH: usize = 16;

/// Sixteen numbers in memory, aligned to a cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Block(pub [f32; WIDTH]);

impl Block {
    /// All zeros.
    pub const ZERO: Self = Self([0.0; WIDTH]);
}

/// The numbers of some blocks in a row.
pub(crate) fn numbers(blocks: &[Block]) -> &[f32] {
    // SAFETY: a block is an array of `WIDTH` numbers and nothing else: its size, 64 bytes, is its
    // alignment, so blocks lie without gaps.
    unsafe { std::slice::from_raw_parts(blocks.as_ptr().cast(), blocks.len() * WIDTH) }
}

/// Sixteen lanes in registers, and as `Bits` the same lanes as 32-bit integers.
pub(crate) trait Lanes: Copy {
    /// Sixteen unsigned integers; arithmetic wraps.
    type Bits: Copy;
    /// As many float64 numbers as a register holds.
    type Doubles: Doubles;
    /// Four float64 numbers.
    type Quad: Quad;

    /// Most accumulators of a register tile: leaves registers for the operands.
    const ACCUMULATORS: usize;

    /// Runs a part of a kernel as a function of its own, so that kernels share its code.
    fn call<K: Kernel>(part: K) -> K::Output;

    fn splat(value: f32) -> Self;
    fn load(from: &Block) -> Self;
    fn store(self, to: &mut Block);
    fn load_slice(from: &[f32; WIDTH]) -> Self;
    /// Lanes 0 to 7 from one place, 8 to 15 from another.
    fn load_halves(low: &[f32; 8], high: &[f32; 8]) -> Self;
    fn store_low(self, to: &mut [f32; 8]);
    fn store_high(self, to: &mut [f32; 8]);

    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn div(self, other: Self) -> Self;
    fn sqrt(self) -> Self;
    /// `self * factor + term`, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// The lane where the gate is active, elsewhere +0. Active is what is not at or below zero: NaN
    /// counts, so that a diverged network shows.
    fn where_active(self, gate: Self) -> Self;
    /// Whether any lane is active.
    fn any_active(self) -> bool;

    /// Lane j of the result is the sum over the lanes of `terms[j]`, as [`sum_tree`] adds them.
    fn sums(terms: [Self; WIDTH]) -> Self;

    fn splat_bits(value: u32) -> Self::Bits;
    fn load_bits(from: &[u32; WIDTH]) -> Self::Bits;
    fn store_bits(bits: Self::Bits, to: &mut [u32; WIDTH]);
    fn add_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn sub_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn xor_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn and_bits(a: Self::Bits, b: Self::Bits) -> Self::Bits;
    fn shift_left(bits: Self::Bits, by: u32) -> Self::Bits;
    fn rotate_left(bits: Self::Bits, by: u32) -> Self::Bits;
    fn to_bits(self) -> Self::Bits;
    fn from_bits(bits: Self::Bits) -> Self;
    /// Nearest float of each unsigned integer.
    fn from_unsigned(bits: Self::Bits) -> Self;
    /// Nearest float of each integer, taken as signed (two's complement).
    fn from_signed(bits: Self::Bits) -> Self;
}

/// The one order in which sixteen lanes are summed: halves, quarters, then neighbours.
pub(crate) fn sum_tree(x: &[f32; WIDTH]) -> f32 {
    let half: [f32; 8] = std::array::from_fn(|i| x[i] + x[i + 8]);
    let quarter: [f32; 4] = std::array::from_fn(|i| half[i] + half[i + 4]);
    (quarter[0] + quarter[1]) + (quarter[2] + quarter[3])
}

/// Work that an instruction set runs. Implementations mark `run` `#[inline(always)]`, so that it
/// is compiled for the instruction set.
pub(crate) trait Kernel {
    type Output;
    fn run<L: Lanes>(self) -> Self::Output;
}

/// An instruction set that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InstructionSet(Kind);

/// Private, so that a set the machine lacks can't be named: the wrappers below rely on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    Neon,
    Portable,
}

impl InstructionSet {
    /// Every set this machine has, fastest first.
    pub fn available() -> Vec<Self> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f")
                && std::arch::is_x86_feature_detected!("avx512dq")
            {
                sets.push(Self(Kind::Avx512));
            }
            if std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma")
            {
                sets.push(Self(Kind::Avx2));
            }
        }
        #[cfg(target_arch = "aarch64")]
        if std::arch::is_aarch64_feature_detected!("neon") {
            sets.push(Self(Kind::Neon));
        }
        sets.push(Self(Kind::Portable));
        sets
    }

    /// The fastest set this machine has.
    pub fn best() -> Self {
        Self::available()[0]
    }

    /// Runs a kernel compiled for this set.
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            // SAFETY: a value of this kind is made only where the machine was found to have AVX-512F and DQ.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { run_avx512(kernel) },
            // SAFETY: a value of this kind is made only where the machine was found to have AVX2 and FMA.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { run_avx2(kernel) },
            // SAFETY: a value of this kind is made only where the machine was found to have NEON.
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => unsafe { run_neon(kernel) },
            Kind::Portable => run_portable(kernel),
        }
    }
}

impl std::fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "aarch64")]
            Kind::Neon => "neon",
            Kind::Portable => "portable",
        })
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx2,fma")]
#[inline(never)]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<avx512::Avx512>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[inline(never)]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<avx2::Avx2>()
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
#[inline(never)]
fn run_neon<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<neon::Neon>()
}

#[inline(never)]
fn run_portable<K: Kernel>(kernel: K) -> K::Output {
    kernel.run::<portable::Portable>()
}

#[cfg(test)]
mod tests;
