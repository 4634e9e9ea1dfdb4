//! Facts about methods sections.

use super::facts::Attrition;
use super::latex::escaped;
use super::*;

const ONE: Range = Range { min: 1.0, max: 1.0 };

fn group(algorithm: &str, noise_type: &str, jobs: usize) -> Group {
    Group {
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
        hessian_snapshots: Range { min: 0.0, max: 0.0 },
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
        groups,
        tasks: names("smoothed_autoencoder"),
        regimes: names("lazy"),
        data_ranges: names("unit"),
        update_noise_on: names("gradient"),
        label_noise_distributions: names("uniform"),
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
