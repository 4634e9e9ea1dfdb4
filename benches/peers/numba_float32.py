"""numba float32: explicit loops, compiled with fastmath, the hidden units innermost."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from problem import HIDDEN, Problem, Rule, Weights, case_of, perturbation_stds

Array = NDArray[np.float32]


@njit(fastmath=True)
def forward(weight: Array, output: Array, x: Array, y: Array, hidden: Array, residual: Array) -> np.float32:
    """Fill the hidden activity and the residuals; give the loss."""
    samples, outputs = y.shape
    total = np.float32(0)
    for s in range(samples):
        for k in range(HIDDEN):
            hidden[s, k] = weight[-1, k]
        for d in range(x.shape[1]):
            for k in range(HIDDEN):
                hidden[s, k] += x[s, d] * weight[d, k]
        for k in range(HIDDEN):
            hidden[s, k] = max(hidden[s, k], np.float32(0))
        for o in range(outputs):
            dot = np.float32(0)
            for k in range(HIDDEN):
                dot += hidden[s, k] * output[o, k]
            residual[s, o] = dot - y[s, o]
            total += residual[s, o] * residual[s, o]
    return total / np.float32(samples * outputs)


@njit(fastmath=True)
def gradient(
    output: Array, x: Array, hidden: Array, residual: Array, back: Array, g_weight: Array, g_output: Array
) -> None:
    samples, outputs = residual.shape
    scale = np.float32(2.0 / (samples * outputs))
    g_weight[:] = 0
    g_output[:] = 0
    for s in range(samples):
        back[:] = 0
        for o in range(outputs):
            r = scale * residual[s, o]
            for k in range(HIDDEN):
                g_output[o, k] += r * hidden[s, k]
                back[k] += r * output[o, k]
        for k in range(HIDDEN):
            back[k] = back[k] if hidden[s, k] > 0 else np.float32(0)
        for d in range(x.shape[1]):
            for k in range(HIDDEN):
                g_weight[d, k] += x[s, d] * back[k]
        for k in range(HIDDEN):
            g_weight[-1, k] += back[k]


@njit(fastmath=True)
def add_normals(rng: np.random.Generator, scale: np.float32, values: Array) -> None:
    for i in range(values.shape[0]):
        for k in range(values.shape[1]):
            values[i, k] += scale * np.float32(rng.standard_normal())


@njit(fastmath=True)
def sgd(theta: Array, g: Array, rate: np.float32) -> None:
    for i in range(theta.shape[0]):
        for k in range(theta.shape[1]):
            theta[i, k] -= rate * g[i, k]


@njit(fastmath=True)
def adam(theta: Array, g: Array, first: Array, second: Array, rate: np.float32, root: np.float32) -> None:
    """`rate` and `root` carry the bias corrections of the two moments."""
    for i in range(theta.shape[0]):
        for k in range(theta.shape[1]):
            first[i, k] += np.float32(0.1) * (g[i, k] - first[i, k])
            second[i, k] += np.float32(0.001) * (g[i, k] * g[i, k] - second[i, k])
            theta[i, k] -= rate * first[i, k] / (root * np.sqrt(second[i, k]) + np.float32(1e-8))


@njit(fastmath=True)
def descend(
    steps: int,
    rng: np.random.Generator,
    is_adam: bool,
    rate: np.float32,
    update_noise: np.float32,
    label_noise: np.float32,
    weight: Array,
    output: Array,
    x: Array,
    y: Array,
    has_update_noise: bool,
    has_label_noise: bool,
) -> None:
    hidden = np.empty((x.shape[0], HIDDEN), np.float32)
    back = np.empty(HIDDEN, np.float32)
    residual = np.empty_like(y)
    target = y.copy()
    g_weight, g_output = np.empty_like(weight), np.empty_like(output)
    moments = [np.zeros_like(w) for w in (weight, output, weight, output)]
    for step in range(1, steps + 1):
        if has_label_noise:
            for s in range(y.shape[0]):
                for o in range(y.shape[1]):
                    target[s, o] = y[s, o] + label_noise * np.float32(rng.random() - 0.5)
        forward(weight, output, x, target, hidden, residual)
        gradient(output, x, hidden, residual, back, g_weight, g_output)
        if has_update_noise:
            add_normals(rng, update_noise, g_weight)
            add_normals(rng, update_noise, g_output)
        if is_adam:
            corrected = np.float32(rate / (1 - 0.9**step))
            root = np.float32(1 / np.sqrt(1 - 0.999**step))
            adam(weight, g_weight, moments[0], moments[2], corrected, root)
            adam(output, g_output, moments[1], moments[3], corrected, root)
        else:
            sgd(weight, g_weight, rate)
            sgd(output, g_output, rate)


@njit(fastmath=True)
def sed_step(
    rate: np.float32,
    weight: Array,
    output: Array,
    xi_weight: Array,
    xi_output: Array,
    x: Array,
    y: Array,
    hidden: Array,
    residual: Array,
) -> None:
    before = forward(weight, output, x, y, hidden, residual)
    after = forward(weight + xi_weight, output + xi_output, x, y, hidden, residual)
    sgd(weight, xi_weight, rate * (after - before))
    sgd(output, xi_output, rate * (after - before))


@njit(fastmath=True)
def descend_by_sed(
    steps: int,
    rng: np.random.Generator,
    rate: np.float32,
    weight_std: np.float32,
    output_std: np.float32,
    weight: Array,
    output: Array,
    x: Array,
    y: Array,
) -> None:
    hidden = np.empty((x.shape[0], HIDDEN), np.float32)
    residual = np.empty_like(y)
    xi_weight, xi_output = np.empty_like(weight), np.empty_like(output)
    for _ in range(steps):
        xi_weight[:] = 0
        xi_output[:] = 0
        add_normals(rng, weight_std, xi_weight)
        add_normals(rng, output_std, xi_output)
        sed_step(rate, weight, output, xi_weight, xi_output, x, y, hidden, residual)


def columns(weights: Weights) -> tuple[Array, Array]:
    """[inputs + 1, hidden], the last row being the bias, and [outputs, hidden]; always copies."""
    rows = np.vstack([weights.input.T, weights.bias])
    return np.ascontiguousarray(rows, np.float32), weights.output.astype(np.float32)


class Training:
    def __init__(self, problem: Problem, rule: Rule) -> None:
        self.initial, self.rule, self.stds = problem.initial, rule, perturbation_stds(case_of(problem))
        self.x, self.y = problem.x.astype(np.float32), problem.y.astype(np.float32)
        self.rng = np.random.Generator(np.random.SFC64(1))

    def run(self, steps: int) -> Weights:
        weight, output = columns(self.initial)
        rule, rate, amplitude = (
            self.rule,
            np.float32(self.rule.learning_rate),
            np.float32(self.rule.amplitude),
        )
        if rule.optimizer == "sed":
            stds = np.float32(self.stds.input), np.float32(self.stds.output)
            descend_by_sed(steps, self.rng, rate, *stds, weight, output, self.x, self.y)
        else:
            descend(
                steps,
                self.rng,
                rule.optimizer == "adam",
                rate,
                amplitude,
                amplitude,
                weight,
                output,
                self.x,
                self.y,
                rule.noise == "update",
                rule.noise == "label",
            )
        return Weights(weight[:-1].T, weight[-1], output)

    def sed_with(self, perturbations: list[Weights]) -> Weights:
        weight, output = columns(self.initial)
        hidden = np.empty((self.x.shape[0], HIDDEN), np.float32)
        rate = np.float32(self.rule.learning_rate)
        for xi in perturbations:
            sed_step(rate, weight, output, *columns(xi), self.x, self.y, hidden, np.empty_like(self.y))
        return Weights(weight[:-1].T, weight[-1], output)
