"""The domain classifier beside the tests of single columns: false alarms, and what each of them finds.

Usage: .venv/bin/python benchmarks/drift/multivariate.py [--sizes 200,2000] [--nulls 200] [--changed 50]

A table of 20 columns: twelve numbers (the first two go together by a correlation, one is skewed, all miss 5 % of their
values), six categories of 3 to 100 values, two flags. For each window a reference of ten times its rows, 20 000 at
most, is drawn anew. A window is found by the classifier when it is shifted by the default floor and level, and by
the columns when any of them has drifted by the defaults. Copies: a replay is of the reference's own rows, a repeated
window has each row five times. At last the time of 10 000 rows of each side, of the process and on the clock. Prints
two tables in Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Matrix
from keepfit.monitoring import compare_profiles
from keepfit.monitoring.domain_classifier import DomainShift, domain_shift
from keepfit.profiles import build_profile, count_window
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Column, Kind, Outcome, Signature

SECTION = MonitoringSection()
NUMBERS, LEVELS, FLAGS = 12, (3, 4, 5, 10, 20, 100), 2
COLUMNS = (
    *(Column(f"number {at}", Kind.NUMBER) for at in range(NUMBERS)),
    *(Column(f"one of {count}", Kind.CATEGORY, categories=tuple(map(str, range(count)))) for count in LEVELS),
    *(Column(f"flag {at}", Kind.FLAG) for at in range(FLAGS)),
)
SIGNATURE = Signature(COLUMNS, Outcome("target", "no", "yes"))
MISSING, YES, CHANCE = 0.05, 0.4, 0.5
MOST_REFERENCE = 20_000
TIMED_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """A change: how the first two numbers go together before and after, and by how much three others are moved."""

    name: str
    before: float = 0.6
    after: float = 0.6
    moved: float = 0.0
    copied: Callable[[Matrix, Matrix, np.random.Generator], Matrix] | None = None


def replayed(reference: Matrix, window: Matrix, rng: np.random.Generator) -> Matrix:
    """Return as many of the reference's rows, in random order."""
    return reference[rng.permutation(len(reference))[: len(window)]]


def repeated(_: Matrix, window: Matrix, __: np.random.Generator) -> Matrix:
    """Return a fifth of the window, each row five times."""
    return np.repeat(window[: len(window) // 5], 5, axis=0)


UNCHANGED = (
    Case("nothing"),
    Case("nothing: a replay", copied=replayed),
    Case("nothing: repeated rows", copied=repeated),
)
CHANGED = (
    Case("correlation .3 to -.3", 0.3, -0.3),
    Case("correlation .6 to -.6", 0.6, -0.6),
    Case("correlation .6 to 0", 0.6, 0.0),
    Case("3 means by .1 sd", moved=0.1),
    Case("3 means by .25 sd", moved=0.25),
    Case("3 means by .5 sd", moved=0.5),
)


def rows(count: int, correlation: float, moved: float, rng: np.random.Generator) -> Matrix:
    """Draw rows of the table."""
    numbers = rng.normal(size=(count, NUMBERS))
    numbers[:, 1] = correlation * numbers[:, 0] + np.sqrt(1 - correlation**2) * numbers[:, 1]
    numbers[:, 3:6] += moved
    numbers[:, 2] = np.exp(numbers[:, 2])
    numbers[rng.random(numbers.shape) < MISSING] = np.nan
    categories = [np.minimum(rng.geometric(2 / levels, count) - 1, levels - 1) for levels in LEVELS]
    flags = [rng.random(count) < YES for _ in range(FLAGS)]
    return np.column_stack([numbers, *categories, *flags]).astype(np.float32)


def sides(case: Case, size: int, seed: int) -> tuple[Matrix, Matrix]:
    """Draw a reference and a window."""
    rng = np.random.default_rng(seed)
    reference = rows(min(10 * size, MOST_REFERENCE), case.before, 0.0, rng)
    window = rows(size, case.after, case.moved, rng)
    return reference, case.copied(reference, window, rng) if case.copied else window


def has_drifted(reference: Matrix, window: Matrix) -> bool:
    """Return whether any column by itself has drifted."""
    profile = build_profile(SIGNATURE, reference, np.full(len(reference), 0.5))
    return bool(compare_profiles(profile, count_window(profile, window, np.full(len(window), 0.5)), SECTION).drifted)


def line(case: Case, size: int, repetitions: int) -> str:
    """Return a row of the table."""
    shifts: list[DomainShift] = []
    drifted = 0
    for seed in range(repetitions):
        reference, window = sides(case, size, seed)
        shifts.append(domain_shift(reference, window, COLUMNS, SECTION, seed=seed))
        drifted += has_drifted(reference, window)
    found, significant, holding = (
        statistics.fmean(values)
        for values in (
            [shift.is_shifted for shift in shifts],
            [shift.p_value < SECTION.significance for shift in shifts],
            [shift.low <= CHANCE <= shift.high for shift in shifts],
        )
    )
    auc = statistics.fmean(shift.auc for shift in shifts)
    return (
        f"| {case.name} | {size:,} | {repetitions} | {found:.3f} | {drifted / repetitions:.3f} | {significant:.3f} | "
        f"{holding:.3f} | {auc:.3f} |"
    )


def timed(case: Case) -> str:
    """Return the time of 10 000 rows of each side, the best of three."""
    spent = []
    for seed in range(3):
        reference, window = sides(case, TIMED_ROWS, seed)
        began, worked = time.perf_counter(), time.process_time()
        domain_shift(reference, window, COLUMNS, SECTION, seed=seed)
        spent.append((time.process_time() - worked, time.perf_counter() - began))
    worked, passed = min(spent)
    return f"| {case.name} | {worked:.2f} | {passed:.2f} |"


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="200,2000")
    parser.add_argument("--nulls", type=int, default=200)
    parser.add_argument("--changed", type=int, default=50)
    asked = parser.parse_args()
    print("| what changed | rows | windows | found | by any column | p < .01 | interval holds .5 | mean AUC |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for size in map(int, asked.sizes.split(",")):
        for cases, repetitions in ((UNCHANGED, asked.nulls), (CHANGED, asked.changed)):
            for case in cases:
                print(line(case, size, repetitions), flush=True)
    print(f"\n| {TIMED_ROWS:,} rows of each side | CPU, s | clock, s |")
    print("|---|--:|--:|")
    for case in (UNCHANGED[0], CHANGED[1]):
        print(timed(case), flush=True)


if __name__ == "__main__":
    main()
