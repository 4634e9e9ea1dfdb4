"""Times the eigenvalues of one Hessian: ours, the paper's authors' route, and a dense symmetric solver.

Everybody solves the same network, and everybody's eigenvalues must be the same before times count. Runs on
one core with one thread; processor time; rounds interleaved, medians shown.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray

import machine
from compare import pin
from contestant import SINGLE_THREADED
from table import grid, shown

OURS = "cargo bench --quiet -p driftsweep-simulation --bench spectra -- --csv --rounds 3 --structured"
# Samples, inputs, outputs; always 100 hidden units.
CASES = {"A": (5, 20, 5), "B": (10, 25, 10)}
UNITS = 100
LIVE = (100, 20)


class Draws:
    """The numbers from -1 to 1 that the Rust benchmark draws too: a linear congruential generator."""

    def __init__(self) -> None:
        self.state = 1

    def array(self, *shape: int) -> NDArray:
        values = np.empty(int(np.prod(shape)))
        for index in range(values.size):
            self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
            values[index] = (self.state >> 11) / 2**52 - 1
        return values.reshape(shape)


@dataclass
class Network:
    """relu(x w' + b) v' with targets y; silent units have a bias that no input overcomes."""

    x: NDArray
    y: NDArray
    w: NDArray
    b: NDArray
    v: NDArray

    @classmethod
    def of(cls, case: str, live: int) -> "Network":
        samples, inputs, outputs = CASES[case]
        draws = Draws()
        x, y = draws.array(samples, inputs), draws.array(samples, outputs)
        w = draws.array(UNITS, inputs) * np.sqrt(6 / inputs)
        b = draws.array(UNITS) * np.sqrt(6 / inputs)
        v = draws.array(outputs, UNITS) * np.sqrt(6 / UNITS)
        b[live:] = -100
        return cls(x, y, w, b, v)


def authors(network: Network) -> NDArray:
    """The published route: the Hessian by automatic differentiation, a general eigensolver, real parts."""
    x, y = torch.from_numpy(network.x), torch.from_numpy(network.y)
    shapes = [network.v.shape, network.w.shape, network.b.shape]
    flat = np.concatenate([network.v.ravel(), network.w.ravel(), network.b])

    def loss(theta: torch.Tensor) -> torch.Tensor:
        parts = torch.split(theta, [int(np.prod(shape)) for shape in shapes])
        v, w, b = (part.reshape(shape) for part, shape in zip(parts, shapes))
        return torch.mean((torch.relu(x @ w.T + b) @ v.T - y) ** 2)

    hessian = torch.autograd.functional.hessian(loss, torch.from_numpy(flat))
    return np.sort(torch.linalg.eigvals(hessian).real.numpy())[::-1]


def symmetric(network: Network) -> NDArray:
    """NumPy: the Hessian written down entry by entry, a symmetric eigensolver on all of it."""
    (samples, inputs), outputs = network.x.shape, network.y.shape[1]
    extended = np.hstack([network.x, np.ones((samples, 1))])
    hidden = np.maximum(network.x @ network.w.T + network.b, 0)
    active = (hidden > 0).astype(float)
    residual = hidden @ network.v.T - network.y
    of_unit = outputs + inputs + 1
    jacobian = np.zeros((samples, outputs, UNITS, of_unit))
    for output in range(outputs):
        jacobian[:, output, :, output] = hidden
        weights = network.v[output] * active
        jacobian[:, output, :, outputs:] = weights[:, :, None] * extended[:, None, :]
    rows = jacobian.reshape(samples * outputs, -1)
    hessian = rows.T @ rows
    coupling = np.einsum("io,ih,ij->hoj", residual, active, extended)
    for unit in range(UNITS):
        start = unit * of_unit
        hessian[start : start + outputs, start + outputs : start + of_unit] += coupling[unit]
        hessian[start + outputs : start + of_unit, start : start + outputs] += coupling[unit].T
    return np.linalg.eigvalsh(2 / network.y.size * hessian)[::-1]


@dataclass
class Row:
    """One network: everybody's milliseconds, one for each round."""

    case: str
    live: int
    times: dict[str, list[float]] = field(default_factory=dict)

    def add(self, title: str, milliseconds: float) -> None:
        self.times.setdefault(title, []).append(milliseconds)

    def ratio(self, title: str) -> float:
        return median(self.times[title]) / median(self.times["ours"])


PEERS: dict[str, Callable[[Network], NDArray]] = {"authors": authors, "numpy": symmetric}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="times that each is timed (%(default)s)")
    parser.add_argument("--cases", default="".join(CASES), help="letters out of %(default)s")
    parser.add_argument("--ours", default=OURS, help="command that times ours (%(default)s)")
    parser.add_argument("--core", type=int, help="the core to run on; the last one by default")
    given = parser.parse_args()
    torch.set_num_threads(1)
    rows = [Row(case, live) for case in given.cases for live in LIVE]
    ours(given.ours)  # Built before this process is confined to one core.
    core = pin(given.core)
    for turn in range(given.rounds):
        found = ours(given.ours)
        for row in rows:
            network = Network.of(row.case, row.live)
            milliseconds, facts = found[row.case, row.live]
            row.add("ours", milliseconds)
            for title, route in PEERS.items():
                start = time.process_time()
                values = route(network)
                row.add(title, 1e3 * (time.process_time() - start))
                check(f"{title}, {row.case}, {row.live} live", values, facts)
            print(f"round {turn + 1}: {row}", file=sys.stderr, flush=True)
    write(rows, machine.describe(core), given.rounds)


def ours(command: str) -> dict[tuple[str, int], tuple[float, tuple[float, float, int]]]:
    """Milliseconds, and trace, largest eigenvalue and number of those above 1e-8 of it."""
    text = subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout
    lines = csv.DictReader(io.StringIO(text))
    return {
        (line["case"], int(line["live"])): (
            float(line["ms"]),
            (float(line["trace"]), float(line["largest"]), int(line["positive"])),
        )
        for line in lines
    }


def check(name: str, values: NDArray, facts: tuple[float, float, int]) -> None:
    """Other eigenvalues than ours would make the comparison worthless."""
    trace, largest, positive = facts
    found = values.sum(), values[0], int((values > 1e-8 * values[0]).sum())
    if abs(found[0] / trace - 1) > 1e-9 or abs(found[1] / largest - 1) > 1e-9 or found[2] != positive:
        sys.exit(f"{name}: trace, largest, positive are {found}, ours {facts}")


def write(rows: list[Row], notes: list[str], rounds: int) -> None:
    titles = ["ours", *PEERS]
    lines = [
        [
            row.case,
            str(row.live),
            *(shown(median(row.times[title])) for title in titles),
            *(shown(row.ratio(title)) for title in PEERS),
        ]
        for row in rows
    ]
    header = ["case", "live units", *(f"{title}, ms" for title in titles)]
    header += [f"{title} / ours" for title in PEERS]
    text = ["# The eigenvalues of one Hessian", "", *grid(header, lines), ""]
    text += [f"- {note}" for note in [*notes, f"rounds: {rounds}; checked: everybody's eigenvalues"]]
    out = Path("target/bench")
    out.mkdir(parents=True, exist_ok=True)
    (out / "spectra.md").write_text("\n".join([*text, ""]))
    print("\n".join(text))


if __name__ == "__main__":
    # Libraries read these when they are loaded, so this process starts again with them.
    if not SINGLE_THREADED.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **SINGLE_THREADED})
    main()
