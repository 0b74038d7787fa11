"""The folds of the cross-validation."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from keepfit.errors import TrainingError
from keepfit.project.training_section import TrainingSection
from keepfit.training.search_rows import SearchRows

_FEW_ROWS = 1000  # below, an ensemble's folds are drawn twice: what one draw says is mostly chance
_REPETITIONS = 2
Positions = NDArray[np.int64]
Fold = tuple[Positions, Positions]


def draw_folds(rows: SearchRows, section: TrainingSection, seed: int, *, has_ensemble: bool) -> list[list[Fold]]:
    """Return the folds of the training rows, drawn once, or more often where an ensemble has few rows.

    Raises
    ------
    TrainingError
        When a fold would lack a class.
    """
    labels = rows.labels[rows.train]
    if rows.times is not None:
        return [time_folds(labels, rows.times[rows.train], count=section.folds)]
    groups = None if rows.groups is None else rows.groups[rows.train]
    repetitions = _REPETITIONS if has_ensemble and len(rows.train) < _FEW_ROWS else 1
    return [cross_validation_folds(labels, groups, count=section.folds, seed=seed + at) for at in range(repetitions)]


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
    return _checked(
        list(StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(labels, labels, groups)), labels
    )


def time_folds(labels: NDArray[np.int8], times: NDArray[np.int64], *, count: int) -> list[Fold]:
    """Return folds that are each fitted on all earlier rows, and asked about the next part of the rest.

    The first part, about one in `count + 1`, is never asked about. Rows of the same time are in the same part.

    Parameters
    ----------
    labels
        Classes 0 or 1 of the training rows, `(n_rows,)`.
    times
        When each row was, `(n_rows,)`, greater for later rows.
    count
        How many folds.

    Raises
    ------
    TrainingError
        When there are fewer times than that, or a fold would lack a class.

    References
    ----------
    Hyndman, R. J. and Athanasopoulos, G. (2021). Forecasting: principles and practice, 3rd edition, section 5.10
    (evaluation on a rolling forecasting origin).
    """
    different, rows = np.unique(times, return_counts=True)
    if len(different) <= count:
        raise TrainingError(
            f"the training rows are of {len(different)} times, which make no {count} folds one after the other",
            where="keepfit.toml: [training] folds",
            hint="lower folds, or choose another column in [split] time",
        )
    # the last time of each part but the latest: where equal shares would end, then moved so that each part has one
    ends = np.searchsorted(np.cumsum(rows), np.linspace(0, len(times), count + 2)[1:-1])
    ends = np.clip(ends, np.arange(count), len(different) - 1 - np.arange(count, 0, -1))
    begins = different[np.maximum.accumulate(ends - np.arange(count)) + np.arange(count) + 1]
    bounds = [*begins, different[-1] + 1]
    folds = [
        (np.flatnonzero(times < begin), np.flatnonzero((times >= begin) & (times < end)))
        for begin, end in pairwise(bounds)
    ]
    return _checked(folds, labels)


def _checked(folds: list[Fold], labels: NDArray[np.int8]) -> list[Fold]:
    """Refuse folds of which a part lacks a class."""
    for number, parts in enumerate(folds, start=1):
        for name, part in zip(("is fitted on", "is asked about"), parts, strict=True):
            if len(np.unique(labels[part])) < len(np.unique(labels)):
                raise TrainingError(
                    f"what fold {number} of {len(folds)} {name} ({len(part)} rows) lacks a class",
                    where="keepfit.toml: [training] folds",
                    hint="lower folds, or bring more rows of the rarer class",
                )
    return folds
