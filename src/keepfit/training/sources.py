"""What a made feature is of the door's matrix, where it follows from one column: then a tree may ask the column.

A missing number is filled before the trees. A missing category is left as NaN, for which no comparison holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from keepfit.training.trees import LEAF, Tree

Column = NDArray[np.float32]
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Source:
    """A feature that follows from one column.

    Attributes
    ----------
    column
        Position of the column in the matrix.
    filler
        What stands in for a missing value.
    level
        Where the feature is 1 for this level of the column and 0 for others; None where it is a number. Levels are
        whole numbers from 0 on, and the filler.
    curve
        Returns the feature for numbers of the column, and never falls as they grow; None where it is the number itself.
    """

    column: int
    filler: float
    level: float | None = None
    curve: Callable[[Column], Column] | None = None

    @property
    def is_own_level(self) -> bool:
        """Whether missing is a level beside those from 0 on."""
        return self.level is not None and self.filler < 0


def column_fillers(sources: Sequence[Source], width: int) -> Column | None:
    """Return what to fill each column with before folded trees, `(width,)`, NaN for nothing.

    None where features need different fillers for one column: their trees cannot be folded.
    """
    fillers: dict[int, float] = {}
    for source in sources:
        filler = np.nan if source.is_own_level else source.filler
        known = fillers.setdefault(source.column, filler)
        if not np.array_equal(known, filler, equal_nan=True):
            return None
    return np.array([fillers.get(at, np.nan) for at in range(width)], np.float32)


def folded(tree: Tree, sources: Sequence[Source]) -> Tree:
    """Return a tree over filled columns of the door's matrix: each row gets the leaf that it got as features.

    Parameters
    ----------
    tree
        Over features.
    sources
        What each feature is.
    """
    threshold = _on_columns(tree, sources)
    at, is_split = np.maximum(tree.feature, 0), tree.feature >= 0
    asks_level = np.array([source.level is not None for source in sources])[at] & is_split
    code = np.array([source.level or 0.0 for source in sources], np.float32)[at]
    is_above, is_below = asks_level & (threshold < 0), asks_level & (threshold >= 1)  # all go right, all go left
    splits = asks_level & ~is_above & ~is_below
    is_first = splits & (code == 0)  # nothing is below it: what is at most 0 goes right
    is_filler = splits & (code < 0)  # what is not missing goes left
    left, right = np.where(is_first, tree.right, tree.left), np.where(is_first, tree.left, tree.right)
    return replace(
        tree,
        feature=np.where(is_split, np.array([source.column for source in sources], np.int64)[at], LEAF),
        threshold=np.where(is_filler, np.float32(np.inf), np.where(splits, code, threshold)),
        left=np.where(is_above, right, left),
        right=np.where(is_below, left, right),
        is_level=splits & ~is_first & ~is_filler,
    )


def never_falls(curve: Callable[[Column], Column], knots: NDArray[np.float64]) -> bool:
    """Whether a curve that rises between its knots, rounding included, does not fall from one piece to the next."""
    rounded = knots.astype(np.float32)
    around = [np.nextafter(rounded, np.float32(side)) for side in (-np.inf, np.inf)]
    return bool((np.diff(curve(np.unique([rounded, *around]))) >= 0).all())


def _on_columns(tree: Tree, sources: Sequence[Source]) -> Column:
    """Return the thresholds, those on a curve as numbers of its column."""
    threshold = tree.threshold.copy()
    for at in np.unique(tree.feature[tree.feature >= 0]):
        curve = sources[at].curve
        if curve is not None:
            mine = tree.feature == at
            threshold[mine] = _largest_at_most(curve, threshold[mine])
    return threshold


def _largest_at_most(curve: Callable[[Column], Column], limits: Column) -> Column:
    """Return the largest float32 number whose curve is at most each limit, -inf where there is none.

    All float32 numbers are halved, in their order, until one is left.
    """
    low = np.full(len(limits), _place(-_LARGEST) - 1)
    high = np.full(len(limits), _place(_LARGEST))
    while (low < high).any():
        middle = (low + high + 1) // 2
        is_within = curve(_number(middle)) <= limits
        low, high = np.where(is_within, middle, low), np.where(is_within, high, middle - 1)
    return np.where(low < _place(-_LARGEST), np.float32(-np.inf), _number(low))


def _place(number: float) -> int:
    """Return the place of a number in the order of all float32 numbers; that of 0 is 0."""
    bits = int(np.float32(abs(number)).view(np.int32))
    return bits if number >= 0 else -bits


def _number(places: NDArray[np.int64]) -> Column:
    """Return the float32 numbers at places in their order."""
    sizes = np.abs(places).astype(np.int32).view(np.float32)
    return np.where(places < 0, -sizes, sizes)
