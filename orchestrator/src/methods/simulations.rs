//! What was simulated, by what a task is about.

use super::facts::{Facts, Group, Model};
use super::{counted, listed};

/// A sentence or two for each model that the sweep has.
pub(super) fn simulations(facts: &Facts) -> String {
    let present = Model::ALL.into_iter();
    let present = present.filter(|model| facts.jobs(*model) > 0);
    let of_models: Vec<String> = present
        .map(|model| match model {
            Model::Network => networks(facts),
            Model::Ring => rings(facts),
            Model::Valley => walkers(facts),
        })
        .collect();
    format!("In sweep {}, {}", facts.sweep, of_models.join(". "))
}

fn networks(facts: &Facts) -> String {
    let choices = facts.choices(Model::Network);
    let tasks: Vec<String> = choices
        .tasks
        .iter()
        .map(|task| task.replace('_', " "))
        .collect();
    let regimes: Vec<String> = choices
        .regimes
        .iter()
        .map(|regime| initial(regime))
        .collect();
    let mut text = format!(
        "{} of one hidden layer of rectified linear units and a linear output layer without \
         bias were trained with all samples at every step: {}. Tasks were: {}. Initial output weights were \
         normal with standard deviation {} (N hidden units), input weights and biases with the root of 2 \
         over the number of inputs",
        counted(facts.jobs(Model::Network), "network"),
        groups(facts, Model::Network, "network"),
        listed(&tasks),
        listed(&regimes),
    );
    // The user's own data stay as they are.
    if choices.tasks.iter().any(|task| task != "dataset") {
        let ranges: Vec<String> = choices
            .data_ranges
            .iter()
            .map(|range| interval(range))
            .collect();
        text.push_str(&format!(
            ". Generated inputs and targets lay in {}",
            listed(&ranges)
        ));
    }
    text.push_str(". The loss was the mean squared error over samples and outputs");
    text
}

fn rings(facts: &Facts) -> String {
    format!(
        "{} of units that cannot be negative learned to represent a ring of 1,000 points, one drawn at every \
         step: {}. Activity settled under input and lateral weights for the point, and both kinds of weights then \
         moved towards the correlations of what they connect. Initial input weights were normal with standard \
         deviation 0.1, lateral weights the identity. The loss was the mean square of the difference between the \
         similarities of inputs and of responses over all pairs of 250 probed points",
        counted(facts.jobs(Model::Ring), "network"),
        groups(facts, Model::Ring, "network"),
    )
}

fn walkers(facts: &Facts) -> String {
    let valleys = facts.choices(Model::Valley).tasks;
    let valleys: Vec<String> = valleys
        .iter()
        .map(|task| match task.as_str() {
            "flat_valley" => "(2y) squared (equally steep everywhere)".to_owned(),
            _ => "(xy) squared (narrower the larger x)".to_owned(),
        })
        .collect();
    format!(
        "{} in the plane descended from (2, 1) in a loss of {}: {}",
        counted(facts.jobs(Model::Valley), "walker"),
        listed(&valleys),
        groups(facts, Model::Valley, "walker"),
    )
}

/// `20 networks with Adam without noise and 30 networks with ...`.
fn groups(facts: &Facts, model: Model, one: &str) -> String {
    let groups = facts.groups_of(model);
    let groups: Vec<String> = groups
        .map(|group| format!("{} with {}", counted(group.jobs, one), training(group)))
        .collect();
    listed(&groups)
}

/// What trained a group, and which noise it carried.
pub(super) fn training(group: &Group) -> String {
    let algorithm = match (group.model, group.algorithm.as_str()) {
        (Model::Valley, "sgd") => "gradient descent of a walker",
        (_, "sgd") => "gradient descent",
        (_, "adam") => "Adam",
        (_, "sed") => "stochastic error descent",
        (_, "similarity_matching") => "similarity matching (Hebbian and anti-Hebbian plasticity)",
        (_, other) => other,
    };
    let noise = match (group.model, group.noise_type.as_str()) {
        (_, "none") => "without noise",
        (Model::Network, "update") => "and update noise",
        (_, "update") => "and noise",
        (_, "label") => "and label noise",
        _ => "and both update and label noise",
    };
    format!("{algorithm} {noise}")
}

fn initial(regime: &str) -> String {
    match regime {
        "lazy" => "2/N (lazy)".to_owned(),
        "rich" => "the root of 2/N (rich)".to_owned(),
        other => other.to_owned(),
    }
}

fn interval(range: &str) -> String {
    match range {
        "unit" => "[0, 1)".to_owned(),
        "symmetric" => "[-1, 1)".to_owned(),
        other => other.to_owned(),
    }
}
