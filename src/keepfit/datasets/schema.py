"""The signature of a table: kinds from all rows, ranges and vocabularies from the training rows only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.datasets.categories import category_texts
from keepfit.datasets.clean_values import missing_values_of
from keepfit.datasets.date_columns import date_column, date_format, no_one_format
from keepfit.datasets.date_formats import are_dates, found_formats
from keepfit.datasets.kinds import declared_kind, inferred_kind, known_values, wrong_values
from keepfit.datasets.names import require_columns
from keepfit.errors import DatasetError, nearest
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
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
        The table, after its cleaning.
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
        free text or dates of no one format, or a declared vocabulary lacks a value.
    """
    require_columns(frame.columns, section)
    names = _feature_names(frame, section)
    if not names:
        raise DatasetError("no column is left to predict from", where="keepfit.toml: [data] drop", hint="drop fewer")
    training = frame[rows.tolist()]
    found = (_column(frame[name], training[name], section, request) for name in names)
    aliases = _aliases(names, frame.columns, request)
    columns = tuple(
        replace(column, label=section.labels.get(column.name, ""), aliases=aliases[column.name]) for column in found
    )
    passed_over = tuple(section.drop) if request.dropped == "accept" else ()
    return Signature(columns, outcome, section.entity, request.unseen == "accept", passed_over)


def refusals(frame: pl.DataFrame, section: DataSection) -> dict[str, DatasetError]:
    """Return why training will refuse columns that are there, by their names.

    Parameters
    ----------
    frame
        The table, or a sample of it, after its cleaning.
    section
        What the project says of its columns.
    """
    found = {}
    for name in _feature_names(frame, section):
        try:
            _column(frame[name], frame[name], section, RequestSection())
        except DatasetError as error:
            found[name] = error
    return found


def _feature_names(frame: pl.DataFrame, section: DataSection) -> list[str]:
    left_out = {section.target, *section.drop} | ({section.entity} if section.entity else set())
    return [name for name in frame.columns if name not in left_out]


def _column(whole: pl.Series, training: pl.Series, section: DataSection, request: RequestSection) -> Column:
    name = whole.name
    where = f'{section.source}: column "{name}"'
    _require_plain_values(whole.dtype, where)
    form = date_format(whole, section, where)
    if form and name not in section.categories:
        column = date_column(whole, training, form, section, where)
        return replace(column, optional=_is_optional(request, has_missing=column.optional))
    declared = declared_kind(name, section)
    kind = declared or _kind(whole, where)  # of dates with a vocabulary, only to be refused
    if kind is not Kind.CATEGORY and name in section.categories:
        raise DatasetError(
            f"has a vocabulary, but [data] kinds calls it {kind}",
            where=f"keepfit.toml: [data.categories] {name}",
            hint="leave one of the two out",
        )
    known = known_values(training)
    if known.len() == 0:
        raise DatasetError(
            "has no value in the training rows", where=where, hint="drop it: [data] drop in keepfit.toml"
        )
    _require_values(whole, kind, where, is_declared=declared is not None)
    optional = _is_optional(request, has_missing=known.len() < training.len())
    description, missing = section.descriptions.get(name, ""), missing_values_of(name, section)
    if kind.is_numeric:
        values = known.cast(pl.Float64).to_numpy()
        low, high = float(values.min()), float(values.max())
        is_text = name in section.numbers
        column = Column(name, kind, optional, low, high, (), description, missing, is_written_as_text=is_text)
        return replace(column, out_of_range=request.out_of_range)
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


def _aliases(names: Sequence[str], columns: Sequence[str], request: RequestSection) -> dict[str, tuple[str, ...]]:
    """Return the other names of each feature.

    Raises
    ------
    DatasetError
        When one stands for no feature, or is a column's own name.
    """
    for alias, name in request.aliases.items():
        where = f"keepfit.toml: [request.aliases] {alias}"
        if name not in names:
            raise DatasetError(f'"{name}" is no feature', where=where, hint=nearest(name, names))
        if alias in columns:
            raise DatasetError("is a column of the table itself", where=where, hint="leave it out")
    return {name: tuple(alias for alias, meant in request.aliases.items() if meant == name) for name in names}


def _is_optional(request: RequestSection, *, has_missing: bool) -> bool:
    return {"accept": True, "reject": False, "as_trained": has_missing}[request.missing]


def _kind(series: pl.Series, where: str) -> Kind:
    kind = inferred_kind(series)
    if kind is None:
        raise DatasetError(
            f"holds {series.dtype}; times and durations are not features",
            where=where,
            hint="drop it, or make it a number",
        )
    return kind


def _require_plain_values(dtype: pl.DataType, where: str) -> None:
    """Refuse lists, structs, bytes and objects, whatever kind they are declared as."""
    if not (dtype.is_numeric() or dtype.is_temporal() or dtype in _PLAIN):
        raise DatasetError(f"holds {dtype}, which is no kind of value", where=where, hint="drop it: [data] drop")


def _require_values(series: pl.Series, kind: Kind, where: str, *, is_declared: bool) -> None:
    """Refuse a value that the column's kind does not take; say which row, from 1."""
    wrong = wrong_values(series, kind)
    if not wrong.any():
        return
    row = int(wrong.arg_max() or 0)
    if is_declared:
        said, hint = f"is declared as {kind}, but row {row + 1} holds {series[row]!r}", "correct [data] kinds"
    else:
        said, hint = f"holds {series[row]!r} in row {row + 1}, which is no finite number", "leave that cell empty"
    raise DatasetError(said, where=where, hint=hint)


def _categories(whole: pl.Series, known: pl.Series, section: DataSection, where: str) -> tuple[str, ...]:
    seen = category_texts(known).unique().sort().to_list()
    declared = section.categories.get(whole.name)
    if declared is None:
        if len(seen) > LARGEST_VOCABULARY:
            if are_dates(known.cast(pl.String)):
                raise no_one_format(known, found_formats(known.cast(pl.String)), where)
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
    lacking = sorted({*category_texts(known_values(whole)).unique().to_list()} - {*declared})
    if lacking:
        more = len(lacking) - _SHOWN
        shown = ", ".join(lacking[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        raise DatasetError(
            f"lacks {shown}: this occurs in {section.source}",
            where=f"keepfit.toml: [data.categories] {whole.name}",
            hint="add it",
        )
    return tuple(declared)
