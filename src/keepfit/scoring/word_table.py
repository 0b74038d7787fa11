"""From a matrix of the door back to a table: what `keepfit.scoring.words` does for a number, column by column."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.scoring.values import LARGEST
from keepfit.signature import Column, Kind, Signature

_TYPES: dict[Kind, type[pl.DataType]] = {
    Kind.INTEGER: pl.Int64,
    Kind.NUMBER: pl.Float64,
    Kind.CATEGORY: pl.String,
    Kind.FLAG: pl.Boolean,
    Kind.DATE: pl.Date,
}


def word_table(matrix: Matrix, signature: Signature) -> pl.DataFrame:
    """Return a table with the signature's columns, null where a value is missing.

    The door makes the same matrix of it again. All categories outside of a vocabulary have one word, `unseen_word`:
    which ones they were is not in their code.

    Parameters
    ----------
    matrix
        Rows from the door, `(n_rows, n_features)`.
    signature
        Their columns.
    """
    return pl.DataFrame([_series(column, matrix[:, at]) for at, column in enumerate(signature.columns)])


def unseen_word(column: Column) -> str:
    """Return the word for what is outside of a column's vocabulary: `unseen`, in as many brackets as it takes."""
    taken = {*column.categories, *column.missing_values, *(text for text, _ in column.spellings)}
    word = "unseen"
    while word in taken:
        word = f"({word})"
    return word


def _series(column: Column, values: NDArray[np.float32]) -> pl.Series:
    """Return the words of a column's numbers; a number is the shortest one that float32 does not tell from it."""
    kind = _TYPES[column.kind]
    if column.kind is Kind.CATEGORY:
        words = np.array([*column.categories, unseen_word(column)], dtype=np.object_)
        known = np.nan_to_num(values, nan=0.0).astype(np.intp)
        return pl.Series(column.name, words[known], dtype=kind).set(pl.Series(np.isnan(values)), None)
    series = pl.Series(column.name, _shortest(values) if column.kind is Kind.NUMBER else values, nan_to_null=True)
    return series.cast(pl.Int32).cast(kind) if column.kind is Kind.DATE else series.cast(kind)


def _shortest(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the shortest numbers that float32 does not tell from these; that of the largest one is beyond it."""
    shortest: NDArray[np.float64] = values.astype(np.str_).astype(np.float64)
    return np.minimum(np.maximum(shortest, -LARGEST), LARGEST)
