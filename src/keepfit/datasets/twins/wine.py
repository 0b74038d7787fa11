"""The twin of the red wine table: 1599 generated wines.

Quantiles, counts of the qualities and rank correlations are those of the public table, rounded; correlations weaker
than about 0.1 are left at 0, and a few are weakened for the matrix to stay positive definite. The quality is a score of
the columns with the signs of a linear regression on the public table, and noise: it is an invention, and so is every
score that a model gets on it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from keepfit.datasets.twins.drawing import correlated_ranks, ranks_of, score, values_at, words_at

ROWS = 1599

# at drawing.LEVELS
_QUANTILES: dict[str, tuple[float, ...]] = {
    "fixed acidity": (4.6, 5.2, 6.1, 6.5, 7.1, 7.9, 9.2, 10.7, 11.8, 12.5, 13.3, 14.3, 15.6, 15.9),
    "volatile acidity": (0.12, 0.19, 0.27, 0.31, 0.39, 0.52, 0.64, 0.745, 0.84, 0.915, 1.02, 1.115, 1.33, 1.58),
    "citric acid": (0, 0, 0, 0.01, 0.09, 0.26, 0.42, 0.53, 0.6, 0.66, 0.71, 0.74, 0.79, 1),
    "residual sugar": (0.9, 1.4, 1.5, 1.7, 1.9, 2.2, 2.6, 3.6, 5.1, 6.3, 8.6, 12.9, 15.4, 15.5),
    "chlorides": (0.012, 0.042, 0.054, 0.06, 0.07, 0.079, 0.09, 0.109, 0.127, 0.205, 0.368, 0.415, 0.61, 0.611),
    "free sulfur dioxide": (1, 3, 4, 5, 7, 14, 21, 31, 35, 41, 51, 54, 68, 72),
    "total sulfur dioxide": (6, 8, 11, 14, 22, 38, 62, 94, 113, 131, 145, 151, 278, 289),
    "density": (
        *(0.99007, 0.99182, 0.99358, 0.99454, 0.9956, 0.99675, 0.99784),
        *(0.99914, 1, 1.0004, 1.0018, 1.0026, 1.00369, 1.00369),
    ),
    "pH": (2.74, 2.93, 3.06, 3.12, 3.21, 3.31, 3.4, 3.51, 3.57, 3.62, 3.71, 3.75, 4.01, 4.01),
    "sulphates": (0.33, 0.42, 0.47, 0.5, 0.55, 0.62, 0.73, 0.85, 0.93, 1.08, 1.28, 1.56, 1.98, 2),
    "alcohol": (8.4, 9, 9.2, 9.3, 9.5, 10.2, 11.1, 12, 12.5, 12.8, 13.4, 14, 14, 14.9),
}
_DECIMALS = {
    "fixed acidity": 1,
    "volatile acidity": 2,
    "citric acid": 2,
    "residual sugar": 1,
    "chlorides": 3,
    "free sulfur dioxide": 0,
    "total sulfur dioxide": 0,
    "density": 5,
    "pH": 2,
    "sulphates": 2,
    "alcohol": 1,
}
_CORRELATIONS = {
    ("fixed acidity", "volatile acidity"): -0.28,
    ("fixed acidity", "citric acid"): 0.65,
    ("fixed acidity", "residual sugar"): 0.22,
    ("fixed acidity", "chlorides"): 0.25,
    ("fixed acidity", "free sulfur dioxide"): -0.17,
    ("fixed acidity", "density"): 0.58,
    ("fixed acidity", "pH"): -0.68,
    ("fixed acidity", "sulphates"): 0.21,
    ("volatile acidity", "citric acid"): -0.60,
    ("volatile acidity", "chlorides"): 0.16,
    ("volatile acidity", "pH"): 0.23,
    ("volatile acidity", "sulphates"): -0.34,
    ("volatile acidity", "alcohol"): -0.23,
    ("citric acid", "residual sugar"): 0.18,
    ("citric acid", "chlorides"): 0.11,
    ("citric acid", "density"): 0.36,
    ("citric acid", "pH"): -0.54,
    ("citric acid", "sulphates"): 0.34,
    ("residual sugar", "chlorides"): 0.21,
    ("residual sugar", "total sulfur dioxide"): 0.14,
    ("residual sugar", "density"): 0.40,
    ("residual sugar", "alcohol"): 0.10,
    ("chlorides", "total sulfur dioxide"): 0.13,
    ("chlorides", "density"): 0.40,
    ("chlorides", "pH"): -0.24,
    ("chlorides", "alcohol"): -0.29,
    ("free sulfur dioxide", "total sulfur dioxide"): 0.80,
    ("total sulfur dioxide", "density"): 0.13,
    ("total sulfur dioxide", "alcohol"): -0.27,
    ("density", "pH"): -0.31,
    ("density", "sulphates"): 0.16,
    ("density", "alcohol"): -0.46,
    ("pH", "alcohol"): 0.18,
    ("sulphates", "alcohol"): 0.21,
}
_QUALITIES = {3: 10, 4: 53, 5: 681, 6: 638, 7: 199, 8: 18}
# what a standard deviation of a measurement's logarithm adds to the score that the quality is read off; noise is 1
_EFFECTS = {
    "alcohol": 0.55,
    "volatile acidity": -0.35,
    "sulphates": 0.35,
    "total sulfur dioxide": -0.15,
    "chlorides": -0.1,
    "fixed acidity": 0.1,
}


def generate(seed: int, rows: int = ROWS) -> pl.DataFrame:
    """Return generated wines with the real table's header.

    Parameters
    ----------
    seed
        The same seed gives the same wines.
    rows
        How many, from 2; shares of the qualities stay the same.
    """
    rng = np.random.default_rng(seed)
    ranks = correlated_ranks(rng, rows, list(_QUANTILES), _CORRELATIONS)
    columns = {
        name: values_at(ranks[name], quantiles, decimals=_DECIMALS[name]) for name, quantiles in _QUANTILES.items()
    }
    columns["total sulfur dioxide"] = np.maximum(columns["total sulfur dioxide"], columns["free sulfur dioxide"])
    tasted = ranks_of(score(columns, _EFFECTS, {}) + rng.standard_normal(rows))
    return pl.DataFrame({**columns, "quality": words_at(tasted, _QUALITIES)})
