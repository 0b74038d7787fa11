"""The published credit system's way to try 50 candidates: each a run of its own, its model logged and evaluated.

Usage: .venv/bin/python benchmarks/training/seed_grid.py FOLDER [--runs N]

What its document tells: every candidate is fitted on the training rows, its parameters, metrics and model go to MLflow,
and MLflow's own evaluation of the logged model follows on the held-out rows. No cross-validation. Prints seconds as
JSON. Without MLflow's SHAP explainer, which would cost more; the estimators use all cores, as scikit-learn users do.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any

import mlflow
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score, roc_auc_score
from xgboost import XGBClassifier

from keepfit.training import expand_candidates
from keepfit.workflows.data import load_dataset
from keepfit.workflows.examples import unpack_example
from keepfit.workflows.rooms import Rooms

FAMILIES = {
    "logistic_regression": lambda parameters: LogisticRegression(max_iter=1000, random_state=42, **parameters),
    "random_forest": lambda parameters: RandomForestClassifier(n_jobs=-1, random_state=42, **parameters),
    "xgboost": lambda parameters: XGBClassifier(n_jobs=-1, random_state=42, **parameters),
}
Parts = tuple[Any, Any, Any, Any]
CODED = ("Home", "Marital", "Records", "Job")


def published_table(folder: Path) -> tuple[Rooms, Parts]:
    """Return training and held-out rows as the published system prepares them: codes, and 0 for what is missing."""
    unpack_example("credit-status", folder)
    rooms = Rooms.open(folder)
    dataset = load_dataset(rooms)
    frame = dataset.frame.select(dataset.signature.names).to_pandas()
    for name in CODED:
        words = list(rooms.project.data.categories[name])
        frame[name] = frame[name].map({word: code for code, word in enumerate(words, start=1)})
    frame = frame.fillna(0).astype(float)
    split = dataset.split
    parts = (
        frame.iloc[split.train],
        dataset.target[split.train],
        frame.iloc[split.holdout],
        dataset.target[split.holdout],
    )
    return rooms, parts


def try_candidate(model: str, parameters: dict[str, Any], parts: Parts) -> float:
    """Fit, score, log and evaluate one candidate as a run; return its F1."""
    train, train_labels, holdout, labels = parts
    with mlflow.start_run(run_name=model):
        estimator = FAMILIES[model](parameters).fit(train, train_labels)
        decided, probability = estimator.predict(holdout), estimator.predict_proba(holdout)[:, 1]
        mlflow.log_params({"model": model, **parameters})
        scores = {
            "accuracy": accuracy_score(labels, decided),
            "precision": precision_score(labels, decided),
            "recall": recall_score(labels, decided),
            "f1": f1_score(labels, decided),
            "roc_auc": roc_auc_score(labels, probability),
        }
        mlflow.log_metrics(scores)
        signature = mlflow.models.infer_signature(train, decided)
        logged = mlflow.sklearn.log_model(
            estimator,
            name="model",
            signature=signature,
            input_example=train.iloc[:1],
            serialization_format="cloudpickle",
        )
        evaluated = holdout.assign(Status=labels)
        mlflow.models.evaluate(
            logged.model_uri,
            evaluated,
            targets="Status",
            model_type="classifier",
            evaluator_config={"log_explainer": False},
        )
    return float(scores["f1"])


def main() -> None:
    """Print the number of runs, the seconds they took and the best F1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=50)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    rooms, parts = published_table(asked.folder)
    recipes = expand_candidates(rooms.project.training.candidates)
    began = time.perf_counter()
    mlflow.set_tracking_uri(f"sqlite:///{asked.folder / 'seed.db'}")
    mlflow.set_experiment(experiment_id=mlflow.create_experiment("seed", (asked.folder / "runs").as_uri()))
    step = max(1, len(recipes) // asked.runs)
    chosen = recipes[::step][: asked.runs]
    found = [try_candidate(recipe.model, dict(recipe.parameters), parts) for recipe in chosen]
    print(json.dumps({"runs": len(found), "seconds": time.perf_counter() - began, "best_f1": max(found)}))


if __name__ == "__main__":
    main()
