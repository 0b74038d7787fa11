"""Fit the peers' pipeline, as one writes it by hand; runs in the environment of each peer.

Usage: python pipeline.py MODEL_FOLDER WORK [mlflow | mlserver]

Reads `train.csv`, `bodies.jsonl` and `facts.json` of the model's folder. Writes `model.joblib`, what the pipeline says
of the bodies as one table (`expected.json`), and what MLflow or MLServer needs besides, if asked to.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

ESTIMATORS = {
    "random_forest": RandomForestClassifier(n_estimators=141, random_state=42),
    "lightgbm": LGBMClassifier(n_estimators=200, random_state=42, n_jobs=1, verbose=-1),
}
MLSERVER = {
    "name": "credit",
    "implementation": "mlserver_sklearn.SKLearnModel",
    "parameters": {"uri": "./model.joblib"},
}


def fitted_pipeline(model: str, table: pd.DataFrame) -> Pipeline:
    """Return the pipeline of a model, fitted on a table whose last column is the target."""
    rows, target = table.drop(columns="target"), table["target"]
    numbers = list(rows.select_dtypes("number"))
    texts = [name for name in rows if name not in numbers]
    coded = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer([("numbers", SimpleImputer(strategy="median"), numbers), ("texts", coded, texts)])
    return make_pipeline(columns, ESTIMATORS[model]).fit(rows, target)


def write_for_mlflow(pipeline: Pipeline, table: pd.DataFrame, folder: Path) -> None:
    """Write the pipeline as MLflow keeps it, so that its server answers with probabilities."""
    import mlflow  # noqa: PLC0415 - only one peer has it

    rows = table.drop(columns="target")
    rows = rows.astype(dict.fromkeys(rows.select_dtypes("number"), np.float64))  # any number may be missing
    signature = mlflow.models.infer_signature(rows, pipeline.predict_proba(rows))
    mlflow.sklearn.save_model(
        pipeline, folder, signature=signature, pyfunc_predict_fn="predict_proba", serialization_format="cloudpickle"
    )


def main() -> None:
    """Fit and write."""
    folder, work = Path(sys.argv[1]), Path(sys.argv[2])
    facts: dict[str, Any] = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    table = pd.read_csv(folder / "train.csv")
    pipeline = fitted_pipeline(facts["model"], table)
    joblib.dump(pipeline, work / "model.joblib")
    lines = (folder / "bodies.jsonl").read_text(encoding="utf-8").splitlines()
    bodies = pd.DataFrame([json.loads(line) for line in lines])
    bodies = bodies.where(bodies.notna(), np.nan)
    expected = pipeline.predict_proba(bodies)[:, 1]
    (work / "expected.json").write_text(json.dumps(expected.tolist()), encoding="utf-8")
    if sys.argv[3:] == ["mlflow"]:
        write_for_mlflow(pipeline, table, work / "mlflow")
    if sys.argv[3:] == ["mlserver"]:
        (work / "model-settings.json").write_text(json.dumps(MLSERVER), encoding="utf-8")


if __name__ == "__main__":
    main()
