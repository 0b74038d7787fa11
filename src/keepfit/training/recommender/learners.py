"""Two ways to learn what is added next: a model for each product, or one ranker over what was added."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.project.panel_section import PanelCandidate
from keepfit.training.recommender.learned import Learned, without_gaps

Cells = NDArray[np.bool_]
OnModel = Callable[[int, int], None]
_ALWAYS: dict[str, Any] = {"verbose": -1, "deterministic": True, "force_row_wise": True, "use_missing": False}
_BINARY = {"objective": "binary", "num_leaves": 15, "min_data_in_leaf": 50}
_CLASSES = {"objective": "multiclass", "num_leaves": 7, "min_data_in_leaf": 20}


def learn(
    candidate: PanelCandidate,
    matrix: Matrix,
    added: Cells,
    is_open: Cells,
    *,
    seed: int,
    workers: int = 1,
    on_model: OnModel | None = None,
) -> Learned:
    """Learn what is added next, as a candidate says.

    Parameters
    ----------
    candidate
        The way, and its parameters.
    matrix
        Features, `(n_rows, n_features)`; NaN where a value is missing.
    added, is_open
        What the next month adds, and what it could add, `(n_rows, n_products)`.
    seed
        Of LightGBM.
    workers
        Threads.
    on_model
        Told how many of how many models are learnt.
    """
    told = {**_ALWAYS, "learning_rate": candidate.learning_rate, "lambda_l2": candidate.l2}
    told |= {"num_threads": workers, "seed": seed}
    if candidate.leaves is not None:
        told["num_leaves"] = candidate.leaves
    boosting = _Boosting(without_gaps(matrix), told, candidate.rounds)
    if candidate.model == "per_product":
        return _one_per_product(boosting, added, is_open, on_model or _nobody)
    return _ranker(boosting, added, on_model or _nobody)


def _nobody(done: int, total: int) -> None:
    """Tell nobody."""


class _Boosting:
    """Boosts trees over one matrix, whose numbers are put into bins once for all that ask about its rows."""

    def __init__(self, matrix: Matrix, told: dict[str, Any], rounds: int) -> None:
        self._matrix, self._told, self._rounds = matrix, told, rounds
        self._binned: Any = None

    def binary(self, target: Cells, weight: Cells | None = None) -> Any:
        """Return the booster of a target, from all rows or those that have a weight."""
        if self._binned is None:
            self._binned = _lightgbm().Dataset(self._matrix, target.astype(np.int32), free_raw_data=False)
        self._binned.set_label(target.astype(np.int32))
        self._binned.set_weight(None if weight is None else weight.astype(np.float32))
        return _lightgbm().train({**_BINARY, **self._told}, self._binned, self._rounds)

    def classes(self, rows: NDArray[np.int64], numbers: NDArray[np.int64], count: int) -> Any:
        """Return the booster that says which of so many classes rows are of."""
        data = _lightgbm().Dataset(self._matrix[rows], numbers.astype(np.int32))
        return _lightgbm().train({**_CLASSES, **self._told, "num_class": count}, data, self._rounds)


def _lightgbm() -> Any:
    """Return LightGBM, whose threads sleep while they wait for each other.

    By default they spin, which on a busy machine takes the processor from the very thread that they wait for: four to
    five times as long was measured. OpenMP reads its setting when it is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import lightgbm  # noqa: PLC0415 - heavy, and only for those who train

    return lightgbm


def _one_per_product(boosting: _Boosting, added: Cells, is_open: Cells, on_model: OnModel) -> Learned:
    """Learn each product by itself, from the rows that do not own it."""
    width = added.shape[1]
    base, boosters = np.zeros(width), []
    for output in range(width):
        on_model(output, width)
        if added[:, output].any():
            boosters.append(((output,), boosting.binary(added[:, output], is_open[:, output])))
        else:
            base[output] = _never(len(added))
    on_model(width, width)
    return Learned(tuple(boosters), base, "each")


def _ranker(boosting: _Boosting, added: Cells, on_model: OnModel) -> Learned:
    """Learn whether anything is added, and of what was added which product it is: a row that adds two is there twice.

    References
    ----------
    Kaggle (2016). Santander Product Recommendation, winners' posts in the forum: a multi-class model over added
    products, rather than one model for each.
    """
    width = added.shape[1]
    rows, products = np.nonzero(added)
    present = np.unique(products)
    base = np.full(width + 1, _never(len(added)))
    base[[*present, width]] = 0.0
    on_model(0, 2)
    boosters = [((width,), boosting.binary(np.asarray(added.any(axis=1))))]
    on_model(1, 2)
    if len(present) > 1:
        which = boosting.classes(rows, np.searchsorted(present, products), len(present))
        boosters.append((tuple(present.tolist()), which))
    on_model(2, 2)
    return Learned(tuple(boosters), base, "whether_and_which", float(added.sum() / max(added.any(axis=1).sum(), 1)))


def _never(rows: int) -> float:
    """Return the logit of what has not happened in so many rows: as if it had once in twice as many."""
    return -float(np.log(2 * rows - 1))
