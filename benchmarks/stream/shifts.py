"""What changes half way: how the wines are measured, or what is liked in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from wines import BATCH_ROWS, Rows, Stream, seen_again, shuffled  # the file beside this one

from keepfit.arrays import Matrix

AFTER_BATCHES = 18
_VOLUME_TO_MASS = 0.789  # g of alcohol in a cm³
_SULFUR_DIOXIDE = 64.07  # g in a mol
_SULPHATE_OF_SALT = 96.06 / 174.26  # the ion's share of potassium sulphate's mass
_FACTORS = {
    "alcohol": _VOLUME_TO_MASS,
    "free sulfur dioxide": 1 / _SULFUR_DIOXIDE,
    "total sulfur dioxide": 1 / _SULFUR_DIOXIDE,
    "sulphates": _SULPHATE_OF_SALT,
}
_LIKED = ("alcohol", "volatile acidity", "sulphates")

Shift = Callable[[Rows, Sequence[str]], Rows]


def units(rows: Rows, columns: Sequence[str]) -> Rows:
    """Return the rows as another laboratory writes them.

    Alcohol by mass instead of volume, sulfur dioxide in mmol/dm³ instead of mg/dm³, sulphates as the ion instead of its
    potassium salt. What is to be known of a wine is the same as before.
    """
    factors = np.array([_FACTORS.get(name, 1.0) for name in columns])
    return Rows((rows.matrix * factors).astype(np.float32), rows.labels, rows.wines)


def taste(rows: Rows, columns: Sequence[str]) -> Rows:
    """Return the rows as if tasters liked the opposite: of three columns each wine gets the value of the opposite rank.

    Each column has about the values that it had and as many wines are good: no column by itself and no share tells.
    """
    matrix = rows.matrix.copy()
    for at in (list(columns).index(name) for name in _LIKED):
        matrix[:, at] = _opposite(matrix[:, at])
    return Rows(matrix, rows.labels, rows.wines)


def inverted(rows: Rows, columns: Sequence[str]) -> Rows:  # noqa: ARG001 - as every shift
    """Return the rows with the other class: what was good is bad."""
    return Rows(rows.matrix, (1 - rows.labels).astype(rows.labels.dtype), rows.wines)


SHIFTS: dict[str, Shift] = {"units": units, "taste": taste, "inverted": inverted}


def shifted(rows: Rows, columns: Sequence[str], shift: Shift, seed: int) -> tuple[Stream, int, int]:
    """Return a stream that is shifted half way, how many batches come before, and how many until rows come again.

    Few rows are left after half of them: then all come again in another shuffle, with a small noise.
    """
    order = shuffled(rows, seed)
    before = len(order.batches) // 2
    streamed = _joined(order.batches)
    changed = shift(rows, columns)
    place = np.random.default_rng(seed).permutation(len(rows))[len(order.begin) + before * BATCH_ROWS :]
    late = changed[place].followed_by(seen_again(changed, seed))[: AFTER_BATCHES * BATCH_ROWS]
    batches = (*streamed[: before * BATCH_ROWS].batches(), *late.batches())
    return Stream(order.begin, batches), before, len(place) // BATCH_ROWS


def _joined(batches: Sequence[Rows]) -> Rows:
    whole = batches[0]
    for batch in batches[1:]:
        whole = whole.followed_by(batch)
    return whole


def _opposite(values: Matrix) -> Matrix:
    """Return for each value that of the opposite rank, `(n_rows,)`; equal values stay equal."""
    ordered = np.sort(values)
    ranks = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") - 1) // 2
    return ordered[::-1][ranks]
