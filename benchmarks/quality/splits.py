"""The default declaration on tables and splits: how well, how fast, how large.

Usage: .venv/bin/python benchmarks/quality/splits.py [--splits 0,1,2] [--tables credit,heart] [--out FILE]

For each table and split (`train_test_split(test_size=.25, stratify=y, random_state=s)`, to the same rows): source and
target are declared and nothing else; training sees the training part only; ROC AUC and log-loss are those of the rest,
by the exported graph with its calibration. A row's cost is the median over single distinct rows, in process, on one
thread; beside it that of a LightGBM of 200 trees on the same rows, by which machines can be compared. Prints a line of
JSON for each fit, and a table of means in Markdown.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from keepfit.bundle import Recipe
from keepfit.datasets import Dataset, fetch_table, prepare_dataset
from keepfit.evaluation import scores
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.project.training_section import TrainingSection
from keepfit.scoring import history_door
from keepfit.scoring.graph import Graph
from keepfit.training import SearchRows, expand_candidates, search

SECTION = TrainingSection()
ROWS_TIMED = 2000
TABLES: dict[str, dict[str, Any]] = {
    "credit": {"source": "credit", "target": "Status", "positive": "good", "entity": "rownames"},
    "heart": {"source": "heart", "target": "target", "positive": "1"},
    "wine": {"source": "wine-red", "target": "quality", "positive_above": 6.5},
    "bank": {"source": "bank-marketing", "target": "y", "positive": "yes"},
    "bank without duration": {"source": "bank-marketing", "target": "y", "positive": "yes", "drop": ["duration"]},
}


def prepared(name: str, split: int, folder: Path) -> Dataset:
    """Return a table of the catalogue, or one that scikit-learn brings along, with its split."""
    if name in TABLES:
        data = DataSection.model_validate(TABLES[name])
    else:
        from sklearn import datasets as stock  # noqa: PLC0415 - only for tables of its own

        bunch = getattr(stock, f"load_{name}")(as_frame=True)
        pl.from_pandas(bunch.frame).write_csv(folder / f"{name}.csv")
        data = DataSection(source=f"{name}.csv", target="target", positive="1")
    table = fetch_table(data, folder=folder, cache=folder / "cache", seed=0)
    return prepare_dataset(table, data, SplitSection(holdout=0.25), RequestSection(), seed=split)


def row_cost(graph: Graph, matrix: np.ndarray) -> float:
    """Return the median microseconds of one row, each time another one."""
    spent = []
    for at in range(ROWS_TIMED):
        row = matrix[at % len(matrix)][None]
        began = time.perf_counter()
        graph.probabilities(row)
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1e6


def measure(name: str, split: int) -> dict[str, Any]:
    """Train on one split of one table and measure what comes of it."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = prepared(name, split, Path(folder))
    matrix = history_door(dataset.signature).table(dataset.frame)
    rows = SearchRows(matrix, dataset.target, dataset.split.train, dataset.split.holdout, groups=dataset.groups)
    began = time.perf_counter()
    found = search(expand_candidates(SECTION.candidates), dataset.signature, rows, section=SECTION, seed=split)
    seconds = time.perf_counter() - began
    model = found.best.model.to_onnx()
    graph = Graph(model, where=name)
    held_out = graph.probabilities(matrix[rows.holdout])
    measured = scores(rows.labels[rows.holdout], held_out, found.best.threshold)
    plain = search([Recipe("lightgbm", {"n_estimators": 200})], dataset.signature, rows, section=PLAIN, seed=split)
    return {
        "table": name,
        "split": split,
        "origin": str(dataset.source.origin),
        "roc_auc": measured["roc_auc"],
        "log_loss": measured["log_loss"],
        "seconds": seconds,
        "megabytes": len(model) / 1e6,
        "row_us": row_cost(graph, matrix),
        "lightgbm_200_row_us": row_cost(Graph(plain.best.model.to_onnx(), where=name), matrix),
        "members": {member.name: round(member.weight, 2) for member in found.members if member.weight},
    }


PLAIN = TrainingSection(threshold=0.5, calibration="none")


def means(found: list[dict[str, Any]]) -> str:
    """Return a table of means over the splits."""
    lines = [
        "| table | splits | ROC AUC | log-loss | fit, s | bundle, MB | row, µs | LightGBM 200, row, µs |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in dict.fromkeys(one["table"] for one in found):
        mine = [one for one in found if one["table"] == name]
        mean = {key: statistics.fmean(one[key] for one in mine) for key in ("roc_auc", "log_loss", "seconds")}
        most = max(one["megabytes"] for one in mine)
        cost, plain = (statistics.median(one[key] for one in mine) for key in ("row_us", "lightgbm_200_row_us"))
        lines.append(
            f"| {name} | {len(mine)} | {mean['roc_auc']:.4f} | {mean['log_loss']:.4f} | {mean['seconds']:.0f} | "
            f"{most:.1f} | {cost:.0f} | {plain:.0f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", default="0,1,2")
    parser.add_argument("--tables", default=",".join(TABLES))
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found = []
    for name in asked.tables.split(","):
        for split in map(int, asked.splits.split(",")):
            found.append(measure(name, split))
            print(json.dumps(found[-1]), flush=True)
            if asked.out:
                asked.out.write_text("".join(f"{json.dumps(one)}\n" for one in found))
    print(f"\n{means(found)}")


if __name__ == "__main__":
    main()
