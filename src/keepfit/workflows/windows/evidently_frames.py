"""The rows behind a check as data frames of words, as Evidently takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.errors import MonitoringError
from keepfit.journal import LabelledPrediction, Window
from keepfit.monitoring.ignored_columns import ignored_columns, not_kept_columns
from keepfit.scoring.word_table import word_table
from keepfit.signature import Outcome
from keepfit.workflows.contest import answers
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.journal import labelled_window, require_span
from keepfit.workflows.windows.rows import journal_rows_asked, taught_rows


@dataclass(frozen=True, slots=True)
class WindowTables:
    """What a champion learnt from, and what it is asked now.

    Attributes
    ----------
    reference
        The rows of the project's table that taught it, through its door, with the columns of its signature; rows of
        the journal that taught it too are not among them.
    window
        The newest records that it answered, through the same door, the oldest first; the same columns.
    labelled
        Its newest answers whose label has come, the oldest first: `label`, `decision`, `probability`. Labels lag, so
        these may be of older records than those of the window.
    not_kept
        Columns of the signature that are in neither table: the journal does not keep them.
    ignored
        Others that are in neither: the project does not compare them.
    """

    reference: pl.DataFrame
    window: pl.DataFrame
    labelled: pl.DataFrame
    not_kept: tuple[str, ...]
    ignored: tuple[str, ...] = ()


def window_tables(
    rooms: Rooms, champion: Bundle, dataset: Dataset, *, since: datetime | None = None, until: datetime | None = None
) -> WindowTables:
    """Return the reference's rows and the newest `window_rows` that a champion answered.

    Parameters
    ----------
    rooms
        The project.
    champion
        Whose answers.
    dataset
        What taught it; see `reference_dataset`.
    since, until
        Only what was answered at this time or later, and before this time.

    Raises
    ------
    MonitoringError
        When it has answered nothing then, or the time ends before it begins.
    """
    require_span(since, until)
    signature, version = champion.facts.signature, champion.facts.version
    asked = Window(rooms.project.name, rooms.project.monitoring.window_rows, since, until, version)
    with rooms.journal() as journal:
        journal.match_labels(rooms.project.name)
        found = journal_rows_asked(journal, asked, signature)[::-1]
        labelled = labelled_window(rooms, journal, champion, since=since, until=until)
    if not len(found):
        raise MonitoringError(f"v{version} has answered nothing then", where="window", hint="serve it, or look further")
    untold = not_kept_columns(rooms.redaction().dropped, signature)
    not_kept = tuple(name for name in signature.names if name in untold)
    ignored = tuple(sorted(ignored_columns(rooms.project.monitoring, signature).difference(not_kept)))
    matrices = taught_rows(dataset, signature), found
    reference, window = (word_table(matrix, signature).drop(*not_kept, *ignored) for matrix in matrices)
    return WindowTables(reference, window, _labelled_table(labelled, signature.outcome), not_kept, ignored)


def held_out_table(rooms: Rooms, champion: Bundle, dataset: Dataset) -> pl.DataFrame:
    """Return what a champion answers to the rows that were held out of its training, as `WindowTables.labelled`.

    Raises
    ------
    BundleError
        When its model cannot be run here.
    """
    rows, outcome = dataset.split.holdout, champion.facts.signature.outcome
    probability = answers(dataset.frame[rows.tolist()], champion, rooms.project)
    decided = probability >= champion.facts.threshold
    return _answer_table(dataset.target[rows].tolist(), decided.tolist(), probability.tolist(), outcome)


def _labelled_table(rows: Sequence[LabelledPrediction], outcome: Outcome) -> pl.DataFrame:
    labels = [outcome.code(row.label) for row in rows]
    decided = [outcome.code(row.prediction.decision) for row in rows]
    return _answer_table(labels, decided, [row.prediction.probability for row in rows], outcome)


def _answer_table(
    labels: Sequence[int | None], decided: Sequence[int | None], probability: Sequence[float], outcome: Outcome
) -> pl.DataFrame:
    """Return answers by the words of their classes, however those were spelt."""
    columns = {
        name: pl.Series([None if code is None else outcome.labels[code] for code in codes], dtype=pl.String)
        for name, codes in (("label", labels), ("decision", decided))
    }
    return pl.DataFrame({**columns, "probability": pl.Series(probability, dtype=pl.Float64)})
