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
        When the file cannot be opened, is not UTF-8, holds nothing, or names a column twice; or when the separator
        is not one character, or leaves one column where another one cuts every row.
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
        raise DatasetError(
            f"cannot be read as CSV: {error}", where=str(path), hint="a quotation mark may be left open"
        ) from error
    if not names:
        raise DatasetError("the file is empty", where=str(path), hint="a header and rows are needed")
    if other:
        raise DatasetError(
            f"is one column when it is cut at {separator!r}: it looks separated by {other!r}",
            where=str(path),
            hint="correct [data] separator, or leave it out",
        )
    _require_each_once(names, path)
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


def _require_each_once(names: list[str], path: Path) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DatasetError(
            f'the header names "{twice[0]}" {names.count(twice[0])} times',
            where=str(path),
            hint="give every column a name of its own",
        )
