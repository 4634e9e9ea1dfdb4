//! Statistics with the power that billions of draws give: `make test-statistics`.

use super::*;

/// Blocks drawn at a time: they stay in the nearest cache.
const BLOCKS: usize = 256;

/// Draws `count` numbers, some blocks at a time.
fn each(stream: &mut LaneStream, normal: bool, count: u64, mut look: impl FnMut(&[Block])) -> f64 {
    let mut blocks = vec![Block::ZERO; BLOCKS];
    let rounds = count.div_ceil((BLOCKS * WIDTH) as u64);
    for _ in 0..rounds {
        match normal {
            true => stream.normals(InstructionSet::best(), &mut blocks),
            false => stream.uniforms(InstructionSet::best(), &mut blocks),
        }
        look(&blocks);
    }
    (rounds * (BLOCKS * WIDTH) as u64) as f64
}

/// Fails five standard errors from what is expected.
fn near(what: &str, mean: f64, expected: f64, standard_error: f64) {
    let z = (mean - expected) / standard_error;
    assert!(
        z.abs() < 5.0,
        "{what}: {mean} is {z:.1} standard errors off"
    );
}

#[test]
#[ignore = "seconds of an optimized build, minutes otherwise"]
fn two_billion_normals_have_the_statistics_of_the_normal() {
    let mut stream = LaneStream::new(2, StreamName::UpdateNoise);
    Sums::of(&mut stream, 2_000_000_000).check();
}

/// 40 draws lie beyond 6: a tail that is missing, or twice as thick, fails.
#[test]
#[ignore = "seconds of an optimized build, minutes otherwise"]
fn the_far_tails_of_twenty_billion_normals_are_the_normals() {
    let mut stream = LaneStream::new(7, StreamName::UpdateNoise);
    let mut tails = [0u64; 2];
    let n = each(&mut stream, true, 20_000_000_000, |blocks| {
        for block in blocks {
            if block.0.iter().any(|x| x.abs() > 5.0) {
                for x in block.0 {
                    tails[0] += u64::from(x.abs() > 5.0);
                    tails[1] += u64::from(x.abs() > 6.0);
                }
            }
        }
    });
    for (bound, count) in [5.0, 6.0].into_iter().zip(tails) {
        let expected = n * 2.0 * normal_below(-bound);
        near(
            &format!("beyond {bound}"),
            count as f64,
            expected,
            expected.sqrt(),
        );
    }
}

/// Every pair of lanes, in their values and in their squares.
#[test]
#[ignore = "seconds of an optimized build, minutes otherwise"]
fn no_lane_knows_of_another() {
    let mut stream = LaneStream::new(8, StreamName::UpdateNoise);
    let (mut values, mut squares) = ([[0.0; WIDTH]; WIDTH], [[0.0; WIDTH]; WIDTH]);
    let n = each(&mut stream, true, 1_000_000_000, |blocks| {
        let (mut value, mut square) = ([[0f32; WIDTH]; WIDTH], [[0f32; WIDTH]; WIDTH]);
        for Block(x) in blocks {
            let y = x.map(|x| x * x - 1.0);
            for a in 0..WIDTH {
                for b in 0..WIDTH {
                    value[a][b] += x[a] * x[b];
                    square[a][b] += y[a] * y[b];
                }
            }
        }
        for a in 0..WIDTH {
            for b in 0..WIDTH {
                values[a][b] += f64::from(value[a][b]);
                squares[a][b] += f64::from(square[a][b]);
            }
        }
    });
    let n = n / WIDTH as f64;
    for a in 0..WIDTH {
        for b in 0..a {
            near(
                &format!("lanes {a}, {b}"),
                values[a][b] / n,
                0.0,
                1.0 / n.sqrt(),
            );
            near(
                &format!("squares of {a}, {b}"),
                squares[a][b] / n,
                0.0,
                2.0 / n.sqrt(),
            );
        }
    }
}

/// Streams of one job, and one stream of neighbouring seeds, at the same place.
#[test]
#[ignore = "seconds of an optimized build, minutes otherwise"]
fn no_stream_knows_of_another() {
    let first = LaneStream::new(9, StreamName::UpdateNoise);
    for other in [
        LaneStream::new(9, StreamName::LabelNoise),
        LaneStream::new(9, StreamName::Perturbation),
        LaneStream::new(10, StreamName::UpdateNoise),
    ] {
        let (mut first, mut other) = (first.clone(), other);
        let (mut sum, mut theirs) = (0.0, vec![Block::ZERO; BLOCKS]);
        let n = each(&mut first, true, 500_000_000, |ours| {
            other.normals(InstructionSet::best(), &mut theirs);
            let products = ours.iter().zip(&theirs);
            let product =
                |(a, b): (&Block, &Block)| -> f32 { a.0.iter().zip(b.0).map(|(a, b)| a * b).sum() };
            sum += products.map(|pair| f64::from(product(pair))).sum::<f64>();
        });
        near("streams", sum / n, 0.0, 1.0 / n.sqrt());
    }
}

#[test]
#[ignore = "seconds of an optimized build, minutes otherwise"]
fn a_billion_uniforms_have_the_statistics_of_the_uniform() {
    const BINS: usize = 4_096;
    let mut stream = LaneStream::new(5, StreamName::LabelNoise);
    let (mut powers, mut lags, mut bins) = ([0.0; 4], [0.0; 3], vec![0u64; BINS]);
    let n = each(&mut stream, false, 1_000_000_000, |blocks| {
        // Centred, and scaled to variance 1.
        let scaled = |x: f32| (f64::from(x) - 0.5) * 12f64.sqrt();
        for block in blocks {
            for x in block.0 {
                bins[(x * BINS as f32) as usize] += 1;
                let x = scaled(x);
                (0..4).for_each(|k| powers[k] += x.powi(k as i32 + 1));
            }
            let x = block.0.map(scaled);
            lags[0] += (0..WIDTH).map(|i| x[i] * x[(i + 1) % WIDTH]).sum::<f64>();
        }
        for distance in [1, 2] {
            for pair in blocks.windows(distance + 1) {
                let product = |i: usize| scaled(pair[0].0[i]) * scaled(pair[distance].0[i]);
                lags[distance] += (0..WIDTH).map(product).sum::<f64>();
            }
        }
    });
    let root = n.sqrt();
    // Moments of a uniform of variance 1: 0, 1, 0, 9/5; of its powers, 3^k / (2 k + 1) for the 2 k-th.
    let variances = [
        1.0,
        9.0 / 5.0 - 1.0,
        27.0 / 7.0,
        9.0 - (9.0f64 / 5.0).powi(2),
    ];
    for (k, expected) in [0.0, 1.0, 0.0, 9.0 / 5.0].into_iter().enumerate() {
        let deviation: f64 = variances[k];
        near(
            &format!("power {}", k + 1),
            powers[k] / n,
            expected,
            deviation.sqrt() / root,
        );
    }
    for (lag, sum) in ["next lane", "next block", "second block"].iter().zip(lags) {
        near(lag, sum / n, 0.0, 1.0 / root);
    }
    let mut below = 0;
    for (bin, count) in bins.iter().enumerate() {
        let distance = below as f64 / n - bin as f64 / BINS as f64;
        assert!(distance.abs() * root < 2.5, "Kolmogorov-Smirnov {distance}");
        below += count;
    }
}
