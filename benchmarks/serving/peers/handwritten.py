"""The service as one writes it by hand: FastAPI, a DataFrame of one row, `predict_proba`."""

from __future__ import annotations

import os
from typing import Any

import joblib
import pandas as pd
from fastapi import FastAPI

app = FastAPI()
pipeline = joblib.load(os.environ["MODEL"])


@app.post("/predict")
def predict(record: dict[str, Any]) -> dict[str, float]:
    """Answer one record."""
    return {"probability": float(pipeline.predict_proba(pd.DataFrame([record]))[0, 1])}
