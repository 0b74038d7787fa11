"""The published recipe: a CatBoost classifier for each product, on the columns of the record in pandas.

100 iterations, class weights 1:4, the default depth, no tuning; a product is recommended from a probability of 0.5 on,
as CatBoost decides. Its preparation: ages and seniorities become numbers, dates the days between them and the month,
income its logarithm with the median of the province where it is missing; other texts are CatBoost's categories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from numpy.typing import NDArray

ITERATIONS = 100
CLASS_WEIGHTS = (1, 4)
THRESHOLD = 0.5
LEFT_OUT = ("ncodpers", "fecha_dato", "fecha_alta", "tipodom", "cod_prov", "ult_fec_cli_1t", "conyuemp", "renta")
TEXTS_OF_NUMBERS = ("age", "antiguedad")
CATEGORIES = (
    "ind_empleado",
    "pais_residencia",
    "sexo",
    "indrel_1mes",
    "tiprel_1mes",
    "indresi",
    "indext",
    "canal_entrada",
    "indfall",
    "nomprov",
    "segmento",
)
_UNKNOWN_MONTHS = -999_999


@dataclass(frozen=True, slots=True)
class Incomes:
    """What stands for an income that is missing: the median of the province, or of all."""

    by_province: Mapping[str, float]
    of_all: float

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Incomes:
        """Return the medians of the rows that teach."""
        return cls(rows.groupby("nomprov")["renta"].median().to_dict(), float(rows["renta"].median()))


def features(rows: pd.DataFrame, incomes: Incomes) -> pd.DataFrame:
    """Return what CatBoost is given of raw rows: of a table, or of one record."""
    made = rows.drop(columns=[name for name in LEFT_OUT if name in rows])
    for name in TEXTS_OF_NUMBERS:
        made[name] = pd.to_numeric(made[name], errors="coerce").astype("float32")
    made["antiguedad"] = made["antiguedad"].mask(made["antiguedad"] == _UNKNOWN_MONTHS)
    day, since = (pd.to_datetime(rows[name], format="%Y-%m-%d") for name in ("fecha_dato", "fecha_alta"))
    made["tenure"] = (day - since).dt.days.astype("float32")
    made["month"] = day.dt.month.astype("int8")
    income = rows["renta"].astype("float64").fillna(rows["nomprov"].map(incomes.by_province)).fillna(incomes.of_all)
    made["income"] = np.log1p(income).astype("float32")
    for name in CATEGORIES:
        made[name] = made[name].fillna("").astype(str)
    numbers = [name for name in made.columns if name not in CATEGORIES and made[name].dtype == object]
    return made.astype(dict.fromkeys(numbers, "float32"))


def learnt(made: pd.DataFrame, added: NDArray[np.bool_], seed: int, threads: int) -> list[CatBoostClassifier]:
    """Return a model for each product, `(n_products,)`."""
    told: dict[str, Any] = {
        "iterations": ITERATIONS,
        "class_weights": list(CLASS_WEIGHTS),
        "cat_features": list(CATEGORIES),
        "thread_count": threads,
        "random_seed": seed,
        "allow_writing_files": False,
        "verbose": 0,
    }
    return [CatBoostClassifier(**told).fit(made, target) for target in added.T.astype(np.int8)]


def probabilities(models: list[CatBoostClassifier], made: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability of each product, `(n_rows, n_products)`."""
    return np.column_stack([model.predict_proba(made)[:, 1] for model in models])
