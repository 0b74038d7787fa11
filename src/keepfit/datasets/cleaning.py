"""Cleaning as declared: the same words for missing and the same spellings in training and in serving.

What is done to values is part of the signature, so the door does it to every record; what is done to rows (repeated
ones are left out) is done to the table only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from keepfit.datasets.categories import category_texts
from keepfit.datasets.clean_values import clean_series, missing_values_of, no_number
from keepfit.datasets.names import require_columns
from keepfit.datasets.numbers import holds_texts, number_texts, whole_if_all_are
from keepfit.errors import DatasetError, nearest
from keepfit.missing_text import missing_numbers, missing_words
from keepfit.project.data_section import DataSection


@dataclass(frozen=True, slots=True)
class CleaningStep:
    """What a step of the cleaning did.

    Attributes
    ----------
    said
        The step, in a clause.
    rows, cells
        Rows and cells that it touched.
    """

    said: str
    rows: int
    cells: int


@dataclass(frozen=True, slots=True)
class CleanTable:
    """A table after its cleaning; columns that are dropped are still in `frame`, for models that know them.

    Attributes
    ----------
    frame
        The rows that are left, all columns.
    dropped
        Columns that are no features.
    steps
        What was done, in order.
    """

    frame: pl.DataFrame
    dropped: tuple[str, ...]
    steps: tuple[CleaningStep, ...]

    @property
    def handed_over(self) -> pl.DataFrame:
        """The table that is kept and handed over: without the dropped columns."""
        return self.frame.drop(self.dropped)


def clean_table(frame: pl.DataFrame, section: DataSection, *, is_sample: bool = False) -> CleanTable:
    """Clean a table as its project declares: numbers out of texts, other spellings, words for missing, repeated rows.

    Parameters
    ----------
    frame
        The table.
    section
        What is declared.
    is_sample
        Whether the rows are only some of a table: a step may find nothing, and repeated rows stay.

    Raises
    ------
    DatasetError
        When a step names a column or a value that is not there, a text is no number where numbers are declared, or
        no row is left, or one of many.
    """
    if not frame.height:
        raise DatasetError("no row is left", where=section.source, hint="bring rows")
    require_columns(frame.columns, section)
    rows, dropped = frame.height, tuple(section.drop)
    steps = [CleaningStep(_dropped(name, section), frame.height, frame.height) for name in dropped]
    for name in (name for name in frame.columns if name in {*section.numbers, *section.replace, *section.missing}):
        series, done = _clean_column(frame[name], section, is_sample=is_sample)
        frame, steps = frame.with_columns(series), steps + done
    if section.duplicates == "drop" and not is_sample:  # which shows few of the rows that repeat one
        frame, step = _without_duplicates(frame, section)
        steps.append(step)
    if is_sample:
        steps = [replace(step, said=f"{step.said}, in a sample of {rows} rows") for step in steps]
    return CleanTable(frame, dropped, tuple(steps))


def _without_duplicates(frame: pl.DataFrame, section: DataSection) -> tuple[pl.DataFrame, CleaningStep]:
    unique = frame.unique(maintain_order=True)
    repeated = frame.height - unique.height
    if repeated and unique.height == 1:
        said = f"one row is left: all {frame.height} of {section.source} are the same"
        raise DatasetError(
            said, where='keepfit.toml: [data] duplicates = "drop"', hint="bring rows that differ, or keep them"
        )
    return unique, CleaningStep("rows that repeat an earlier one are left out", repeated, repeated * frame.width)


def _clean_column(series: pl.Series, section: DataSection, *, is_sample: bool) -> tuple[pl.Series, list[CleaningStep]]:
    """Clean the values of a column, and say what each rule of it touched."""
    name = series.name
    spellings, missing = section.replace.get(name, {}), section.missing.get(name, [])
    steps: list[CleaningStep] = []
    if name in section.numbers and not series.dtype.is_numeric():
        series, steps = _numbers(series, section, is_sample=is_sample)
        missing = [text for text in missing if not missing_words([text])]
    texts = category_texts(series)
    for text, word in spellings.items():
        cells = _count(texts == text, texts, text, f"[data.replace] {name}", section, is_sample=is_sample)
        steps.append(CleaningStep(f'"{text}" in {name} is spelled "{word}"', cells, cells))
    texts = texts.replace(spellings)
    for text in missing:
        numbers = missing_numbers([text]) if series.dtype.is_numeric() else ()
        is_it = series.cast(pl.Float64).is_in(list(numbers)) if numbers else texts == text
        cells = _count(is_it, texts, text, f"[data.missing] {name}", section, is_sample=is_sample)
        steps.append(CleaningStep(f'"{text}" in {name} is missing', cells, cells))
    if series.dtype.is_numeric() and spellings:
        raise DatasetError(
            f"holds {series.dtype}: only words have other spellings",
            where=f"keepfit.toml: [data.replace] {name}",
            hint="use [data.missing] for numbers that mean: no value",
        )
    return clean_series(series, missing, spellings), steps


def _numbers(series: pl.Series, section: DataSection, *, is_sample: bool) -> tuple[pl.Series, list[CleaningStep]]:
    """Return the numbers that a column's texts hold, and say how many, and which words mean no value."""
    name = series.name
    if series.dtype == pl.Null:
        return series, []
    if not holds_texts(series.dtype):
        raise DatasetError(
            f'column "{name}" holds {series.dtype}, which is neither text nor number',
            where="keepfit.toml: [data] numbers",
            hint=f"take {name} out of it",
        )
    found = number_texts(series, missing_words(missing_values_of(name, section)))
    if wrong := int(found.is_wrong.sum()):
        row = int(found.is_wrong.arg_max() or 0)
        raise no_number(name, series[row], row + 1, wrong - 1)
    for text in section.missing.get(name, ()):
        if word := missing_words([text]):
            is_it = found.words.is_in(list(word))
            _count(is_it, found.words, text, f"[data.missing] {name}", section, is_sample=is_sample)
    cells = int(found.numbers.is_not_null().sum())
    steps = [CleaningStep(f"texts in {name} are read as numbers", cells, cells)]
    words = found.words.filter(found.is_word).value_counts().sort("count", name, descending=[True, False])
    steps += [CleaningStep(f'"{word}" in {name} is missing', count, count) for word, count in words.iter_rows()]
    return whole_if_all_are(found.numbers), steps


def _count(is_it: pl.Series, texts: pl.Series, text: str, key: str, section: DataSection, *, is_sample: bool) -> int:
    """Count the cells that hold a text; none in a whole table is a mistake."""
    cells = int(is_it.sum())
    if not cells and not is_sample:
        known = texts.drop_nulls().unique().sort().head(1000).to_list()
        raise DatasetError(
            f'no cell of {section.source} holds "{text}"', where=f"keepfit.toml: {key}", hint=nearest(text, known)
        )
    return cells


def _dropped(name: str, section: DataSection) -> str:
    reason = section.drop_reasons.get(name, "")
    return f"{name} is dropped" + (f": {reason}" if reason else "")
