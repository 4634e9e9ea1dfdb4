"""JAX float32: a step from jax.grad, many of them in one compiled lax.scan."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import Array

from problem import Problem, Rule, Weights, case_of, perturbation_stds

# Steps in a compiled scan: long enough that calling it costs nothing, one length so that it is compiled once.
CHUNK = 500


def as_arrays(weights: Weights) -> Weights:
    return Weights(*(jnp.asarray(w, jnp.float32) for w in weights))


class Training:
    def __init__(self, problem: Problem, rule: Rule) -> None:
        self.rule, self.stds = rule, perturbation_stds(case_of(problem))
        self.x, self.y = jnp.asarray(problem.x, jnp.float32), jnp.asarray(problem.y, jnp.float32)
        self.initial = as_arrays(problem.initial)

    def run(self, steps: int) -> Weights:
        zeros = jax.tree.map(jnp.zeros_like, self.initial)
        state = (self.initial, zeros, zeros, jnp.float32(0), jax.random.key(1))
        chunks, rest = divmod(steps, CHUNK)
        for length in [CHUNK] * chunks + [rest] * (rest > 0):
            state = self.scan(state, length)
        return Weights(*jax.device_get(state[0]))

    @partial(jax.jit, static_argnums=(0, 2))
    def scan(self, state: tuple, length: int) -> tuple:
        step = self.sed_step if self.rule.optimizer == "sed" else self.gradient_step
        return jax.lax.scan(lambda carry, _: (step(carry), None), state, length=length)[0]

    def loss(self, weights: Weights, target: Array) -> Array:
        hidden = jax.nn.relu(self.x @ weights.input.T + weights.bias)
        return jnp.mean((hidden @ weights.output.T - target) ** 2)

    def normals(self, key: Array) -> Weights:
        """One draw for all tensors is cheaper than one for each."""
        flat = jax.random.normal(key, (sum(w.size for w in self.initial),), jnp.float32)
        cuts = [self.initial.input.size, self.initial.input.size + self.initial.bias.size]
        return Weights(*(p.reshape(w.shape) for p, w in zip(jnp.split(flat, cuts), self.initial)))

    def gradient_step(self, state: tuple) -> tuple:
        weights, first, second, step, key = state
        key, draw = jax.random.split(key)
        rule, target, step = self.rule, self.y, step + 1
        if rule.noise == "label":
            target = target + rule.amplitude * (jax.random.uniform(draw, target.shape) - 0.5)
        g = jax.grad(self.loss)(weights, target)
        if rule.noise == "update":
            g = jax.tree.map(lambda x, noise: x + rule.amplitude * noise, g, self.normals(draw))
        if rule.optimizer == "adam":
            first = jax.tree.map(lambda m, x: 0.9 * m + 0.1 * x, first, g)
            second = jax.tree.map(lambda v, x: 0.999 * v + 0.001 * x * x, second, g)
            g = jax.tree.map(
                lambda m, v: m / (1 - 0.9**step) / (jnp.sqrt(v / (1 - 0.999**step)) + 1e-8),
                first,
                second,
            )
        weights = jax.tree.map(lambda w, x: w - rule.learning_rate * x, weights, g)
        return weights, first, second, step, key

    def sed_step(self, state: tuple) -> tuple:
        weights, *unused, key = state
        key, draw = jax.random.split(key)
        xi = Weights(*(std * normal for std, normal in zip(self.stds, self.normals(draw))))
        return self.perturb(weights, xi), *unused, key

    def perturb(self, weights: Weights, xi: Weights) -> Weights:
        moved = jax.tree.map(jnp.add, weights, xi)
        change = self.loss(moved, self.y) - self.loss(weights, self.y)
        return jax.tree.map(lambda w, p: w - self.rule.learning_rate * change * p, weights, xi)

    def sed_with(self, perturbations: list[Weights]) -> Weights:
        weights, perturb = self.initial, jax.jit(self.perturb)
        for xi in perturbations:
            weights = perturb(weights, as_arrays(xi))
        return Weights(*jax.device_get(weights))
