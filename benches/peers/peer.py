"""A process that times one peer: a JSON request on each line of stdin, a JSON answer on each line of stdout.

check CASE          -> faults, a list of lines
prepare CASE RULE S -> steps, as many as take about S seconds of CPU time (at least one chunk)
time                -> microseconds of CPU time per step of what was prepared
"""

import importlib
import json
import sys
import time
import traceback

import check
from problem import CASES, RULES, make_problem

# jax_float32.py compiles scans of this length; all peers run whole multiples of it.
CHUNK = 500


class Stopwatch:
    """Times trainings of one peer, each from fresh initial weights."""

    def __init__(self, peer_name: str) -> None:
        self.peer = importlib.import_module(peer_name)
        self.is_double = peer_name == "torch_authors"

    def answer(self, request: dict) -> dict:
        match request["do"]:
            case "check":
                return {"faults": list(check.faults(self.peer, request["case"], self.is_double))}
            case "prepare":
                return {"steps": self.prepare(request["case"], request["rule"], request["seconds"])}
            case "time":
                return {"microseconds": 1e6 * self.time() / self.steps}
            case other:
                raise ValueError(f"unknown request {other!r}")

    def prepare(self, case: str, rule: str, seconds: float) -> int:
        self.training = self.peer.Training(make_problem(CASES[case]), RULES[rule])
        self.steps = CHUNK
        self.time()  # compiles
        self.steps = CHUNK * max(1, round(seconds / self.time()))
        return self.steps

    def time(self) -> float:
        """Seconds of CPU time, of all threads together."""
        start = time.process_time()
        weights = self.training.run(self.steps)
        seconds = time.process_time() - start
        # Not-a-numbers cost other than numbers.
        if not abs(weights.output).max() < float("inf"):
            raise ArithmeticError("the training diverged")
        return seconds


def main() -> None:
    stopwatch = Stopwatch(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = stopwatch.answer(json.loads(line))
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
