"""The files of a scoring: what may be read and written, and which columns of the table are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from keepfit.datasets.batches import require_table_file
from keepfit.datasets.table_writer import require_writable
from keepfit.errors import DatasetError, nearest
from keepfit.scoring.refusals import REFUSAL_SCHEMA

ROW = "row"


@dataclass(frozen=True, slots=True)
class KeptColumns:
    """What is kept of the table, by name and type.

    Attributes
    ----------
    answered
        Columns that stand before the answers; where there is none, the number of the row does.
    ids
        Those that name a row: they stand before what is refused, too.
    """

    answered: Mapping[str, pl.DataType]
    ids: Mapping[str, pl.DataType]

    @property
    def answer_schema(self) -> dict[str, pl.DataType]:
        """What stands before the answers."""
        return dict(self.answered) or {ROW: pl.Int64()}

    @property
    def refusal_schema(self) -> dict[str, pl.DataType]:
        """The columns of what is refused: the row's number is the first."""
        return {ROW: pl.Int64(), **self.ids, **REFUSAL_SCHEMA}

    def of_answers(self, frame: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
        """Return what stands before the answers of rows with these numbers."""
        return frame.select(*self.answered) if self.answered else numbers.to_frame(ROW)

    def of_refusals(self, frame: pl.DataFrame, numbers: pl.Series, refusals: pl.DataFrame) -> pl.DataFrame:
        """Return the lines about refused rows; `refusals` numbers them from 0."""
        rows = refusals[ROW]
        named = [frame[name][rows] for name in self.ids]
        return pl.DataFrame([numbers[rows].alias(ROW), *named, *refusals.drop(ROW).get_columns()])


def require_files(source: Path, out: Path, rejected: Path) -> None:
    """Refuse a table that is not there, and files that cannot be written or that would overwrite each other.

    Raises
    ------
    DatasetError
        With the file.
    """
    require_table_file(source)
    for path, called in ((out, "OUT"), (rejected, "--rejected")):
        require_writable(path, called)
        if path.exists() and path.samefile(source):
            raise DatasetError("is the table itself", where=f"{called} {path}", hint="name another file")
    if out.resolve() == rejected.resolve() or (rejected.exists() and out.exists() and rejected.samefile(out)):
        raise DatasetError("is OUT itself", where=f"--rejected {rejected}", hint="name another file")


def kept_columns(
    schema: Mapping[str, pl.DataType],
    ids: Iterable[str],
    *,
    keep_all: bool,
    made: Collection[str],
    where: str,
) -> KeptColumns:
    """Return what is kept of a table; where nothing names a row, its number does.

    Parameters
    ----------
    schema
        The table's columns.
    ids
        Those that name a row.
    keep_all
        Whether all are kept.
    made
        The columns of the answers.
    where
        What an error names.

    Raises
    ------
    DatasetError
        When a column is not there, or is called as one that is made.
    """
    for name in ids:
        if name not in schema:
            raise DatasetError(f'no such column "{name}"', where=f"{where}, --id", hint=nearest(name, schema))
    named = {name: schema[name] for name in ids}
    kept = KeptColumns(dict(schema) if keep_all else named, named)
    taken = {name: "the answers" for name in kept.answered if name in made}
    taken |= {name: "what is refused" for name in named if name in REFUSAL_SCHEMA}
    for name, place in taken.items():
        said = f'column "{name}" cannot be kept: a column of {place} is called so'
        raise DatasetError(said, where=where, hint="rename it")
    return kept
