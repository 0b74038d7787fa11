"""The tables of the drift measurements: twenty mixed columns, with and without seven planted changes.

Usage: .venv/bin/python benchmarks/drift/tables.py FOLDER [--rows 1000000] [--seed 0]

Writes `reference.parquet` and two windows of as many rows: `changed.parquet` with the seven changes, and
`unchanged.parquet` with none. `training.parquet` is the reference with a made-up target `y`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.signature import Column, Kind, Outcome, Signature

Floats = NDArray[np.float64]
NUMBERS = tuple(f"num{at}" for at in range(10))
CATEGORIES = tuple(f"cat{at}" for at in range(10))
NAMES = NUMBERS + CATEGORIES
LEVELS = (2, 3, 4, 5, 6, 8, 12, 20, 50, 200)
INTEGERS = frozenset({"num6", "num9"})
MISSING = {"num4": 0.05, "num8": 0.05, "cat2": 0.05, "cat6": 0.05}
TARGET = "y"


@dataclass(frozen=True, slots=True)
class Shape:
    """How the values of a number are drawn, and the standard deviation of their distribution."""

    draw: Callable[[np.random.Generator, int], Floats]
    deviation: float


def _spiked(rng: np.random.Generator, rows: int) -> Floats:
    """Draw values of which two of three are zero."""
    return np.where(rng.random(rows) < 2 / 3, 0.0, rng.gamma(2.0, 1.5, rows))


def _two_humps(rng: np.random.Generator, rows: int) -> Floats:
    return rng.standard_normal(rows) + np.where(rng.random(rows) < 1 / 2, -2.0, 2.0)


SHAPES = {
    "num0": Shape(lambda rng, rows: rng.normal(50.0, 10.0, rows), 10.0),
    "num1": Shape(lambda rng, rows: rng.gamma(4.0, 1.5, rows), 3.0),
    "num2": Shape(lambda rng, rows: rng.normal(50.0, 10.0, rows), 10.0),
    "num3": Shape(lambda rng, rows: rng.lognormal(7.0, 1.0, rows), math.exp(7.5) * math.sqrt(math.e - 1)),
    "num4": Shape(lambda rng, rows: rng.exponential(100.0, rows), 100.0),
    "num5": Shape(lambda rng, rows: rng.random(rows), math.sqrt(1 / 12)),
    "num6": Shape(lambda rng, rows: rng.poisson(7.0, rows).astype(np.float64), math.sqrt(7)),
    "num7": Shape(_spiked, math.sqrt(13.5 / 3 - 1)),
    "num8": Shape(_two_humps, math.sqrt(5)),
    "num9": Shape(lambda rng, rows: rng.geometric(0.05, rows).astype(np.float64), math.sqrt(0.95) / 0.05),
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What is planted in a window.

    Attributes
    ----------
    shifts
        By column, how far its mean moves, in standard deviations.
    missing
        By column, its new share of missing values.
    turned
        By category, the share of rows that change from the most frequent level to the least frequent one, from the
        second to the last but one, and so on.
    new_level
        By category, the share of rows that have a level of which the reference has none.
    """

    shifts: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, float] = field(default_factory=dict)
    turned: Mapping[str, float] = field(default_factory=dict)
    new_level: Mapping[str, float] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The changed columns, in the table's order."""
        changed = {*self.shifts, *self.missing, *self.turned, *self.new_level}
        return tuple(name for name in NAMES if name in changed)


NO_CHANGES = Changes()
# The smallest shift stands a little above 0.1, the floor of Evidently's default and of ours: at 0.1 itself the draw of
# the rows decides, and no rule.
SEVEN_CHANGES = Changes(
    shifts={"num0": 0.25, "num1": 0.22, "num2": 0.105},
    missing={"num8": 0.145},
    turned={"cat0": 0.55, "cat4": 0.85},
    new_level={"cat5": 0.02},
)


def table(rows: int, seed: int, changes: Changes = NO_CHANGES) -> pl.DataFrame:
    """Return rows of the twenty columns, drawn independently of each other.

    Parameters
    ----------
    rows
        How many.
    seed
        Of their draw: another one for the window than for the reference.
    changes
        What is planted.
    """
    rng = np.random.default_rng(seed)
    columns = [_number(name, rows, rng, changes) for name in NUMBERS]
    columns += [_category(name, levels, rows, rng, changes) for name, levels in zip(CATEGORIES, LEVELS, strict=True)]
    return pl.DataFrame(columns)


def with_target(features: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return a table with a target that depends on three numbers and a category."""
    rng = np.random.default_rng([seed, 1])  # not the stream that drew the features
    score = (features["num0"] - 50) / 10 + (features["num1"] - 6) / 4 - (features["num7"] - 1) / 2
    score += features["cat4"].eq(level("cat4", 0)).cast(pl.Float64)
    chance = 1 / (1 + np.exp(-score.to_numpy()))
    return features.with_columns(pl.Series(TARGET, (rng.random(features.height) < chance).astype(np.int8)))


def signature() -> Signature:
    """Return the twenty columns as a model would declare them."""
    numbers = [Column(name, Kind.INTEGER if name in INTEGERS else Kind.NUMBER) for name in NUMBERS]
    categories = [
        Column(name, Kind.CATEGORY, categories=tuple(level(name, at) for at in range(levels)))
        for name, levels in zip(CATEGORIES, LEVELS, strict=True)
    ]
    return Signature((*numbers, *categories), Outcome(TARGET, "0", "1"), accepts_unseen=True)


def level(name: str, at: int) -> str:
    """Return the text of a category's level."""
    return f"{name}_{at:03d}"


def _number(name: str, rows: int, rng: np.random.Generator, changes: Changes) -> pl.Series:
    shape = SHAPES[name]
    values = shape.draw(rng, rows) + changes.shifts.get(name, 0.0) * shape.deviation
    share = changes.missing.get(name, MISSING.get(name, 0.0))
    series = pl.Series(name, values).cast(pl.Int64) if name in INTEGERS else pl.Series(name, values)
    return _thinned(series, share, rng)


def _category(name: str, levels: int, rows: int, rng: np.random.Generator, changes: Changes) -> pl.Series:
    chances = 1 / np.arange(1, levels + 1)
    codes = rng.choice(levels, rows, p=chances / chances.sum()).astype(np.int64)
    is_turned = rng.random(rows) < changes.turned.get(name, 0.0)
    codes = np.where(is_turned, levels - 1 - codes, codes)
    codes = np.where(rng.random(rows) < changes.new_level.get(name, 0.0), levels, codes)
    words = pl.Series(name, [level(name, at) for at in range(levels + 1)])
    return _thinned(words.gather(codes), MISSING.get(name, 0.0), rng)


def _thinned(series: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    """Return a column with a share of its values missing."""
    if not share:
        return series
    is_known = pl.Series(rng.random(len(series)) >= share)
    return pl.select(pl.when(is_known).then(series).alias(series.name)).to_series()


def write_tables(folder: Path, rows: int, seed: int) -> None:
    """Write the reference, both windows, and the table to train on."""
    folder.mkdir(parents=True, exist_ok=True)
    reference = table(rows, seed)
    reference.write_parquet(folder / "reference.parquet")
    with_target(reference, seed).write_parquet(folder / "training.parquet")
    table(rows, seed + 1, SEVEN_CHANGES).write_parquet(folder / "changed.parquet")
    table(rows, seed + 2).write_parquet(folder / "unchanged.parquet")


def main() -> None:
    """Write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    write_tables(asked.folder, asked.rows, asked.seed)


if __name__ == "__main__":
    main()
