//! Facts about methods sections.

use super::facts::{Attrition, Choices};
use super::latex::escaped;
use super::*;

const ONE: Range = Range { min: 1.0, max: 1.0 };

fn group(algorithm: &str, noise_type: &str, jobs: usize) -> Group {
    let none = Range { min: 0.0, max: 0.0 };
    Group {
        model: match algorithm {
            "similarity_matching" => Model::Ring,
            _ => Model::Network,
        },
        algorithm: algorithm.to_owned(),
        noise_type: noise_type.to_owned(),
        jobs,
        n_samples: Range {
            min: 1.0,
            max: 19.0,
        },
        input_dim: ONE,
        output_dim: ONE,
        hidden_units: Range {
            min: 100.0,
            max: 100.0,
        },
        learning_rate: ONE,
        update_noise: Range {
            min: 0.01,
            max: 0.1,
        },
        label_noise: Range { min: 0.0, max: 0.0 },
        input_noise: Range { min: 0.0, max: 0.0 },
        steps: Range { min: 1e7, max: 1e7 },
        linear_measurements: Range { min: 1e4, max: 1e4 },
        logarithmic_measurements: none,
        trajectory_points: Range {
            min: 101.0,
            max: 101.0,
        },
        measured_on_manifold: 0,
        hessian_jobs: 0,
        hessian_snapshots: none,
        hessian_limited: 0,
        hessian_cost_max: none,
        place_jobs: 0,
        place_snapshots: none,
    }
}

fn facts(groups: Vec<Group>) -> Facts {
    let names = |name: &str| [name.to_owned()].into();
    Facts {
        sweep: "a_sweep".to_owned(),
        planned: groups.iter().map(|group| group.jobs).sum(),
        seed: 7,
        seeds: 20,
        replicates: 2,
        data_seeds: 0,
        weights_seeds: 0,
        choices: groups
            .iter()
            .map(|group| {
                let choices = Choices {
                    tasks: names("smoothed_autoencoder"),
                    regimes: names("lazy"),
                    data_ranges: names("unit"),
                    update_noise_on: names("gradient"),
                    label_noise_distributions: names("uniform"),
                };
                (group.model, choices)
            })
            .collect(),
        groups,
        precisions: names("f32"),
        model_versions: [1].into(),
        code_versions: vec!["0.1.0 model 1".to_owned()],
        attrition: Attrition {
            completed: 12,
            diverged: 6,
            dead: 2,
            excluded: vec![("diverged".to_owned(), 6)],
            analysed: 12,
            ..Attrition::default()
        },
        hardware: vec![Hardware {
            host: "node_1".to_owned(),
            code_version: "0.1.0 model 1".to_owned(),
            cpu: Some("Xeon(R) @ 100%".to_owned()),
            slots: Some(2),
            runs: 18,
            seconds: 5_400.0,
        }],
    }
}

#[test]
fn every_number_has_its_place() {
    let text = text(&facts(vec![group("sgd", "update", 20)]));
    for words in [
        "In sweep a_sweep, 20 networks",
        "20 networks with gradient descent and update noise",
        "smoothed autoencoder",
        "samples 1 to 19",
        "hidden units 100",
        "gradient 0.01 to 0.1",
        "steps 10,000,000",
        "at 10,000 evenly spaced steps",
        "seed 7: 20 seeds for 20 runs, 2 replicates",
        "Of 20 runs planned, 12 completed all their steps, 6 diverged and 2 failed",
        "6 were excluded: 6 by the rule diverged",
        "12 were analysed",
        "18 runs on node_1 (Xeon(R) @ 100%, 2 slots; 1.50 core-hours)",
        "1.50 core-hours in all",
        "(Ratzon, Derdikman & Barak, 2024)",
    ] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    assert!(!text.contains("noise on the targets") && !text.contains("Hessian"));
}

#[test]
fn what_is_measured_on_request_is_told() {
    let mut limited = group("sgd", "update", 20);
    limited.hessian_jobs = 20;
    limited.hessian_snapshots = Range {
        min: 101.0,
        max: 101.0,
    };
    limited.hessian_limited = 20;
    limited.hessian_cost_max = Range { min: 0.2, max: 0.2 };
    limited.measured_on_manifold = 5;
    limited.place_jobs = 20;
    limited.place_snapshots = Range {
        min: 21.0,
        max: 21.0,
    };
    let told = text(&facts(vec![limited.clone()]));
    for words in [
        "In all of these runs, the trace of the loss's Hessian was computed at 101 evenly spaced steps, all of its \
         eigenvalues",
        "where they cost at most 0.2 of the training; costs",
        "In 5 of 20 runs, metrics were those of a copy that had descended without noise",
        "at 21 evenly spaced steps; bins were the samples themselves",
    ] {
        assert!(told.contains(words), "{words} is missing in:\n{told}");
    }
    limited.hessian_limited = 0;
    let told = text(&facts(vec![limited]));
    assert!(told.contains("101 evenly spaced steps, and all of its eigenvalues"));
    assert!(!told.contains("cost at most"), "{told}");
}

#[test]
fn rings_and_walkers_are_no_layers_of_rectified_units() {
    let ring = group("similarity_matching", "update", 3);
    let walker = Group {
        model: Model::Valley,
        ..group("sgd", "update", 200)
    };
    let told = text(&facts(vec![ring.clone(), walker.clone()]));
    for words in [
        "In sweep a_sweep, 3 networks of units that cannot be negative learned to represent a ring",
        "200 walkers in the plane descended from (2, 1)",
        "Walkers' positions were recorded at 101 evenly spaced steps",
        "noise on every weight over the root of the learning rate 0.01 to 0.1",
        "Gradient descent of a walker and noise (200): learning rate 1",
    ] {
        assert!(told.contains(words), "{words} is missing in:\n{told}");
    }
    for words in [
        "rectified",
        "all samples at every step",
        "2/N",
        "Hessian",
        "squared error",
    ] {
        assert!(!told.contains(words), "{words} is no part of:\n{told}");
    }
    let both = text(&facts(vec![group("sgd", "update", 20), ring, walker]));
    assert!(both.contains("In sweep a_sweep, 20 networks of one hidden layer of rectified"));
    let alone = text(&facts(vec![Group {
        model: Model::Valley,
        ..group("sgd", "update", 200)
    }]));
    assert!(!alone.contains("initial weights"), "{alone}");
}

#[test]
fn qin_and_others_are_cited_where_their_networks_ran() {
    let without = text(&facts(vec![group("sgd", "update", 20)]));
    let with = text(&facts(vec![group("similarity_matching", "none", 20)]));
    assert!(!without.contains("Qin"));
    assert!(with.contains("Qin et al., 2023)") && with.contains("Nature Neuroscience"));
}

#[test]
fn latex_has_no_character_left_that_means_something() {
    let section = latex(&facts(vec![group("sgd", "update", 20)]));
    for words in [
        "\\paragraph{Simulations.} In sweep a\\_sweep, 20 networks",
        "\\cite{ratzon2024}",
        "node\\_1 (Xeon(R) @ 100\\%",
        "Derdikman D",
        "\\begin{thebibliography}{9}\n\\bibitem{ratzon2024} Ratzon",
        "\\end{thebibliography}",
    ] {
        assert!(section.contains(words), "{words} is missing in:\n{section}");
    }
    let mut depth = 0_i32;
    let mut escaped = false;
    for character in section.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth -= 1,
            '$' | '&' | '#' | '%' | '_' | '^' | '"' | '<' | '>' => panic!("{character} is bare"),
            _ => assert!(character.is_ascii(), "{character}"),
        }
        assert!(depth >= 0, "a brace is closed that was never opened");
    }
    assert_eq!(depth, 0);
}

#[test]
fn escapes_are_latex() {
    assert_eq!(
        escaped(r"a_b & 50% #1 {x} $ ^ ~ \ <>"),
        r"a\_b \& 50\% \#1 \{x\} \$ \textasciicircum{} \textasciitilde{} \textbackslash{} \textless{}\textgreater{}"
    );
}

#[test]
fn numbers_are_short() {
    assert_eq!(grouped(1e7), "10,000,000");
    assert_eq!(grouped(999.0), "999");
    assert_eq!(grouped(0.013_894_954_943), "0.01389");
    assert_eq!(hours(1.0), "less than 0.01");
    assert_eq!(counted(1, "run"), "1 run");
}
