"""The first lines of a CSV: what its columns are called, and which separator it is written with."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from keepfit.datasets.encoding import misfit_of
from keepfit.errors import DatasetError

SEPARATORS = ",;\t|"
_LOOKED_AT_ROWS = 50


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, in order, and the separator between them."""

    names: tuple[str, ...]
    separator: str


def read_header(path: Path, separator: str | None = None) -> Header:
    """Read the header of a CSV; find out its separator when None is given.

    Raises
    ------
    DatasetError
        When the file cannot be opened, is not UTF-8, holds nothing, names a column twice or not at all; or when the
        separator is not one character, or leaves one column where another one cuts every row.
    """
    if separator is not None:
        _require_one_character(separator, path)
    try:
        marks = [separator] if separator else list(SEPARATORS)
        found = max(marks, key=lambda mark: _agreement(_first_records(path, mark)))
        names = next(iter(_first_records(path, found)), [])
        other = _better_separator(path, separator) if separator and len(names) == 1 else None
    except OSError as error:
        raise DatasetError(f"cannot be opened: {error.strerror}", where=str(path), hint="may you read it?") from error
    except UnicodeDecodeError as error:
        misfit = misfit_of(path)
        raise (misfit.error(path) if misfit else error) from error
    except csv.Error as error:
        if misfit := misfit_of(path):  # UTF-16 is full of bytes that no CSV holds
            raise misfit.error(path) from error
        line = first_misquoted_line(path, Header((), separator or SEPARATORS[0]))
        raise DatasetError(
            f"cannot be read as CSV: {error}", where=str(path), hint=f"is the quotation mark on line {line} closed?"
        ) from error
    if not names:
        raise DatasetError("the file is empty", where=str(path), hint="a header and rows are needed")
    if other:
        raise DatasetError(
            f"is one column when it is cut at {separator!r}: it looks separated by {other!r}",
            where=str(path),
            hint="correct [data] separator, or leave it out",
        )
    _require_names(names, path)
    return Header(tuple(names), found)


def first_ragged_line(path: Path, header: Header) -> tuple[int, int] | None:
    """Return the line, from 1, and the number of fields of the first row that is not as wide as the header.

    The line is the one that the row begins on: a quotation mark left open ends it lines later.
    """
    line = 1
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=header.separator)
            for fields in reader:
                if fields and len(fields) != len(header.names):
                    return line, len(fields)
                line = reader.line_num + 1
    except csv.Error:  # an open quotation mark: another error than a ragged row
        return None
    return None


def first_misquoted_line(path: Path, header: Header) -> int | None:
    """Return the line, from 1, of the first row with a quotation mark that is not closed, or closed too early.

    The line is the one that the row begins on; None where all marks match.
    """
    line = 1
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=header.separator, strict=True)
        try:
            for _ in reader:
                line = reader.line_num + 1
        except csv.Error:
            return line
    return None


def first_odd_line(path: Path) -> int | None:
    """Return the first line, from 1, with an odd number of quotation marks, such as of `5" disk`; None without one."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return next((line for line, text in enumerate(file, start=1) if text.count('"') % 2), None)


def _first_records(path: Path, separator: str) -> list[list[str]]:
    def records() -> Iterator[list[str]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from (fields for fields in csv.reader(file, delimiter=separator) if fields)

    return list(islice(records(), _LOOKED_AT_ROWS))


def _agreement(records: list[list[str]]) -> tuple[int, int]:
    """Return how many of the first rows a separator cuts to the header's width, and that width."""
    width = len(records[0]) if records else 0
    return (sum(len(fields) == width for fields in records) if width > 1 else 0, width)


def _better_separator(path: Path, separator: str) -> str | None:
    """Return the separator that cuts every one of the first rows to the same several fields, None without one."""
    for mark in SEPARATORS:
        records = _first_records(path, mark) if mark != separator else []
        rows, width = _agreement(records)
        if width > 1 and rows == len(records):
            return mark
    return None


def _require_one_character(separator: str, path: Path) -> None:
    if len(separator) != 1 or not separator.isascii() or separator in '"\r\n':
        raise DatasetError(
            f"cannot be cut at {separator!r}", where=str(path), hint='[data] separator is one character, such as ";"'
        )


def _require_names(names: list[str], path: Path) -> None:
    """Refuse a column without a name, and a name that stands twice."""
    unnamed = next((place for place, name in enumerate(names, start=1) if not name.strip()), None)
    if unnamed:
        raise DatasetError(
            f"column {unnamed} of {len(names)} has no name", where=str(path), hint="write one into the header"
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DatasetError(
            f'the header names "{twice[0]}" {names.count(twice[0])} times',
            where=str(path),
            hint="give every column a name of its own",
        )
