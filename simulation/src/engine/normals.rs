//! Normals and uniforms, sixteen at a time.
//!
//! Each lane is a xoshiro128++ generator (Blackman and Vigna, ACM TOMS 47:36, 2021) with a state of
//! its own from ChaCha8 under the stream's key. Two of its numbers make two normals (Box and Muller
//! 1958): `r cos(phi)` and `r sin(phi)`, with `r = sqrt(-2 ln u)`. The radius uses all 32 bits, so
//! that the tail reaches 6.7; the angle spans half a circle, and its lowest bit gives `r` a sign,
//! which covers the other half. Logarithm, sine and cosine are polynomials (Chebyshev fits) with
//! errors below 3e-6 of the value: their trace in 10^9 draws is below a standard error.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::lanes::{Block, InstructionSet, Kernel, Lanes, WIDTH};
use crate::stream::StreamName;

/// Bytes of a saved stream.
pub(crate) const STATE_BYTES: usize = 4 * 4 * WIDTH;

/// A stream of random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaneStream {
    state: [[u32; WIDTH]; 4],
}

impl LaneStream {
    /// The stream of one name in a job.
    pub fn new(seed: u64, name: StreamName) -> Self {
        let mut source = ChaCha8Rng::from_seed(name.key(seed));
        let mut state = [[0; WIDTH]; 4];
        for lane in 0..WIDTH {
            for word in &mut state {
                word[lane] = source.next_u32();
            }
            if state.iter().all(|word| word[lane] == 0) {
                state[0][lane] = 1; // The one state that xoshiro can't leave.
            }
        }
        Self { state }
    }

    /// Fills `out` with standard normals. An odd number of blocks drops the last half pair, so
    /// pieces of an even number of blocks give the same numbers as one call.
    pub fn normals(&mut self, instruction_set: InstructionSet, out: &mut [Block]) {
        instruction_set.run(Fill {
            stream: self,
            out,
            normal: true,
        });
    }

    /// Fills `out` with uniforms on [0, 1), multiples of 2^-24.
    pub fn uniforms(&mut self, instruction_set: InstructionSet, out: &mut [Block]) {
        instruction_set.run(Fill {
            stream: self,
            out,
            normal: false,
        });
    }

    /// The state, lane by lane within word by word, little-endian.
    pub fn save(&self) -> [u8; STATE_BYTES] {
        let mut bytes = [0; STATE_BYTES];
        for (word, to) in self.state.iter().flatten().zip(bytes.chunks_exact_mut(4)) {
            to.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// The stream that goes on where `save` was called.
    pub fn restore(bytes: &[u8; STATE_BYTES]) -> Self {
        let mut state = [[0; WIDTH]; 4];
        for (word, from) in state.iter_mut().flatten().zip(bytes.chunks_exact(4)) {
            *word = u32::from_le_bytes(from.try_into().expect("chunks of four"));
        }
        Self { state }
    }

    /// Takes the state into registers, for a kernel that draws many numbers.
    #[inline(always)]
    pub fn open<L: Lanes>(&self) -> Generator<L> {
        let [a, b, c, d] = &self.state;
        Generator([
            L::load_bits(a),
            L::load_bits(b),
            L::load_bits(c),
            L::load_bits(d),
        ])
    }

    /// Puts a generator's state back.
    #[inline(always)]
    pub fn close<L: Lanes>(&mut self, generator: Generator<L>) {
        for (bits, to) in generator.0.into_iter().zip(&mut self.state) {
            L::store_bits(bits, to);
        }
    }
}

struct Fill<'a> {
    stream: &'a mut LaneStream,
    out: &'a mut [Block],
    normal: bool,
}

impl Kernel for Fill<'_> {
    type Output = ();

    #[inline(always)]
    fn run<L: Lanes>(self) {
        let mut generator = self.stream.open::<L>();
        if self.normal {
            generator.normals(self.out);
        } else {
            generator.uniforms(self.out);
        }
        self.stream.close(generator);
    }
}

/// Sixteen xoshiro128++ generators in registers.
#[derive(Clone, Copy)]
pub(crate) struct Generator<L: Lanes>([L::Bits; 4]);

/// 2^-32, exact.
const PER_WORD: f32 = 1.0 / 4_294_967_296.0;

/// `-2 ln(1 + t) / t` for `1 + t` in [sqrt(1/2), sqrt(2)), highest power first; error 2.9e-6.
#[expect(clippy::excessive_precision, reason = "as fitted")]
const LOGARITHM: [f32; 7] = [
    -0.233_156_122_868,
    0.371_476_802_68,
    -0.410_508_872_394,
    0.498_406_725_293,
    -0.666_271_265_723,
    1.000_017_547_9,
    -2.000_002_054_71,
];

/// `sin(pi g) / g` as a polynomial in `g^2` for `g` in [-1/2, 1/2]; error 2.4e-6.
#[expect(clippy::excessive_precision, reason = "as fitted")]
const SINE: [f32; 4] = [
    -0.559_435_000_833,
    2.544_000_216_19,
    -5.167_405_766_36,
    3.141_590_256_75,
];

/// `cos(pi g)` as a polynomial in `g^2` for `g` in [-1/2, 1/2]; error 4.7e-8.
#[expect(clippy::excessive_precision, reason = "as fitted")]
const COSINE: [f32; 5] = [
    0.219_682_423_575,
    -1.331_872_972_79,
    4.058_410_790_76,
    -4.934_792_802_49,
    0.999_999_953_028,
];

impl<L: Lanes> Generator<L> {
    /// The next 32 bits of every lane.
    #[inline(always)]
    pub fn bits(&mut self) -> L::Bits {
        let [s0, s1, s2, s3] = self.0;
        let result = L::add_bits(L::rotate_left(L::add_bits(s0, s3), 7), s0);
        let s2 = L::xor_bits(s2, s0);
        let s3 = L::xor_bits(s3, s1);
        self.0 = [
            L::xor_bits(s0, s3),
            L::xor_bits(s1, s2),
            L::xor_bits(s2, L::shift_left(s1, 9)),
            L::rotate_left(s3, 11),
        ];
        result
    }

    /// Two independent standard normals for every lane.
    #[inline(always)]
    pub fn normal_pair(&mut self) -> (L, L) {
        let (radius_bits, angle_bits) = (self.bits(), self.bits());
        // u in (0, 1]: the middles of 2^32 equal parts, rounded.
        let u = L::from_unsigned(radius_bits).mul_add(L::splat(PER_WORD), L::splat(0.5 * PER_WORD));
        let squared_radius = minus_twice_logarithm(u);
        let sign = L::shift_left(angle_bits, 31);
        let radius = L::from_bits(L::xor_bits(squared_radius.sqrt().to_bits(), sign));
        let g = L::from_signed(angle_bits).mul(L::splat(PER_WORD));
        let square = g.mul(g);
        let cosine = polynomial(&COSINE, square);
        let sine = polynomial(&SINE, square).mul(g);
        (radius.mul(cosine), radius.mul(sine))
    }

    /// Fills `out` with standard normals; an odd last block drops the other half of its pair.
    #[inline(always)]
    pub fn normals(&mut self, out: &mut [Block]) {
        let mut pairs = out.chunks_exact_mut(2);
        for pair in &mut pairs {
            let (first, second) = self.normal_pair();
            first.store(&mut pair[0]);
            second.store(&mut pair[1]);
        }
        if let [last] = pairs.into_remainder() {
            self.normal_pair().0.store(last);
        }
    }

    /// Fills `out` with uniforms on [0, 1), from the upper 24 bits.
    #[inline(always)]
    pub fn uniforms(&mut self, out: &mut [Block]) {
        for block in out {
            let bits = L::and_bits(self.bits(), L::splat_bits(0xffff_ff00));
            L::from_unsigned(bits).mul(L::splat(PER_WORD)).store(block);
        }
    }
}

/// `-2 ln(u)` for normal u in (0, 1].
#[inline(always)]
fn minus_twice_logarithm<L: Lanes>(u: L) -> L {
    // u = 2^e (1 + t) with 1 + t in [sqrt(1/2), sqrt(2)), by integer arithmetic on the float's bits.
    let root_half = L::splat_bits(std::f32::consts::FRAC_1_SQRT_2.to_bits());
    let exponent = L::and_bits(
        L::sub_bits(u.to_bits(), root_half),
        L::splat_bits(0xff80_0000),
    );
    let t = L::from_bits(L::sub_bits(u.to_bits(), exponent)).sub(L::splat(1.0));
    // The exponent's bits, read as an integer, are e times 2^23.
    let per_exponent = L::splat(-2.0 * std::f32::consts::LN_2 / 8_388_608.0);
    let of_fraction = polynomial(&LOGARITHM, t).mul(t);
    L::from_signed(exponent).mul_add(per_exponent, of_fraction)
}

#[inline(always)]
fn polynomial<L: Lanes, const N: usize>(coefficients: &[f32; N], x: L) -> L {
    let mut value = L::splat(coefficients[0]);
    for &coefficient in &coefficients[1..] {
        value = value.mul_add(x, L::splat(coefficient));
    }
    value
}

#[cfg(test)]
mod tests;
