"""Many flags beside each other, as the products of a customer are: how frequent each is, and which go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from keepfit.datasets import ColumnFacts, ColumnKind
from keepfit.evaluation import share_of
from keepfit.exploration.features import Rate

_LEAST_FLAGS = 5


@dataclass(frozen=True, slots=True)
class Flags:
    """A table's flags; a missing one counts as not set.

    Attributes
    ----------
    rates
        How often each is set, the most frequent first.
    together
        Share of the rows with the flag of the row that have the flag of the column too, `(n, n)`; NaN where no row has
        the first.
    names
        The order of `together`.
    """

    names: tuple[str, ...]
    rates: tuple[Rate, ...]
    together: tuple[tuple[float, ...], ...]


def describe_flags(frame: pl.DataFrame, columns: Sequence[ColumnFacts]) -> Flags | None:
    """Return the flags of a table, None where it has fewer than five."""
    flags = [facts.name for facts in columns if facts.kind is ColumnKind.FLAG and facts.name in frame.columns]
    if len(flags) < _LEAST_FLAGS:
        return None
    matrix = frame.select(pl.col(flags).cast(pl.Float64).fill_null(0.0)).to_numpy()
    counts = matrix.T @ matrix
    order = np.argsort(-np.diag(counts), kind="stable")
    names = tuple(flags[at] for at in order)
    counts = counts[np.ix_(order, order)]
    totals = np.diag(counts)
    shares = np.divide(counts, totals[:, None], out=np.full_like(counts, np.nan), where=totals[:, None] > 0)
    rates = tuple(
        Rate(name, frame.height, share_of(float(total), frame.height))
        for name, total in zip(names, totals, strict=True)
    )
    return Flags(names, rates, tuple(tuple(row) for row in shares.tolist()))
