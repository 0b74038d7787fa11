"""Made-up rows whose answers travel with a bundle: a service asks them again before it trusts what it has loaded.

A graph that was exported whole may still answer otherwise where another runtime or another processor loads it. The rows
are drawn from the ranges and vocabularies of the signature: they are nobody's.
"""

from __future__ import annotations

import numpy as np

from keepfit.arrays import Matrix
from keepfit.signature import Column, Kind, Signature

TOLERANCE = 1e-5
_ROWS = 32
_MISSING_SHARE = 0.1
_OUTSIDE_SHARE = 0.05


def probe_rows(signature: Signature) -> Matrix:
    """Return rows as they come from the door, `(32, n_features)`, float32.

    Parameters
    ----------
    signature
        Whose columns; missing and unseen values come where it takes them. It always gets the same rows.
    """
    chance = np.random.default_rng(0)
    return np.column_stack([_values(column, signature, chance) for column in signature.columns]).astype(np.float32)


def _values(column: Column, signature: Signature, chance: np.random.Generator) -> Matrix:
    if column.kind is Kind.CATEGORY:
        codes = len(column.categories) + signature.accepts_unseen
        values = chance.integers(0, codes, _ROWS).astype(np.float32)
    elif column.kind is Kind.FLAG:
        values = chance.integers(0, 2, _ROWS).astype(np.float32)
    else:
        low, high = column.minimum or 0.0, column.maximum or 0.0
        span = high - low
        drawn = chance.uniform(low - _OUTSIDE_SHARE * span, high + _OUTSIDE_SHARE * span, _ROWS)
        values = (drawn if column.kind is Kind.NUMBER else np.round(drawn)).astype(np.float32)
    if column.optional:
        values[chance.random(_ROWS) < _MISSING_SHARE] = np.nan
    return values
