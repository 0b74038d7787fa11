"""The 50 candidates of the published credit system: `keepfit train` beside the system's own way, by turns.

Usage: .venv/bin/python benchmarks/training/grid.py [--turns N] [--runs N]

Ours: `keepfit train` on the credit example, from the shell to the report: 50 candidates on five folds and on all
training rows, 50 tracked runs with scores and intervals, three bundles that passed the parity gate, report, promotion.
Theirs: `seed_grid.py`. Both from process start to process end, on the same cores.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from keepfit.workflows.examples import unpack_example

HERE = Path(__file__).parent


def ours() -> float:
    """Return the seconds of `keepfit train`."""
    with tempfile.TemporaryDirectory() as folder:
        unpack_example("credit-status", Path(folder))
        began = time.perf_counter()
        command = [Path(sys.executable).with_name("keepfit"), "train", "--project", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


def theirs(runs: int) -> tuple[float, int]:
    """Return the seconds of the published way, imports included, and how many candidates it tried."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = [sys.executable, HERE / "seed_grid.py", folder, "--runs", str(runs)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return time.perf_counter() - began, json.loads(done.stdout.splitlines()[-1])["runs"]


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--runs", type=int, default=50, help="candidates of the published way")
    asked = parser.parse_args()
    ratios = []
    print(
        "| turn | `keepfit train`, s | the published way, s | candidates | ratio per candidate |\n|--:|--:|--:|--:|--:|"
    )
    for turn in range(1, asked.turns + 1):
        mine = ours()
        seconds, runs = theirs(asked.runs)
        ratios.append((seconds / runs) / (mine / 50))
        print(f"| {turn} | {mine:.1f} | {seconds:.1f} | 50, {runs} | {ratios[-1]:.1f} |", flush=True)
    print(f"\nMedian ratio {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main()
