"""The door: from a raw record, or a raw table, to float32 numbers.

A number is itself, a category its code in the vocabulary (a value outside of it has the code after the last; in a
vocabulary of numbers, 1 stands for "1"), a flag 0 or 1, a date its days since 1970-01-01: whole ones, which float32
holds exactly, so a time of day is cut off. Null, absent and NaN are one thing, missing, and become NaN; so does a blank
text where a date is expected.

Nothing is converted on the way in: `2.5`, `true` or `"7"` for an integer is refused. Only a column that is declared as
numbers written as text takes `" 7"` for 7.

One encoder per column knows both ways in, a value and a polars series, so a row alone equals the row in a batch
and in training (`tests/scoring/test_door.py` holds them equal).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from keepfit.date_text import date_reader, date_text
from keepfit.errors import RecordError, Violation, nearest
from keepfit.missing_text import meanings, missing_numbers, missing_words
from keepfit.number_text import BLANKS, text_number
from keepfit.signature import Column, Kind, Signature, label_text

if TYPE_CHECKING:  # polars is not for the service to import
    import polars as pl

Matrix = NDArray[np.float32]
Encoder = Callable[[Any], float]
_LARGEST = float(np.finfo(np.float32).max)
_SHOWN_ROWS = 20
_ANY_DAY = 16919.0  # 2016-04-28
_NUMBERS = (int, float)
_PLAIN = (*_NUMBERS, bool)


class _RefusedError(Exception):
    """A value that its column does not take; the text says what was found and what is accepted."""


class Door:
    """Turns records and tables into float32 matrices along a signature.

    Parameters
    ----------
    signature
        Columns, kinds, vocabularies, and what may be missing or unseen.
    """

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        self._columns = [(column.name, _value_encoder(column, signature)) for column in signature.columns]
        self._known = {*signature.names} | ({signature.entity} if signature.entity else set())

    def row(self, record: Mapping[str, Any]) -> Matrix:
        """Return one record as a matrix `(1, n_features)`.

        Raises
        ------
        RecordError
            With every violation of the record.
        """
        values, violations = self._encode(record, None)
        if violations:
            raise RecordError(violations)
        return np.array([values], dtype=np.float32)

    def rows(self, records: Sequence[Mapping[str, Any]]) -> Matrix:
        """Return records as a matrix `(n_rows, n_features)`.

        Raises
        ------
        RecordError
            With every violation of every record, each with its row.
        """
        encoded: list[list[float]] = []
        violations: list[Violation] = []
        for at, record in enumerate(records):
            values, faults = self._encode(record, at)
            encoded.append(values)
            violations.extend(faults)
        if violations:
            raise RecordError(violations)
        return np.array(encoded, dtype=np.float32).reshape(len(encoded), len(self._columns))

    def table(self, frame: pl.DataFrame) -> Matrix:
        """Return a table as a matrix `(n_rows, n_features)`; other columns than the features are passed over.

        Raises
        ------
        RecordError
            When a column is absent or holds values of another kind, with rows.
        """
        matrix = np.empty((frame.height, len(self._columns)), dtype=np.float32)
        violations: list[Violation] = []
        for at, column in enumerate(self.signature.columns):
            if column.name not in frame.columns:
                violations.append(Violation(column.name, f"no such column; {nearest(column.name, frame.columns)}"))
                continue
            encoded, faults = _encode_series(column, frame[column.name], self.signature)
            violations.extend(faults)
            if not faults:
                matrix[:, at] = encoded
        if violations:
            raise RecordError(violations)
        return matrix

    def entity(self, record: Mapping[str, Any]) -> str | None:
        """Return the record's entity as text, None when it has none."""
        name = self.signature.entity
        value = record.get(name) if name else None
        return None if value is None else str(value)

    def _encode(self, record: Mapping[str, Any], row: int | None) -> tuple[list[float], list[Violation]]:
        if not isinstance(record, Mapping):
            return [], [Violation("", f"expected an object with a key per column, found {_shown(record)}", row)]
        values: list[float] = []
        violations: list[Violation] = []
        for name, encode in self._columns:
            try:
                values.append(encode(record.get(name)))
            except _RefusedError as refused:
                violations.append(Violation(name, str(refused), row))
        if not self._known.issuperset(record):
            extra = (name for name in record if name not in self._known)
            names = self.signature.names
            violations.extend(
                Violation(str(name), f"no such column; {nearest(str(name), names)}", row) for name in extra
            )
        return values, violations


def history_door(signature: Signature) -> Door:
    """Return the door for rows that happened already: any value may be missing, any category unseen."""
    columns = tuple(replace(column, optional=True) for column in signature.columns)
    return Door(replace(signature, columns=columns, accepts_unseen=True))


def _value_encoder(column: Column, signature: Signature) -> Encoder:
    """Return the function that encodes one value of a column."""
    if column.kind is Kind.CATEGORY:
        return _category_encoder(column, accepts_unseen=signature.accepts_unseen)
    if column.kind is Kind.FLAG:
        return _flag_encoder(column)
    if column.kind is Kind.DATE:
        return _date_encoder(column)
    return _text_number_encoder(column) if column.is_written_as_text else _number_encoder(column)


def _category_encoder(column: Column, *, accepts_unseen: bool) -> Encoder:
    codes: dict[str, float | None] = {category: float(code) for code, category in enumerate(column.categories)}
    unseen = float(len(codes)) if accepts_unseen else None
    takes_numbers = bool(codes) and all(_is_number(category) for category in column.categories)
    stands_for = meanings(column.missing_values, dict(column.spellings))
    codes |= {text: codes.get(word, unseen) for text, word in stands_for.items() if word is not None}
    missing = frozenset(text for text, word in stands_for.items() if word is None)
    numbers = missing_numbers(column.missing_values)

    def category(value: Any) -> float:
        if value.__class__ is not str:
            if value.__class__ in _NUMBERS and value in numbers:
                return _missing(None, column)
            text = label_text(value) if value.__class__ in _PLAIN else ""
            if text not in codes and text not in missing and not (takes_numbers and _is_number(text)):
                return _missing(value, column)
            value = text
        if value in missing:
            return _missing(None, column)
        code = codes.get(value, unseen)
        if code is None:
            raise _RefusedError(f"{_shown(value)} is not in the vocabulary; {nearest(value, column.categories)}")
        return code

    return category


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _flag_encoder(column: Column) -> Encoder:
    def flag(value: Any) -> float:
        return float(value) if value is True or value is False else _missing(value, column)

    return flag


def _date_encoder(column: Column) -> Encoder:
    read = date_reader(column.date_format)
    stands_for = meanings(column.missing_values, dict(column.spellings))

    def day(value: Any) -> float:
        text = str(value) if value.__class__ is int else value  # as in 20160428, of which a table makes a number
        if text.__class__ is not str:
            return _missing(value, column)
        text = stands_for.get(text, text)
        if text is None or not text.strip(BLANKS):
            return _missing(None, column)
        found = read(text)
        return _missing(value, column) if found is None else float(found)

    return day


def _number_encoder(column: Column) -> Encoder:
    whole = column.kind is Kind.INTEGER
    missing = missing_numbers(column.missing_values)

    def number(value: Any) -> float:
        if missing and value.__class__ in _PLAIN and value in missing:
            return _missing(None, column)
        if value.__class__ is int or (value.__class__ is float and (not whole or value.is_integer())):
            if -_LARGEST <= value <= _LARGEST:
                return float(value)
            if value == value:  # noqa: PLR0124 - only NaN differs from itself
                raise _RefusedError(f"{_shown(value)} is too large; expected a finite number that float32 can hold")
        return _missing(value, column)

    return number


def _text_number_encoder(column: Column) -> Encoder:
    number = _number_encoder(column)
    words = missing_words(column.missing_values)

    def from_text(value: Any) -> float:
        if value.__class__ is not str:
            return number(value)
        text = value.strip(BLANKS)
        if text in words:
            return _missing(None, column)
        found = text_number(text)
        return _missing(value, column) if found is None else number(found)

    return from_text


def _missing(value: Any, column: Column) -> float:
    """Return NaN for null and NaN where the column may be missing; refuse everything else."""
    if value is None or (value.__class__ is float and math.isnan(value)):
        if column.optional:
            return math.nan
        raise _RefusedError(f"is missing; expected {_expected(column)}")
    raise _RefusedError(f"expected {_expected(column)}, found {_shown(value)}")


def _encode_series(column: Column, series: pl.Series, signature: Signature) -> tuple[Matrix, list[Violation]]:
    """Encode a column of a table; violations name the rows."""
    import polars as pl  # noqa: PLC0415 - not for the service to import

    from keepfit.datasets.categories import category_texts  # noqa: PLC0415 - as above
    from keepfit.datasets.dates import dates_in  # noqa: PLC0415 - as above
    from keepfit.datasets.numbers import holds_texts, number_texts  # noqa: PLC0415 - as above

    raw, no_numbers = series, pl.Series([], dtype=pl.Boolean)
    if column.is_written_as_text and holds_texts(series.dtype):
        found = number_texts(series, missing_words(column.missing_values))
        series, no_numbers = found.numbers, found.is_wrong
    series = _cleaned(column, series)
    if column.kind is Kind.CATEGORY:
        text = category_texts(series)
        codes = {category: float(code) for code, category in enumerate(column.categories)}
        encoded = text.replace_strict(codes, default=float(len(codes)), return_dtype=pl.Float32)
        encoded = encoded.set(text.is_null(), None)
        wrong = pl.Series([], dtype=pl.Boolean) if signature.accepts_unseen else encoded == float(len(codes))
    elif column.kind is Kind.FLAG:
        if series.dtype not in (pl.Boolean, pl.Null):
            return np.empty(0, np.float32), [Violation(column.name, f"expected true or false, found {series.dtype}")]
        encoded, wrong = series.cast(pl.Float32), pl.Series([], dtype=pl.Boolean)
    elif column.kind is Kind.DATE:
        dates = dates_in(series, column.date_format)
        encoded, wrong = dates.days.cast(pl.Float32), dates.is_wrong
    else:
        if not (series.dtype.is_numeric() or series.dtype == pl.Null):
            said = f"expected {_expected(column)}, found {series.dtype} such as {_shown(series.drop_nulls().first())}"
            return np.empty(0, np.float32), [Violation(column.name, said)]
        exact = series.cast(pl.Float64).fill_nan(None)
        encoded, wrong = exact.cast(pl.Float32), exact.abs() > _LARGEST
        if column.kind is Kind.INTEGER:
            wrong = wrong | (exact != exact.round())
    if not column.optional:
        missing = encoded.is_null()
        wrong = (wrong.fill_null(value=False) | missing) if len(wrong) else missing
    if len(no_numbers):
        wrong = wrong.fill_null(value=False) | no_numbers
    faults = _series_faults(column, raw if len(no_numbers) else series, wrong)
    return encoded.fill_null(math.nan).to_numpy(), faults


def _cleaned(column: Column, series: pl.Series) -> pl.Series:
    """Clean the values of a column; of dates, those of another type than text as a request would write them."""
    from keepfit.datasets.clean_values import clean_series  # noqa: PLC0415 - not for the service to import
    from keepfit.datasets.dates import written_dates  # noqa: PLC0415 - as above

    if column.kind is Kind.DATE and (column.missing_values or column.spellings):
        series = written_dates(series, column.date_format)
    return clean_series(series, column.missing_values, dict(column.spellings))


def _series_faults(column: Column, series: pl.Series, wrong: pl.Series) -> list[Violation]:
    rows: Iterable[int] = wrong.arg_true().head(_SHOWN_ROWS).to_list() if len(wrong) else ()
    return [Violation(column.name, f"expected {_expected(column)}, found {_shown(series[row])}", row) for row in rows]


def _expected(column: Column) -> str:
    if column.kind is Kind.CATEGORY:
        listed = ", ".join(column.categories[:8]) + (", …" if len(column.categories) > 8 else "")  # noqa: PLR2004
        return f"one of {listed}"
    if column.kind is Kind.DATE:
        day = _ANY_DAY if column.minimum is None else column.minimum
        return f"a date such as {date_text(day, column.date_format)} ({column.date_format})"
    return {Kind.INTEGER: "a whole number", Kind.NUMBER: "a number", Kind.FLAG: "true or false"}[column.kind]


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - a line of a terminal
