//! What was measured, by what a task is about.

use super::facts::{Facts, Group, Model, Range};
use super::{counted, shown};

/// A few sentences for each model that the sweep has.
pub(super) fn measurements(facts: &Facts) -> String {
    let present = Model::ALL.into_iter();
    let present = present.filter(|model| facts.jobs(*model) > 0);
    let of_models: Vec<String> = present
        .flat_map(|model| match model {
            Model::Network => networks(facts),
            Model::Ring => rings(facts),
            Model::Valley => vec![walkers(facts)],
        })
        .collect();
    of_models.join(". ")
}

fn networks(facts: &Facts) -> Vec<String> {
    let mut sentences = vec![format!(
        "Loss, active fraction (share of pairs of hidden unit and sample with activity above 0) and fraction \
         of active units (active for at least one sample) were measured without noise at {}; summary values are \
         means of the last ten but one, divided by the first",
        moments(facts, Model::Network)
    )];
    let all = facts.jobs(Model::Network);
    let at_rest = count(facts, Model::Network, |group| group.measured_on_manifold);
    if at_rest > 0 {
        sentences.push(format!(
            "{} metrics were those of a copy that had descended without noise to the manifold of least loss; the run \
             itself went on from where it was",
            among(at_rest, all)
        ));
    }
    sentences.extend(spectra(facts));
    sentences.extend(place_code(facts));
    sentences
}

/// Of the networks' Hessians.
fn spectra(facts: &Facts) -> Option<String> {
    let count = |of: fn(&Group) -> usize| count(facts, Model::Network, of);
    let (measured, limited) = (
        count(|group| group.hessian_jobs),
        count(|group| group.hessian_limited),
    );
    if measured == 0 {
        return None;
    }
    let with_spectra = || {
        facts
            .groups_of(Model::Network)
            .filter(|group| group.hessian_jobs > 0)
    };
    let snapshots = Range::over(with_spectra().map(|group| group.hessian_snapshots));
    let with_limit = facts
        .groups_of(Model::Network)
        .filter(|group| group.hessian_limited > 0);
    let cost = Range::over(with_limit.map(|group| group.hessian_cost_max));
    let who = among(measured, facts.jobs(Model::Network));
    let trace = format!(
        "{who} the trace of the loss's Hessian was computed at {} evenly spaced steps",
        shown(&snapshots)
    );
    let of_large = "of its Gauss-Newton part for networks whose whole Hessian is too large";
    Some(match limited {
        0 => format!("{trace}, and all of its eigenvalues ({of_large})"),
        _ => {
            let which = match limited == measured {
                true => String::new(),
                false => format!(" (a limit that {limited} of these {measured} runs had)"),
            };
            format!(
                "{trace}, all of its eigenvalues ({of_large}) where they cost at most {} of the training{which}; costs \
                 were counted, not timed",
                shown(&cost)
            )
        }
    })
}

fn place_code(facts: &Facts) -> Option<String> {
    let measured = count(facts, Model::Network, |group| group.place_jobs);
    if measured == 0 {
        return None;
    }
    let tasks = facts.choices(Model::Network).tasks;
    let corridor = "100 equal parts of the signed distance along the corridor, where units above 0.01 bits are place \
                    cells and rate maps were smoothed with a Gaussian of 6 bins before they were correlated";
    let sample = "the samples themselves";
    let bins = match (tasks.contains("predictive_track"), tasks.len()) {
        (true, 1) => corridor.to_owned(),
        (true, _) => format!("{corridor} (corridor), and {sample} (other tasks)"),
        _ => sample.to_owned(),
    };
    Some(format!(
        "{} spatial information of every unit, and correlations of rate maps and of population vectors between all \
         pairs of snapshots, were computed at {} evenly spaced steps; bins were {bins}",
        among(measured, facts.jobs(Model::Network)),
        shown(&places(facts, Model::Network)),
    ))
}

fn rings(facts: &Facts) -> Vec<String> {
    let mut sentences = vec![format!(
        "On the ring, loss, active fraction (share of pairs of unit and probed point with a response above 0.05) and \
         fraction of active units (such a response at more than 3 of 250 points) were measured at {}",
        moments(facts, Model::Ring)
    )];
    let measured = count(facts, Model::Ring, |group| group.place_jobs);
    if measured > 0 {
        sentences.push(format!(
            "{} correlations of the units' responses to each probed point between all pairs of snapshots were \
             computed at {} evenly spaced steps",
            among(measured, facts.jobs(Model::Ring)),
            shown(&places(facts, Model::Ring)),
        ));
    }
    sentences
}

fn walkers(facts: &Facts) -> String {
    let kept = facts
        .groups_of(Model::Valley)
        .map(|group| group.trajectory_points);
    format!(
        "Walkers' positions were recorded at {} evenly spaced steps",
        shown(&Range::over(kept))
    )
}

/// `100 evenly spaced steps`, `..., and at 40 spaced evenly in their logarithm`.
fn moments(facts: &Facts, model: Model) -> String {
    let linear = Range::over(
        facts
            .groups_of(model)
            .map(|group| group.linear_measurements),
    );
    let logarithmic = Range::over(
        facts
            .groups_of(model)
            .map(|group| group.logarithmic_measurements),
    );
    let also = match logarithmic.max > 0.0 {
        true => format!(
            ", and at {} spaced evenly in their logarithm",
            shown(&logarithmic)
        ),
        false => String::new(),
    };
    format!("{} evenly spaced steps{also}", shown(&linear))
}

fn places(facts: &Facts, model: Model) -> Range {
    let measured = facts.groups_of(model).filter(|group| group.place_jobs > 0);
    Range::over(measured.map(|group| group.place_snapshots))
}

fn count(facts: &Facts, model: Model, of: impl Fn(&Group) -> usize) -> usize {
    facts.groups_of(model).map(of).sum()
}

/// `In all runs,`, `In 3 of 40 runs,`.
fn among(some: usize, all: usize) -> String {
    match some == all {
        true => "In all of these runs,".to_owned(),
        false => format!("In {some} of {},", counted(all, "run")),
    }
}
