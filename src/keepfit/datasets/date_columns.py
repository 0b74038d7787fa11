"""Which columns of a table are dates, and how theirs are written."""

from __future__ import annotations

import polars as pl

from keepfit.datasets.clean_values import missing_values_of
from keepfit.datasets.date_formats import are_dates, date_formats, found_formats
from keepfit.datasets.dates import dates_in, holds_dates, may_write_dates
from keepfit.datasets.kinds import declared_kind
from keepfit.date_text import ISO
from keepfit.errors import DatasetError
from keepfit.number_text import BLANKS
from keepfit.project.data_section import DataSection
from keepfit.signature import Column, Kind

_LEAST_DATES = 13  # different ones, before texts become dates undeclared: fewer are levels
_LOOKED_AT = 1000


def date_format(series: pl.Series, section: DataSection, where: str) -> str | None:
    """Return the format of a column of dates, None where it is a column of another kind.

    A type of dates has the format of ISO 8601 where none is declared: requests are texts. Texts are dates where the
    project says so, or where there are more than a dozen different ones and one format fits them all.

    Raises
    ------
    DatasetError
        When a column is declared as dates without a format, and none fits all, or several.
    """
    declared, form = declared_kind(series.name, section), section.dates.get(series.name)
    if declared not in (None, Kind.DATE):
        return None
    if form or holds_dates(series.dtype):
        return form or ISO
    if declared is None:
        formats = _undeclared_formats(series)
        return formats[0] if len(formats) == 1 else None
    if not may_write_dates(series.dtype) or series.null_count() == series.len():
        return ISO  # of which a value is told, or that there is none
    formats = found_formats(series.cast(pl.String))
    if len(formats) != 1:
        raise no_one_format(series, formats, where)
    return formats[0]


def date_column(whole: pl.Series, training: pl.Series, form: str, section: DataSection, where: str) -> Column:
    """Return a column of dates as a model expects it; it is optional where training rows lack a value.

    Raises
    ------
    DatasetError
        When a value is no date of the format, or no training row has one.
    """
    name, wrong = whole.name, dates_in(whole, form).is_wrong
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        raise DatasetError(
            f"row {row + 1} holds {whole[row]!r}, which is no date of the format {form}",
            where=where,
            hint="correct [data.dates] or [data] kinds, or declare it in [data.missing] if it means no value",
        )
    days = dates_in(training, form).days
    known = days.drop_nulls()
    if not known.len():
        raise DatasetError(
            "has no value in the training rows", where=where, hint="drop it: [data] drop in keepfit.toml"
        )
    return Column(
        name,
        Kind.DATE,
        days.null_count() > 0,
        float(known.min()),  # type: ignore[arg-type]  # whole numbers
        float(known.max()),  # type: ignore[arg-type]  # as above
        description=section.descriptions.get(name, ""),
        missing_values=missing_values_of(name, section),
        spellings=tuple(section.replace.get(name, {}).items()),
        format=form,
    )


def no_one_format(series: pl.Series, formats: list[str], where: str) -> DatasetError:
    """Return what is told of a column of dates which no format fits, or several do."""
    hint = f'say how they are written: [data.dates] {series.name} = "{formats[0] if formats else "%d-%m-%Y"}"'
    if formats:
        return DatasetError(f"holds dates that fit {' and '.join(formats)} alike", where=where, hint=hint)
    texts = series.cast(pl.String)
    counts = texts.str.strip_chars(BLANKS).alias("bare").drop_nulls().value_counts(name="count")
    found = date_formats(counts)
    if len(found.examples) > 1:
        return DatasetError(f"holds {found.said}", where=where, hint="write them in one, or drop it: [data] drop")
    return DatasetError(f'holds "{texts.drop_nulls()[0]}" and more, which no format fits', where=where, hint=hint)


def _undeclared_formats(series: pl.Series) -> list[str]:
    """Return the formats of a column that is plainly one of dates, though nobody says so."""
    known = series.drop_nulls() if series.dtype == pl.String else pl.Series([], dtype=pl.String)
    if known.len() < _LEAST_DATES or not are_dates(known.head(_LOOKED_AT)) or known.n_unique() < _LEAST_DATES:
        return []
    return found_formats(known)
