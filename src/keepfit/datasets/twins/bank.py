"""The twin of the bank marketing tables: generated telephone calls, 4521 as in the sample or 45211 as in the whole.

Quantiles, counts of the categories and rank correlations are those of the whole public table (UCI data set 222,
`bank-full.csv`), rounded, for both sizes; correlations weaker than about 0.08 are left at 0, and those of categories
are those of the normal variables beneath, with the words in the order in which they stand here. A client who was not
called before has -1 days since, no call and an unknown outcome, as in the table. Whether a client subscribes is a
logistic score of the columns with the signs of a logistic regression on the public table: it is an invention, and so is
every score that a model gets on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.twins.drawing import correlated_ranks, is_chosen, ranks_of, score, whole_values_at, words_at

ROWS = 4521
FULL_ROWS = 45211
SUBSCRIBED_SHARE = 5289 / FULL_ROWS
CALLED_BEFORE_SHARE = 8257 / FULL_ROWS

# at drawing.LEVELS
_QUANTILES: dict[str, tuple[float, ...]] = {
    "age": (18, 23, 27, 29, 33, 39, 48, 56, 59, 61, 71, 77, 83, 95),
    "balance": (-8019, -627, -172, 0, 72, 448, 1428, 3574, 5768, 8412, 13165, 18016, 32948, 102127),
    "day": (1, 2, 3, 5, 8, 16, 21, 28, 29, 30, 31, 31, 31, 31),
    "duration": (0, 11, 35, 58, 103, 180, 319, 548, 751, 974, 1269, 1502, 2093, 4918),
    "campaign": (1, 1, 1, 1, 1, 2, 3, 5, 8, 11, 16, 21, 32, 63),
}
_CATEGORIES: dict[str, dict[str, int]] = {
    "marital": {"single": 12790, "married": 27214, "divorced": 5207},
    "education": {"primary": 6851, "unknown": 1857, "secondary": 23202, "tertiary": 13301},
    "default": {"no": 44396, "yes": 815},
    "housing": {"no": 20081, "yes": 25130},
    "loan": {"no": 37967, "yes": 7244},
    "contact": {"cellular": 29285, "telephone": 2906, "unknown": 13020},
    "month": {
        "mar": 477,
        "dec": 214,
        "sep": 579,
        "oct": 738,
        "feb": 2649,
        "jan": 1403,
        "nov": 3970,
        "apr": 2932,
        "aug": 6247,
        "jul": 6895,
        "may": 13766,
        "jun": 5341,
    },
}
_AGES = (0, 26, 33, 53, 60)
# from each of these ages on, until the next
_JOBS: dict[str, tuple[int, ...]] = {
    "blue-collar": (265, 2014, 6378, 977, 98),
    "housemaid": (7, 122, 719, 291, 101),
    "services": (161, 1090, 2511, 370, 22),
    "retired": (2, 2, 214, 956, 1090),
    "admin.": (158, 1311, 3127, 495, 80),
    "technician": (157, 1853, 4773, 726, 88),
    "unemployed": (26, 283, 782, 194, 18),
    "unknown": (2, 24, 163, 71, 28),
    "student": (410, 427, 101, 0, 0),
    "entrepreneur": (14, 218, 1017, 212, 26),
    "self-employed": (25, 361, 965, 187, 41),
    "management": (109, 2070, 5942, 1145, 192),
}
# of those who were called before
_PAST_QUANTILES: dict[str, tuple[float, ...]] = {
    "pdays": (1, 7, 79, 91, 133, 194, 327, 363, 370, 424, 532, 667, 808, 871),
    "previous": (1, 1, 1, 1, 1, 2, 4, 6, 9, 12, 17, 23, 37, 275),
}
_PAST_OUTCOMES = {"success": 1511, "other": 1840, "failure": 4901}
_CALLED_BEFORE = "called before"
_CORRELATIONS = {
    ("age", "balance"): 0.09,
    ("age", "marital"): 0.51,
    ("age", "education"): -0.19,
    ("age", "housing"): -0.20,
    ("balance", "default"): -0.57,
    ("balance", "housing"): -0.09,
    ("balance", "loan"): -0.21,
    ("balance", "month"): -0.11,
    ("balance", _CALLED_BEFORE): 0.11,
    ("day", "campaign"): 0.15,
    ("day", "month"): -0.12,
    ("day", _CALLED_BEFORE): -0.14,
    ("duration", "campaign"): -0.13,
    ("campaign", _CALLED_BEFORE): -0.20,
    ("marital", "education"): -0.16,
    ("job", "education"): 0.68,
    ("job", "housing"): -0.20,
    ("job", "contact"): -0.21,
    ("job", "month"): -0.19,
    ("education", "housing"): -0.10,
    ("education", "contact"): -0.23,
    ("education", "month"): -0.16,
    ("default", "loan"): 0.26,
    ("housing", "contact"): 0.27,
    ("housing", "month"): 0.30,
    ("contact", "month"): 0.76,
    ("contact", _CALLED_BEFORE): -0.61,
    ("month", _CALLED_BEFORE): -0.32,
    ("pdays", "poutcome"): 0.20,
}
# what a standard deviation of a number's logarithm, and a category, adds to the log-odds of subscribing
_NUMBER_EFFECTS = {"duration": 2.1, "campaign": -0.2, "balance": 0.15}
_CATEGORY_EFFECTS = {
    "poutcome": {"success": 3.0, "other": 0.2},
    "contact": {"unknown": -1.6},
    "month": {
        "mar": 2.6,
        "sep": 2.0,
        "oct": 2.0,
        "dec": 2.0,
        "jun": 1.0,
        "apr": 0.5,
        "feb": 0.5,
        "nov": -0.2,
        "jul": -0.2,
        "jan": -0.5,
    },
    "job": {"student": 1.2, "retired": 1.0, "housemaid": -0.3, "entrepreneur": -0.2, "blue-collar": -0.2},
    "housing": {"yes": -0.7},
    "loan": {"yes": -0.6},
    "education": {"tertiary": 0.2, "primary": -0.2},
    "marital": {"married": -0.2},
}
_ORDER = (
    *("age", "job", "marital", "education", "default", "balance", "housing", "loan", "contact"),
    *("day", "month", "duration", "campaign", "pdays", "previous", "poutcome", "y"),
)


def generate(seed: int, rows: int = ROWS) -> pl.DataFrame:
    """Return generated calls with the real tables' header.

    Parameters
    ----------
    seed
        The same seed gives the same calls.
    rows
        How many, from 2; shares stay the same.
    """
    rng = np.random.default_rng(seed)
    ranks = correlated_ranks(rng, rows, (*_ORDER[:-1], _CALLED_BEFORE), _CORRELATIONS)
    columns: dict[str, NDArray[Any]] = {
        **{name: whole_values_at(ranks[name], quantiles) for name, quantiles in _QUANTILES.items()},
        **{name: words_at(ranks[name], counts) for name, counts in _CATEGORIES.items()},
        **_past(ranks),
    }
    columns["job"] = _jobs(columns["age"], ranks["job"])
    has_subscribed = is_chosen(rng, score(columns, _NUMBER_EFFECTS, _CATEGORY_EFFECTS), SUBSCRIBED_SHARE)
    columns["y"] = np.where(has_subscribed, "yes", "no")
    return pl.DataFrame({name: columns[name] for name in _ORDER})


def _jobs(ages: NDArray[np.int64], ranks: NDArray[np.float64]) -> NDArray[np.str_]:
    """Return jobs as they are at an age: students are young, and the old retired."""
    jobs = np.full(len(ages), "", dtype="U13")
    for band, least in enumerate(_AGES):
        at = ages >= least
        jobs[at] = words_at(ranks_of(ranks[at]), {job: counts[band] for job, counts in _JOBS.items()})
    return jobs


def _past(ranks: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[Any]]:
    """Return the columns of the previous campaign: those of the few who were called in it, and nothing of the rest."""
    called = ranks[_CALLED_BEFORE] > 1 - CALLED_BEFORE_SHARE
    past: dict[str, NDArray[Any]] = {
        "pdays": np.full(len(called), -1),
        "previous": np.zeros(len(called), dtype=np.int64),
        "poutcome": np.full(len(called), "unknown"),
    }
    for name, quantiles in _PAST_QUANTILES.items():
        past[name][called] = whole_values_at(ranks_of(ranks[name][called]), quantiles)
    past["poutcome"][called] = words_at(ranks_of(ranks["poutcome"][called]), _PAST_OUTCOMES)
    return past
