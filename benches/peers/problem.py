"""The work that every peer does: sizes, training rules, data and initial weights.

Equations: loss f = sum((relu(X m' + b) n' - Y)^2) / (samples * outputs), full batch, no output bias.
"""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

HIDDEN = 100


@dataclass(frozen=True)
class Case:
    """The sizes of a problem; the hidden layer always has HIDDEN units."""

    samples: int
    inputs: int
    outputs: int


CASES = {
    "A": Case(samples=5, inputs=20, outputs=5),
    "B": Case(samples=10, inputs=25, outputs=10),
    "C": Case(samples=20, inputs=30, outputs=15),
    "S": Case(samples=10, inputs=10, outputs=10),
    "M": Case(samples=50, inputs=50, outputs=50),
    "L": Case(samples=100, inputs=100, outputs=100),
}


@dataclass(frozen=True)
class Rule:
    """How the weights change in a step.

    sgd   theta <- theta - rate g
    adam  Adam on g: beta 0.9 and 0.999, epsilon 1e-8 after the bias-corrected root
    sed   theta <- theta - rate (f(theta + xi) - f(theta)) xi, with xi normal, of standard deviation
          0.1 / sqrt(rows of the tensor)

    Noise "update" adds a normal of standard deviation `amplitude` to every entry of the gradient g;
    noise "label" adds a uniform of full width `amplitude` to every target, fresh in each step.
    """

    optimizer: Literal["sgd", "adam", "sed"]
    learning_rate: float
    noise: Literal["update", "label", "none"]
    amplitude: float

    def silenced(self) -> "Rule":
        """The same code, noise drawn and all, with noise of no amplitude."""
        return replace(self, amplitude=0.0)


# Named as in simulation/benches/steps.rs. The published rates, but for SED: at its 0.9 to 1.0 half of the
# runs diverge, and a step costs the same.
RULES = {
    "sgd update": Rule("sgd", 0.1, "update", 0.03),
    "sgd label": Rule("sgd", 0.1, "label", 0.3),
    "adam update": Rule("adam", 1e-3, "update", 0.03),
    "sed": Rule("sed", 0.1, "none", 0.0),
}


class Weights(NamedTuple):
    """The trained parameters, or as many numbers for another purpose."""

    input: NDArray  # [hidden, inputs]
    bias: NDArray  # [hidden]
    output: NDArray  # [outputs, hidden]


class Problem(NamedTuple):
    """Data and the weights to start from, in float64."""

    x: NDArray  # [samples, inputs]
    y: NDArray  # [samples, outputs]
    initial: Weights


def make_problem(case: Case, seed: int = 0) -> Problem:
    """The random task, scaled to [-1, 1), and the "rich" initial weights."""
    rng = np.random.default_rng(seed)
    input_std = np.sqrt(2 / case.inputs)
    initial = Weights(
        input=rng.normal(0, input_std, (HIDDEN, case.inputs)),
        bias=rng.normal(0, input_std, HIDDEN),
        output=rng.normal(0, np.sqrt(2 / HIDDEN), (case.outputs, HIDDEN)),
    )
    x = rng.uniform(-1, 1, (case.samples, case.inputs))
    y = rng.uniform(-1, 1, (case.samples, case.outputs))
    return Problem(x, y, initial)


class Stds(NamedTuple):
    """A standard deviation for each tensor of Weights."""

    input: float
    bias: float
    output: float


def perturbation_stds(case: Case) -> Stds:
    """Of SED's perturbation."""
    hidden_std = 0.1 / HIDDEN**0.5
    return Stds(hidden_std, hidden_std, 0.1 / case.outputs**0.5)


def case_of(problem: Problem) -> Case:
    """The sizes of a problem."""
    samples, inputs = problem.x.shape
    return Case(samples, inputs, outputs=problem.y.shape[1])
