"""What cleaning does to the values of a column: by the door for a request, by `clean_table` for a table.

The same for a table that is never held as a whole: `clean_lazily`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from keepfit.datasets.categories import category_texts
from keepfit.datasets.names import require_columns
from keepfit.datasets.numbers import holds_texts, number_texts
from keepfit.errors import DatasetError
from keepfit.missing_text import BESIDE_NUMBERS, meanings, missing_numbers, missing_words
from keepfit.project.data_section import DataSection


def missing_values_of(name: str, section: DataSection) -> tuple[str, ...]:
    """Return the texts of a column's values that mean: no value.

    Where texts hold numbers, the words for missing of the whole file count too: they stand there with blanks around
    them, so that the reading did not take them for missing.
    """
    declared = tuple(section.missing.get(name, ()))
    if name not in section.numbers:
        return declared
    return tuple(dict.fromkeys((*section.missing_values, BESIDE_NUMBERS, *declared)))


def clean_series(series: pl.Series, missing: Sequence[str], replace: Mapping[str, str]) -> pl.Series:
    """Return values with other spellings replaced, and words for missing made null.

    Parameters
    ----------
    series
        A column.
    missing
        Texts of the values that mean: no value.
    replace
        Spellings of a category, and what they stand for.
    """
    if not missing and not replace:
        return series
    if series.dtype.is_numeric():
        numbers = missing_numbers(missing)
        series = series.set(series.cast(pl.Float64).is_in(list(numbers)), None) if numbers else series
        if not replace:
            return series
    stands_for = meanings(missing, replace)
    return category_texts(series).replace(list(stands_for), list(stands_for.values()))


def clean_lazily(table: pl.LazyFrame, section: DataSection) -> pl.LazyFrame:
    """Return a table with its values cleaned as by `clean_table`; rows stay as many, numbers out of texts are Float64.

    Raises
    ------
    DatasetError
        When a key names a column that is not there, or a text is no number where numbers are declared.
    """
    schema = table.collect_schema()
    require_columns(schema.names(), section)
    texts = [name for name in schema if name in section.numbers and holds_texts(schema[name])]
    _require_numbers(table, texts, section)
    cleaned = []
    for name in (name for name in schema if name in {*texts, *section.replace, *section.missing}):
        made = pl.Float64() if name in texts else schema[name] if schema[name].is_numeric() else pl.String()
        values = partial(_clean_values, section=section)
        cleaned.append(pl.col(name).map_batches(values, return_dtype=made, is_elementwise=True))
    return table.with_columns(cleaned)


def no_number(name: str, text: str, row: int, more: int) -> DatasetError:
    """Return what is told of a text that is no number: its row from 1, and how many more there are."""
    also = f" (and {more} more)" if more else ""
    return DatasetError(
        f'row {row} of column "{name}" holds "{text}", which is no number{also}',
        where="keepfit.toml: [data] numbers",
        hint=f"mend it, declare it in [data.missing] if it means no value, or take {name} out of it",
    )


def _require_numbers(table: pl.LazyFrame, names: Sequence[str], section: DataSection) -> None:
    """Refuse the first text of a table that is no number where numbers are declared."""
    if not names:
        return
    is_wrong = {
        name: pl.col(name).map_batches(
            partial(_wrong, words=missing_words(missing_values_of(name, section))),
            return_dtype=pl.Boolean,
            is_elementwise=True,
        )
        for name in names
    }
    found = table.select(**{name: wrong.sum() for name, wrong in is_wrong.items()}).collect(engine="streaming")
    for name, wrong in found.row(0, named=True).items():
        if wrong:
            numbered = table.select(name).with_row_index("\0row").filter(is_wrong[name])
            row, text = numbered.head(1).collect(engine="streaming").row(0)
            raise no_number(name, text, row + 1, wrong - 1)


def _wrong(series: pl.Series, words: frozenset[str]) -> pl.Series:
    return number_texts(series, words).is_wrong


def _clean_values(series: pl.Series, section: DataSection) -> pl.Series:
    missing = missing_values_of(series.name, section)
    if series.name in section.numbers and holds_texts(series.dtype):
        series = number_texts(series, missing_words(missing)).numbers
    return clean_series(series, missing, section.replace.get(series.name, {}))
