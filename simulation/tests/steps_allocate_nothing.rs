//! Training takes no memory from the allocator: whatever a step needs is there before the first.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use simulation::{Algorithm, Parameters, Simulation};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting what each thread asks for.
struct Counting;

// SAFETY: every call is the system allocator's own, with the caller's own arguments.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`, which is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `System` by way of `alloc`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn no_step_of_any_algorithm_allocates() {
    type Change = fn(&mut Parameters);
    let kinds: [Change; 6] = [
        |p| p.update_noise = 0.1,
        |p| p.label_noise = 1.0,
        |p| p.input_noise = 0.1,
        |p| p.algorithm = Algorithm::Adam,
        |p| (p.algorithm, p.update_noise) = (Algorithm::Adam, 0.1),
        |p| p.algorithm = Algorithm::Sed,
    ];
    for change in kinds {
        let mut parameters = Parameters {
            n_samples: 7,
            input_dim: 9,
            output_dim: 3,
            // Measured at both ends alone.
            linear_measurements: 2,
            hessian_snapshots: 0,
            ..Parameters::default()
        };
        change(&mut parameters);
        let parameters = parameters.check().expect("valid");
        let mut simulation = Simulation::new(&parameters, None).expect("generated data");
        simulation.advance(10);
        let before = ALLOCATIONS.get();
        // Beyond several rounds in which units are sorted, put to sleep and woken.
        simulation.advance(3_000);
        assert_eq!(ALLOCATIONS.get() - before, 0, "{parameters:?}");
        simulation.finish();
        assert!(ALLOCATIONS.get() > before, "allocations are counted");
    }
}
