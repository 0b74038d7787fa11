"""The models of the serving benchmark, and the requests that are sent to them.

Usage: .venv/bin/python benchmarks/serving/models.py MODEL FOLDER

Trains a project on the credit table whose only candidate is the model, and writes into the folder what a run needs:

- `project/`: the project with its champion, for `keepfit serve`;
- `bodies.jsonl`: a record a line, all different, with the nulls that the table has;
- `expected.json`: what the fitted scikit-learn pipeline, not the exported graph, says of each of them;
- `train.csv`: the rows that it was fitted on, for the peers' pipelines;
- `facts.json`: the model, and where the table came from.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
import polars as pl

from keepfit.datasets import Dataset
from keepfit.scoring import history_door
from keepfit.training import FittedModel
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

FOREST = '[[training.candidates]]\nmodel = "random_forest"\ngrid = { n_estimators = [141] }'
MODELS = {
    "random_forest": FOREST,
    "lightgbm": '[[training.candidates]]\nmodel = "lightgbm"\ngrid = { n_estimators = [200] }',
    # a step of another package, which no graph can hold: it is answered by a process of its own
    "pipeline": f'[[training.features]]\nstep = "rings"\ncolumns = ["Income", "Price"]\n\n{FOREST}',
}
PACKAGE = Path(__file__).parents[2] / "tests" / "training" / "example_package"
BODIES = 1000
SEED = 42
PROJECT = """\
[project]
name = "serving-benchmark"
pipelines = "apart"

[data]
source = "credit"
target = "Status"
positive = "good"
drop = ["rownames"]

[request]
missing = "accept"
unseen = "accept"

[training]
metric = "roc_auc"
missing = "median"
categories = "one-hot"
threshold = 0.5
calibration = "none"

{candidates}

[promotion]
keep = 1
"""


def project_text(model: str) -> str:
    """Return the declaration of a model's project."""
    return PROJECT.format(candidates=MODELS[model])


def write_requests(dataset: Dataset, model: FittedModel, folder: Path) -> None:
    """Write the bodies and what the pipeline says of each, the rows all different."""
    rows = dataset.frame.select(dataset.signature.names).unique(maintain_order=True)
    rows = rows.sample(BODIES, seed=SEED, shuffle=True)
    expected = model.probability(history_door(dataset.signature).table(rows))
    bodies = (json.dumps(record, separators=(",", ":")) for record in rows.to_dicts())
    (folder / "bodies.jsonl").write_text("".join(f"{body}\n" for body in bodies), encoding="utf-8")
    (folder / "expected.json").write_text(json.dumps(expected.tolist()), encoding="utf-8")


def write_training_rows(dataset: Dataset, folder: Path) -> None:
    """Write the rows that Keepfit fitted on, with the target as 0 and 1."""
    rows = dataset.frame.select(dataset.signature.names)[dataset.split.train]
    target = dataset.target[dataset.split.train].astype(np.int8)
    rows.with_columns(pl.Series("target", target)).write_csv(folder / "train.csv")


def main() -> None:
    """Train, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    sys.path.insert(0, str(PACKAGE))
    os.environ["PYTHONPATH"] = str(PACKAGE)
    project = asked.folder / "project"
    project.mkdir(parents=True)
    (project / "keepfit.toml").write_text(project_text(asked.model), encoding="utf-8")
    report = train(Rooms.open(project))
    if report.promotion is None:
        raise SystemExit(f"{asked.model}: {report.verdict}")
    dataset = report.dataset
    write_requests(dataset, report.result.best.model, asked.folder)
    write_training_rows(dataset, asked.folder)
    facts = {"model": asked.model, "origin": str(dataset.source.origin), "rows": dataset.frame.height}
    (asked.folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
