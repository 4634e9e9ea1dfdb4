//! What holds for every file.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// A small file in pieces whose order must not matter, and what they say.
#[derive(Clone, Debug)]
struct Small {
    tasks: Vec<&'static str>,
    samples: Vec<u32>,
    outputs: Vec<u32>,
    excluded_samples: u32,
    replicates: u32,
}

impl Small {
    fn sections(&self) -> Vec<String> {
        vec![
            "name: p".into(),
            "seed: 9".into(),
            format!("replicates: {}", self.replicates),
            format!("exclude: [{{n_samples: {}}}]", self.excluded_samples),
            "random: {draws: 2, axes: {hidden_units: {int_uniform: [1, 9]}, regime: {choice: [lazy, rich]}}}".into(),
            "fixed: {steps: 10, input_dim: 3}".into(),
        ]
    }

    fn axes(&self) -> Vec<String> {
        vec![
            format!("  task: [{}]", self.tasks.join(", ")),
            format!("  n_samples: {:?}", self.samples),
            format!("  output_dim: {:?}", self.outputs),
        ]
    }

    fn yaml(&self) -> String {
        let (sections, axes) = (self.sections().join("\n"), self.axes().join("\n"));
        format!("{sections}\ngrid:\n{axes}\n")
    }
}

prop_compose! {
    fn small()(
        tasks in prop::collection::vec(prop::sample::select(vec!["random", "predictive"]), 1..3),
        samples in prop::collection::vec(1u32..4, 1..4),
        outputs in prop::collection::vec(1u32..4, 1..4),
        excluded_samples in 4u32..6,
        replicates in 1u32..4,
    ) -> Small {
        Small { tasks, samples, outputs, excluded_samples, replicates }
    }
}

/// What makes a job of these files different from another.
type Identity = (&'static str, u32, u32, u32, &'static str, u32);

fn identities(sweep: &PlannedSweep) -> Vec<Identity> {
    let identity = |job: &super::super::PlannedJob| {
        let p = &job.parameters;
        let (task, regime) = (p.task.name(), p.regime.name());
        (
            task,
            p.n_samples,
            p.output_dim,
            p.hidden_units,
            regime,
            job.replicate,
        )
    };
    sweep.jobs.iter().map(identity).collect()
}

/// The same by plain nested loops over what the file says, given what was drawn.
fn expected(small: &Small, drawn: &BTreeSet<(u32, &'static str)>) -> BTreeSet<Identity> {
    let mut all = BTreeSet::new();
    for &task in &small.tasks {
        for &samples in small
            .samples
            .iter()
            .filter(|n| **n != small.excluded_samples)
        {
            for &output in &small.outputs {
                for &(hidden, regime) in drawn {
                    let output = if task == "predictive" { 3 } else { output };
                    all.extend(
                        (0..small.replicates).map(|r| (task, samples, output, hidden, regime, r)),
                    );
                }
            }
        }
    }
    all
}

proptest! {
    #[test]
    fn no_point_is_lost_or_doubled(mut small in small(), exclude_some in any::<bool>()) {
        if exclude_some {
            small.excluded_samples = 1;
        }
        let Ok(sweep) = planned(&small.yaml()) else {
            prop_assert!(small.samples.iter().all(|n| *n == small.excluded_samples));
            return Ok(());
        };
        let found = identities(&sweep);
        let distinct: BTreeSet<Identity> = found.iter().copied().collect();
        prop_assert_eq!(distinct.len(), found.len());
        let drawn = found.iter().map(|job| (job.3, job.4)).collect();
        prop_assert_eq!(&distinct, &expected(&small, &drawn));

        let points = small.tasks.len() * small.samples.len() * small.outputs.len() * 2;
        let replicates = u64::from(small.replicates);
        let accounted =
            found.len() as u64 + sweep.merged_duplicates + sweep.excluded * replicates;
        prop_assert_eq!(accounted, points as u64 * replicates);
    }

    #[test]
    fn the_order_of_keys_does_not_matter(
        (small, sections, axes) in small().prop_flat_map(|small| {
            let mut sections = small.sections();
            sections.push("grid".into());
            let axes = small.axes();
            (Just(small), Just(sections).prop_shuffle(), Just(axes).prop_shuffle())
        })
    ) {
        let grid = format!("grid:\n{}", axes.join("\n"));
        let shuffled: Vec<&str> = sections
            .iter()
            .map(|section| if section == "grid" { grid.as_str() } else { section.as_str() })
            .collect();
        let shuffled = planned(&shuffled.join("\n")).unwrap();
        prop_assert_eq!(shuffled.jobs, planned(&small.yaml()).unwrap().jobs);
    }

    #[test]
    fn a_new_axis_changes_no_draw_of_another(
        seed in 0u64..1 << 62,
        draws in 1usize..20,
        more in 0usize..20,
    ) {
        let hidden = |axes: &str, draws: usize| -> Vec<u32> {
            let axes = format!("{axes}hidden_units: {{int_uniform: [1, 10000]}}");
            let yaml = format!("name: p\nseed: {seed}\nrandom: {{draws: {draws}, axes: {{{axes}}}}}\n");
            planned(&yaml).unwrap().jobs.iter().map(|job| job.parameters.hidden_units).collect()
        };
        let others = "update_noise: {uniform: [0, 1]}, input_noise: {uniform: [0, 1]}, ";
        let beside = hidden(others, draws + more);
        // Equal draws are merged where no other axis tells them apart.
        let mut seen = BTreeSet::new();
        let merged: Vec<u32> =
            beside.iter().copied().take(draws).filter(|units| seen.insert(*units)).collect();
        prop_assert_eq!(merged, hidden("", draws));
    }

    #[test]
    fn spoiled_files_are_refused_or_planned_but_never_panic(
        position in 0usize..600,
        removed in 0usize..12,
        inserted in "[ -~\n]{0,6}",
    ) {
        let yaml = include_str!("../../../../sweeps/update_vs_label.yaml");
        let body = &yaml[yaml.find("name:").unwrap()..];
        let start = position.min(body.len());
        let end = (start + removed).min(body.len());
        let spoiled = format!("max_jobs: 2000\n{}{inserted}{}", &body[..start], &body[end..]);
        if let Err(message) = planned(&spoiled) {
            prop_assert!(message.starts_with("s.yaml:"), "{}", message);
        }
    }
}
