"""JSON lines of a stream, as from standard input: each line a record, so many of them a delivery."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO, NoReturn

import msgspec

from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.errors import DatasetError

LONGEST_LINE = 1_000_000  # bytes
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SHOWN = 60
_HINT = 'a line is an object with a key per column, as {"age": 30}'

_decoder = msgspec.json.Decoder(dict[str, Any])


class LinesSource:
    """The source that is a stream of JSON lines; a blank line is none.

    A delivery is handed over as soon as its last line is there: no more is read of a pipe than that.

    Parameters
    ----------
    stream
        Where the bytes come from, UTF-8.
    batch_rows
        Lines of a delivery; the last one may have fewer.
    stop
        Set when no more is wanted: lines since the last delivery are not handed over then, as more may belong to it.
    """

    def __init__(self, stream: BinaryIO, batch_rows: int, stop: threading.Event | None = None) -> None:
        self._stream, self._batch_rows, self._stop = stream, batch_rows, stop or threading.Event()
        self._number = 0

    def deliveries(self) -> Iterator[Delivery]:
        """Yield the records, so many at a time.

        Raises
        ------
        DatasetError
            When a line is no JSON object, or too long; the records of the lines before it, since the last delivery,
            are not handed over.
        """
        records: list[dict[str, Any]] = []
        first, digest = 0, sha256()
        for line in self._lines():
            records.append(_record(line, self._number))
            first = first or self._number
            digest.update(line + b"\n")
            if len(records) == self._batch_rows:
                yield self._delivery(first, digest.hexdigest(), records)
                records, first, digest = [], 0, sha256()
        if records and not self._stop.is_set():
            yield self._delivery(first, digest.hexdigest(), records)

    def _delivery(self, first: int, key: str, records: list[dict[str, Any]]) -> Delivery:
        name = f"lines {first} to {self._number}" if first < self._number else f"line {first}"
        return Delivery(key, name, tuple(records))

    def _lines(self) -> Iterator[bytes]:
        """Yield the lines that are not blank, without what surrounds the record; their number is counted."""
        while line := self._stream.readline(LONGEST_LINE + 1):
            if self._stop.is_set():  # it may be half of one
                return
            self._number += 1
            if len(line) > LONGEST_LINE:
                raise _refused(
                    self._number, f"is longer than {LONGEST_LINE} bytes", "each record has a line of its own"
                )
            if self._number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if text := line.strip():
                yield text


def _record(line: bytes, number: int) -> dict[str, Any]:
    try:
        line.decode()
        record = _decoder.decode(line)
    except UnicodeDecodeError as error:
        said = f"is not UTF-8: byte {error.start + 1} is 0x{line[error.start]:02x}"
        raise _refused(number, said, "write the lines in UTF-8") from error
    except RecursionError as error:
        raise _refused(number, "is nested too deep") from error
    except msgspec.DecodeError as error:
        said = _literal(line) or f"is no JSON object: {_cause(error)}: {_shown(line)}"
        raise _refused(number, said) from error
    if line.count(b":") != len(record):  # a text holds a colon, a value an object, or a key came twice
        _require_single_keys(line, number)
    return record


def _refused(number: int, said: str, hint: str = _HINT) -> DatasetError:
    return DatasetError(said, where=f"line {number}", hint=hint)


class _LiteralError(Exception):
    """JSON has no such number."""


def _literal(line: bytes) -> str:
    """Return what is told of a line that holds NaN or Infinity, which some programs write and JSON has not."""

    def refuse(name: str) -> NoReturn:
        raise _LiteralError(name)

    try:
        json.loads(line, parse_constant=refuse)
    except _LiteralError as error:
        return f"holds {error}, which JSON does not have; null is a missing value"
    except (ValueError, RecursionError):
        return ""
    return ""


def _require_single_keys(line: bytes, number: int) -> None:
    """Refuse an object that has a key twice: which of the two was meant is nobody's guess."""

    def single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise _refused(number, f'has the key "{twice[:_SHOWN]}" twice', "say each column once")
        return found

    try:
        json.loads(line, object_pairs_hook=single)
    except RecursionError as error:
        raise _refused(number, "is nested too deep") from error


def _cause(error: msgspec.DecodeError) -> str:
    said = str(error).removeprefix("JSON is malformed: ").partition(" - at")[0]
    return said[:1].lower() + said[1:]


def _shown(line: bytes) -> str:
    text = line.decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
