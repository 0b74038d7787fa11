"""Two ways to learn what is added next: a model for each product, or one ranker over what was added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.training.recommender.output_trees import OutputTrees
from keepfit.training.trees import lightgbm_trees

ABSENT = float(np.finfo(np.float32).max)  # stands for a missing value while it is learnt: it goes right, as NaN will
Cells = NDArray[np.bool_]
_ALWAYS = {
    "learning_rate": 0.1,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    "use_missing": False,
}
_ONE_BY_ONE = {"objective": "binary", "num_leaves": 15, "min_data_in_leaf": 50}
_TOGETHER = {"objective": "multiclass", "num_leaves": 7, "min_data_in_leaf": 20}


def one_per_product(
    matrix: Matrix, added: Cells, is_open: Cells, products: tuple[str, ...], *, rounds: int, seed: int, workers: int = 1
) -> OutputTrees:
    """Learn each product by itself, from the rows that did not own it.

    Parameters
    ----------
    matrix
        `(n_rows, n_features)`; NaN where a value is missing.
    added, is_open
        What the next month adds, and what it could add, `(n_rows, n_products)`; each product is added at least once.
    products
        Their names.
    rounds
        Trees of each.
    seed
        Of LightGBM.
    workers
        Threads.
    """
    filled = without_gaps(matrix)
    told = {**_ONE_BY_ONE, "num_threads": workers, "seed": seed}
    trees = []
    for output in range(len(products)):
        rows = np.flatnonzero(is_open[:, output])
        booster = _boosted(filled[rows], added[rows, output], told, rounds)
        trees += [(output, tree) for tree in lightgbm_trees(booster, rounds)]
    return OutputTrees(products, tuple(trees), "sigmoid")


def ranker(
    matrix: Matrix, added: Cells, products: tuple[str, ...], *, rounds: int, seed: int, workers: int = 1
) -> OutputTrees:
    """Learn which of all products is next, from what was added: a row that adds two is there twice.

    Parameters
    ----------
    matrix, added, products, rounds, seed, workers
        As for `one_per_product`; there are `rounds` trees for each product.

    References
    ----------
    Kaggle (2016). Santander Product Recommendation, winners' posts in the forum: a multi-class model over added
    products, rather than one model for each.
    """
    rows, outputs = np.nonzero(added)
    told = {**_TOGETHER, "num_class": len(products), "num_threads": workers, "seed": seed}
    booster = _boosted(without_gaps(matrix[rows]), outputs, told, rounds)
    trees = enumerate(lightgbm_trees(booster, rounds))
    return OutputTrees(products, tuple((number % len(products), tree) for number, tree in trees), "softmax")


def without_gaps(matrix: Matrix) -> Matrix:
    """Return a matrix with the largest number where a value is missing."""
    return np.where(np.isnan(matrix), np.float32(ABSENT), matrix)


def _boosted(matrix: Matrix, target: NDArray[Any], told: dict[str, Any], rounds: int) -> Any:
    import lightgbm  # noqa: PLC0415 - heavy, and only for those who train

    return lightgbm.train({**_ALWAYS, **told}, lightgbm.Dataset(matrix, target.astype(np.int32)), rounds)
