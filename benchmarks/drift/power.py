"""Which changes are found, and how often something is found that is not there: our rule, Evidently's and NannyML's.

Usage: .venv/bin/python benchmarks/drift/power.py [--windows 200] [--real 20] [--skip-peers]

Twenty mixed columns (`tables.py`), 20 000 rows of reference; the means of three columns of the window are shifted. For
each line `--windows` windows are drawn, each with a reference of its own:

- ours: `keepfit.monitoring` with the default limits;
- Evidently's default rule, recomputed (`evidently_rule.py`) on the same tables; the package itself judges `--real`
  other windows, and the table's last column tells on how many of these the two name the same columns;
- NannyML's univariate drift, Wasserstein and Jensen-Shannon: the package itself, its thresholds from 20 chunks of the
  window's size, so its reference has 20 windows' rows. Each of `--windows` windows (30 at the most of those of 20 000
  rows) is a chunk.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.monitoring import compare_profiles
from keepfit.profiles import build_profile, count_window
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.scoring import history_door

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

import evidently_rule
from processes import measure, peer_python
from tables import Changes, signature, table

HERE = Path(__file__).parent
REFERENCE_ROWS = 20_000
NANNYML_CHUNKS = 20
NANNYML_ROWS = 600_000  # of all the windows that it judges: it holds them in memory at once
SHIFTED = ("num0", "num1", "num2")
SHIFTS = (0.0, 0.1, 0.25, 0.5)
SIZES = (200, 2000, 20_000)
Found = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the table: the rows of a window, the shift in standard deviations, and how many windows are drawn."""

    size: int
    shift: float
    windows: int

    @property
    def planted(self) -> Found:
        """The columns that have changed."""
        return SHIFTED if self.shift else ()

    @property
    def changes(self) -> Changes:
        """What is planted."""
        return Changes(shifts=dict.fromkeys(self.planted, self.shift))

    def seed(self, at: int, part: int) -> int:
        """Return the seed of a table: reference or window, for the rules (0, 1) and for the packages (2, 3)."""
        state = np.random.SeedSequence([self.size, round(100 * self.shift), at, part]).generate_state(1)
        return int(state[0])


@dataclass(frozen=True, slots=True)
class Told:
    """What the rules said of each window; `same` are the windows on which Evidently and its rule agree, of `real`."""

    ours: tuple[Found, ...]
    evidently: tuple[Found, ...]
    nannyml: tuple[Found, ...] = ()
    same: int = 0
    real: int = 0


def ours(reference: pl.DataFrame, window: pl.DataFrame) -> Found:
    """Return the columns that we call drifted."""
    columns = signature()
    door = history_door(columns)
    old, new = door.table(reference), door.table(window)
    profile = build_profile(columns, old, made_up_scores(old))
    drift = compare_profiles(profile, count_window(profile, new, made_up_scores(new)), MonitoringSection())
    return tuple(column.name for column in drift.drifted)


def made_up_scores(matrix: Matrix) -> NDArray[np.float64]:
    """Return probabilities that depend on two columns that are never shifted."""
    return 1 / (1 + np.exp(-(matrix[:, 5].astype(np.float64) + matrix[:, 10] - 1)))


def by_rules(cell: Cell) -> Told:
    """Return what our rule and Evidently's say of the same windows."""
    found = []
    for at in range(cell.windows):
        reference = table(REFERENCE_ROWS, cell.seed(at, 0))
        window = table(cell.size, cell.seed(at, 1), cell.changes)
        found.append((ours(reference, window), evidently_rule.drifted(reference, window)))
    mine, theirs = zip(*found, strict=True)
    return Told(mine, theirs)


def evidently_itself(cell: Cell, real: int, folder: Path) -> tuple[int, int]:
    """Return on how many windows the package names the columns that its recomputed rule names, and of how many."""
    reference = table(REFERENCE_ROWS, cell.seed(0, 2))
    windows = [table(cell.size, cell.seed(at, 3), cell.changes) for at in range(real)]
    files = [folder / f"window{at}.parquet" for at in range(real)]
    for file, window in zip(files, windows, strict=True):
        window.write_parquet(file)
    reference.write_parquet(folder / "reference.parquet")
    python = peer_python(HERE / "peers" / "evidently.txt")
    command = [str(python), str(HERE / "evidently_peer.py"), str(folder / "reference.parquet"), *map(str, files)]
    said = [json.loads(line)["found"] for line in measure(command, os.environ).said.splitlines()]
    recomputed = [evidently_rule.drifted(reference, window) for window in windows]
    return sum(set(a) == set(b) for a, b in zip(said, recomputed, strict=True)), real


def nannyml_itself(cell: Cell, folder: Path) -> tuple[Found, ...]:
    """Return the columns that the package raises an alert for, window by window."""
    windows = min(cell.windows, NANNYML_ROWS // cell.size)
    table(NANNYML_CHUNKS * cell.size, cell.seed(0, 2)).write_parquet(folder / "reference.parquet")
    table(windows * cell.size, cell.seed(1, 2), cell.changes).write_parquet(folder / "windows.parquet")
    python = peer_python(HERE / "peers" / "nannyml.txt")
    tables = [str(folder / "reference.parquet"), str(folder / "windows.parquet")]
    command = [str(python), str(HERE / "nannyml_peer.py"), *tables, "--chunk-rows", str(cell.size)]
    said = json.loads(measure(command, os.environ).said.splitlines()[-1])
    assert said["chunks"] == windows, said["chunks"]  # or a chunk is no window
    return tuple(tuple(name for name, chunks in said["alerts"].items() if at in chunks) for at in range(windows))


def rates(cell: Cell, found: Sequence[Found]) -> str:
    """Return the share of shifted columns found, of windows with all three, and of windows with any other column."""
    if not found:
        return "| | | "
    hits = np.array([sum(name in cell.planted for name in one) for one in found])
    stray = np.array([sum(name not in cell.planted for name in one) for one in found])
    false = f"| {(stray > 0).mean():.3f} "
    if not cell.planted:
        return f"| | {false}"
    return f"| {hits.mean() / len(cell.planted):.3f} | {(hits == len(cell.planted)).mean():.3f} {false}"


def lines(cells: Sequence[Cell], told: Sequence[Told]) -> Iterator[str]:
    """Yield the table in Markdown."""
    three = "found | all three | false"
    yield f"| window, rows | shift, sd | ours: {three} | Evidently's rule: {three} | NannyML: {three} | the same |"
    yield f"|--:|--:|{'--:|' * 10}"
    for cell, one in zip(cells, told, strict=True):
        rules = "".join(rates(cell, found) for found in (one.ours, one.evidently, one.nannyml))
        same = f"{one.same} of {one.real}" if one.real else ""
        yield f"| {cell.size:,} | {cell.shift:g} {rules}| {same} |"


def with_packages(cell: Cell, told: Told, real: int) -> Told:
    """Return what is said of a cell, with what the packages themselves say."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        same, judged = evidently_itself(cell, real, folder)
        return replace(told, nannyml=nannyml_itself(cell, folder), same=same, real=judged)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=200, help="windows for each line")
    parser.add_argument("--real", type=int, default=20, help="windows for each line that Evidently itself judges")
    parser.add_argument("--skip-peers", action="store_true", help="install and run nothing of others")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes at a time")
    asked = parser.parse_args()
    cells = [Cell(size, shift, asked.windows) for size in SIZES for shift in SHIFTS]
    told = []
    with ProcessPoolExecutor(asked.workers) as workers:
        for cell, one in zip(cells, workers.map(by_rules, cells), strict=True):
            print(f"{cell.size} rows, {cell.shift} sd", file=sys.stderr)
            told.append(one)
    if not asked.skip_peers:
        told = [with_packages(cell, one, asked.real) for cell, one in zip(cells, told, strict=True)]
    print("\n".join(lines(cells, told)))


if __name__ == "__main__":
    main()
