//! Exclusion rules: what `analysis` means, and what is said about wrong ones.

use super::*;

/// Names and conditions of the rules that a file asks for.
fn rules(yaml: &str) -> Vec<String> {
    let sweep = planned(&format!("name: x\n{yaml}\n")).expect("a right file");
    let rules = sweep.sweep.exclusion_rules.iter();
    rules.map(|rule| format!("{}: {rule}", rule.name)).collect()
}

const DIVERGED: &str = "diverged: outcome is diverged";
const SILENT: &str = "silent: outcome is silent";
const TRUNCATED: &str = "truncated: outcome is truncated";

#[test]
fn the_papers_rules_hold_unless_switched_off() {
    for yaml in ["", "analysis: {}", "analysis: {exclude: {}}"] {
        assert_eq!(rules(yaml), [DIVERGED, SILENT, TRUNCATED], "{yaml}");
    }
    assert_eq!(
        rules("analysis: {exclude: {silent: false}}"),
        [DIVERGED, TRUNCATED]
    );
}

#[test]
fn rules_keep_the_order_of_the_file_behind_the_defaults() {
    let yaml = "
analysis:
  exclude:
    zeta: {loss_final: {above: -1e0, at_most: 10_000}, algorithm: [sgd, sed], replicate: 0}
    unfitted: {timescale_fit: [flat, null], host: node 7}
    alpha: {learning_rate: 0.5, heading_jitter: false, data_seed: null}
    silent: {active_fraction_final: {below: 0.001}}
";
    assert_eq!(
        rules(yaml),
        [
            DIVERGED,
            "silent: active_fraction_final < 0.001",
            TRUNCATED,
            "zeta: loss_final > -1 and loss_final <= 10000 and algorithm is sgd or sed and replicate is 0",
            "unfitted: timescale_fit is flat or missing and host is node 7",
            "alpha: learning_rate is 0.5 and heading_jitter is 0 and data_seed is missing",
        ]
    );
}

#[test]
fn rules_change_no_job() {
    let plain = planned("name: x\n").expect("a right file");
    let ruled = planned("name: x\nanalysis: {exclude: {poor: {loss_final: {above: 0}}}}\n");
    assert_eq!(plain.jobs, ruled.expect("a right file").jobs);
}

#[test]
fn wrong_rules_are_named_with_their_place() {
    for (rules, message) in [
        (
            "5",
            "2:11: analysis: found 5: give a map of keys and values",
        ),
        (
            "{exclud: {}}",
            "2:12: analysis.exclud: unknown key; did you mean exclude?",
        ),
        (
            "{exclude: [{outcome: silent}]}",
            "2:21: analysis.exclude: found a list: give a map of keys and values",
        ),
        (
            "{exclude: {'a b': {outcome: silent}}}",
            "2:22: analysis.exclude: \"a b\" is no name: give 1 to 100 of A-Z a-z 0-9 . _ -",
        ),
        (
            "{exclude: {poor: false}}",
            "2:28: analysis.exclude.poor: no rule to switch off: false goes with diverged, silent and truncated",
        ),
        (
            "{exclude: {poor: {}}}",
            "2:28: analysis.exclude.poor: no condition: name at least one column",
        ),
        (
            "{exclude: {poor: {los_final: 1}}}",
            "2:29: analysis.exclude.poor.los_final: unknown key; did you mean loss_final?",
        ),
        (
            "{exclude: {poor: {outcome: silnt}}}",
            "2:38: analysis.exclude.poor.outcome: found \"silnt\": give one of completed, diverged, silent, truncated; did you mean silent?",
        ),
        (
            "{exclude: {poor: {outcome: {above: 1}}}}",
            "2:38: analysis.exclude.poor.outcome: found a map: only numbers are compared; give a value or a list",
        ),
        (
            "{exclude: {poor: {loss_final: {over: 1}}}}",
            "2:42: analysis.exclude.poor.loss_final.over: unknown key; known are above, below, at_least, at_most",
        ),
        (
            "{exclude: {poor: {loss_final: {above: .nan}}}}",
            "2:49: analysis.exclude.poor.loss_final.above: found NaN: give a finite number",
        ),
        (
            "{exclude: {poor: {loss_final: low}}}",
            "2:41: analysis.exclude.poor.loss_final: found text \"low\": give a finite number, or a map such as {above: 1}",
        ),
        (
            "{exclude: {poor: {n_samples: [1, 0]}}}",
            "2:44: analysis.exclude.poor.n_samples[1]: found 0: give a whole number from 1 to 1000",
        ),
        (
            "{exclude: {poor: {steps: []}}}",
            "2:36: analysis.exclude.poor.steps: empty list: give at least one value",
        ),
    ] {
        let found = complaint(&format!("name: x\nanalysis: {rules}\n"));
        assert_eq!(found, format!("s.yaml:{message}"), "\n{rules}");
    }
    let inside = complaint("name: x\nblocks: [{analysis: {}}]\n");
    assert_eq!(
        inside,
        "s.yaml:2:11: blocks[0].analysis: unknown key; it belongs at the top level"
    );
}
