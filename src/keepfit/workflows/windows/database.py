"""A table of a database as a window: counted where it lies, in the bins of the champion's reference.

A column of numbers is counted by the database, bin by bin. Of every other column the database counts its different
values, and the door says of each what it is: so other spellings, words for missing, dates and numbers written as text
are what they are in a file. What comes out of the database are counts, and values without their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keepfit.bundle import Bundle
from keepfit.datasets.sql_bins import BinnedNumbers, NumberRules
from keepfit.datasets.sql_table import Counted, SqlTable, open_sql_table
from keepfit.errors import DatasetError, MonitoringError
from keepfit.missing_text import missing_numbers
from keepfit.monitoring.observed_window import ObservedWindow, Stretch, window_of
from keepfit.profiles import ColumnProfile, NumberProfile, OutputProfile, Profile, merge
from keepfit.scoring import history_door
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_door import TableDoor
from keepfit.scoring.values import LARGEST, range_of
from keepfit.signature import Column, Kind, Signature
from keepfit.workflows.rooms import Progress, no_progress
from keepfit.workflows.windows.reader import PROBABILITY, label_code, require_present
from keepfit.workflows.windows.sql_source import SqlSource

_MEND = "mend the values, or name a view without those rows"


def sql_window(source: SqlSource, champion: Bundle, *, on_progress: Progress = no_progress) -> ObservedWindow:
    """Count the rows of a table or a view inside its database.

    A column `probability` holds the scores that the rows were given; beside it, the target is counted too. A database
    runs no model, so without one there are no scores.

    Raises
    ------
    DatasetError
        When the database cannot be reached, there is no such table, or it lacks a column of the model or holds one of
        another type.
    MonitoringError
        When a value is none of its column's, or the table has no row.
    """
    reference = Profile.from_dict(champion.profile)
    signature = history_door(champion.facts.signature).signature
    with open_sql_table(source.url, source.table) as table:
        require_present([name for name in signature.names if name not in table.columns], table.where)
        if not table.rows:
            raise MonitoringError("has no row", where=table.where, hint="name a table with the rows to be checked")
        columns = []
        for column, profile in zip(signature.columns, reference.columns, strict=True):
            columns.append(_counted(table, signature, column, profile))
            on_progress("count columns", len(columns), len(signature.columns))
        (output,) = reference.outputs
        whole = Profile(table.rows, tuple(columns), (_answered(table, signature, output),))
    return window_of(f"the table {source.table}", [Stretch(whole)], whole)


def _counted(table: SqlTable, signature: Signature, column: Column, profile: ColumnProfile) -> ColumnProfile:
    is_counted_there = column.kind.is_numeric and table.holds_numbers(column.name)
    if is_counted_there and isinstance(profile, NumberProfile):
        rules = NumberRules(
            [_greatest_below(edge) for edge in profile.edges],
            -LARGEST,
            LARGEST,
            column.kind is Kind.INTEGER,
            tuple(missing_numbers(column.missing_values)),
            range_of(column),
        )
        return _as_float32(_filled(profile, table.numbers(column.name, rules), table.where))
    encode = _encoder(table, signature, column)
    with closing(table.values(column.name)) as parts:  # a value may be refused before the last was read
        counted = (profile.count(*encode(part)) for part in parts)
        return reduce(merge, (Profile(one.rows, (one,), ()) for one in counted)).columns[0]


def _greatest_below(edge: float) -> float:
    """Return the greatest float64 that float32 does not round above an edge: so a value is in the bin it has there.

    Numbers of the door are float32, and those of a database are not. Halfway between two of them float32 rounds to the
    one whose last bit is 0.
    """
    at = np.float32(edge)
    if float(at) > edge:  # the edge is none of float32's numbers
        at = np.nextafter(at, np.float32(-np.inf))
    halfway = (float(at) + float(np.nextafter(at, np.float32(np.inf)))) / 2
    if halfway > LARGEST:
        return LARGEST
    return halfway if np.float32(halfway) == at else float(np.nextafter(halfway, -np.inf))


def _as_float32(profile: NumberProfile) -> NumberProfile:
    """Return a profile with the least and the greatest value as the door would have them."""
    low, high = profile.minimum, profile.maximum
    if low is None or high is None:
        return profile
    return replace(profile, minimum=float(np.float32(low)), maximum=float(np.float32(high)))


def _filled(profile: NumberProfile, found: BinnedNumbers, where: str) -> NumberProfile:
    if found.refused:
        rows = f"{found.refused} rows hold" if found.refused > 1 else "a row holds"
        said = f"{profile.name}: {rows} what it does not take, such as {found.example:g}"
        raise MonitoringError(said, where=where, hint=_MEND)
    return replace(
        profile,
        counts=found.counts,
        sums=found.sums,
        squares=found.squares,
        missing=found.missing,
        minimum=found.minimum,
        maximum=found.maximum,
    )


_Encode = Callable[[Counted], tuple[NDArray[np.float32], NDArray[np.int64]]]


def _encoder(table: SqlTable, signature: Signature, column: Column) -> _Encode:
    """Return what makes numbers of the door of a column's values, each with its number of rows."""
    alone = replace(signature, columns=(column,))
    reasons = Refusals(alone)
    is_flag = table.is_flag(column.name) and column.kind is Kind.FLAG

    def encode(part: Counted) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        numbers = [np.empty(0, dtype=np.float32)]
        times = [np.empty(0, dtype=np.int64)]
        for series, counts in _by_type(column.name, part, is_flag=is_flag):
            frame = series.to_frame()
            door = TableDoor(alone, frame.schema, where=table.where)
            cells = door.cells(frame)
            encoded = door.encoded(cells, frame.height)
            if encoded.wrong:
                first = door.refused(frame, cells, encoded.wrong)[:1]
                said = f"{column.name}: {reasons.table(first)['reason'][0]}"
                raise MonitoringError(said, where=table.where, hint=_MEND)
            numbers.append(encoded.matrix[:, 0])
            times.append(counts)
        return np.concatenate(numbers), np.concatenate(times)

    return encode


def _by_type(name: str, part: Counted, *, is_flag: bool) -> Iterator[tuple[pl.Series, NDArray[np.int64]]]:
    """Yield a column's values with their numbers of rows, those of each type together: SQLite mixes them."""
    kinds: dict[type, list[tuple[Any, int]]] = {}
    for value, count in part:
        plain = _plain(value, is_flag=is_flag)
        kinds.setdefault(type(plain), []).append((plain, count))
    for found in kinds.values():
        values, counts = zip(*found, strict=True)
        yield pl.Series(name, values), np.array(counts, dtype=np.int64)


def _plain(value: Any, *, is_flag: bool = False) -> Any:
    """Return a value as a file's table would hold it; SQLite stores a flag as 0 or 1."""
    if isinstance(value, Decimal):
        return float(value)
    return bool(value) if is_flag and value in (0, 1) else value


def _answered(table: SqlTable, signature: Signature, output: OutputProfile) -> OutputProfile:
    """Return the profile of the scores that a table has, and of the labels beside them."""
    if PROBABILITY not in table.columns or signature.outcome.name == PROBABILITY:
        nothing = output.count(np.empty(0))
        return replace(nothing, score=replace(nothing.score, missing=table.rows))
    if not table.holds_numbers(PROBABILITY):
        said = f"{PROBABILITY} holds what is no number"
        raise DatasetError(said, where=table.where, hint="probabilities are from 0 to 1, or NULL")
    rules = NumberRules(output.score.edges, 0.0, 1.0)
    score = _filled(output.score, table.numbers(PROBABILITY, rules), table.where)
    target = signature.outcome.name
    found = table.labels(PROBABILITY, rules, target) if target in table.columns else ()
    labelled, positives = _by_bin(found, signature, len(score.counts), table.where)
    return replace(output, score=score, labelled=labelled, positives=positives)


def _by_bin(
    found: Iterable[tuple[int | None, Any, int]], signature: Signature, bins: int, where: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return rows with a known label, and with a positive one, by bin of their score."""
    labelled, positives = np.zeros(bins, dtype=np.int64), np.zeros(bins, dtype=np.int64)
    for place, value, count in found:
        code = label_code(signature, _plain(value))
        if code is None:
            said = (
                f"{signature.outcome.name} holds {value!r}, which is neither {' nor '.join(signature.outcome.labels)}"
            )
            raise DatasetError(said, where=where, hint="leave it empty where the outcome is not known")
        if place is not None and code >= 0:
            labelled[place] += count
            positives[place] += count * code
    return tuple(labelled.tolist()), tuple(positives.tolist())
