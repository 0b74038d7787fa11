"""From the columns of a table to numbers, and to the cells that their columns do not take.

The same rules as those of `keepfit.scoring.values`, for a whole polars series at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.datasets.categories import category_texts
from keepfit.datasets.clean_values import clean_series
from keepfit.datasets.dates import dates_in, written_dates
from keepfit.datasets.numbers import holds_texts, number_texts
from keepfit.missing_text import missing_words
from keepfit.scoring.panel_rules import PanelRules
from keepfit.scoring.values import LARGEST, RefusedValueError, expected, range_of, value_encoder
from keepfit.signature import Column, Kind, Signature

_NESTED = (pl.List, pl.Array, pl.Struct, pl.Binary, pl.Object)
_SHORT_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
_Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cells:
    """A column of a table.

    Attributes
    ----------
    values
        What it holds.
    unread
        Which rows hold a text that is no value of the column's kind, and is null in `values`; None when none does.
    """

    values: pl.Series
    unread: pl.Series | None = None


@dataclass(frozen=True, slots=True)
class EncodedTable:
    """A table as numbers.

    Attributes
    ----------
    matrix
        `(n_rows, n_features)`, float32; missing values are NaN, and what stands in a wrong cell means nothing.
    wrong
        Which rows of a column hold what it does not take, `(n_rows,)`, by the column's place; columns without such a
        row are left out.
    """

    matrix: Matrix
    wrong: dict[int, NDArray[np.bool_]]


def encode_table(
    signature: Signature, table: Sequence[Cells | None], rows: int, *, are_typed: bool = True
) -> EncodedTable:
    """Return the columns of a table as numbers.

    Parameters
    ----------
    signature
        What the table is held to.
    table
        Its columns in the signature's order, each of a type that `misfit` has nothing against; None is missing in
        every row.
    rows
        How many there are.
    are_typed
        Whether a number or a flag is one, and so wrong where words are expected, as in a request. The reading of a
        training table makes numbers of all words that look like them: there it is a word.
    """
    matrix = np.empty((rows, len(signature.columns)), dtype=np.float32)
    wrong: dict[int, NDArray[np.bool_]] = {}
    for at, (column, cells) in enumerate(zip(signature.columns, table, strict=True)):
        given = cells or Cells(pl.repeat(None, rows, dtype=pl.Null, eager=True))
        encoded, is_wrong = _encoded(column, given, signature)
        if are_typed and column.kind is Kind.CATEGORY:
            is_wrong = _either(is_wrong, _mistyped(column, given.values, signature))
        with np.errstate(over="ignore"):  # a number that is too large is wrong by itself
            matrix[:, at] = encoded
        if is_wrong is not None and is_wrong.any():
            wrong[at] = is_wrong
    if signature.offers is not None:
        rules = PanelRules(signature, signature.offers)
        if not any(table[rules.sent :]):
            matrix[:, rules.sent :] = rules.lone_past(matrix)
        for at, is_wrong in rules.wrong(matrix).items():
            wrong[at] = wrong[at] | is_wrong if at in wrong else is_wrong
        rules.fill_matrix(matrix)
    return EncodedTable(matrix, wrong)


def misfit(column: Column, dtype: pl.DataType) -> str:
    """Return what is wrong with the type of a table's column as a whole; the empty text when nothing is."""
    if column.kind is Kind.CATEGORY:
        fits = not isinstance(dtype, _NESTED)
    elif column.kind is Kind.FLAG:
        fits = dtype in (pl.Boolean, pl.Null)
    elif column.kind is Kind.DATE:
        fits = not isinstance(dtype, _NESTED)  # which of its values are dates, each row says
    else:
        fits = dtype.is_numeric() or dtype == pl.Null or (column.is_written_as_text and holds_texts(dtype))
    return "" if fits else f"expected {expected(column)}, found {dtype}"


def cleaned(column: Column, series: pl.Series) -> pl.Series:
    """Clean the values of a column; of dates, those of another type than text as a request would write them."""
    if column.kind is Kind.DATE and (column.missing_values or column.spellings):
        series = written_dates(series, column.date_format)
    return clean_series(series, column.missing_values, dict(column.spellings))


def _encoded(column: Column, cells: Cells, signature: Signature) -> tuple[NDArray[Any], _Rows | None]:
    """Return the numbers of a column, NaN where there is none, and which rows are wrong."""
    if column.kind is Kind.CATEGORY:
        encoded, wrong = _codes(column, cells.values, signature)
    elif column.kind is Kind.FLAG:
        encoded, wrong = cells.values.cast(pl.Float32).to_numpy(), None
    elif column.kind is Kind.DATE:
        dates = dates_in(cleaned(column, cells.values), column.date_format)
        encoded, wrong = dates.days.cast(pl.Float32).to_numpy(), _rows(dates.is_wrong)
    else:
        encoded, wrong = _numbers(column, cells.values)
    unread = None if cells.unread is None else _rows(cells.unread)
    return encoded, _either(_either(wrong, unread), None if column.optional else np.isnan(encoded))


def _codes(column: Column, series: pl.Series, signature: Signature) -> tuple[NDArray[Any], _Rows | None]:
    """Return the codes of a category."""
    texts = category_texts(cleaned(column, series))
    unseen = float(len(column.categories))
    known = texts.cast(pl.Enum(column.categories), strict=False).to_physical()
    encoded = known.cast(pl.Float32).to_numpy()
    if known.null_count() > texts.null_count():
        encoded = np.where(np.isnan(encoded) & texts.is_not_null().to_numpy(), np.float32(unseen), encoded)
    return encoded, None if signature.accepts_unseen else encoded == unseen


def _mistyped(column: Column, series: pl.Series, signature: Signature) -> _Rows | None:
    """Return which rows hold a number or a flag that the vocabulary does not take."""
    if not (series.dtype.is_numeric() or series.dtype == pl.Boolean):
        return None
    encode, refused = value_encoder(column, signature), []
    written = category_texts(series)
    for text in written.drop_nulls().unique():
        try:
            encode(_scalar(text, series.dtype))
        except RefusedValueError:
            refused.append(text)
    return _rows(written.is_in(refused)) if refused else None


def _scalar(text: str, dtype: pl.DataType) -> float | bool:
    if dtype == pl.Boolean:
        return text == "true"
    return int(text) if dtype.is_integer() else float(text)


def _numbers(column: Column, series: pl.Series) -> tuple[NDArray[Any], _Rows | None]:
    """Return the numbers of a column, out of its texts where it is declared so."""
    wrong = None
    if column.is_written_as_text and holds_texts(series.dtype):
        found = number_texts(series, missing_words(column.missing_values))
        series, wrong = found.numbers, _rows(found.is_wrong)
    exact = cleaned(column, series).cast(pl.Float64).to_numpy()
    if series.dtype not in _SHORT_INTEGERS:
        wrong = _either(wrong, np.abs(exact) > LARGEST)
        if column.kind is Kind.INTEGER:
            wrong = _either(wrong, (exact != np.rint(exact)) & ~np.isnan(exact))
    if (ends := range_of(column)) is not None:
        low, high = ends
        if column.out_of_range == "clip":
            exact = np.clip(exact, low, high)
        else:
            wrong = _either(wrong, (exact < low) | (exact > high))
    return exact, wrong


def _rows(series: pl.Series) -> _Rows:
    """Return which rows are meant; a null means that its is not."""
    return series.fill_null(value=False).to_numpy()


def _either(one: _Rows | None, other: _Rows | None) -> _Rows | None:
    if one is None or other is None:
        return other if one is None else one
    return one | other
