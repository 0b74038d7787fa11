"""The split: which rows train, and which are held out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import DatasetError

_MOST_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers of the two parts, without overlap, together all rows."""

    train: NDArray[np.int64]
    holdout: NDArray[np.int64]

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of the held-out row numbers: equal when the same rows are held out."""
        return hashlib.sha256(np.sort(self.holdout).astype("<i8").tobytes()).hexdigest()


def split_holdout(
    target: NDArray[np.int8],
    *,
    share: float,
    seed: int,
    stratify: bool,
    groups: NDArray[np.int64] | None = None,
) -> Split:
    """Split as scikit-learn's `train_test_split` does, to the same rows in the same order; groups are kept together.

    Parameters
    ----------
    target
        Classes, `(n_rows,)`.
    share
        Share of the rows that is held out; with groups the nearest that whole groups and up to ten folds allow.
    seed
        Its `random_state`.
    stratify
        Keep the class share equal in both parts.
    groups
        Whom each row is about, `(n_rows,)`; None where each is about another.

    Raises
    ------
    DatasetError
        When a part would lack a class, or hold no row.
    """
    try:
        if groups is None:
            train, holdout = _split_rows(target, share, seed, stratify=stratify)
        else:
            train, holdout = _split_groups(target, groups, share, seed, stratify=stratify)
    except ValueError as error:  # scikit-learn's word for a part without a row, or with fewer rows than classes
        raise DatasetError(
            f"{len(target)} rows cannot be split with a holdout of {share:g}",
            where="keepfit.toml: [split] holdout",
            hint="choose a share that leaves rows of both classes in both parts",
        ) from error
    return _checked(Split(train, holdout), target, hint="set stratify = true, or another holdout")


def split_latest(target: NDArray[np.int8], times: NDArray[np.int64], *, share: float) -> Split:
    """Hold out the latest rows; rows of the same time are kept together.

    Parameters
    ----------
    target
        Classes, `(n_rows,)`.
    times
        When each row was, `(n_rows,)`, greater for later rows.
    share
        Share of the rows that is held out; the nearest that whole times allow.

    Raises
    ------
    DatasetError
        When there is only one time, or a part would lack a class.
    """
    starts, later = np.unique(-times, return_counts=True)
    if len(starts) == 1:
        raise DatasetError(
            "all rows are of the same time", where="keepfit.toml: [split] time", hint="choose another column"
        )
    held_out = np.cumsum(later)[:-1]
    first = -starts[np.abs(held_out - share * len(times)).argmin()]
    rows = np.arange(len(times), dtype=np.int64)
    split = Split(rows[times < first], rows[times >= first])
    return _checked(split, target, hint="choose another holdout")


def _checked(split: Split, target: NDArray[np.int8], *, hint: str) -> Split:
    """Refuse a part without all classes."""
    for name, part in (("training", split.train), ("held-out", split.holdout)):
        if len(np.unique(target[part])) < len(np.unique(target)):
            raise DatasetError(f"the {name} rows would lack a class", where="keepfit.toml: [split]", hint=hint)
    return split


def _split_rows(
    target: NDArray[np.int8], share: float, seed: int, *, stratify: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from sklearn.model_selection import train_test_split  # noqa: PLC0415 - heavy, and only for those who train

    rows = np.arange(len(target), dtype=np.int64)
    train, holdout = train_test_split(rows, test_size=share, random_state=seed, stratify=target if stratify else None)
    return train, holdout


def _split_groups(
    target: NDArray[np.int8], groups: NDArray[np.int64], share: float, seed: int, *, stratify: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold  # noqa: PLC0415 - as above

    if not stratify:
        splitter = GroupShuffleSplit(1, test_size=share, random_state=seed)
        train, holdout = next(iter(splitter.split(target, groups=groups)))
        return train, holdout
    held_out, folds = _folds(share, int(np.bincount(target).min()))
    splits = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(target, target, groups)
    holdout = np.sort(np.concatenate([part for _, part in islice(splits, held_out)]))
    return np.setdiff1d(np.arange(len(target)), holdout), holdout


def _folds(share: float, rarest: int) -> tuple[int, int]:
    """Return how many folds of how many are nearest to a share; no more than ten, and than the rarest class has rows.

    A share that is near to no such fraction is one fold of many, or all but one.
    """
    nearest = Fraction(share).limit_denominator(max(2, min(_MOST_FOLDS, rarest)))
    if nearest <= 0:
        return 1, round(1 / share)
    if nearest >= 1:
        return round(1 / (1 - share)) - 1, round(1 / (1 - share))
    return nearest.numerator, nearest.denominator
