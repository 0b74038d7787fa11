"""Learning batch by batch: Keepfit's strategies beside the published recipe and River's adaptive random forest.

Usage: .venv/bin/python benchmarks/stream/run.py [--shuffles 5] [--shifted-shuffles 20] [--write]

The red wines, good from a score above 6.5, in the order of a shuffle: 400 rows begin each model, then come batches of
100, and each model is asked about a batch before it is taught it. Once more without the rows that repeat others; then
with a shift half way, of which there are three kinds. `--quick` is a shuffle of each, and writes nothing; `--write`
puts the tables into benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from contestants import CONTESTANTS, OURS, RIVALS  # the files beside this one
from prequential import Answered, answered
from recovery import ShiftFound
from report import Report, write
from shifts import SHIFTS, shifted
from wines import Table, read_table, shuffled


@dataclass(frozen=True, slots=True)
class Plan:
    """How many shuffles: of the stream as it is, and of each shift."""

    shuffles: int
    shifted: int


def plain(table: Table, shuffles: int) -> dict[str, list[Answered]]:
    """Return what each contestant said, shuffle by shuffle; all go along one shuffle before the next begins."""
    found: dict[str, list[Answered]] = {name: [] for name in CONTESTANTS}
    for seed in range(shuffles):
        stream = shuffled(table.rows, seed)
        for name, build in CONTESTANTS.items():
            found[name].append(answered(build, table.signature, stream, seed, asks_after=True))
        print(f"shuffle {seed + 1} of {shuffles}", file=sys.stderr, flush=True)
    return found


def shift_found(table: Table, kind: str, shuffles: int, names: Sequence[str], *, is_distinct: bool) -> ShiftFound:
    """Return what some contestants said along streams with a shift."""
    columns = [column.name for column in table.signature.columns]
    found: dict[str, list[Answered]] = {name: [] for name in names}
    before = new = 0
    for seed in range(shuffles):
        stream, before, new = shifted(table.rows, columns, SHIFTS[kind], seed)
        for name, answers in found.items():
            answers.append(answered(CONTESTANTS[name], table.signature, stream, seed))
        print(f"{kind}: shuffle {seed + 1} of {shuffles}", file=sys.stderr, flush=True)
    losses = {name: np.array([one.losses() for one in each]) for name, each in found.items()}
    return ShiftFound(kind, is_distinct, before, new, losses)


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shuffles", type=int, default=5)
    parser.add_argument("--shifted-shuffles", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="one shuffle of each, in two minutes")
    parser.add_argument("--write", action="store_true", help="write README")
    asked = parser.parse_args()
    if asked.quick and asked.write:
        parser.error("--quick says too little to be written")
    plan = Plan(1, 1) if asked.quick else Plan(asked.shuffles, asked.shifted_shuffles)
    load, table = os.getloadavg()[0], read_table()
    distinct = table.without_repeats()
    report = Report(
        table.origin,
        len(table.rows),
        plain(table, plan.shuffles),
        plain(distinct, plan.shuffles),
        [
            *(shift_found(table, kind, plan.shifted, list(CONTESTANTS), is_distinct=False) for kind in SHIFTS),
            *(shift_found(distinct, kind, plan.shifted, [OURS, *RIVALS], is_distinct=True) for kind in SHIFTS),
        ],
        (load, os.getloadavg()[0]),
    )
    print(report.markdown())
    if asked.write:
        write(report)


if __name__ == "__main__":
    main()
