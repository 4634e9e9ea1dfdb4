//! Prints the shipped coefficients of the cost model anew, from the finished jobs of a database:
//! `cargo run --release --example cost_coefficients -- DATABASE`. See `make cost-coefficients`.

use orchestrator::cost::{CostModel, KINDS, Kind, Observation, fit, terms};
use shared::{Purpose, Store};

const KINDS_IN_ORDER: [Kind; KINDS] = [
    Kind::SgdNoisy,
    Kind::SgdQuiet,
    Kind::AdamNoisy,
    Kind::AdamQuiet,
    Kind::Sed,
    Kind::F64,
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let database = std::env::args().nth(1).ok_or("name a database")?;
    let store = Store::open(&database, Purpose::Read).await?;
    let finished: Vec<Observation> = store
        .finished_costs(None, 100_000)
        .await?
        .into_iter()
        .map(|cost| Observation {
            parameters: cost.parameters,
            seconds: cost.wall_seconds,
        })
        .collect();
    for kind in KINDS_IN_ORDER {
        let of_kind: Vec<&Observation> = finished
            .iter()
            .filter(|job| terms(&job.parameters).0 == kind)
            .collect();
        let coefficients = fit::from_scratch(kind, &finished);
        let mut errors: Vec<f64> = of_kind
            .iter()
            .map(|job| {
                let (_, terms) = terms(&job.parameters);
                let sum: f64 = terms.iter().zip(&coefficients).map(|(t, c)| t * c).sum();
                (1e-9 * sum / job.seconds - 1.0).abs()
            })
            .collect();
        errors.sort_unstable_by(f64::total_cmp);
        let median = errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN);
        println!(
            "    // {kind:?}: {} jobs, median error {:.1} %",
            errors.len(),
            100.0 * median
        );
        println!("    {coefficients:.4?},");
    }
    let shipped = CostModel::shipped();
    let expected: f64 = finished
        .iter()
        .map(|job| shipped.seconds(&job.parameters))
        .sum();
    let taken: f64 = finished.iter().map(|job| job.seconds).sum();
    println!("// the shipped model expects {expected:.1} s of these jobs, which took {taken:.1} s");
    Ok(())
}
