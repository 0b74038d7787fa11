"""The twin of the heart table: 303 generated patients of Cleveland, in the integer coding that Kaggle made known.

Quantiles, counts of the codes and rank correlations are those of the public table, rounded; correlations weaker than
0.12 are left at 0, and those of codes are those of the normal variables beneath, so that the codes come out as the
table's. The target (1 is disease in that coding) is a logistic score of the columns with the signs of a logistic
regression on the public table: it is an invention, and so is every score that a model gets on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.twins.drawing import correlated_ranks, is_chosen, score, values_at, whole_values_at, words_at

ROWS = 303
DISEASE_SHARE = 165 / ROWS

# at drawing.LEVELS
_QUANTILES: dict[str, tuple[float, ...]] = {
    "age": (29, 35, 39, 42, 47, 55, 61, 66, 68, 70, 71, 76, 77, 77),
    "trestbps": (94, 100, 108, 110, 120, 130, 140, 152, 160, 174, 180, 192, 200, 200),
    "chol": (126, 149, 175, 188, 211, 240, 275, 309, 327, 353, 407, 417, 564, 564),
    "thalach": (71, 95, 108, 116, 133, 153, 166, 177, 182, 186, 192, 195, 202, 202),
}
_OLDPEAK = (0, 0, 0, 0, 0, 0.8, 1.6, 2.8, 3.4, 4.0, 4.2, 5.6, 6.2, 6.2)
_CODES: dict[str, dict[int, int]] = {
    "sex": {0: 96, 1: 207},
    "cp": {0: 143, 1: 50, 2: 87, 3: 23},
    "fbs": {0: 258, 1: 45},
    "restecg": {0: 147, 1: 152, 2: 4},
    "exang": {0: 204, 1: 99},
    "slope": {0: 21, 1: 140, 2: 142},
    "ca": {0: 175, 1: 65, 2: 38, 3: 20, 4: 5},
    "thal": {0: 2, 1: 18, 2: 166, 3: 117},
}
_CORRELATIONS = {
    ("age", "trestbps"): 0.29,
    ("age", "chol"): 0.20,
    ("age", "restecg"): -0.17,
    ("age", "thalach"): -0.42,
    ("age", "oldpeak"): 0.28,
    ("age", "slope"): -0.23,
    ("age", "ca"): 0.40,
    ("sex", "chol"): -0.21,
    ("sex", "exang"): 0.23,
    ("sex", "thal"): 0.37,
    ("cp", "thalach"): 0.36,
    ("cp", "exang"): -0.62,
    ("cp", "oldpeak"): -0.20,
    ("cp", "slope"): 0.20,
    ("cp", "ca"): -0.30,
    ("cp", "thal"): -0.28,
    ("trestbps", "chol"): 0.12,
    ("trestbps", "fbs"): 0.22,
    ("trestbps", "restecg"): -0.16,
    ("trestbps", "oldpeak"): 0.16,
    ("chol", "restecg"): -0.21,
    ("fbs", "ca"): 0.22,
    ("thalach", "exang"): -0.53,
    ("thalach", "oldpeak"): -0.47,
    ("thalach", "slope"): 0.51,
    ("thalach", "ca"): -0.31,
    ("thalach", "thal"): -0.20,
    ("exang", "oldpeak"): 0.39,
    ("exang", "slope"): -0.41,
    ("exang", "ca"): 0.23,
    ("exang", "thal"): 0.36,
    ("oldpeak", "slope"): -0.71,
    ("oldpeak", "ca"): 0.26,
    ("oldpeak", "thal"): 0.30,
    ("slope", "thal"): -0.22,
    ("ca", "thal"): 0.25,
}
# what a standard deviation of a number's logarithm, and a code, adds to the log-odds of target 1
_NUMBER_EFFECTS = {"thalach": 0.5, "oldpeak": -0.6, "trestbps": -0.3, "chol": -0.2}
_CODE_EFFECTS = {
    "cp": {1: 1.5, 2: 1.8, 3: 1.6},
    "ca": {1: -1.3, 2: -1.9, 3: -2.0, 4: 0.5},
    "thal": {1: -0.5, 3: -1.5},
    "sex": {1: -1.6},
    "exang": {1: -1.0},
    "slope": {2: 0.7},
}
_ORDER = (
    *("age", "sex", "cp", "trestbps", "chol", "fbs", "restecg"),
    *("thalach", "exang", "oldpeak", "slope", "ca", "thal", "target"),
)


def generate(seed: int, rows: int = ROWS) -> pl.DataFrame:
    """Return generated patients with the real table's header.

    Parameters
    ----------
    seed
        The same seed gives the same patients.
    rows
        How many, from 2; shares stay the same.
    """
    rng = np.random.default_rng(seed)
    ranks = correlated_ranks(rng, rows, _ORDER[:-1], _CORRELATIONS)
    columns: dict[str, NDArray[Any]] = {
        **{name: whole_values_at(ranks[name], quantiles) for name, quantiles in _QUANTILES.items()},
        **{name: words_at(ranks[name], counts) for name, counts in _CODES.items()},
        "oldpeak": values_at(ranks["oldpeak"], _OLDPEAK, decimals=1),
    }
    is_diseased = is_chosen(rng, score(columns, _NUMBER_EFFECTS, _CODE_EFFECTS), DISEASE_SHARE)
    columns["target"] = is_diseased.astype(np.int64)
    return pl.DataFrame({name: columns[name] for name in _ORDER})
