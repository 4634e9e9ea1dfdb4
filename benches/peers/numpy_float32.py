"""NumPy float32: all parameters in one flat vector, every product into memory allocated once."""

import numpy as np
from numpy.typing import NDArray

from problem import HIDDEN, Problem, Rule, Weights, case_of, perturbation_stds

Array = NDArray[np.float32]


class Training:
    def __init__(self, problem: Problem, rule: Rule) -> None:
        self.rule, self.case = rule, case_of(problem)
        case = self.case
        # The bias is the weight of an input that is always 1.
        self.x = np.ones((case.samples, case.inputs + 1), np.float32)
        self.x[:, :-1] = problem.x
        self.y = problem.y.astype(np.float32)
        self.initial = self.flatten(problem.initial)
        stds = perturbation_stds(case)
        self.stds = self.flatten(Weights(*(np.full_like(w, s) for w, s in zip(problem.initial, stds))))
        self.hidden = np.empty((case.samples, HIDDEN), np.float32)
        self.back = np.empty_like(self.hidden)
        self.residual = np.empty_like(self.y)
        self.target = self.y.copy()
        self.noise = np.empty_like(self.initial)
        self.rng = np.random.Generator(np.random.SFC64(1))

    def flatten(self, weights: Weights) -> Array:
        rows = np.column_stack([weights.input, weights.bias])
        return np.concatenate([rows.ravel(), weights.output.ravel()]).astype(np.float32)

    def layers(self, flat: Array) -> tuple[Array, Array]:
        """Views of a flat vector: [hidden, inputs + 1] and [outputs, hidden]."""
        cut = HIDDEN * (self.case.inputs + 1)
        return flat[:cut].reshape(HIDDEN, -1), flat[cut:].reshape(-1, HIDDEN)

    def run(self, steps: int) -> Weights:
        theta = self.initial.copy()
        if self.rule.optimizer == "sed":
            for _ in range(steps):
                self.rng.standard_normal(dtype=np.float32, out=self.noise)
                self.noise *= self.stds
                self.sed_step(theta, self.noise)
        else:
            self.descend(theta, steps)
        return self.as_weights(theta)

    def descend(self, theta: Array, steps: int) -> None:
        rule, noise = self.rule, self.noise
        weight, output = self.layers(theta)
        g = np.empty_like(theta)
        g_weight, g_output = self.layers(g)
        first, second = np.zeros_like(theta), np.zeros_like(theta)
        for step in range(1, steps + 1):
            if rule.noise == "label":
                self.rng.random(dtype=np.float32, out=self.target)
                self.target -= np.float32(0.5)
                self.target *= np.float32(rule.amplitude)
                self.target += self.y
            self.gradient(weight, output, g_weight, g_output)
            if rule.noise == "update":
                self.rng.standard_normal(dtype=np.float32, out=noise)
                noise *= np.float32(rule.amplitude)
                g += noise
            if rule.optimizer == "adam":
                self.adam_step(theta, g, first, second, step)
            else:
                g *= np.float32(rule.learning_rate)
                theta -= g

    def forward(self, weight: Array, output: Array) -> None:
        np.matmul(self.x, weight.T, out=self.hidden)
        np.maximum(self.hidden, 0, out=self.hidden)
        np.matmul(self.hidden, output.T, out=self.residual)
        self.residual -= self.target

    def gradient(self, weight: Array, output: Array, g_weight: Array, g_output: Array) -> None:
        self.forward(weight, output)
        self.residual *= np.float32(2 / self.residual.size)
        np.matmul(self.residual.T, self.hidden, out=g_output)
        np.matmul(self.residual, output, out=self.back)
        self.back *= self.hidden > 0
        np.matmul(self.back.T, self.x, out=g_weight)

    def adam_step(self, theta: Array, g: Array, first: Array, second: Array, step: int) -> None:
        first += np.float32(0.1) * (g - first)
        g *= g
        second += np.float32(0.001) * (g - second)
        root = np.sqrt(second)
        root *= np.float32(1 / np.sqrt(1 - 0.999**step))
        root += np.float32(1e-8)
        np.divide(first, root, out=root)
        root *= np.float32(self.rule.learning_rate / (1 - 0.9**step))
        theta -= root

    def loss(self, theta: Array) -> np.float32:
        self.forward(*self.layers(theta))
        flat = self.residual.ravel()
        return np.dot(flat, flat) / np.float32(flat.size)

    def sed_step(self, theta: Array, xi: Array) -> None:
        before = self.loss(theta)
        change = self.loss(theta + xi) - before
        theta -= np.float32(self.rule.learning_rate) * change * xi

    def sed_with(self, perturbations: list[Weights]) -> Weights:
        theta = self.initial.copy()
        for xi in perturbations:
            self.sed_step(theta, self.flatten(xi))
        return self.as_weights(theta)

    def as_weights(self, theta: Array) -> Weights:
        weight, output = self.layers(theta)
        return Weights(weight[:, :-1], weight[:, -1], output)
