"""The same pipeline as a BentoML service."""

from __future__ import annotations

import os
from typing import Any

import bentoml
import joblib
import pandas as pd


@bentoml.service(workers=1)
class Credit:
    """Answers one record."""

    def __init__(self) -> None:
        self.pipeline = joblib.load(os.environ["MODEL"])

    @bentoml.api(route="/predict")
    def predict(self, record: dict[str, Any]) -> dict[str, float]:
        """Answer one record."""
        return {"probability": float(self.pipeline.predict_proba(pd.DataFrame([record]))[0, 1])}
