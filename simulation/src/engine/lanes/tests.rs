use super::*;

/// Every operation of the trait on one pair of arrays, as bits.
struct Everything<'a> {
    a: &'a [f32; WIDTH],
    b: &'a [f32; WIDTH],
    bits: &'a [u32; WIDTH],
}

impl Kernel for Everything<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run<L: Lanes>(self) -> Vec<u32> {
        let (a, b) = (L::load_slice(self.a), L::load_slice(self.b));
        let bits = L::load_bits(self.bits);
        let absolute = L::from_bits(L::and_bits(a.to_bits(), L::splat_bits(0x7fff_ffff)));
        let halves = L::load_halves(
            self.a[3..11].try_into().unwrap(),
            self.b[..8].try_into().unwrap(),
        );
        let (mut low, mut high) = ([0.0; 8], [0.0; 8]);
        halves.store_low(&mut low);
        halves.store_high(&mut high);
        let shifted = |i: usize| {
            L::load_slice(&std::array::from_fn(|lane| {
                self.a[lane] * (1.0 + 0.37 * i as f32) + self.b[(lane + i) % WIDTH]
            }))
        };
        let floats = [
            a,
            a.add(b),
            a.sub(b),
            a.mul(b),
            a.div(b),
            absolute.sqrt(),
            a.mul_add(b, L::splat(0.1)),
            a.where_active(b),
            L::sums(std::array::from_fn(shifted)),
            L::from_unsigned(bits),
            L::from_signed(bits),
            halves,
            L::load_halves(&low, &high),
        ];
        let integers = [
            bits,
            L::add_bits(bits, a.to_bits()),
            L::sub_bits(bits, a.to_bits()),
            L::xor_bits(bits, a.to_bits()),
            L::and_bits(bits, a.to_bits()),
            L::shift_left(bits, 9),
            L::rotate_left(bits, 11),
        ];
        let mut all = vec![u32::from(a.any_active()), u32::from(b.any_active())];
        for value in floats {
            let mut block = Block::ZERO;
            value.store(&mut block);
            all.extend(block.0.map(f32::to_bits));
        }
        for value in integers {
            let mut array = [0; WIDTH];
            L::store_bits(value, &mut array);
            all.extend(array);
        }
        all
    }
}

/// A cheap sequence of varied bit patterns (multiplicative hashing).
fn pattern(seed: u32) -> [u32; WIDTH] {
    std::array::from_fn(|i| {
        let x = (seed * 31 + i as u32 + 1).wrapping_mul(0x9e37_79b9);
        (x ^ (x >> 15)).wrapping_mul(0x85eb_ca6b)
    })
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_portable_one() {
    let portable = InstructionSet(Kind::Portable);
    for seed in 0..200 {
        let float = |bits: u32| (f64::from(bits) / 2f64.powi(31) - 1.0) as f32;
        let (a, b) = (pattern(seed).map(float), pattern(seed + 1000).map(float));
        let mut bits = pattern(seed + 2000);
        bits[0] = u32::MAX - seed;
        bits[1] = (1 << 24) + seed;
        let everything = |set: InstructionSet| {
            set.run(Everything {
                a: &a,
                b: &b,
                bits: &bits,
            })
        };
        let expected = everything(portable);
        for set in InstructionSet::available() {
            assert_eq!(everything(set), expected, "{set}");
        }
    }
}

#[test]
fn zeros_and_negatives_gate_and_nan_passes() {
    struct Gate;
    impl Kernel for Gate {
        type Output = [f32; WIDTH];
        #[inline(always)]
        fn run<L: Lanes>(self) -> [f32; WIDTH] {
            let mut gate = [1.0; WIDTH];
            gate[..5].copy_from_slice(&[-1.0, -0.0, 0.0, f32::NEG_INFINITY, -1e-40]);
            gate[5] = f32::NAN;
            let mut block = Block::ZERO;
            L::splat(3.0)
                .where_active(L::load_slice(&gate))
                .store(&mut block);
            block.0
        }
    }
    let mut expected = [3.0f32; WIDTH];
    expected[..5].fill(0.0);
    for set in InstructionSet::available() {
        let got = set.run(Gate);
        assert_eq!(got.map(f32::to_bits), expected.map(f32::to_bits), "{set}");
    }
}
