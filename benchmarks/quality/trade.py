"""What the size of the ensemble's forests buys: score against the cost of a row and the size of the bundle.

Usage: .venv/bin/python benchmarks/quality/trade.py [--splits 0,1,2] [--tables wine,bank,heart,credit]

Fits the default on the same splits as `splits.py` with 25, 50, 100 and 200 trees a forest, prints a table of means in
Markdown, and draws log-loss against the cost of a row into `docs/pictures/trade.svg`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from splits import SECTION, prepared, row_cost  # the file beside this one

from keepfit.evaluation import scores
from keepfit.reporting import write_drawings
from keepfit.reporting.figures import Curve, curve_chart
from keepfit.reporting.page import Page, Section
from keepfit.scoring import history_door
from keepfit.scoring.graph import Graph
from keepfit.training import SearchRows, expand_candidates, search
from keepfit.training.ensemble import forest, graph

SIZES = (25, 50, 100, 200)
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def measure(name: str, split: int, trees: int) -> dict[str, Any]:
    """Fit with so many trees a forest, and measure score, size and the cost of a row."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = prepared(name, split, Path(folder))
    matrix = history_door(dataset.signature).table(dataset.frame)
    rows = SearchRows(matrix, dataset.target, dataset.split.train, dataset.split.holdout, groups=dataset.groups)
    with mock.patch.object(forest, "TREES", trees), mock.patch.object(graph, "TREES", trees):
        found = search(expand_candidates(SECTION.candidates), dataset.signature, rows, section=SECTION, seed=split)
        model = found.best.model.to_onnx()
    exported = Graph(model, where=name)
    measured = scores(rows.labels[rows.holdout], exported.probabilities(matrix[rows.holdout]), 0.5)
    return {
        "table": name,
        "split": split,
        "trees": trees,
        "roc_auc": measured["roc_auc"],
        "log_loss": measured["log_loss"],
        "megabytes": len(model) / 1e6,
        "row_us": row_cost(exported, matrix),
    }


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", default="0,1,2")
    parser.add_argument("--tables", default="wine,bank,heart,credit")
    asked = parser.parse_args()
    names, splits = asked.tables.split(","), [int(split) for split in asked.splits.split(",")]
    found = []
    for name in names:
        for split in splits:
            for trees in SIZES:
                found.append(measure(name, split, trees))
                print(json.dumps(found[-1]), flush=True)
    print("\n| trees | ROC AUC | log-loss | bundle, MB | row, µs |\n|--:|--:|--:|--:|--:|")
    points = []
    for trees in SIZES:
        mine = [one for one in found if one["trees"] == trees]
        area, loss, size, cost = (
            statistics.fmean(one[key] for one in mine) for key in ("roc_auc", "log_loss", "megabytes", "row_us")
        )
        print(f"| {trees} | {area:.4f} | {loss:.4f} | {size:.1f} | {cost:.0f} |")
        points.append((cost, loss))
    title = f"Log-loss by the cost of a row: {', '.join(map(str, SIZES))} trees a forest"
    chart = curve_chart(title, [Curve("mean", sorted(points))], x_name="µs a row", y_name="log-loss", is_share=False)
    with tempfile.TemporaryDirectory() as folder:
        (drawn,) = write_drawings(Page(title="trade", subtitle="", sections=[Section("trade", [chart])]), Path(folder))
        (PICTURES / "trade.svg").write_bytes(drawn.read_bytes())


if __name__ == "__main__":
    main()
