"""How often a check says that something has changed when nothing has, on the examples' tables.

Usage: KEEPFIT_DATA_MIRROR=... .venv/bin/python benchmarks/drift/false_alarms.py [--windows 500] [--tables NAME,NAME]

Each table is cut into two halves by chance. A small model is fitted on the one (histogram gradient boosting of 50
trees, for all tables), and scores the other, which is the population: windows are drawn from its rows with
replacement, so nothing has changed. The reference profile is, in turn, of that very half, and of as many rows as it
has (20 000 at the most) that are drawn from it anew for each window: then both sides have the error of a sample, and
a window has categories that its reference has not seen. The limits are those that the example declares. Rows are drawn
independently: a stream with seasons will alarm more often.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.datasets import fetch_table, prepare_dataset
from keepfit.datasets.twins.santander import write_panel
from keepfit.monitoring import State, compare_profiles, judge
from keepfit.profiles import Profile, build_profile, count_window
from keepfit.project import Project, find_project_file, read_project
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.scoring import history_door
from keepfit.signature import Kind, Signature

EXAMPLES = Path(__file__).parents[2] / "examples"
PANEL = "product-recommendation"
PANEL_ROWS = 200_000
SIZES = (200, 2000, 20_000)
REDRAWN_ROWS = 20_000
SEED = 0
LEAST_CATEGORIES = 255  # what the boosting takes of a category
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference profile, and what the codes of each category are in its own vocabulary; by the column's position."""

    profile: Profile
    codes: Mapping[int, Matrix]


@dataclass(frozen=True, slots=True)
class Population:
    """The half of a table that windows are drawn from.

    Attributes
    ----------
    name
        The example.
    signature, matrix, probability
        Its rows: columns, values `(n_rows, n_features)`, and what the model says of them, `(n_rows,)`.
    section
        The limits.
    """

    name: str
    signature: Signature
    matrix: Matrix
    probability: NDArray[np.float64]
    section: MonitoringSection

    def reference(self, rows: NDArray[np.int64]) -> Reference:
        """Return the reference that is made of some rows: like a bundle's, it knows the categories of these alone."""
        matrix = self.matrix[rows]
        columns, codes = list(self.signature.columns), {}
        for at, column in enumerate(columns):
            if column.kind is not Kind.CATEGORY:
                continue
            words = (*column.categories, "any other")
            seen = np.unique(matrix[:, at][~np.isnan(matrix[:, at])]).astype(np.int64)
            codes[at] = np.full(len(words), len(seen), dtype=np.float32)
            codes[at][seen] = np.arange(len(seen))
            columns[at] = replace(column, categories=tuple(words[code] for code in seen))
        signature = replace(self.signature, columns=tuple(columns))
        profile = build_profile(signature, encoded(matrix, codes), self.probability[rows])
        return Reference(profile, codes)

    def window(self, reference: Reference, rows: NDArray[np.int64]) -> Profile:
        """Return the profile of some rows in the reference's bins."""
        return count_window(reference.profile, encoded(self.matrix[rows], reference.codes), self.probability[rows])


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the table: a population, the rows of a window, and where the reference is from."""

    population: Population
    size: int
    windows: int
    is_redrawn: bool

    @property
    def reference_rows(self) -> int:
        """How many rows the reference has."""
        rows = len(self.population.matrix)
        return min(rows, REDRAWN_ROWS) if self.is_redrawn else rows


@dataclass(frozen=True, slots=True)
class Rates:
    """What was said of the windows of a cell: how many of each state, and how often each column was called drifted."""

    states: Counter[State]
    with_column: int
    columns: Counter[str]


def encoded(matrix: Matrix, codes: Mapping[int, Matrix]) -> Matrix:
    """Return rows in a reference's own codes: what it has not seen has the code after its last."""
    own = matrix.copy()
    for at, its in codes.items():
        is_known = ~np.isnan(matrix[:, at])
        own[is_known, at] = its[matrix[is_known, at].astype(np.int64)]
    return own


def population(name: str, folder: Path) -> Population:
    """Return the half of an example's table that was not learnt, with its scores."""
    file = find_project_file(EXAMPLES / name)
    project = read_project(file)
    if name == PANEL:
        project = on_panel(project, folder)
    table = fetch_table(project.data, folder=file.parent, cache=folder, seed=project.project.seed)
    dataset = prepare_dataset(table, project.data, project.split, project.request, seed=project.split_seed)
    matrix = history_door(dataset.signature).table(dataset.frame)
    learnt, drawn_from = np.array_split(np.random.default_rng(SEED).permutation(len(matrix)), 2)
    model = fitted(dataset.signature, matrix[learnt], dataset.target[learnt])
    probability = model.predict_proba(matrix[drawn_from])[:, 1]
    return Population(name, dataset.signature, matrix[drawn_from], probability, project.monitoring)


def on_panel(project: Project, folder: Path) -> Project:
    """Return the recommender's project on the beginning of its panel."""
    panel = folder / "panel.parquet"
    write_panel(panel, rows=PANEL_ROWS, seed=project.project.seed)
    return project.model_copy(update={"data": project.data.model_copy(update={"source": str(panel)})})


def fitted(signature: Signature, matrix: Matrix, target: NDArray[np.int8]):  # noqa: ANN201 - scikit-learn has no types
    """Return a small model."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - heavy, and not for the workers

    is_category = [
        column.kind is Kind.CATEGORY and len(column.categories) < LEAST_CATEGORIES for column in signature.columns
    ]
    return HistGradientBoostingClassifier(
        max_iter=50, categorical_features=np.array(is_category), random_state=SEED, early_stopping=False
    ).fit(matrix, target)


def rates(cell: Cell) -> Rates:
    """Return what is said of windows in which nothing has changed."""
    one, rows = cell.population, len(cell.population.matrix)
    rng = np.random.default_rng([SEED, cell.size, cell.is_redrawn])
    reference = one.reference(np.arange(rows))
    states: Counter[State] = Counter()
    columns: Counter[str] = Counter()
    with_column = 0
    for _ in range(cell.windows):
        if cell.is_redrawn:
            reference = one.reference(rng.integers(0, rows, cell.reference_rows))
        window = one.window(reference, rng.integers(0, rows, cell.size))
        drift = compare_profiles(reference.profile, window, one.section)
        states[judge(drift, None, one.section).state] += 1
        with_column += bool(drift.drifted)
        columns.update(column.name for column in drift.drifted)
    return Rates(states, with_column, columns)


def lines(cells: Sequence[Cell], found: Sequence[Rates]) -> Iterator[str]:
    """Yield the table in Markdown."""
    yield "| table | columns | reference, rows | reference | window, rows | alarm | any column drifted | warn | by |"
    yield "|---|--:|--:|---|--:|--:|--:|--:|---|"
    for cell, one in zip(cells, found, strict=True):
        name, columns = cell.population.name, len(cell.population.signature.columns)
        alarm, warn = one.states[State.ALARM] / cell.windows, one.states[State.WARN] / cell.windows
        by = ", ".join(f"{column} {count}" for column, count in one.columns.most_common(SHOWN))
        yield (
            f"| {name} | {columns} | {cell.reference_rows:,} | {'drawn anew' if cell.is_redrawn else 'the half'} "
            f"| {cell.size:,} | {alarm:.1%} | {one.with_column / cell.windows:.1%} | {warn:.1%} | {by} |"
        )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())
    parser.add_argument("--windows", type=int, default=500, help="windows for each line")
    parser.add_argument("--tables", type=lambda text: text.split(","), default=names)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes at a time")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        populations = [population(name, Path(folder)) for name in asked.tables]
    cells = [
        Cell(one, size, asked.windows, is_redrawn)
        for one in populations
        for is_redrawn in (False, True)
        for size in SIZES
    ]
    found = []
    with ProcessPoolExecutor(asked.workers) as workers:
        for cell, one in zip(cells, workers.map(rates, cells), strict=True):
            print(cell.population.name, cell.size, dict(one.states), file=sys.stderr)
            found.append(one)
    print("\n".join(lines(cells, found)))


if __name__ == "__main__":
    main()
