"""Cleaning as declared: the same words for missing and the same spellings in training and in serving.

What is done to values is part of the signature, so the door does it to every record; what is done to rows (repeated
ones are left out) is done to the table only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from keepfit.datasets.categories import category_texts
from keepfit.errors import DatasetError, nearest
from keepfit.project.declaration import DataSection


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


def clean_table(frame: pl.DataFrame, section: DataSection) -> CleanTable:
    """Clean a table as its project declares.

    Raises
    ------
    DatasetError
        When a step names a column or a value that is not there, or no row is left.
    """
    _require_columns(frame, section)
    dropped = tuple(section.drop)
    steps = [CleaningStep(_dropped(name, section), frame.height, frame.height) for name in dropped]
    for name in (name for name in frame.columns if name in section.replace or name in section.missing):
        series, done = _clean_column(frame[name], section)
        frame, steps = frame.with_columns(series), steps + done
    if section.duplicates == "drop":
        unique = frame.unique(maintain_order=True)
        repeated = frame.height - unique.height
        steps.append(CleaningStep("rows that repeat an earlier one are left out", repeated, repeated * frame.width))
        frame = unique
    return CleanTable(frame, dropped, tuple(steps))


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
        return series.set(series.cast(pl.Float64).is_in([float(text) for text in missing]), None)
    texts = category_texts(series)
    if replace:
        texts = texts.replace(dict(replace))
    return texts.set(texts.is_in(list(missing)), None)


def _clean_column(series: pl.Series, section: DataSection) -> tuple[pl.Series, list[CleaningStep]]:
    """Clean the values of a column, and say what each rule of it touched."""
    name, steps = series.name, []
    replace, missing = section.replace.get(name, {}), section.missing.get(name, [])
    texts = category_texts(series)
    for text, word in replace.items():
        cells = _count(texts, text, f"[data.replace] {name}", section)
        steps.append(CleaningStep(f'"{text}" in {name} is spelled "{word}"', cells, cells))
    for text in missing:
        cells = _count(texts, text, f"[data.missing] {name}", section)
        steps.append(CleaningStep(f'"{text}" in {name} is missing', cells, cells))
    if series.dtype.is_numeric() and replace:
        raise DatasetError(
            f"holds {series.dtype}: only words have other spellings",
            where=f"keepfit.toml: [data.replace] {name}",
            hint="use [data.missing] for numbers that mean: no value",
        )
    return clean_series(series, missing, replace), steps


def _count(texts: pl.Series, text: str, key: str, section: DataSection) -> int:
    cells = int((texts == text).sum())
    if not cells:
        known = texts.drop_nulls().unique().sort().head(1000).to_list()
        raise DatasetError(
            f'no cell of {section.source} holds "{text}"', where=f"keepfit.toml: {key}", hint=nearest(text, known)
        )
    return cells


def _dropped(name: str, section: DataSection) -> str:
    reason = section.drop_reasons.get(name, "")
    return f"{name} is dropped" + (f": {reason}" if reason else "")


def _require_columns(frame: pl.DataFrame, section: DataSection) -> None:
    named = {"drop": section.drop, "replace": section.replace, "missing": section.missing}
    for key, names in named.items():
        for name in names:
            if name not in frame.columns:
                raise DatasetError(
                    f'no such column "{name}" in {section.source}',
                    where=f"keepfit.toml: [data] {key}",
                    hint=nearest(name, frame.columns),
                )
