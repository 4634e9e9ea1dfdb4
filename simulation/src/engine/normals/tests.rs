mod billions;

use super::*;

/// Draws per lane and block of the statistics below, and their sums.
struct Sums {
    count: u64,
    powers: [f64; 4],
    /// Products with the block before: the other half of a pair, or the pair before.
    neighbour: f64,
    neighbour_squares: f64,
    /// Products with the block two before.
    second_neighbour: f64,
    /// Products with the next lane, and with the lane eight further.
    next_lane: f64,
    far_lane: f64,
    /// Counts of |z| > 3, 4, 5, 6.
    tails: [u64; 4],
    /// Counts in bins of 1/BINS_PER_UNIT from -8 to 8.
    bins: Vec<u64>,
}

const BINS_PER_UNIT: usize = 256;

impl Sums {
    fn of(stream: &mut LaneStream, count: u64) -> Self {
        let mut sums = Self {
            count,
            powers: [0.0; 4],
            neighbour: 0.0,
            neighbour_squares: 0.0,
            second_neighbour: 0.0,
            next_lane: 0.0,
            far_lane: 0.0,
            tails: [0; 4],
            bins: vec![0; 16 * BINS_PER_UNIT],
        };
        let set = InstructionSet::best();
        let mut blocks = vec![Block::ZERO; 256];
        for _ in 0..count.div_ceil(256 * WIDTH as u64) {
            stream.normals(set, &mut blocks);
            sums.add(&blocks);
        }
        sums.count = count.next_multiple_of(256 * WIDTH as u64);
        sums
    }

    fn add(&mut self, blocks: &[Block]) {
        let (mut powers, mut next_lane, mut far_lane) = ([[0.0; WIDTH]; 4], 0.0, 0.0);
        for Block(z) in blocks {
            for lane in 0..WIDTH {
                let x = f64::from(z[lane]);
                let square = x * x;
                powers[0][lane] += x;
                powers[1][lane] += square;
                powers[2][lane] += square * x;
                powers[3][lane] += square * square;
            }
            for &x in z {
                let bin = ((x + 8.0) * BINS_PER_UNIT as f32) as usize;
                self.bins[bin] += 1;
                if x.abs() > 3.0 {
                    for (bound, tail) in [3.0, 4.0, 5.0, 6.0].iter().zip(&mut self.tails) {
                        *tail += u64::from(x.abs() > *bound);
                    }
                }
            }
            let product =
                |shift: usize| -> f32 { (0..WIDTH).map(|i| z[i] * z[(i + shift) % WIDTH]).sum() };
            next_lane += f64::from(product(1));
            far_lane += f64::from(product(8));
        }
        for (total, lanes) in self.powers.iter_mut().zip(powers) {
            *total += lanes.iter().sum::<f64>();
        }
        self.next_lane += next_lane;
        self.far_lane += far_lane;
        for (distance, total) in [(1, &mut self.neighbour), (2, &mut self.second_neighbour)] {
            for pair in blocks.windows(distance + 1) {
                let product = |i: usize| pair[0].0[i] * pair[distance].0[i];
                *total += f64::from((0..WIDTH).map(product).sum::<f32>());
            }
        }
        for pair in blocks.windows(2) {
            let product = |i: usize| (pair[0].0[i].powi(2) - 1.0) * (pair[1].0[i].powi(2) - 1.0);
            self.neighbour_squares += f64::from((0..WIDTH).map(product).sum::<f32>());
        }
    }

    /// Largest distance between the empirical and the normal distribution function, at bin edges.
    fn kolmogorov_smirnov(&self) -> f64 {
        let mut below = 0;
        let mut largest = 0.0f64;
        for (bin, count) in self.bins.iter().enumerate() {
            let edge = bin as f64 / BINS_PER_UNIT as f64 - 8.0;
            let expected = normal_below(edge);
            largest = largest.max((below as f64 / self.count as f64 - expected).abs());
            below += count;
        }
        largest
    }

    /// Fails where a statistic is further from its expectation than five standard errors.
    fn check(&self) {
        let n = self.count as f64;
        let root = n.sqrt();
        let near = |what: &str, value: f64, expected: f64, deviation: f64| {
            let z = (value - expected) / (deviation / root);
            assert!(
                z.abs() < 5.0,
                "{what}: {value} is {z:.1} standard errors off"
            );
        };
        // Moments of the normal: 0, 1, 0, 3; variances of x, x^2, x^3 - 3 x, x^4 - 6 x^2: 1, 2, 6, 24.
        let [first, second, third, fourth] = self.powers.map(|sum| sum / n);
        near("mean", first, 0.0, 1.0);
        near("variance", second, 1.0, 2f64.sqrt());
        near("skewness", third - 3.0 * first, 0.0, 6f64.sqrt());
        near("kurtosis", fourth - 6.0 * second, -3.0, 24f64.sqrt());
        near("neighbours", self.neighbour / n, 0.0, 1.0);
        near("neighbours' squares", self.neighbour_squares / n, 0.0, 2.0);
        near("second neighbours", self.second_neighbour / n, 0.0, 1.0);
        near("next lane", self.next_lane / n, 0.0, 1.0);
        // Each pair of lanes is counted twice.
        near("far lane", self.far_lane / n, 0.0, 2f64.sqrt());
        for (bound, &count) in [3.0, 4.0, 5.0, 6.0].iter().zip(&self.tails) {
            let expected = n * 2.0 * normal_below(-bound);
            let distance = (count as f64 - expected).abs();
            // Poisson, with room for its skewness where few are expected.
            assert!(
                distance < 5.0 * expected.sqrt() + 8.0,
                "beyond {bound}: {count} of {expected:.1}"
            );
        }
        // Probability of a larger distance: 2 exp(-2 * 2.5^2) = 7e-6.
        let distance = self.kolmogorov_smirnov();
        assert!(distance * root < 2.5, "Kolmogorov-Smirnov {distance}");
    }
}

/// Probability that a standard normal is below z.
fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

#[test]
fn normals_have_the_statistics_of_the_normal() {
    Sums::of(&mut LaneStream::new(1, StreamName::UpdateNoise), 40_000_000).check();
}

/// One lane of xoshiro128++ as its authors publish it.
fn next_word(s: &mut [u32; 4]) -> u32 {
    let result = s[0].wrapping_add(s[3]).rotate_left(7).wrapping_add(s[0]);
    let t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3].rotate_left(11);
    result
}

#[test]
fn the_generator_gives_the_published_numbers() {
    // From state 1, 2, 3, 4: the first numbers of the published C code (also in rand_xoshiro's tests).
    let expected = [
        641,
        1_573_767,
        3_222_811_527,
        3_517_856_514,
        836_907_274,
        4_247_214_768,
        3_867_114_732,
        1_355_841_295,
        495_546_011,
        621_204_420,
    ];
    let mut s = [1, 2, 3, 4];
    assert_eq!(expected.map(|_| next_word(&mut s)), expected);
}

#[test]
fn normals_are_those_of_double_precision_formulas() {
    let mut stream = LaneStream::new(3, StreamName::UpdateNoise);
    // Two lanes that start in the far tail: the first output of state (0, x, y, 0) is 0.
    (0..4).for_each(|word| stream.state[word][0] = [0, 7, 9, 0][word]);
    let mut scalar: Vec<[u32; 4]> = (0..WIDTH)
        .map(|lane| stream.state.map(|word| word[lane]))
        .collect();
    let mut blocks = vec![Block::ZERO; 20_000];
    stream.normals(InstructionSet::best(), &mut blocks);
    let mut largest = 0.0f64;
    for pair in blocks.chunks_exact(2) {
        for (lane, state) in scalar.iter_mut().enumerate() {
            let u = (f64::from(next_word(state)) + 0.5) / 2f64.powi(32);
            let angle_bits = next_word(state);
            let sign = if angle_bits & 1 == 1 { -1.0 } else { 1.0 };
            let radius = sign * (-2.0 * libm::log(u)).sqrt();
            let phi = std::f64::consts::PI * f64::from(angle_bits.cast_signed()) / 2f64.powi(32);
            largest = largest.max(radius.abs());
            for (value, expected) in pair.iter().zip([libm::cos(phi), libm::sin(phi)]) {
                let difference = f64::from(value.0[lane]) - radius * expected;
                // Near u = 1 the float's grain of 2^-24 shows: an error of 2^-24 / r in r.
                let allowed = 1e-5 * radius.abs() + 1.2e-7 / radius.abs().max(1e-4);
                assert!(
                    difference.abs() < allowed,
                    "{difference} at u {u}, phi {phi}"
                );
            }
        }
    }
    assert!(largest > 6.7, "the tail was not reached: {largest}");
}

#[test]
fn every_instruction_set_draws_the_same_bits() {
    let start = LaneStream::new(4, StreamName::Perturbation);
    let draw = |set: InstructionSet| {
        let (mut stream, mut blocks) = (start.clone(), vec![Block::ZERO; 2_001]);
        stream.normals(set, &mut blocks[..1_000]);
        stream.uniforms(set, &mut blocks[1_000..]);
        (
            stream,
            blocks
                .iter()
                .flat_map(|b| b.0.map(f32::to_bits))
                .collect::<Vec<_>>(),
        )
    };
    let expected = draw(InstructionSet::best());
    for set in InstructionSet::available() {
        assert!(draw(set) == expected, "{set}");
    }
}

#[test]
fn uniforms_fill_the_unit_interval_evenly() {
    let mut stream = LaneStream::new(5, StreamName::LabelNoise);
    let mut blocks = vec![Block::ZERO; 100_000];
    stream.uniforms(InstructionSet::best(), &mut blocks);
    let (mut sum, mut squares, mut tenths) = (0.0, 0.0, [0u64; 10]);
    for x in blocks.iter().flat_map(|block| block.0) {
        assert!((0.0..1.0).contains(&x));
        sum += f64::from(x);
        squares += f64::from(x) * f64::from(x);
        tenths[(x * 10.0) as usize] += 1;
    }
    let n = 1.6e6f64;
    // Five standard errors: variances 1/12 of x, 4/45 of x^2, n p (1 - p) of a count.
    assert!((sum / n - 0.5).abs() < 5.0 * (1.0 / 12.0 / n).sqrt());
    assert!((squares / n - 1.0 / 3.0).abs() < 5.0 * (4.0 / 45.0 / n).sqrt());
    for count in tenths {
        assert!((count as f64 - n / 10.0).abs() < 5.0 * (n * 0.09).sqrt());
    }
}

#[test]
fn a_restored_stream_goes_on_with_the_same_numbers() {
    let set = InstructionSet::best();
    let mut stream = LaneStream::new(6, StreamName::InputNoise);
    let mut blocks = [Block::ZERO; 10];
    stream.normals(set, &mut blocks);
    let mut restored = LaneStream::restore(&stream.save());
    let mut others = blocks;
    stream.normals(set, &mut blocks);
    restored.normals(set, &mut others[..4]);
    restored.normals(set, &mut others[4..]);
    assert_eq!(blocks, others);
}
