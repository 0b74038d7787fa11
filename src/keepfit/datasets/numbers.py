"""Columns whose texts hold numbers, as a padded export writes them: `"  35"`, `" 1.0"`, `" NA"`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from keepfit.number_text import BLANKS

_TEXTS = (pl.String, pl.Categorical, pl.Enum)
_LARGEST_WHOLE = 2**53  # up to here a Float64 holds every whole number


@dataclass(frozen=True, slots=True)
class NumberTexts:
    """The numbers that a column of texts holds.

    Attributes
    ----------
    numbers
        Float64; null where a text means no value, or is none.
    words
        The texts without blanks at their ends.
    is_word, is_wrong
        Which rows hold a word for missing, and which a text that is neither a number nor such a word.
    """

    numbers: pl.Series
    words: pl.Series
    is_word: pl.Series
    is_wrong: pl.Series


def holds_texts(dtype: pl.DataType) -> bool:
    """Whether the values of a type are texts."""
    return dtype in _TEXTS


def number_texts(series: pl.Series, missing: Collection[str]) -> NumberTexts:
    """Read the texts of a column as numbers, by the rules of `keepfit.number_text`.

    Parameters
    ----------
    series
        A column of texts.
    missing
        Words that mean: no value, without blanks; see `missing_words`.
    """
    words = stripped(series)
    is_word = words.is_in(list(missing)).fill_null(value=False)
    numbers = words.cast(pl.Float64, strict=False)
    numbers = numbers.set(is_word | ~numbers.is_finite(), None)  # polars takes `inf` and `nan` for numbers
    return NumberTexts(numbers, words, is_word, words.is_not_null() & ~is_word & numbers.is_null())


def stripped(series: pl.Series) -> pl.Series:
    """Return the texts of a column without blanks at their ends."""
    return series.cast(pl.String).str.strip_chars(BLANKS)


def whole_if_all_are(numbers: pl.Series) -> pl.Series:
    """Return numbers as Int64 when all are whole and held exactly, else as they are."""
    is_whole = (numbers == numbers.round()) & (numbers.abs() <= _LARGEST_WHOLE)
    return numbers.cast(pl.Int64) if bool(is_whole.all()) else numbers
