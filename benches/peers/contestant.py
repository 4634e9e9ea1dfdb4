"""Who takes part: the peers, each in a process of its own, and ours, a command."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Protocol

# Before any library is loaded: one thread each, and no graphics processor.
SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
    "CUDA_VISIBLE_DEVICES": "",
}

# Module of each peer and its column's title.
PEERS = {
    "torch_authors": "authors' PyTorch",
    "torch_float32": "PyTorch f32",
    "numpy_float32": "NumPy",
    "numba_float32": "numba",
    "jax_float32": "JAX",
}


class Contestant(Protocol):
    title: str

    def prepare(self, case: str, rule: str, seconds: float) -> None:
        """Build, compile and warm up one training."""

    def time(self) -> float:
        """Microseconds of CPU time per step of what was prepared."""

    def close(self) -> None:
        """End its process."""


class Peer:
    """A process that runs peer.py."""

    def __init__(self, module: str) -> None:
        self.title = PEERS[module]
        self.process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("peer.py"), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | SINGLE_THREADED,
        )

    def ask(self, **request: object) -> dict:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "its process ended"}
        if "error" in answer:
            raise RuntimeError(f"{self.title}: {answer['error']}")
        return answer

    def faults(self, case: str) -> list[str]:
        return self.ask(do="check", case=case)["faults"]

    def prepare(self, case: str, rule: str, seconds: float) -> None:
        self.ask(do="prepare", case=case, rule=rule, seconds=seconds)

    def time(self) -> float:
        return self.ask(do="time")["microseconds"]

    def close(self) -> None:
        self.process.communicate()


class Ours:
    """A command that prints `A sgd update,0.94`: case and rule, then microseconds per step.

    `{case}` and `{rule}` in the command stand for what is to be measured, in its own way and time.
    """

    title = "driftsweep"

    def __init__(self, command: str) -> None:
        self.words = shlex.split(command)

    def prepare(self, case: str, rule: str, seconds: float) -> None:
        self.row = f"{case} {rule}"
        self.command = [word.replace("{case}", case).replace("{rule}", rule) for word in self.words]

    def time(self) -> float:
        done = subprocess.run(self.command, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            name, *numbers = line.split(",")
            if name.strip() == self.row:
                return float(numbers[0])
        raise RuntimeError(f"{self.title} gave no time (exit code {done.returncode}): {done.stderr[-2000:]}")

    def close(self) -> None:
        """Nothing stays behind."""
