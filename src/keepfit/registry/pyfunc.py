"""The loader by which MLflow opens a bundle: `mlflow.pyfunc.load_model`, `mlflow models serve`.

It holds no model code of its own: the records go through the same door and the same graph as in the service. MLflow
runs the code of the models that it loads, and says so; a bundle that is a pipeline is therefore answered here too.
"""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Any

from keepfit.bundle import read_bundle
from keepfit.date_text import date_text, day_of
from keepfit.scoring import Scorer
from keepfit.signature import Column, Kind


class BundleModel:
    """A bundle with MLflow's `predict`."""

    def __init__(self, path: Path) -> None:
        self._scorer = Scorer(read_bundle(path), runs_pipelines=True)

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:  # noqa: ARG002 - MLflow's form
        """Return a pandas DataFrame with `probability` and `decision`, a row for each row of a pandas DataFrame.

        Raises
        ------
        RecordError
            When the door refuses a record.
        """
        import pandas as pd  # noqa: PLC0415 - MLflow insists on it; nobody else should

        columns = {column.name: column for column in self._scorer.bundle.facts.signature.sent_columns}
        names = [name for name in model_input.columns if name in columns]
        values = {name: [_plain(value, columns[name]) for value in model_input[name].tolist()] for name in names}
        records = [dict(zip(names, row, strict=True)) for row in zip(*values.values(), strict=True)]
        answers = self._scorer.answers(self._scorer.door.rows(records))
        found = {"probability": answers.probability, "decision": answers.decision}
        return pd.DataFrame(found, index=model_input.index)


def _plain(value: Any, column: Column) -> Any:
    """Undo pandas: its several kinds of nothing are None, its whole floats are whole numbers again, its dates texts."""
    if value is None or value.__class__.__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    if column.kind is Kind.DATE and isinstance(value, dt.date):
        return date_text(day_of(value), column.date_format)
    return int(value) if column.kind is Kind.INTEGER and isinstance(value, float) and value.is_integer() else value


def _load_pyfunc(data_path: str) -> BundleModel:
    """Open the bundle that MLflow kept as a model's data."""
    return BundleModel(Path(data_path))
