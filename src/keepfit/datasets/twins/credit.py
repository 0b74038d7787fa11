"""The twin of the credit table: 4454 generated customers.

Quantiles, ranges and means of the numbers are those that the published system states for its table (seed project
`ufrgs-ecd15`, "Resumo estatístico"); shares of the categories, counts of missing values and rank correlations are
those of the public table (R package modeldata, `credit_data`), rounded, the weaker correlations left at 0. The label is
a logistic score of the columns with plausible signs: it is an invention, and so is every score that a model gets on it.
"""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.twins.drawing import correlated_ranks, is_chosen, score

ROWS = 4454
GOOD_SHARE = 3200 / ROWS

# minimum, quartiles, maximum, mean, standard deviation
_NUMBERS: dict[str, tuple[float, float, float, float, float, float, float]] = {
    "Seniority": (0, 2, 5, 12, 48, 7.99, 8.17),
    "Time": (6, 36, 48, 60, 72, 46.44, 14.66),
    "Age": (18, 28, 36, 45, 68, 37.08, 10.98),
    "Expenses": (35, 35, 51, 72, 180, 55.57, 19.52),
    "Income": (6, 90, 125, 170, 959, 141.69, 80.75),
    "Assets": (0, 0, 3000, 6000, 300000, 5403.98, 11574.4),
    "Debt": (0, 0, 0, 0, 30000, 343.03, 1245.99),
    "Amount": (100, 700, 1000, 1300, 5000, 1038.92, 474.55),
    "Price": (105, 1117.25, 1400, 1691.5, 11140, 1462.78, 628.13),
}
_CORRELATIONS = {
    ("Seniority", "Age"): 0.47,
    ("Seniority", "Income"): 0.18,
    ("Seniority", "Assets"): 0.21,
    ("Time", "Amount"): 0.50,
    ("Time", "Price"): 0.19,
    ("Age", "Expenses"): 0.33,
    ("Age", "Assets"): 0.33,
    ("Expenses", "Income"): 0.26,
    ("Income", "Amount"): 0.18,
    ("Income", "Price"): 0.22,
    ("Assets", "Debt"): 0.31,
    ("Amount", "Price"): 0.68,
}
_CATEGORIES: dict[str, dict[str, int]] = {
    "Home": {"owner": 2107, "rent": 973, "parents": 783, "other": 319, "priv": 246, "ignore": 20},
    "Marital": {"married": 3241, "single": 977, "separated": 130, "widow": 67, "divorced": 38},
    "Records": {"no": 3681, "yes": 773},
    "Job": {"fixed": 2805, "freelance": 1024, "partime": 452, "others": 171},
}
_MISSING = {"Income": 381, "Assets": 47, "Debt": 18, "Home": 6, "Job": 2, "Marital": 1}
# what a standard deviation of a number, and a category, adds to the log-odds of good credit
_NUMBER_EFFECTS = {
    "Seniority": 0.9,
    "Income": 0.8,
    "Assets": 0.4,
    "Expenses": -0.3,
    "Time": -0.1,
    "Price": 0.6,
    "Amount": -1.0,
}
_CATEGORY_EFFECTS = {
    "Records": {"yes": -2.0},
    "Job": {"partime": -1.7, "freelance": -0.5, "others": -0.6},
    "Home": {"owner": 0.6, "rent": -0.4, "ignore": -0.8},
    "Marital": {"separated": -0.5},
}
_TERM_MONTHS = 6
_QUARTILES = (0.0, 0.25, 0.5, 0.75)
_BENDS = (1.0, 0.8, 0.6, 0.45, 0.35, 0.25, 0.15)  # 1 is straight, less lies closer to the first quartile
_MIXTURES = tuple(step / 10 for step in range(11))
_GRID = 4000
_ORDER = (
    *("rownames", "Status", "Seniority", "Home", "Time", "Age", "Marital", "Records", "Job"),
    *("Expenses", "Income", "Assets", "Debt", "Amount", "Price"),
)


def generate(seed: int, rows: int = ROWS) -> pl.DataFrame:
    """Return generated customers with the real table's header.

    Parameters
    ----------
    seed
        The same seed gives the same customers.
    rows
        How many, from 2; shares and the rate of missing values stay the same.
    """
    rng = np.random.default_rng(seed)
    numbers = _numbers(rng, rows)
    categories = {name: _draw_category(rng, shares, rows) for name, shares in _CATEGORIES.items()}
    columns: dict[str, NDArray[np.int64] | list[str]] = {**numbers, **categories}
    is_good = is_chosen(rng, score(columns, _NUMBER_EFFECTS, _CATEGORY_EFFECTS), GOOD_SHARE)
    columns["rownames"] = np.arange(1, rows + 1)
    columns["Status"] = ["good" if good else "bad" for good in is_good]
    frame = pl.DataFrame({name: columns[name] for name in _ORDER})
    return frame.with_columns(_with_missing(rng, frame[name], count) for name, count in _MISSING.items())


def _numbers(rng: np.random.Generator, rows: int) -> dict[str, NDArray[np.int64]]:
    """Draw the numbers with the table's rank correlations."""
    ranks = correlated_ranks(rng, rows, list(_NUMBERS), _CORRELATIONS)
    found = {name: np.rint(_quantile(name, at)).astype(np.int64) for name, at in ranks.items()}
    found["Time"] = np.rint(found["Time"] / _TERM_MONTHS).astype(np.int64) * _TERM_MONTHS
    return found


def _quantile(name: str, ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values at ranks: straight between the quartiles, curved below the first and above the last.

    The first quarter bends towards its quartile by a power of the rank. The last mixes a power curve that ends at the
    maximum with an exponential one; both have the tail mean that gives the published mean. So bend and mixture can be
    chosen by the published standard deviation alone.
    """
    quartiles, deviation = _NUMBERS[name][:4], _NUMBERS[name][-1]
    grid = (np.arange(_GRID) + 0.5) / _GRID

    def values(at: NDArray[np.float64], bend: float, mixture: float) -> NDArray[np.float64]:
        low = quartiles[0] + (quartiles[1] - quartiles[0]) * np.clip(4 * at, 0, 1) ** bend
        middle = np.interp(at, _QUARTILES, quartiles)
        return np.where(at < _QUARTILES[1], low, np.where(at <= _QUARTILES[-1], middle, _tail(name, at, bend, mixture)))

    def distance(shape: tuple[float, float]) -> float:
        return abs(float(values(grid, *shape).std()) - deviation)

    return values(ranks, *min(product(_BENDS, _MIXTURES), key=distance))


def _tail(name: str, ranks: NDArray[np.float64], bend: float, mixture: float) -> NDArray[np.float64]:
    """Return the values of the last quarter, whose mean makes up for those of the other three."""
    *quartiles, greatest, mean, _ = _NUMBERS[name]
    first = quartiles[0] + (quartiles[1] - quartiles[0]) / (bend + 1)
    below = (first + sum((low + high) / 2 for low, high in pairwise(quartiles[1:]))) / 4
    reach = greatest - quartiles[-1]
    excess = min(max(4 * (mean - below) - quartiles[-1], reach / 1000), reach / 2)
    at = np.clip(4 * ranks - 3, 0, 1 - 1e-9)
    curve = mixture * reach * at ** (reach / excess - 1) - (1 - mixture) * excess * np.log1p(-at)
    tail: NDArray[np.float64] = np.minimum(quartiles[-1] + curve, greatest)
    return tail


def _draw_category(rng: np.random.Generator, counts: dict[str, int], rows: int) -> list[str]:
    names, shares = list(counts), np.array(list(counts.values()), dtype=np.float64)
    picks = rng.choice(len(names), size=rows, p=shares / shares.sum())
    return [names[pick] for pick in picks]


def _with_missing(rng: np.random.Generator, series: pl.Series, count: int) -> pl.Series:
    rows = rng.choice(len(series), size=round(count * len(series) / ROWS), replace=False)
    return series.scatter(np.sort(rows), None)
