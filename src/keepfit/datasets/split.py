"""The split: which rows train, and which are held out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import DatasetError


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers of the two parts, without overlap, together all rows."""

    train: NDArray[np.int64]
    holdout: NDArray[np.int64]


def split_holdout(target: NDArray[np.int8], *, share: float, seed: int, stratify: bool) -> Split:
    """Split as scikit-learn's `train_test_split` does, to the same rows in the same order.

    Parameters
    ----------
    target
        Classes, `(n_rows,)`.
    share
        Share of the rows that is held out.
    seed
        Its `random_state`.
    stratify
        Keep the class share equal in both parts.

    Raises
    ------
    DatasetError
        When a part would lack a class, or hold no row.
    """
    from sklearn.model_selection import train_test_split  # noqa: PLC0415 - heavy, and only for those who train

    rows = np.arange(len(target), dtype=np.int64)
    classes = target if stratify else None
    try:
        train, holdout = train_test_split(rows, test_size=share, random_state=seed, stratify=classes)
    except ValueError as error:  # scikit-learn's word for a part without a row, or with fewer rows than classes
        raise DatasetError(
            f"{len(target)} rows cannot be split with a holdout of {share:g}",
            where="keepfit.toml: [split] holdout",
            hint="choose a share that leaves rows of both classes in both parts",
        ) from error
    for name, part in (("training", train), ("held-out", holdout)):
        if len(np.unique(target[part])) < len(np.unique(target)):
            raise DatasetError(
                f"the {name} rows would lack a class",
                where="keepfit.toml: [split]",
                hint="set stratify = true, or another holdout",
            )
    return Split(train, holdout)
