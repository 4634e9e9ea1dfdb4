//! Work of known size in the training kernels' lanes, for benchmarks to time.

use std::hint::black_box;

use crate::engine::lanes::{Block, InstructionSet, Kernel, Lanes, WIDTH};
use crate::engine::normals::LaneStream;
use crate::stream::StreamName;

/// Does `rounds` rounds of independent fused multiply-adds in registers; returns the floating-point
/// operations done, two for each.
pub fn multiply_adds(rounds: u64) -> u64 {
    InstructionSet::best().run(MultiplyAdds { rounds })
}

/// Draws `rounds` times 4096 normals into the nearest cache; returns how many.
pub fn normals(rounds: u64) -> u64 {
    let mut stream = LaneStream::new(0, StreamName::UpdateNoise);
    let mut blocks = vec![Block::ZERO; 256];
    for _ in 0..rounds {
        stream.normals(InstructionSet::best(), &mut blocks);
        black_box(&mut blocks);
    }
    rounds * (blocks.len() * WIDTH) as u64
}

struct MultiplyAdds {
    rounds: u64,
}

impl Kernel for MultiplyAdds {
    type Output = u64;

    #[inline(always)]
    fn run<L: Lanes>(self) -> u64 {
        // Enough to hide the latency, no more than the set has registers for.
        if L::ACCUMULATORS >= 12 {
            chains::<L, 12>(self.rounds)
        } else {
            chains::<L, 6>(self.rounds)
        }
    }
}

/// So many independent chains.
#[inline(always)]
fn chains<L: Lanes, const CHAINS: usize>(rounds: u64) -> u64 {
    let factor = L::splat(black_box(0.999));
    let mut sums = [L::splat(black_box(1.0)); CHAINS];
    for _ in 0..rounds {
        sums = sums.map(|sum| sum.mul_add(factor, factor));
    }
    for sum in sums {
        let mut block = Block::ZERO;
        sum.store(&mut block);
        black_box(block);
    }
    rounds * (2 * CHAINS * WIDTH) as u64
}
