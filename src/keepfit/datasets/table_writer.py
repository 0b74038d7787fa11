"""A table that is written batch by batch, as CSV or Parquet, in memory that does not grow with its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import Any, Protocol

import polars as pl
from polars.io.plugins import register_io_source

from keepfit.datasets.cause import cause_of
from keepfit.errors import DatasetError
from keepfit.named_paths import require_folder

WRITTEN_SUFFIXES = (".csv", ".parquet")
_GROUP_ROWS = 131_072
_LOOK_SECONDS = 0.2


class TableWriter(Protocol):
    """A table that is being written."""

    def write(self, frame: pl.DataFrame) -> None:
        """Add rows.

        Raises
        ------
        DatasetError
            When they cannot be written.
        """


def require_writable(path: Path, called: str) -> None:
    """Refuse a path where no table can be written.

    Parameters
    ----------
    path
        The file.
    called
        What the user calls it.

    Raises
    ------
    DatasetError
        When its suffix says no format of ours, or it is a folder, or there is no folder for it.
    """
    if path.suffix.lower() not in WRITTEN_SUFFIXES:
        said = f"cannot write {path.suffix} files" if path.suffix else "cannot write a file without a suffix"
        raise DatasetError(said, where=f"{called} {path}", hint=f"accepted: {', '.join(WRITTEN_SUFFIXES)}")
    if path.is_dir():
        raise DatasetError("is a folder", where=f"{called} {path}", hint="name a file")
    require_folder(path, called, DatasetError)


@contextmanager
def table_writer(path: Path, schema: Mapping[str, pl.DataType], *, becomes: Path) -> Iterator[TableWriter]:
    """Open a file to write a table, and finish it at the end; after an error, what stands there is no table.

    Parameters
    ----------
    path
        The file.
    schema
        Names and types of the columns, the same in all batches.
    becomes
        The file that takes its place later: its suffix says what is written, and an error names it.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    made = _CsvWriter if becomes.suffix.lower() == ".csv" else _ParquetWriter
    writer = made(path, schema, becomes)
    try:
        yield writer
    except BaseException:
        writer.abandon()
        raise
    writer.finish()


class _CsvWriter:
    def __init__(self, path: Path, schema: Mapping[str, pl.DataType], becomes: Path) -> None:
        self._becomes = becomes
        with _told(becomes), ExitStack() as opened:
            self._file = opened.enter_context(path.open("wb"))
            pl.DataFrame(schema=schema).write_csv(self._file)
            opened.pop_all()

    def write(self, frame: pl.DataFrame) -> None:
        with _told(self._becomes):
            frame.write_csv(self._file, include_header=False)

    def finish(self) -> None:
        with _told(self._becomes):
            self._file.close()

    def abandon(self) -> None:
        with suppress(OSError):
            self._file.close()


class _AbandonedError(Exception):
    """Nobody will write the rest."""


class _ParquetWriter:
    """Hands batches to a thread in which polars writes them: it takes them from a source, and knows no other way."""

    def __init__(self, path: Path, schema: Mapping[str, pl.DataType], becomes: Path) -> None:
        self._path = path
        self._becomes = becomes
        self._batches: Queue[pl.DataFrame | _AbandonedError | None] = Queue(maxsize=1)
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._sink, args=(schema,), name="parquet writer", daemon=True)
        self._thread.start()

    def write(self, frame: pl.DataFrame) -> None:
        self._hand_over(frame)
        self._require_no_failure()

    def finish(self) -> None:
        self._hand_over(None)
        self._thread.join()
        self._require_no_failure()

    def abandon(self) -> None:
        self._hand_over(_AbandonedError())
        self._thread.join()

    def _hand_over(self, batch: pl.DataFrame | _AbandonedError | None) -> None:
        while self._thread.is_alive():
            try:
                self._batches.put(batch, timeout=_LOOK_SECONDS)
            except Full:
                continue
            return

    def _sink(self, schema: Mapping[str, pl.DataType]) -> None:
        try:
            register_io_source(self._source, schema=dict(schema)).sink_parquet(self._path, row_group_size=_GROUP_ROWS)
        except BaseException as error:  # noqa: BLE001 - told by the thread that hands over
            self._failure = error

    def _source(self, *_: Any) -> Iterator[pl.DataFrame]:
        while (batch := self._batches.get()) is not None:
            if isinstance(batch, _AbandonedError):
                raise batch
            yield batch

    def _require_no_failure(self) -> None:
        if self._failure:
            with _told(self._becomes):
                raise self._failure


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else cause_of(error)
        hint = "check its folder, its rights and the space on the disk"
        raise DatasetError(f"cannot be written: {said}", where=str(path), hint=hint) from error
