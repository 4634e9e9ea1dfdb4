use super::*;

#[test]
fn try_out() {
    for yaml in [
        "",
        "name",
        "name: a\nfoo: 1\n",
        "name: a\ngrid:\n  update_nose: [1]\n",
        "name: a\ngrid: {steps: [1, 2",
        "name: a\nname: b\n",
        "name: a\n\tx: b\n",
        "name: 5\n",
        "name: a\nsteps: 5\n",
        "name: a\nfixed: {n_samples: 1.5}\n",
        "name: a\nfixed: {update_noise: .nan}\n",
        "name: a\nfixed: {update_noise: -.inf}\n",
        "name: a\nfixed: {update_noise: -0.1}\n",
        "name: a\nfixed: {n_samples: 5_000}\n",
        "name: a\nfixed: {algorithm: sdg}\n",
        "name: a\ngrid: {steps: []}\n",
        "name: a\ngrid: {steps: 5}\n",
        "name: a\nrandom: {draws: 1e18, axes: {steps: {int_uniform: [1, 5]}}}\n",
        "name: a\n---\nname: b\n",
        "name: a\nfixed: {steps: 99999999999999999999999}\n",
        "name: a\nfixed: {steps: 1e400}\n",
        "name: a\nfixed: &x {steps: 1}\ngrid: *y\n",
        "name: \"a\\nb\"\n",
    ] {
        eprintln!(
            "{}",
            planned(yaml)
                .map(|s| format!("{:?}", s.jobs.len()))
                .unwrap_or_else(|e| e)
        );
    }
}
