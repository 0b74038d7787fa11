"""The signature of a table: kinds from all rows, ranges and vocabularies from the training rows only."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.categories import category_texts
from keepfit.datasets.clean_values import missing_values_of
from keepfit.errors import DatasetError, nearest
from keepfit.project.declaration import DataSection, RequestSection
from keepfit.signature import Column, Kind, Outcome, Signature

LARGEST_VOCABULARY = 1000
_SHOWN = 5
_PLAIN = (pl.Boolean, pl.String, pl.Categorical, pl.Enum, pl.Null)


def infer_signature(
    frame: pl.DataFrame,
    section: DataSection,
    request: RequestSection,
    *,
    rows: NDArray[np.int64],
    outcome: Outcome,
) -> Signature:
    """Return the columns that a model on this table expects.

    Parameters
    ----------
    frame
        The table, as read.
    section, request
        What the project says of its columns, and what a record may lack.
    rows
        Numbers of the training rows: what they do not show, the model has not seen.
    outcome
        The target.

    Raises
    ------
    DatasetError
        When a key names a column that is not there, a column cannot be of its declared kind, holds nothing, holds
        dates or free text, or a declared vocabulary lacks a value.
    """
    _require_columns(frame, section)
    left_out = {section.target, *section.drop} | ({section.entity} if section.entity else set())
    names = [name for name in frame.columns if name not in left_out]
    if not names:
        raise DatasetError("no column is left to predict from", where="keepfit.toml: [data] drop", hint="drop fewer")
    training = frame[rows.tolist()]
    columns = tuple(_column(frame[name], training[name], section, request) for name in names)
    return Signature(columns, outcome, section.entity, accepts_unseen=request.unseen == "accept")


def _require_columns(frame: pl.DataFrame, section: DataSection) -> None:
    named: dict[str, Iterable[str]] = {
        "target": [section.target],
        "entity": [section.entity] if section.entity else [],
        "drop": section.drop,
        "known_after": section.known_after,
        "numbers": section.numbers,
        "kinds": section.kinds,
        "categories": section.categories,
        "descriptions": section.descriptions,
    }
    for key, names in named.items():
        for name in names:
            if name not in frame.columns:
                raise DatasetError(
                    f'no such column "{name}" in {section.source}',
                    where=f"keepfit.toml: [data] {key}",
                    hint=nearest(name, frame.columns),
                )


def _column(whole: pl.Series, training: pl.Series, section: DataSection, request: RequestSection) -> Column:
    name = whole.name
    where = f'{section.source}: column "{name}"'
    _require_plain_values(whole.dtype, where)
    declared = section.kinds.get(name) or (Kind.CATEGORY if name in section.categories else None)
    kind = declared or _kind(whole, where)
    if kind is not Kind.CATEGORY and name in section.categories:
        raise DatasetError(
            f"has a vocabulary, but [data] kinds calls it {kind}",
            where=f"keepfit.toml: [data.categories] {name}",
            hint="leave one of the two out",
        )
    known = _known(training)
    if known.len() == 0:
        raise DatasetError(
            "all values of the training rows are missing", where=where, hint="drop it: [data] drop in keepfit.toml"
        )
    _require_values(whole, kind, where, is_declared=declared is not None)
    has_missing = known.len() < training.len()
    optional = {"accept": True, "reject": False, "as_trained": has_missing}[request.missing]
    description, missing = section.descriptions.get(name, ""), missing_values_of(name, section)
    if kind.is_numeric:
        values = known.cast(pl.Float64).to_numpy()
        low, high = float(values.min()), float(values.max())
        is_text = name in section.numbers
        return Column(name, kind, optional, low, high, (), description, missing, is_written_as_text=is_text)
    categories = _categories(whole, known, section, where) if kind is Kind.CATEGORY else ()
    spellings = tuple(section.replace.get(name, {}).items())
    return Column(
        name,
        kind,
        optional,
        categories=categories,
        description=description,
        missing_values=missing,
        spellings=spellings,
    )


def _kind(series: pl.Series, where: str) -> Kind:
    dtype = series.dtype
    if dtype == pl.Boolean:
        return Kind.FLAG
    if dtype.is_integer():
        return Kind.INTEGER
    if dtype.is_numeric():
        known = _known(series)
        return Kind.INTEGER if known.len() and bool((known == known.round()).all()) else Kind.NUMBER
    if dtype.is_temporal():
        raise DatasetError(
            f"holds {dtype}; dates are not features yet", where=where, hint="drop it, or make it a number of days"
        )
    return Kind.CATEGORY


def _require_plain_values(dtype: pl.DataType, where: str) -> None:
    """Refuse lists, structs, bytes and objects, whatever kind they are declared as."""
    if not (dtype.is_numeric() or dtype.is_temporal() or dtype in _PLAIN):
        raise DatasetError(f"holds {dtype}, which is no kind of value", where=where, hint="drop it: [data] drop")


def _require_values(series: pl.Series, kind: Kind, where: str, *, is_declared: bool) -> None:
    """Refuse a value that the column's kind does not take; say which row, from 1."""
    wrong = _wrong_values(series, kind)
    if not wrong.any():
        return
    row = int(wrong.arg_max() or 0)
    if is_declared:
        said, hint = f"is declared as {kind}, but row {row + 1} holds {series[row]!r}", "correct [data] kinds"
    else:
        said, hint = f"row {row + 1} holds {series[row]!r}, which is no finite number", "leave that cell empty"
    raise DatasetError(said, where=where, hint=hint)


def _wrong_values(series: pl.Series, kind: Kind) -> pl.Series:
    """Return the rows whose value is not of a kind; a missing value is of every kind."""
    if kind is Kind.CATEGORY or (kind is Kind.FLAG and series.dtype == pl.Boolean):
        return pl.Series([], dtype=pl.Boolean)
    if kind is Kind.FLAG or not (series.dtype.is_numeric() or series.dtype == pl.String):
        return series.is_not_null()
    numbers = series.cast(pl.Float64, strict=False)
    if series.dtype == pl.String:  # the first text that is no number, or just the first when all are numbers in quotes
        no_numbers = series.is_not_null() & numbers.is_null()
        return no_numbers if no_numbers.any() else series.is_not_null()
    wrong = numbers.is_infinite()
    if kind is Kind.INTEGER:
        wrong = wrong | (numbers.fill_nan(None) != numbers.round())
    return wrong.fill_null(value=False)


def _categories(whole: pl.Series, known: pl.Series, section: DataSection, where: str) -> tuple[str, ...]:
    seen = category_texts(known).unique().sort().to_list()
    declared = section.categories.get(whole.name)
    if declared is None:
        if len(seen) > LARGEST_VOCABULARY:
            raise DatasetError(
                f"has {len(seen)} different texts: an id, or free text",
                where=where,
                hint="drop it, or make it the entity: [data] drop, [data] entity",
            )
        return tuple(seen)
    twice = [category for category in declared if declared.count(category) > 1]
    if twice:
        raise DatasetError(
            f'"{twice[0]}" stands twice', where=f"keepfit.toml: [data.categories] {whole.name}", hint="name each once"
        )
    lacking = sorted({*category_texts(_known(whole)).unique().to_list()} - {*declared})
    if lacking:
        more = len(lacking) - _SHOWN
        shown = ", ".join(lacking[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        raise DatasetError(
            f"lacks {shown}: this occurs in {section.source}",
            where=f"keepfit.toml: [data.categories] {whole.name}",
            hint="add it",
        )
    return tuple(declared)


def _known(series: pl.Series) -> pl.Series:
    return series.fill_nan(None).drop_nulls() if series.dtype.is_float() else series.drop_nulls()
