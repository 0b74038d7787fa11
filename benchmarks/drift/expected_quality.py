"""The estimate of quality without labels against what turned out, without concept drift and with it.

Usage: KEEPFIT_DATA_MIRROR=... .venv/bin/python benchmarks/drift/expected_quality.py [--seeds 5] [--shuffles 10]
[--tables credit,heart] [--out FILE]

For each table and seed a LightGBM of 100 trees learns, with its calibration and its threshold, from one half of the
rows; a quarter is the reference and the last quarter the window, which two are mixed anew in each shuffle. Three
windows are looked at:

- `same`: as it is;
- `data shifted`: a row's chance to stay in it rises with its rank in the number that the scores go with most, from a
  tenth to one; the labels mean what they meant;
- `meaning shifted`: `same`, but where that number is in its upper third, every other label is turned over.

Errors are of the window's own labels, so they hold the chance of the window as well as that of the reference. `chance`
is the mean absolute error that the window's rows alone make (by the bootstrap), which no estimate can go below by much;
`held-out` is what it would be to take the reference's score for the window's. Prints a table in Markdown; errors within
0.02 are bold.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keepfit.bundle import Recipe
from keepfit.chance import TWO_SIDED
from keepfit.datasets import fetch_table, prepare_dataset
from keepfit.evaluation import score_intervals, scores
from keepfit.monitoring import concept_shift, expected_quality
from keepfit.profiles.output import output_profile
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.project.training_section import TrainingSection
from keepfit.scoring import history_door
from keepfit.scoring.graph import Graph
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, search

TABLES: dict[str, dict[str, Any]] = {
    "heart": {"source": "heart", "target": "target", "positive": "1"},
    "wine": {"source": "wine-red", "target": "quality", "positive_above": 6.5},
    "credit": {"source": "credit", "target": "Status", "positive": "good", "entity": "rownames"},
    "bank": {"source": "bank-marketing", "target": "y", "positive": "yes"},
    "bank, whole": {"source": "bank-marketing-full", "target": "y", "positive": "yes"},
}
SYNTHETIC = {"synthetic 4,000": 4000, "synthetic 40,000": 40_000}
METRICS = ("f1", "roc_auc")
WITHIN = 0.02
TURNED = 0.5
CERTAIN = 0.01


@dataclass(frozen=True)
class Rows:
    """Rows from the door with their labels."""

    matrix: np.ndarray
    labels: np.ndarray
    signature: Signature


@dataclass(frozen=True)
class Scored:
    """Rows that the model did not learn from, its answers to them, its threshold, and the number that is shifted."""

    probability: np.ndarray
    labels: np.ndarray
    driver: np.ndarray
    threshold: float


@dataclass(frozen=True)
class Window:
    """A kind of window: its rows with their labels, and the rows of the reference, as places among the scored ones."""

    kind: str
    rows: np.ndarray
    labels: np.ndarray
    reference: np.ndarray


@dataclass(frozen=True)
class Line:
    """What one window showed, by metric: errors of the estimate, of chance, of the held-out score; and if it held."""

    table: str
    kind: str
    window_rows: int
    errors: dict[str, float]
    chance: dict[str, float]
    held_out: dict[str, float]
    is_within: dict[str, bool]
    p_value: float


def rows_of(name: str) -> Rows:
    """Return a table of the catalogue, or generated rows whose outcome is a logit of six numbers."""
    if name in SYNTHETIC:
        rng = np.random.default_rng(0)
        matrix = rng.normal(size=(SYNTHETIC[name], 6)).astype(np.float32)
        logit = matrix @ np.array([1.2, -0.8, 0.5, 0.3, 0.0, 0.0]) + 0.6 * matrix[:, 0] * matrix[:, 1] - 0.7
        labels = (rng.random(len(matrix)) < 1 / (1 + np.exp(-logit))).astype(np.int8)
        columns = tuple(Column(f"x{at}", Kind.NUMBER) for at in range(6))
        return Rows(matrix, labels, Signature(columns, Outcome("y", "no", "yes")))
    data = DataSection.model_validate(TABLES[name])
    with tempfile.TemporaryDirectory() as folder:
        table = fetch_table(data, folder=Path(folder), cache=Path(folder) / "cache", seed=0)
        dataset = prepare_dataset(table, data, SplitSection(), RequestSection(), seed=0)
    if dataset.source.origin == "twin":
        raise SystemExit(f"{name} is not at hand: set KEEPFIT_DATA_MIRROR, or connect to the network")
    return Rows(history_door(dataset.signature).table(dataset.frame), dataset.target, dataset.signature)


def scored(rows: Rows, name: str, seed: int) -> Scored:
    """Fit on one half and score the other."""
    order = np.random.default_rng(seed).permutation(len(rows.labels))
    fitted, rest = np.sort(order[: len(order) // 2]), order[len(order) // 2 :]
    found = search(
        [Recipe("lightgbm", {"n_estimators": 100})],
        rows.signature,
        SearchRows(rows.matrix, rows.labels, fitted, rest),
        section=TrainingSection(),
        seed=seed,
    )
    graph = Graph(found.best.model.to_onnx(), where=name)
    probability = np.asarray(graph.probabilities(rows.matrix[rest]), dtype=np.float64)
    driver = rows.matrix[rest][:, driver_of(rows, rest, probability)]
    return Scored(probability, rows.labels[rest], driver, found.best.threshold)


def driver_of(rows: Rows, rest: np.ndarray, probability: np.ndarray) -> int:
    """Return the number that the scores go with most: the greatest correlation of ranks."""
    numbers = [at for at, column in enumerate(rows.signature.columns) if column.kind.is_ordered]
    ranked = probability.argsort().argsort()
    return max(
        numbers,
        key=lambda at: abs(np.corrcoef(np.nan_to_num(rows.matrix[rest, at]).argsort().argsort(), ranked)[0, 1]),
    )


def windows(scored: Scored, seed: int) -> Iterator[Window]:
    """Yield each kind of window."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(scored.labels))
    reference, window = order[: len(order) // 2], order[len(order) // 2 :]
    rank = scored.driver[window].argsort().argsort() / len(window)
    labels = scored.labels[window]
    yield Window("same", window, labels, reference)
    kept = rng.random(len(window)) < 0.1 + 0.9 * rank
    yield Window("data shifted", window[kept], labels[kept], reference)
    turned = (rank > 2 / 3) & (rng.random(len(window)) < TURNED)
    yield Window("meaning shifted", window, np.where(turned, 1 - labels, labels).astype(np.int8), reference)


def lines_of(name: str, seeds: int, shuffles: int) -> Iterator[Line]:
    """Yield what every window of a table shows."""
    rows = rows_of(name)
    for seed in range(seeds):
        answers = scored(rows, name, seed)
        for shuffle in range(shuffles):
            for window in windows(answers, 1000 * seed + shuffle):
                yield measured(name, answers, window)


def measured(name: str, answers: Scored, window: Window) -> Line:
    """Compare the estimate with what turned out."""
    past, labels = answers.probability[window.reference], answers.labels[window.reference]
    reference = output_profile("y", past, labels, threshold=answers.threshold)
    probability = answers.probability[window.rows]
    expected = expected_quality(reference, reference.count(probability), seed=0)
    if expected.reason:
        raise SystemExit(f"{name}: {expected.reason}")
    turned_out = score_intervals(window.labels, probability, answers.threshold, seed=0, resamples=200)
    truth = {metric: turned_out[metric].value for metric in METRICS}
    widths = {metric: turned_out[metric].high - turned_out[metric].low for metric in METRICS}
    before = scores(labels, past, answers.threshold)
    estimates = {metric: expected.scores[metric] for metric in METRICS}
    return Line(
        name,
        window.kind,
        len(window.rows),
        {metric: one.value - truth[metric] for metric, one in estimates.items()},
        {metric: math.sqrt(2 / math.pi) * width / (2 * TWO_SIDED) for metric, width in widths.items()},
        {metric: before[metric] - truth[metric] for metric in METRICS},
        {metric: bool(one.low <= truth[metric] <= one.high) for metric, one in estimates.items()},
        concept_shift(reference, reference.count(probability, window.labels), seed=0).p_value,
    )


def table_of(lines: list[Line]) -> str:
    """Return the means as a table in Markdown."""
    columns = ["table", "window", "rows"]
    for metric in ("F1", "ROC AUC"):
        columns += [f"{metric}: mean error", "mean abs. error", "chance", "held-out", "in the interval"]
    columns.append(f"concept shift, p < {CERTAIN:g}")
    told = [f"| {' | '.join(columns)} |", f"|---|---|{'--:|' * (len(columns) - 2)}"]
    for name, kind in dict.fromkeys((line.table, line.kind) for line in lines):
        mine = [line for line in lines if (line.table, line.kind) == (name, kind)]
        cells = [name, kind, f"{np.mean([line.window_rows for line in mine]):,.0f}"]
        for metric in METRICS:
            errors = np.array([line.errors[metric] for line in mine])
            apart = np.abs(errors).mean()
            shown = f"**{apart:.4f}**" if apart <= WITHIN else f"{apart:.4f}"
            chance = np.mean([line.chance[metric] for line in mine])
            before = np.mean([abs(line.held_out[metric]) for line in mine])
            held = np.mean([line.is_within[metric] for line in mine])
            cells += [f"{errors.mean():+.4f}", shown, f"{chance:.4f}", f"{before:.4f}", f"{held:.0%}"]
        cells.append(f"{np.mean([line.p_value < CERTAIN for line in mine]):.0%}")
        told.append(f"| {' | '.join(cells)} |")
    return "\n".join(told)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", help="names with commas between them; without it all of them")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--shuffles", type=int, default=10)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    names = asked.tables.split(",") if asked.tables else [*TABLES, *SYNTHETIC]
    found: list[Line] = []
    for name in names:
        found += lines_of(name, asked.seeds, asked.shuffles)
        if asked.out:
            asked.out.write_text("".join(f"{json.dumps(asdict(line))}\n" for line in found))
    print(table_of(found))


if __name__ == "__main__":
    warnings.filterwarnings("error")
    main()
