//! Coefficients from finished jobs.

use super::{CostModel, KINDS, Kind, Observation, TERMS, terms};

/// How many finished jobs the prior's word on one coefficient is worth.
const PRIOR_WEIGHT: f64 = 0.3;

/// Noise of any timing, in seconds: starting, and being interrupted.
const CLOCK_NOISE_S: f64 = 0.002;

/// Rounds of weights against outliers, and of coordinate descent.
const ROUNDS: usize = 5;
const SWEEPS_MAX: usize = 20_000;
/// Coordinate descent ends when no coefficient moves by more than this share of itself.
const CONVERGED: f64 = 1e-7;

/// Relative errors beyond this count as outliers and weigh less.
const OUTLIER: f64 = 0.2;

/// The prior, corrected by what finished jobs took: first by one common factor, which also reaches
/// the kinds that nobody has run yet, then each coefficient by least squares of relative errors.
pub fn learned(prior: CostModel, finished: &[Observation]) -> CostModel {
    let mut ratios: Vec<f64> = finished
        .iter()
        .map(|job| (job.seconds, prior.seconds(&job.parameters)))
        .filter(|(taken, expected)| *taken > CLOCK_NOISE_S && *expected > 0.0)
        .map(|(taken, expected)| taken / expected)
        .collect();
    if ratios.is_empty() {
        return prior;
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let mut model = prior.slowed(ratios[ratios.len() / 2]);
    let mut rows: [Vec<Row>; KINDS] = Default::default();
    for job in finished.iter().filter(|job| job.seconds > 0.0) {
        let (kind, terms) = terms(&job.parameters);
        rows[kind as usize].push(Row::new(&terms, job.seconds));
    }
    for (coefficients, rows) in model.coefficients.iter_mut().zip(&rows) {
        *coefficients = least_squares(*coefficients, rows);
    }
    model
}

/// A kind's coefficients from its jobs alone, for making the shipped ones.
pub fn from_scratch(kind: Kind, finished: &[Observation]) -> [f64; TERMS] {
    let rows: Vec<Row> = finished
        .iter()
        .map(|job| (terms(&job.parameters), job.seconds))
        .filter(|((of, _), _)| *of == kind)
        .map(|((_, terms), seconds)| Row::new(&terms, seconds))
        .collect();
    // The old ones are where the search starts, and speak where no job does.
    let old = CostModel::shipped().coefficients[kind as usize];
    robust(old, &rows, 1e-6)
}

/// One job: what each nanosecond per unit adds to the time, and the time, both over the time.
struct Row {
    terms: [f64; TERMS],
    target: f64,
}

impl Row {
    fn new(terms: &[f64; TERMS], seconds: f64) -> Self {
        let scale = 1.0 / (seconds + CLOCK_NOISE_S);
        Self {
            terms: terms.map(|term| 1e-9 * term * scale),
            target: seconds * scale,
        }
    }

    fn error(&self, coefficients: &[f64; TERMS]) -> f64 {
        let sum: f64 = self
            .terms
            .iter()
            .zip(coefficients)
            .map(|(t, c)| t * c)
            .sum();
        sum - self.target
    }
}

fn least_squares(prior: [f64; TERMS], rows: &[Row]) -> [f64; TERMS] {
    if rows.is_empty() {
        return prior;
    }
    robust(prior, rows, PRIOR_WEIGHT)
}

/// Huber's estimate by reweighting.
fn robust(prior: [f64; TERMS], rows: &[Row], prior_weight: f64) -> [f64; TERMS] {
    let mut coefficients = prior;
    let mut weights = vec![1.0; rows.len()];
    for _ in 0..ROUNDS {
        coefficients = nonnegative(coefficients, prior, rows, &weights, prior_weight);
        for (weight, row) in weights.iter_mut().zip(rows) {
            *weight = (OUTLIER / row.error(&coefficients).abs()).min(1.0);
        }
    }
    coefficients
}

/// Weighted least squares with coefficients of 0 and above, drawn to the prior, by coordinate descent
/// from a start on. The prior's pull is relative: `prior_weight` times the square of a coefficient's relative change.
fn nonnegative(
    mut coefficients: [f64; TERMS],
    prior: [f64; TERMS],
    rows: &[Row],
    weights: &[f64],
    prior_weight: f64,
) -> [f64; TERMS] {
    let mut errors: Vec<f64> = rows.iter().map(|row| row.error(&coefficients)).collect();
    for _ in 0..SWEEPS_MAX {
        let mut moved: f64 = 0.0;
        for term in 0..TERMS {
            if prior[term] == 0.0 {
                continue;
            }
            let pull = prior_weight / (prior[term] * prior[term]);
            let mut curvature = pull;
            let mut slope = pull * (coefficients[term] - prior[term]);
            for ((row, error), weight) in rows.iter().zip(&errors).zip(weights) {
                curvature += weight * row.terms[term] * row.terms[term];
                slope += weight * row.terms[term] * error;
            }
            let step = (-slope / curvature).max(-coefficients[term]);
            coefficients[term] += step;
            moved = moved.max(step.abs() / (coefficients[term] + 1e-3 * prior[term]));
            for (row, error) in rows.iter().zip(&mut errors) {
                *error += step * row.terms[term];
            }
        }
        if moved < CONVERGED {
            break;
        }
    }
    coefficients
}

#[cfg(test)]
mod tests {
    use simulation::{Algorithm, Parameters};

    use super::*;

    /// Jobs of many sizes, lengths and kinds.
    fn jobs() -> Vec<simulation::ValidParameters> {
        let mut jobs = Vec::new();
        for index in 0..60_u32 {
            let parameters = Parameters {
                algorithm: [Algorithm::Sgd, Algorithm::Adam, Algorithm::Sed][index as usize % 3],
                n_samples: 1 + index * 7 % 25,
                input_dim: 1 + index * 11 % 30,
                output_dim: 1 + index * 5 % 20,
                steps: 10_000 * u64::from(1 + index * 13 % 50),
                ..Parameters::default()
            };
            jobs.push(parameters.check().unwrap());
        }
        jobs
    }

    fn observed(truth: &CostModel, disturbed: impl Fn(usize) -> f64) -> Vec<Observation> {
        let jobs = jobs().into_iter().enumerate();
        jobs.map(|(index, parameters)| Observation {
            seconds: truth.seconds(&parameters) * disturbed(index),
            parameters,
        })
        .collect()
    }

    fn worst_ratio(model: &CostModel, truth: &CostModel) -> f64 {
        let ratios = jobs()
            .into_iter()
            .map(|job| (model.seconds(&job) / truth.seconds(&job)).ln().abs());
        ratios.fold(0.0, f64::max).exp()
    }

    /// A machine on which multiplying, drawing and stepping are slower by different factors.
    fn other_machine() -> CostModel {
        let mut truth = CostModel::shipped();
        for coefficients in &mut truth.coefficients {
            for (coefficient, factor) in coefficients
                .iter_mut()
                .zip([1.5, 4.0, 2.0, 1.0, 3.0, 2.0, 2.0])
            {
                *coefficient *= factor;
            }
        }
        truth
    }

    #[test]
    fn finished_jobs_teach_another_machines_speed_within_15_percent() {
        let truth = other_machine();
        assert!(worst_ratio(&CostModel::shipped(), &truth) > 2.0);
        let model = learned(CostModel::shipped(), &observed(&truth, |_| 1.0));
        let ratio = worst_ratio(&model, &truth);
        assert!(ratio < 1.15, "{ratio}");
    }

    #[test]
    fn interrupted_jobs_teach_little() {
        let truth = other_machine();
        let disturbed = |index| if index % 11 == 5 { 20.0 } else { 1.0 };
        let model = learned(CostModel::shipped(), &observed(&truth, disturbed));
        let ratio = worst_ratio(&model, &truth);
        assert!(ratio < 1.25, "{ratio}");
    }

    #[test]
    fn one_job_sets_the_pace_of_kinds_never_run() {
        let truth = CostModel::shipped().slowed(3.0);
        let one = &observed(&truth, |_| 1.0)[..1];
        let model = learned(CostModel::shipped(), one);
        let ratio = worst_ratio(&model, &truth);
        assert!(ratio < 1.01, "{ratio}");
    }

    #[test]
    fn coefficients_are_found_from_scratch() {
        let truth = other_machine();
        let found = from_scratch(Kind::Sed, &observed(&truth, |_| 1.0));
        let model = CostModel {
            coefficients: [found; KINDS],
        };
        for job in jobs().iter().filter(|job| job.algorithm == Algorithm::Sed) {
            let ratio = model.seconds(job) / truth.seconds(job);
            assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
        }
    }
}
