"""The lines of a CSV: ends that only old Macs write, and blank lines.

A blank line is no row. Only in a file of one column it is one, without a value: that is how such a row is written.
Lines are mended for reading only; the file stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BLANK, _BLANK_OF_RETURNS = re.compile(rb"\n\r?\n"), re.compile(rb"\r\r")
_CHUNK_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CsvLines:
    """What has to be mended before a CSV is read.

    Attributes
    ----------
    has_only_returns
        Whether its lines end in a carriage return alone.
    has_blanks
        Whether there are two line ends in a row, be it within quotation marks.
    """

    has_only_returns: bool
    has_blanks: bool

    def needs_mending(self, columns: int) -> bool:
        """Whether a file of so many columns is read wrong as it is."""
        return self.has_only_returns or (self.has_blanks and columns > 1)


def csv_lines(path: Path) -> CsvLines:
    """Look at the line ends of a file."""
    with path.open("rb") as file:
        chunk = file.read(_CHUNK_BYTES)
        has_only_returns = b"\n" not in chunk and b"\r" in chunk
        blank = _BLANK_OF_RETURNS if has_only_returns else _BLANK
        has_blanks = blank.search(chunk) is not None
        while not has_blanks and (following := file.read(_CHUNK_BYTES)):
            chunk = chunk[-2:] + following
            has_blanks = blank.search(chunk) is not None
    return CsvLines(has_only_returns, has_blanks)


def mended(path: Path, lines: CsvLines, columns: int) -> bytes:
    """Return a file's content as it should be read."""
    return b"".join(mended_lines(path, lines, columns))


def write_mended(path: Path, target: Path, lines: CsvLines, columns: int) -> None:
    """Write a file's content as it should be read, in constant memory."""
    with target.open("wb") as file:
        file.writelines(mended_lines(path, lines, columns))


def mended_lines(path: Path, lines: CsvLines, columns: int) -> Iterator[bytes]:
    """Yield the lines of a file as they should be read, each with its end."""
    found = _lines(path, has_only_returns=lines.has_only_returns)
    return _without_blanks(found) if lines.has_blanks and columns > 1 else found


def _lines(path: Path, *, has_only_returns: bool) -> Iterator[bytes]:
    """Yield lines with their ends, a return alone turned to a line feed."""
    with path.open("rb") as file:
        if not has_only_returns:
            yield from file
            return
        rest = b""
        while chunk := file.read(_CHUNK_BYTES):
            *whole, rest = (rest + chunk).split(b"\r")
            yield from (line + b"\n" for line in whole)
        yield rest


def _without_blanks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Leave out blank lines; those within quotation marks belong to a text."""
    is_quoted = False
    for line in lines:
        if is_quoted or line.strip(b"\r\n"):
            yield line
        if line.count(b'"') % 2:
            is_quoted = not is_quoted
