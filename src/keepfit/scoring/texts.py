"""The cells of a CSV, which are all text, as values of the kinds that a signature says.

Each cell is read by itself, whatever stands in the others: so a row is the same alone and in a file, wherever a file is
cut into batches. What a text is read as is what the reading of a training table makes of a column of such texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from keepfit.datasets.codes import is_code, is_marked_code
from keepfit.missing_text import meanings, missing_numbers
from keepfit.number_text import text_number
from keepfit.scoring.columns import Cells
from keepfit.scoring.values import holds_numbers
from keepfit.signature import Column, Kind, label_text

_FLAGS = {"false": False, "true": True}
_WHOLE = re.compile("-?[0-9]+")
_NO_NUMBER = "NaN"  # which the reading takes for a number that is missing; other cases are text


def cells_of(column: Column, texts: pl.Series, missing_values: Sequence[str]) -> Cells:
    """Return the values that the texts of a column say.

    Parameters
    ----------
    column
        What is expected.
    texts
        As they stand in the file.
    missing_values
        Texts of the file that mean: no value.
    """
    known = texts.set(texts.is_in(list(missing_values)), None)
    if column.kind is Kind.CATEGORY:
        return Cells(_categories(column, known))
    if column.kind is Kind.FLAG:
        return _flags(known)
    if column.kind is Kind.DATE or column.is_written_as_text:
        return Cells(known)
    return _numbers(known)


def _numbers(texts: pl.Series) -> Cells:
    """Read numbers as a table's column of numbers is read; `007` and `+49` are codes, and none."""
    numbers = texts.cast(pl.Float64, strict=False)
    is_number = numbers.is_finite() & ~texts.to_frame("").select(is_marked_code(pl.col(""))).to_series()
    is_known = is_number.fill_null(value=False)
    unread = texts.is_not_null() & (texts != _NO_NUMBER) & ~is_known
    return Cells(numbers.set(~is_known, None), unread.fill_null(value=False))


def _flags(texts: pl.Series) -> Cells:
    lower = texts.str.to_lowercase()
    values = lower.replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
    return Cells(values, texts.is_not_null() & values.is_null())


def _categories(column: Column, texts: pl.Series) -> pl.Series:
    """Return words; in a vocabulary of numbers or flags, `1.0` is the text of 1 and `True` that of true."""
    takes_numbers, takes_flags = holds_numbers(column), _FLAGS.keys() >= {*column.categories}
    if not (takes_numbers or takes_flags):
        return texts
    words = {*column.categories, *meanings(column.missing_values, dict(column.spellings))}
    others = texts.filter(~texts.is_in(list(words))).unique().drop_nulls()
    if takes_flags:
        said: dict[str, str | None] = {text: text.lower() for text in others if text.lower() in _FLAGS}
    else:
        codes = others.to_frame("").select(is_code(pl.col(""))).to_series()
        said = _number_texts(others.filter(~codes), column)
    return texts.replace(list(said), list(said.values())) if said else texts


def _number_texts(texts: pl.Series, column: Column) -> dict[str, str | None]:
    """Return what texts that say numbers are written as; None where the number means no value."""
    missing = missing_numbers(column.missing_values)
    found: dict[str, str | None] = {_NO_NUMBER: None}
    for text in texts:
        number = text_number(text)
        if number is not None:
            written = label_text(int(text) if _WHOLE.fullmatch(text) else number)
            found[text] = None if number in missing else written
    return found
