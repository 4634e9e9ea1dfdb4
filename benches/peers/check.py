"""Does a peer do the work? Checked against the float64 reference before anything is timed."""

from collections.abc import Iterator
from types import ModuleType

import numpy as np

import reference
from problem import CASES, RULES, Case, Problem, Rule, Weights, make_problem, perturbation_stds

STEPS = 50
# The standard deviation of n normals is off by 1 / sqrt(2 n): five of those are not reached by chance.
SIGMAS = 5


def faults(peer: ModuleType, case_name: str, is_double: bool) -> Iterator[str]:
    """What is wrong with a peer, one line each; none if all is well."""
    case = CASES[case_name]
    problem = make_problem(case)
    tolerance = 1e-9 if is_double else 3e-4
    for name, rule in RULES.items():
        if rule.optimizer == "sed":
            drawn = draw_perturbations(case, problem)
            expected = reference.train_sed(problem, rule, drawn)
            found = peer.Training(problem, rule).sed_with(drawn)
        else:
            expected = reference.train(problem, rule, STEPS)
            found = peer.Training(problem, rule.silenced()).run(STEPS)
        for fault in differences(problem, expected, found, tolerance):
            yield f"{case_name} {name}: {fault}"
        for fault in noise_faults(peer, problem, case, rule):
            yield f"{case_name} {name}: {fault}"


def draw_perturbations(case: Case, problem: Problem) -> list[Weights]:
    rng = np.random.default_rng(2)
    stds = perturbation_stds(case)
    return [
        Weights(*(rng.normal(0, std, w.shape) for std, w in zip(stds, problem.initial))) for _ in range(STEPS)
    ]


def differences(problem: Problem, expected: Weights, found: Weights, tolerance: float) -> Iterator[str]:
    """Loss and weights after STEPS noise-free steps."""
    expected_loss, found_loss = reference.loss(problem, expected), reference.loss(problem, found)
    if not abs(found_loss - expected_loss) <= tolerance * expected_loss:
        yield f"loss {found_loss} after {STEPS} steps instead of {expected_loss}"
    for tensor, a, b in zip(Weights._fields, expected, found):
        if not np.abs(a - b).max() <= tolerance:
            yield f"{tensor} weights differ by {np.abs(a - b).max()}"


def noise_faults(peer: ModuleType, problem: Problem, case: Case, rule: Rule) -> Iterator[str]:
    """The size of the noise, seen in one step."""
    noisy = peer.Training(problem, rule).run(1)
    if rule.optimizer == "adam":
        return  # Its first step is the sign of the gradient; the draw is the same as for SGD.
    if rule.optimizer == "sed":
        # A step is the perturbation times an unknown scalar, so only the tensors' ratio can be seen.
        step = Weights(*(after - before for after, before in zip(noisy, problem.initial)))
        stds = perturbation_stds(case)
        yield from wrong_std(
            "output perturbation", step.output * stds.input / np.std(step.input), stds.output
        )
        yield from wrong_std("bias perturbation", step.bias * stds.input / np.std(step.input), stds.bias)
        return
    silent = peer.Training(problem, rule.silenced()).run(1)
    noise = Weights(*((a - b) / -rule.learning_rate for a, b in zip(noisy, silent)))
    if rule.noise == "update":
        for tensor, values in zip(Weights._fields, noise):
            yield from wrong_std(f"{tensor} noise", values, rule.amplitude)
    elif case.samples < noise.output.shape[1]:
        # The output gradient is -2 / (samples outputs) times (label noise)' (hidden activity).
        hidden = reference.hidden_activity(problem, problem.initial)
        labels = np.linalg.lstsq(hidden.T, noise.output.T * -problem.y.size / 2, rcond=None)[0]
        yield from wrong_std("label noise", labels, rule.amplitude / np.sqrt(12))
        if np.abs(labels).max() > 0.501 * rule.amplitude:
            yield f"label noise as large as {np.abs(labels).max()}"


def wrong_std(name: str, values: np.ndarray, expected: float) -> Iterator[str]:
    found = np.sqrt(np.mean(np.square(values)))
    if not abs(found / expected - 1) <= SIGMAS / np.sqrt(2 * values.size):
        yield f"{name} of standard deviation {found} instead of {expected}"
