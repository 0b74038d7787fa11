"""Where the time of `keepfit train` goes: fitting 50 candidates, logging 50 runs, storing three versions.

Usage: .venv/bin/python benchmarks/training/steps.py [--runs N]

Trains the credit example afresh N times, each in a folder of its own, and prints the median of each step, its range,
and its share of the whole. The table is that of `KEEPFIT_DATA_MIRROR`, or the twin.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from keepfit.workflows.examples import unpack_example
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train


def steps_of_one_training() -> dict[str, float]:
    """Train once and return the seconds of each step."""
    began: dict[str, float] = {}
    ended: dict[str, float] = {}

    def watch(step: str, done: int, total: int) -> None:
        now = time.perf_counter()
        began.setdefault(step, now)
        if done == total:
            ended[step] = now

    with tempfile.TemporaryDirectory() as folder:
        unpack_example("credit-status", Path(folder))
        start = time.perf_counter()
        train(Rooms.open(Path(folder)), watch)
        whole = time.perf_counter() - start
    return {**{step: ended[step] - began[step] for step in ended}, "the whole": whole}


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    found = [steps_of_one_training() for _ in range(parser.parse_args().runs)]
    whole = statistics.median(run["the whole"] for run in found)
    print("| step | median, s | range, s | share |\n|---|--:|--:|--:|")
    for step in found[0]:
        seconds = [run[step] for run in found]
        median = statistics.median(seconds)
        print(f"| {step} | {median:.2f} | {min(seconds):.2f} to {max(seconds):.2f} | {median / whole:.0%} |")


if __name__ == "__main__":
    main()
