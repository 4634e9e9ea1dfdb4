"""PyTorch float32 without waste: autograd on plain tensors, flat noise, updates in place."""

import torch
import torch.nn.functional as F
from torch import Tensor

from problem import Problem, Rule, Weights, case_of, perturbation_stds


def as_tensor(array: object) -> Tensor:
    return torch.tensor(array, dtype=torch.float32)


class Training:
    def __init__(self, problem: Problem, rule: Rule) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(1)
        self.initial, self.rule = problem.initial, rule
        self.x, self.y = as_tensor(problem.x), as_tensor(problem.y)
        self.stds = perturbation_stds(case_of(problem))

    def start(self) -> list[Tensor]:
        needs_gradient = self.rule.optimizer != "sed"
        return [as_tensor(w).requires_grad_(needs_gradient) for w in self.initial]

    def loss(self, parameters: list[Tensor], target: Tensor) -> Tensor:
        weight, bias, output = parameters
        return F.mse_loss(F.linear(torch.relu(F.linear(self.x, weight, bias)), output), target)

    def run(self, steps: int) -> Weights:
        parameters = self.start()
        if self.rule.optimizer == "sed":
            with torch.inference_mode():
                for _ in range(steps):
                    xi = [torch.randn_like(p).mul_(std) for p, std in zip(parameters, self.stds)]
                    self.sed_step(parameters, xi)
        else:
            self.descend(parameters, steps)
        return Weights(*(p.detach().numpy() for p in parameters))

    def descend(self, parameters: list[Tensor], steps: int) -> None:
        rule = self.rule
        make_optimizer = torch.optim.Adam if rule.optimizer == "adam" else torch.optim.SGD
        optimizer = make_optimizer(parameters, lr=rule.learning_rate, fused=True)
        target = self.y
        for _ in range(steps):
            if rule.noise == "label":
                target = torch.rand_like(self.y).sub_(0.5).mul_(rule.amplitude).add_(self.y)
            optimizer.zero_grad()
            self.loss(parameters, target).backward()
            if rule.noise == "update":
                for p in parameters:
                    p.grad.add_(torch.randn_like(p.grad), alpha=rule.amplitude)
            optimizer.step()

    def sed_step(self, parameters: list[Tensor], xi: list[Tensor]) -> None:
        moved = [p + q for p, q in zip(parameters, xi)]
        change = self.loss(moved, self.y) - self.loss(parameters, self.y)
        scale = -self.rule.learning_rate * change.item()
        for p, q in zip(parameters, xi):
            p.add_(q, alpha=scale)

    def sed_with(self, perturbations: list[Weights]) -> Weights:
        parameters = self.start()
        for xi in perturbations:
            self.sed_step(parameters, [as_tensor(p) for p in xi])
        return Weights(*(p.numpy() for p in parameters))
