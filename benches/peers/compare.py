"""Times a training step of driftsweep and of its peers side by side and writes one table.

In every round each contestant is timed once, starting from another one in each round, so that a machine
that drifts drifts for all. Everything runs on one core.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import machine
import table
from contestant import PEERS, Contestant, Ours, Peer
from problem import CASES, RULES

OURS = "cargo bench --quiet -p driftsweep-simulation --bench steps -- --csv --rounds 3 '{case} {rule}'"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default="".join(CASES), help="letters out of %(default)s")
    parser.add_argument(
        "--rules",
        nargs="+",
        default=list(RULES),
        choices=RULES,
        metavar="RULE",
        help=f"out of {', '.join(RULES)}",
    )
    parser.add_argument("--rounds", type=int, default=5, help="times that each is timed (%(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=0.25, help="of CPU time that a peer is timed for (%(default)s)"
    )
    parser.add_argument("--quick", action="store_true", help="a smoke test: 2 rounds of 0.05 s")
    parser.add_argument(
        "--ours", default=OURS, help="command that times ours, see contestant.py (%(default)s)"
    )
    parser.add_argument("--no-ours", action="store_true", help="time the peers alone")
    parser.add_argument("--core", type=int, help="the core to run on; the last one by default")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("target/bench"),
        help="folder of peers.md and peers.csv (%(default)s)",
    )
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.seconds = 2, 0.05
    if unknown := set(given.cases) - set(CASES):
        parser.error(f"no case {', '.join(sorted(unknown))}")
    return given


def main() -> None:
    given = arguments()
    # Built before this process is confined to one core.
    ours = [] if given.no_ours else working(Ours(given.ours))
    core = pin(given.core)
    peers = [Peer(module) for module in PEERS]
    try:
        check(peers)
        contestants = [*ours, *peers]
        rows: list[table.Row] = []
        started = time.monotonic()
        for case in given.cases:
            for rule in given.rules:
                rows.append(measure(case, rule, contestants, given.rounds, given.seconds))
                notes = [
                    *machine.describe(core),
                    f"rounds: {given.rounds}; checked: every peer against float64",
                ]
                table.write(rows, [c.title for c in contestants], notes, given.out)
                log(f"{time.monotonic() - started:4.0f} s  {summary(rows[-1])}")
    finally:
        for peer in peers:
            peer.close()
    print((given.out / "peers.md").read_text())


def working(ours: Ours) -> list[Contestant]:
    """Ours, or nobody and a warning: the peers can be timed without it."""
    log("building and trying ours")
    try:
        ours.prepare("A", "sgd update", 0)
        ours.time()
    except (OSError, RuntimeError) as error:
        log(f"going on without ours: {error}")
        return []
    return [ours]


def pin(core: int | None) -> int | None:
    """Confine this process and its children to one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0)) if core is None else core
    os.sched_setaffinity(0, {core})
    return core


def check(peers: list[Peer]) -> None:
    """A peer that does other work must not be compared."""
    faults = [f"{peer.title}: {fault}" for peer in peers for case in "AL" for fault in peer.faults(case)]
    if faults:
        sys.exit("\n".join(["Not the same work:", *faults]))
    log("every peer agrees with the reference")


def measure(case: str, rule: str, contestants: list[Contestant], rounds: int, seconds: float) -> table.Row:
    """All contestants, interleaved; one that fails is left out of this row."""
    row = table.Row(case, rule, {contestant.title: [] for contestant in contestants})
    ready = []
    for contestant in contestants:
        try:
            contestant.prepare(case, rule, seconds)
            ready.append(contestant)
        except RuntimeError as error:
            log(f"{case} {rule} without {error}")
    for turn in range(rounds):
        start = turn % max(1, len(ready))
        for contestant in ready[start:] + ready[:start]:
            try:
                row.times[contestant.title].append(contestant.time())
            except RuntimeError as error:
                log(f"{case} {rule}: {error}")
    return row


def summary(row: table.Row) -> str:
    times = ", ".join(f"{title} {table.shown(row.median(title))}" for title in row.times)
    return f"{row.case} {row.rule}: {times} us"


def log(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
