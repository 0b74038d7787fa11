"""The rows that a domain classifier learns from: as many of each side, copies together, in folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.signature import Column, Kind

Integers = NDArray[np.int64]
MOST_ROWS = 10_000  # of each side: with more the interval is narrower than anybody needs
MOST_CODES = 255  # scikit-learn's histogram trees take no more
_FEW = 10  # rows of both sides together
_TIES, _SHARED = 5.0, 0.5  # above so many rows a distinct row, of which most are on both sides, rows are no copies


@dataclass(frozen=True, slots=True)
class DomainRows:
    """Rows of both sides, one after the other.

    Attributes
    ----------
    matrix
        `(n_rows, n_features)`, float32; NaN is missing; of categories the commonest 255 codes at most.
    is_window
        Of which side a row is, `(n_rows,)`.
    records
        Number of the record that a row is a copy of, `(n_rows,)`.
    folds
        Number of its fold, `(n_rows,)`: copies of a record are in one.
    """

    matrix: Matrix
    is_window: NDArray[np.bool_]
    records: Integers
    folds: Integers


def domain_rows(reference: Matrix, window: Matrix, columns: Sequence[Column], *, folds: int, seed: int) -> DomainRows:
    """Draw as many rows of each side, at most 10 000, and deal them into folds.

    Copies of a row (a table that is replayed, a request that is repeated) go into one fold. In two folds the model
    would know a row by heart: with the other side's label if both sides have it, with its own if the window has it
    twice, and say nothing of the populations. (Of 2000 normal rows by 20 columns with nothing changed, the AUC was
    0.06 for a replay and 0.93 for a window with each row five times; kept together it is 0.5 for both.)

    Parameters
    ----------
    reference, window
        `(n_rows, n_features)` each, from the door.
    columns
        What they hold.
    folds
        How many, at least 2.
    seed
        Of what is drawn and dealt.
    """
    rng = np.random.default_rng(seed)
    count = min(len(reference), len(window), MOST_ROWS)
    drawn = [side[rng.choice(len(side), count, replace=False)] for side in (reference, window)]
    matrix = np.concatenate(drawn).astype(np.float32)
    for at, column in enumerate(columns):
        if column.kind is Kind.CATEGORY:
            matrix[:, at] = _commonest(matrix[:, at], unseen=len(column.categories))
    is_window = np.arange(len(matrix)) >= count
    records = _records(matrix, is_window)
    return DomainRows(matrix, is_window, records, _dealt(records, is_window, folds, rng))


def _commonest(codes: NDArray[np.float32], unseen: int) -> NDArray[np.float32]:
    """Pool the rarest codes of both sides into one code of their own; NaN stays NaN.

    Values that the reference has not seen are among them, where there are others: as labels of one row or two they are
    in any sample, and only in the window do they have no code.
    """
    known, counts = np.unique(codes[~np.isnan(codes)], return_counts=True)
    is_rare = (counts < _FEW) & (known != unseen)
    is_rare[np.argsort(-counts, kind="stable")[MOST_CODES - 1 :]] |= len(known) > MOST_CODES
    if not is_rare.any():
        return codes
    rare = known[is_rare | (known == unseen)]
    return np.where(np.isin(codes, rare), known[-1] + 1, codes).astype(np.float32)


def _records(matrix: Matrix, is_window: NDArray[np.bool_]) -> Integers:
    """Return the record of each row: equal rows have one, unless they are a small table's values.

    In a table of a few flags all rows are equal to others by nature, to those of the other side too. Kept in one fold
    they could not be learnt from: there each row has a record of its own.
    """
    plain = np.where(np.isnan(matrix), np.float32(np.nan), matrix) + np.float32(0)  # one NaN, and one zero
    rows = np.ascontiguousarray(plain).view(np.dtype((np.void, plain.itemsize * plain.shape[1]))).ravel()
    distinct, records = np.unique(rows, return_inverse=True)
    mine, theirs = (np.bincount(records[side], minlength=len(distinct)) for side in (is_window, ~is_window))
    is_shared = ((mine > 0) & (theirs > 0))[records].mean() > _SHARED
    if is_shared and len(rows) > _TIES * len(distinct):
        return np.arange(len(rows))
    return records.astype(np.int64)


def _dealt(records: Integers, is_window: NDArray[np.bool_], folds: int, rng: np.random.Generator) -> Integers:
    """Deal records like cards, those with as many rows of each side one after another: folds are alike in both."""
    count = int(records.max()) + 1
    mine, theirs = (np.bincount(records[side], minlength=count) for side in (is_window, ~is_window))
    order = np.lexsort((rng.random(count), mine, theirs))
    dealt = np.empty(count, dtype=np.int64)
    dealt[order] = np.arange(count) % folds
    return dealt[records]
