"""The rules in plain NumPy float64, without noise: what every peer is checked against."""

import numpy as np
from numpy.typing import NDArray

from problem import Problem, Rule, Weights


def loss(problem: Problem, weights: Weights) -> float:
    """Mean squared error over samples and outputs."""
    hidden = np.maximum(problem.x @ weights.input.T + weights.bias, 0)
    return float(np.mean((hidden @ weights.output.T - problem.y) ** 2))


def hidden_activity(problem: Problem, weights: Weights) -> NDArray:
    """[samples, hidden]"""
    return np.maximum(problem.x @ weights.input.T + weights.bias, 0)


def gradient(problem: Problem, weights: Weights) -> Weights:
    """The gradient of the loss."""
    hidden = hidden_activity(problem, weights)
    residual = 2 / problem.y.size * (hidden @ weights.output.T - problem.y)
    back = (residual @ weights.output) * (hidden > 0)
    return Weights(back.T @ problem.x, back.sum(axis=0), residual.T @ hidden)


def train(problem: Problem, rule: Rule, steps: int) -> Weights:
    """Noise-free SGD or Adam."""
    weights = problem.initial
    first = Weights(*(np.zeros_like(w) for w in weights))
    second = first
    for step in range(1, steps + 1):
        g = gradient(problem, weights)
        if rule.optimizer == "adam":
            first = Weights(*(0.9 * m + 0.1 * x for m, x in zip(first, g)))
            second = Weights(*(0.999 * v + 0.001 * x * x for v, x in zip(second, g)))
            g = Weights(
                *(
                    m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
                    for m, v in zip(first, second)
                )
            )
        weights = Weights(*(w - rule.learning_rate * x for w, x in zip(weights, g)))
    return weights


def train_sed(problem: Problem, rule: Rule, perturbations: list[Weights]) -> Weights:
    """One SED step for each given perturbation."""
    weights = problem.initial
    for xi in perturbations:
        moved = Weights(*(w + p for w, p in zip(weights, xi)))
        scale = rule.learning_rate * (loss(problem, moved) - loss(problem, weights))
        weights = Weights(*(w - scale * p for w, p in zip(weights, xi)))
    return weights
