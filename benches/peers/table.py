"""The results as one Markdown page and one CSV file, written again after every case."""

import csv
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from contestant import Ours


@dataclass
class Row:
    """One case under one rule: the times of every contestant in microseconds per step, one for each round."""

    case: str
    rule: str
    times: dict[str, list[float]] = field(default_factory=dict)

    def median(self, title: str) -> float | None:
        return median(self.times[title]) if self.times.get(title) else None

    def ratio(self, title: str | None) -> float | None:
        """How many times longer a contestant takes than ours."""
        theirs = self.median(title) if title else None
        ours = self.median(Ours.title)
        return theirs / ours if theirs and ours else None

    def best_peer(self) -> str | None:
        """The fastest other than ours."""
        medians = {title: median(times) for title, times in self.times.items() if times}
        medians.pop(Ours.title, None)
        return min(medians, key=medians.__getitem__, default=None)


def write(rows: list[Row], titles: list[str], notes: list[str], directory: Path) -> None:
    """peers.md and peers.csv"""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "peers.md").write_text(markdown(rows, titles, notes))
    with (directory / "peers.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "rule", "who", "median_us", "min_us", "max_us", "rounds", "times_ours"])
        for row in rows:
            for title, times in row.times.items():
                if times:
                    numbers = [shown(x) for x in (row.median(title), min(times), max(times))]
                    writer.writerow(
                        [row.case, row.rule, title, *numbers, len(times), shown(row.ratio(title))]
                    )


def markdown(rows: list[Row], titles: list[str], notes: list[str]) -> str:
    peers = [title for title in titles if title != Ours.title]
    times = [[*name(row), *(shown(row.median(title)) for title in titles)] for row in rows]
    ratios = [[*name(row), *(shown(row.ratio(title)) for title in peers), best(row)] for row in rows]
    return "\n".join(
        [
            "# A training step, ours and the peers'",
            "",
            "Microseconds of CPU time per step, medians of interleaved rounds.",
            "",
            *grid(["case", "rule", *titles], times),
            "",
            "How many times longer than ours:",
            "",
            *grid(["case", "rule", *peers, "best peer"], ratios),
            "",
            *(f"- {note}" for note in notes),
            "",
        ]
    )


def name(row: Row) -> list[str]:
    return [row.case, row.rule]


def best(row: Row) -> str:
    """The ratio and whose it is; the name alone where ours was not timed."""
    title = row.best_peer()
    return f"{shown(row.ratio(title))} ({title})".strip() if title else ""


def grid(header: list[str], lines: list[list[str]]) -> list[str]:
    """A Markdown table, numbers to the right."""
    rule = ["---", "---", *("--:" for _ in header[2:])]
    return ["| " + " | ".join(cells) + " |" for cells in [header, rule, *lines]]


def shown(value: float | None) -> str:
    """Three significant digits, all digits before the point; nothing for no value."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
