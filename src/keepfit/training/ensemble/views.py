"""What the members of an ensemble see of the door's matrix: one view for trees, one for linear forms.

Views are learnt without the target, once, on all training rows; what uses the target is in `target_encoding`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.signature import Kind, Signature

Positions = NDArray[np.int64]
Categories = Literal["target", "one-hot", "both"]
MISSING_CODE = -1.0
_FEW_VALUES = (3, 10)
_KNOTS = (0.1, 0.3, 0.5, 0.7, 0.9)
_MOST_LEVELS = 50


@dataclass(frozen=True, slots=True)
class Columns:
    """Pairs of a column and a value: which column `(n,)`, and which value `(n,)`."""

    position: Positions
    value: Matrix


@dataclass(frozen=True, slots=True)
class Views:
    """How a matrix from the door is looked at.

    Attributes
    ----------
    numbers, categories
        Positions of the two kinds of columns; flags are numbers, and so are dates: their days.
    medians
        What stands in for a missing number, `(n_numbers,)`.
    gaps
        Numbers that were missing in training rows: each gets an indicator.
    mean, scale
        Of the filled numbers: a standardised number is `(number - mean) * scale`.
    offsets
        Where each category begins in a table over all codes, `(n_categories,)`: it has a place for missing, one for
        each category of its vocabulary and one for all unseen ones.
    places
        Size of that table.
    levels
        Categories that have a column of 0 and 1 in the linear view: (category, code).
    few
        Values of numbers with few of them, that have one too: (number, value).
    knots
        Where the slope of a number may change: (number, value).
    """

    numbers: Positions
    categories: Positions
    medians: Matrix
    gaps: Positions
    mean: Matrix
    scale: Matrix
    offsets: Positions
    places: int
    levels: Columns
    few: Columns
    knots: Columns

    @property
    def plain_width(self) -> int:
        """Columns of the linear view without those of the knots, which come last."""
        return len(self.numbers) + len(self.gaps) + len(self.levels.value) + len(self.few.value)

    def filled(self, matrix: Matrix) -> tuple[Matrix, Matrix]:
        """Return the numbers without gaps, `(n_rows, n_numbers)`, and the indicators, `(n_rows, n_gaps)`."""
        raw = matrix[:, self.numbers]
        missing = np.isnan(raw)
        return np.where(missing, self.medians, raw), missing[:, self.gaps].astype(np.float32)

    def codes(self, matrix: Matrix) -> Matrix:
        """Return the codes of the categories, -1 for missing, `(n_rows, n_categories)`."""
        raw = matrix[:, self.categories]
        return np.where(np.isnan(raw), np.float32(MISSING_CODE), raw)

    def table_places(self, matrix: Matrix) -> Positions:
        """Return where in a table over all codes each category of each row stands, `(n_rows, n_categories)`."""
        return (self.codes(matrix) - np.float32(MISSING_CODE)).astype(np.int64) + self.offsets

    def linear(self, matrix: Matrix, *, with_knots: bool) -> Matrix:
        """Return the linear view: standardised numbers, indicators, columns of 0 and 1, and hinges at the knots."""
        numbers, gaps = self.filled(matrix)
        parts = [
            (numbers - self.mean) * self.scale,
            gaps,
            self.flags(matrix),
            (numbers[:, self.few.position] == self.few.value).astype(np.float32),
        ]
        if with_knots:
            at = self.knots.position
            parts.append(np.maximum(numbers[:, at] - self.knots.value, 0) * self.scale[at])
        return np.hstack(parts)

    def flags(self, matrix: Matrix) -> Matrix:
        """Return the columns of 0 and 1 of the categories, `(n_rows, n_levels)`."""
        flags: Matrix = (self.codes(matrix)[:, self.levels.position] == self.levels.value).astype(np.float32)
        return flags

    def tree_directions(self, directions: Sequence[int], categories: Categories) -> list[int]:
        """Return the direction of each column of the view for trees from that of each column of the door's matrix.

        Only numbers have one: neither a missing value's indicator nor anything of a category rises with a number.
        """
        encoded = len(self.categories) if categories != "one-hot" else 0
        flags = len(self.levels.value) if categories != "target" else 0
        return [directions[at] for at in self.numbers] + [0] * (len(self.gaps) + encoded + flags)

    def trees(self, matrix: Matrix, encoded: Matrix, categories: Categories) -> Matrix:
        """Return the view for trees: numbers, indicators, encoded categories, and their columns of 0 and 1.

        Parameters
        ----------
        matrix
            Rows from the door.
        encoded
            The categories as shares of positives, `(n_rows, n_categories)`.
        categories
            Which of the two forms of the categories are seen.
        """
        parts = [*self.filled(matrix)]
        parts += [encoded] if categories != "one-hot" else []
        parts += [self.flags(matrix)] if categories != "target" else []
        return np.hstack(parts)


def learn_views(matrix: Matrix, signature: Signature) -> Views:
    """Learn medians, scales, levels and knots from training rows, `(n_rows, n_features)` from the door."""
    is_category = np.array([column.kind is Kind.CATEGORY for column in signature.columns])
    numbers, categories = np.flatnonzero(~is_category), np.flatnonzero(is_category)
    raw = matrix[:, numbers]
    missing = np.isnan(raw)
    medians = np.array([_median(column) for column in raw.T], np.float32)
    filled = np.where(missing, medians, raw)
    deviation = filled.std(axis=0, dtype=np.float64)
    sizes = [len(signature.columns[at].categories) + 2 for at in categories]
    few: list[tuple[int, float]] = []
    knots: list[tuple[int, float]] = []
    for at, column in enumerate(filled.T):
        values = np.unique(column)
        if len(values) > _FEW_VALUES[1]:
            knots += [(at, value) for value in np.unique(np.quantile(column, _KNOTS).astype(np.float32))]
        elif len(values) >= _FEW_VALUES[0]:
            few += [(at, value) for value in values]
    return Views(
        numbers=numbers,
        categories=categories,
        medians=medians,
        gaps=np.flatnonzero(missing.any(axis=0)),
        mean=filled.mean(axis=0, dtype=np.float64).astype(np.float32),
        scale=np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1), 0).astype(np.float32),
        offsets=np.cumsum([0, *sizes])[:-1].astype(np.int64),
        places=sum(sizes),
        levels=_columns(_levels(matrix[:, categories], sizes)),
        few=_columns(few),
        knots=_columns(knots),
    )


def _levels(codes: Matrix, sizes: list[int]) -> list[tuple[int, float]]:
    """Return the categories that get a column of their own: of a large vocabulary the most frequent."""
    found: list[tuple[int, float]] = []
    for at, (column, size) in enumerate(zip(codes.T, sizes, strict=True)):
        counts = np.bincount(np.nan_to_num(column, nan=MISSING_CODE).astype(np.int64) + 1, minlength=size)
        kept = np.sort(np.argsort(-counts, kind="stable")[:_MOST_LEVELS])
        found += [(at, float(place) + MISSING_CODE) for place in kept]
    return found


def _columns(pairs: list[tuple[int, float]]) -> Columns:
    return Columns(np.array([at for at, _ in pairs], np.int64), np.array([value for _, value in pairs], np.float32))


def _median(column: Matrix) -> float:
    known = column[~np.isnan(column)]
    return float(np.median(known)) if len(known) else 0.0
