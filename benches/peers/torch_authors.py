"""PyTorch as the paper's authors use it: float64, autograd, torch.optim, one Python loop.

Written from a description of their loop, not copied from it. What it shares with theirs: a module of
two linear layers in double precision, noise tensor by tensor, and the question whether a step is to be
measured asked by membership in arrays. The measurements themselves are left out.
"""

import numpy as np
import torch
from torch import Tensor, nn

from problem import Problem, Rule, Weights, case_of, perturbation_stds

# The schedule of a run of a million steps; ours starts past the densely logged beginning.
PAPER_STEPS = 1_000_000
DENSE_STEPS = 10_001
FIRST_STEP = 20_000


class Network(nn.Module):
    """relu(x m' + b) n'"""

    def __init__(self, initial: Weights) -> None:
        super().__init__()
        outputs, hidden = initial.output.shape
        inputs = initial.input.shape[1]
        self.hidden = nn.Linear(inputs, hidden, dtype=torch.float64)
        self.output = nn.Linear(hidden, outputs, bias=False, dtype=torch.float64)
        with torch.no_grad():
            self.hidden.weight.copy_(torch.from_numpy(initial.input))
            self.hidden.bias.copy_(torch.from_numpy(initial.bias))
            self.output.weight.copy_(torch.from_numpy(initial.output))

    def forward(self, x: Tensor) -> Tensor:
        return self.output(torch.relu(self.hidden(x)))

    def weights(self) -> Weights:
        return Weights(
            self.hidden.weight.detach().numpy(),
            self.hidden.bias.detach().numpy(),
            self.output.weight.detach().numpy(),
        )


class Training:
    def __init__(self, problem: Problem, rule: Rule) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(1)
        self.initial, self.rule = problem.initial, rule
        self.x, self.y = torch.from_numpy(problem.x), torch.from_numpy(problem.y)
        self.mean_squared_error = nn.MSELoss()
        self.stds = perturbation_stds(case_of(problem))

    def run(self, steps: int) -> Weights:
        rule, network = self.rule, Network(self.initial)
        make_optimizer = torch.optim.Adam if rule.optimizer == "adam" else torch.optim.SGD
        optimizer = make_optimizer(network.parameters(), lr=rule.learning_rate)
        measured = np.floor(np.linspace(0, PAPER_STEPS - 1, 10_000)).astype(int)
        snapshots = np.floor(np.linspace(0, PAPER_STEPS - 1, 101)).astype(int)
        dense = np.arange(DENSE_STEPS)
        for step in range(FIRST_STEP, FIRST_STEP + steps):
            if rule.optimizer == "sed":
                xi = [
                    torch.normal(0.0, std, p.shape, dtype=p.dtype)
                    for p, std in zip(network.parameters(), self.stds)
                ]
                self.sed_step(network, xi)
            else:
                self.gradient_step(network, optimizer)
            # The arrays are searched as theirs are, but nothing is measured.
            _ = step in measured, step in snapshots, step in dense
        return network.weights()

    def gradient_step(self, network: Network, optimizer: torch.optim.Optimizer) -> None:
        noise, amplitude = self.rule.noise, self.rule.amplitude
        target = self.y
        if noise == "label":
            target = target + amplitude * (torch.rand_like(target) - 0.5)
        optimizer.zero_grad()
        loss = self.mean_squared_error(network(self.x), target)
        loss.backward()
        if noise == "update":
            for parameter in network.parameters():
                parameter.grad += amplitude * torch.randn_like(parameter)
        optimizer.step()

    def sed_step(self, network: Network, xi: list[Tensor]) -> None:
        with torch.no_grad():
            before = self.mean_squared_error(network(self.x), self.y)
            for parameter, p in zip(network.parameters(), xi):
                parameter += p
            after = self.mean_squared_error(network(self.x), self.y)
            scale = 1 + self.rule.learning_rate * (after - before)
            for parameter, p in zip(network.parameters(), xi):
                parameter -= scale * p

    def sed_with(self, perturbations: list[Weights]) -> Weights:
        network = Network(self.initial)
        for xi in perturbations:
            self.sed_step(network, [torch.from_numpy(p) for p in xi])
        return network.weights()
