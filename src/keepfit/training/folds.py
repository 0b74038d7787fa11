"""The folds of the cross-validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import TrainingError

Positions = NDArray[np.int64]
Fold = tuple[Positions, Positions]


def cross_validation_folds(
    labels: NDArray[np.int8], groups: NDArray[np.int64] | None, *, count: int, seed: int
) -> list[Fold]:
    """Return folds with equal class shares, each as the positions that are fitted on and those that are asked about.

    Parameters
    ----------
    labels
        Classes 0 or 1 of the training rows, `(n_rows,)`.
    groups
        Whom each row is about, `(n_rows,)`: rows of one group stay in one fold. None where each is about another.
    count
        How many folds.
    seed
        Seed of the shuffling.

    Raises
    ------
    TrainingError
        When a fold would lack a class.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold  # noqa: PLC0415 - only for who trains

    rarest = int(np.bincount(labels, minlength=2).min())
    if rarest < count:
        raise TrainingError(
            f"the training rows hold {rarest} rows of a class, fewer than the {count} folds",
            where="keepfit.toml: [training] folds",
            hint="lower folds, or bring more rows of that class",
        )
    if groups is None:
        return list(StratifiedKFold(count, shuffle=True, random_state=seed).split(labels, labels))
    return list(StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(labels, labels, groups))
