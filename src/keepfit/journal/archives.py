"""Archives of retired months: Parquet files, with every column of the journal.

`credit-predictions-2026-01.parquet` holds the predictions of project `credit` that were made in January 2026, with the
salts and commitments that hold them in the chain; `-labels-` and `-shadows-` beside it what belongs to them. What came
late for a month that was archived is in a further file, `…-2026-01-2.parquet`.

It needs Polars, that the service does without: `pip install "keepfit[tables]"`.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table

from keepfit.errors import JournalError
from keepfit.journal.ranges import Range, extend, merged
from keepfit.journal.raw_rows import RawRow
from keepfit.journal.tables import PART_ROWS

if TYPE_CHECKING:
    import polars as pl

ID_COLUMNS = {"predictions": "id", "labels": "prediction_id", "shadows": "prediction_id"}
_UNFINISHED = ".unfinished"


@dataclass(slots=True)
class Archived:
    """What a file holds.

    Attributes
    ----------
    rows, erased
        How many there are, and how many of them tell of nobody any more.
    seqs
        Their numbers.
    digest, sha256
        Of numbers and ids, and of the file's bytes, hexadecimal.
    """

    rows: int = 0
    erased: int = 0
    seqs: list[Range] = field(default_factory=list)
    digest: str = ""
    sha256: str = ""


def archive_name(project: str, kind: str, month: str, part: int) -> str:
    """Return the name of a file; parts count from 1."""
    return f"{project}-{kind}-{month}{'' if part == 1 else f'-{part}'}.parquet"


@contextmanager
def archiving(folder: Path, project: str) -> Iterator[None]:
    """Be the only one who writes archives of a project in a folder, and tell what its disk refuses.

    Raises
    ------
    JournalError
        When somebody else does, or the folder or a file cannot be had, or Polars is not installed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f".{project}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        hint = "wait until it is done"
        raise JournalError("another process is writing archives here", where=str(folder), hint=hint) from error
    except OSError as error:
        hint = "check its disk and its rights"
        raise JournalError(f"archives cannot be kept here ({error})", where=str(folder), hint=hint) from error
    except ModuleNotFoundError as error:
        hint = 'pip install "keepfit[tables]"'
        raise JournalError(f"archives need the package {error.name}", where=str(folder), hint=hint) from error


def write_archive(path: Path, table: Table, parts: Iterable[Sequence[RawRow]]) -> Archived:
    """Write rows of a table to a file, and read it back; it is on the disk, and whole, on return.

    Parameters
    ----------
    path
        Of the file. One that is there, of a run that was interrupted, is replaced.
    table
        Whose rows.
    parts
        The rows by their numbers; at least one.

    Raises
    ------
    JournalError
        When the file does not hold what was written, or one is there that holds other rows.
    """
    found, digest = Archived(), blake2b(digest_size=32)
    with _unfinished(path) as unfinished:
        frames = unfinished / "parts"
        frames.mkdir()
        for number, rows in enumerate(parts):
            frame = _frame(table, rows)
            frame.write_parquet(frames / f"{number:09d}.parquet")
            _add(digest, frame, table.name)
            found.rows += len(rows)
            found.erased += sum(_is_erased(table.name, row) for row in rows)
            for row in rows:
                extend(found.seqs, row["seq"])
        found.seqs, found.digest = merged(found.seqs), digest.hexdigest()
        whole = _scan(sorted(frames.iterdir()))
        _require_none_else(path, whole, table.name)
        _sink(whole, unfinished / "whole", path)
    if archive_digest(path, table.name) != (found.rows, found.digest):
        raise JournalError("does not hold what was written to it", where=str(path), hint="check its disk")
    with path.open("rb") as file:
        found.sha256 = file_digest(file, "sha256").hexdigest()
    return found


def archive_digest(path: Path, kind: str) -> tuple[int, str]:
    """Return how many rows a file has, and the digest of their numbers and ids.

    Raises
    ------
    JournalError
        When it is no archive.
    """
    digest, rows = blake2b(digest_size=32), 0
    with _told(path):
        while True:
            frame = _scan([path]).select("seq", ID_COLUMNS[kind]).slice(rows, PART_ROWS).collect()
            if frame.is_empty():
                return rows, digest.hexdigest()
            _add(digest, frame, kind)
            rows += frame.height


def erase_from_archives(folder: Path, project: str, entity: str) -> int:
    """Erase what tells of a person from the archives of a project; return how many rows did.

    Each file that has any is written anew, beside the old one, and takes its place. To do it again is safe, and ends
    what was interrupted.

    Parameters
    ----------
    folder
        Where the archives lie; it may be absent.
    project, entity
        Whose archives, and who is forgotten: see `erasure.forget`, which comes first.

    Raises
    ------
    JournalError
        When somebody else is writing archives there, or a file cannot be read or written.
    """
    if not folder.is_dir():
        return 0
    with archiving(folder, project):
        for left in folder.glob(f"{project}-*{_UNFINISHED}"):  # of one who died: it may tell of anybody
            shutil.rmtree(left)
        names = re.compile(rf"{re.escape(project)}-(predictions|labels)-\d{{4}}-\d\d(-\d+)?\.parquet")
        paths = [path for path in sorted(folder.iterdir()) if names.fullmatch(path.name)]
        return sum(_erase(path, entity) for path in paths)


def _erase(path: Path, entity: str) -> int:
    import polars as pl  # noqa: PLC0415 - the service has none

    blank: dict[str, Any] = {"features": "", "entity": None, "salt": None}
    frame, is_theirs = _scan([path]), (pl.col("entity") == entity).fill_null(value=False)
    with _told(path), _unfinished(path) as unfinished:
        rows = int(frame.select(is_theirs.sum()).collect().item())
        if rows:
            names = [name for name in blank if name in frame.collect_schema().names()]
            kept = {name: pl.when(~is_theirs).then(pl.col(name)).otherwise(pl.lit(blank[name])) for name in names}
            _sink(frame.with_columns(**kept), unfinished / "whole", path)
    return rows


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell of a file that is no archive."""
    import polars as pl  # noqa: PLC0415 - the service has none

    try:
        yield
    except pl.exceptions.PolarsError as error:
        raise JournalError(f"is no archive ({error})", where=str(path), hint="put back what was written") from error


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Have a folder beside a file for what becomes of it, gone in the end."""
    folder = path.with_name(f"{path.name}{_UNFINISHED}")
    shutil.rmtree(folder, ignore_errors=True)  # of one who died
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _require_none_else(path: Path, whole: pl.LazyFrame, kind: str) -> None:
    """Refuse to replace a file that holds rows which the new one has not."""
    import polars as pl  # noqa: PLC0415 - the service has none

    if not path.exists():
        return
    with _told(path):
        others = _scan([path]).join(whole, on=["seq", ID_COLUMNS[kind]], how="anti").select(pl.len()).collect().item()
    if others:
        hint = "it is another journal's: name another folder"
        raise JournalError(f"is there, with {others} rows that the journal has not", where=str(path), hint=hint)


def _scan(paths: list[Path]) -> pl.LazyFrame:
    import polars as pl  # noqa: PLC0415 - the service has none

    return pl.scan_parquet(paths, glob=False)


def _sink(frame: pl.LazyFrame, unfinished: Path, path: Path) -> None:
    """Write rows to a file, which is there as a whole or not at all."""
    frame.sink_parquet(unfinished, compression="zstd")
    _sync(unfinished)
    unfinished.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _frame(table: Table, rows: Sequence[RawRow]) -> pl.DataFrame:
    import polars as pl  # noqa: PLC0415 - the service has none

    types = {int: pl.Int64, float: pl.Float64, str: pl.String, bytes: pl.Binary}
    schema = {name: types[column.type.python_type] for name, column in table.columns.items()}
    return pl.DataFrame({name: [row[name] for row in rows] for name in schema}, schema=schema)


def _add(digest: Any, frame: pl.DataFrame, kind: str) -> None:
    for seq, one in frame.select("seq", ID_COLUMNS[kind]).iter_rows():
        digest.update(f"{seq} {one}\n".encode())


def _is_erased(kind: str, row: RawRow) -> bool:
    if kind == "labels":
        return row["as_of_microseconds"] is not None and row["entity"] is None
    return kind == "predictions" and not row["features"]
