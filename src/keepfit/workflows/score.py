"""`keepfit score`: a file of rows in, a file of answers out, and beside it what was refused."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from keepfit.datasets.batches import TableBatches, batch_rows, open_batches
from keepfit.datasets.replacing import replacing
from keepfit.datasets.steady import unchanged
from keepfit.datasets.table_writer import TableWriter, table_writer
from keepfit.monitoring.usual_values import UsualValues
from keepfit.scoring import Scorer
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_scorer import ScoredRows, TableScorer
from keepfit.workflows.in_order import in_order
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.score_files import KeptColumns, kept_columns, require_files
from keepfit.workflows.score_past import table_past

_STEP = "score rows"


@dataclass(frozen=True, slots=True)
class ScoreTask:
    """What is to be scored.

    Attributes
    ----------
    source, out
        The table, and the file of the answers: CSV or Parquet, as their suffixes say.
    rejected
        The file of what is refused; beside `out` when None.
    ids
        Columns of the table that the answers keep, besides the project's entity.
    keep_all
        Whether they keep all columns.
    version
        The model; the champion when None.
    workers
        Threads that score; the answers are the same with any number.
    """

    source: Path
    out: Path
    rejected: Path | None = None
    ids: tuple[str, ...] = ()
    keep_all: bool = False
    version: int | None = None
    workers: int = 1

    @property
    def side(self) -> Path:
        """The file of what is refused."""
        return self.rejected or self.out.with_name(f"{self.out.stem}.rejected{self.out.suffix}")


@dataclass(slots=True)
class ScoreReport:
    """What was scored and what was refused.

    Attributes
    ----------
    version
        The model that scored.
    absent
        Columns of the model that the table lacks: they are missing in every row.
    rows, scored, refused
        Rows that were read, that have an answer, that the door refuses.
    seconds
        What it took, from the opening of the table to the whole files.
    decisions
        How often each label was decided.
    refusals
        Refused values by column.
    unusual
        Values that were scored although missing, or outside of the training vocabulary or range: counts by column and
        reason (`missing`, `unseen`, `out_of_range`).
    rejected
        The file of what is refused; None when nothing was.
    rests_on_rows_alone
        Whether a recommender knew nothing of the months before a row's own.
    """

    version: int
    absent: tuple[str, ...] = ()
    rows: int = 0
    scored: int = 0
    refused: int = 0
    seconds: float = 0.0
    decisions: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    unusual: Counter[tuple[str, str]] = field(default_factory=Counter)
    rejected: Path | None = None
    rests_on_rows_alone: bool = False

    @property
    def rows_per_second(self) -> float:
        """Rows that were read in a second."""
        return self.rows / self.seconds if self.seconds else 0.0


def score(rooms: Rooms, task: ScoreTask, *, on_progress: Progress = no_progress) -> ScoreReport:
    """Score a table, in memory that does not grow with its rows.

    Of a panel the file's own months are the past of its rows: those are held at once. The files take their places when
    both are whole: after an error, what stood there before still stands there.

    Raises
    ------
    BundleError
        When there is no champion, or no such version.
    DatasetError
        When the table cannot be read, lacks a column or holds one of another type, or a file cannot be written.
    """
    require_files(task.source, task.out, task.side)
    bundle = rooms.store.champion() if task.version is None else rooms.store.read(task.version)
    scorer = Scorer(bundle, runs_pipelines=rooms.project.runs_pipelines)
    began = time.perf_counter()
    with replacing(task.out) as part:
        with replacing(task.side) as side_part, unchanged(task.source):
            report = _write(rooms, task, scorer, (part, side_part), on_progress)
        if not report.refused:
            task.side.unlink()
    report.seconds = time.perf_counter() - began
    report.rejected = task.side if report.refused else None
    said = f"v{report.version}, {report.rows} rows of {task.source} to {task.out}: {report.scored} scored"
    rooms.log.add("score", f"{said}, {report.refused} refused, {report.seconds:.1f} s")
    return report


def _write(
    rooms: Rooms, task: ScoreTask, scorer: Scorer, parts: tuple[Path, Path], on_progress: Progress
) -> ScoreReport:
    """Write both files, under other names."""
    data, where = rooms.project.data, str(task.source)
    table = open_batches(task.source, separator=data.separator)
    offers = scorer.door.signature.offers
    missing_values = tuple(data.missing_values) if table.holds_texts else None
    past = None if offers is None else table_past(table, offers, missing_values=missing_values, where=where)
    schema = {**table.schema, **(past.schema if past else {})}
    rows = TableScorer(scorer, schema, missing_values=missing_values, where=where)
    entity = (data.entity,) if data.entity in table.schema else ()
    ids = dict.fromkeys((*entity, *task.ids))
    kept = kept_columns(table.schema, ids, keep_all=task.keep_all, made=rows.answer_schema, where=where)
    report = ScoreReport(scorer.version, rows.absent, rests_on_rows_alone=offers is not None and past is None)
    with (
        table_writer(parts[0], {**kept.answer_schema, **rows.answer_schema}, becomes=task.out) as answers,
        table_writer(parts[1], kept.refusal_schema, becomes=task.side) as refusals,
    ):
        signature = scorer.door.signature
        files = _Files(kept, answers, refusals, Refusals(signature), UsualValues(signature), report)
        batches = _batches(table, rows, kept)
        for frame, scored in in_order(rows.score, past.beside(batches) if past else batches, task.workers):
            files.add(frame, scored)
            on_progress(_STEP, report.rows, max(table.rows, report.rows))
    on_progress(_STEP, report.rows, report.rows)
    return report


def _batches(table: TableBatches, rows: TableScorer, kept: KeptColumns) -> Iterator[pl.DataFrame]:
    """Yield the columns that are scored or kept."""
    asked = {*rows.columns, *kept.answered, *kept.ids}
    needed = [name for name in table.schema if name in asked]
    width = len(table.schema if table.holds_texts else needed)  # a CSV's lines are read as a whole
    return table.read(needed, rows=batch_rows(width, texts=table.holds_texts))


@dataclass(frozen=True, slots=True)
class _Files:
    """The two files of a scoring while they grow, and what is known of them so far."""

    kept: KeptColumns
    answers: TableWriter
    refusals: TableWriter
    reasons: Refusals
    usual: UsualValues
    report: ScoreReport

    def add(self, frame: pl.DataFrame, scored: ScoredRows) -> None:
        """Write the answers and the refusals of the next rows, and count them."""
        first = self.report.rows + 1
        numbers = pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True)
        kept = self.kept.of_answers(frame, numbers)
        self.answers.write((kept if scored.accepted is None else kept[scored.accepted]).hstack(scored.answers))
        if scored.refused:
            told = self.reasons.table(scored.refused)
            self.refusals.write(self.kept.of_refusals(frame, numbers, told))
            self.report.refusals.update(told["field"])
        self._count(frame.height, scored)

    def _count(self, rows: int, scored: ScoredRows) -> None:
        report = self.report
        report.rows += rows
        report.scored += scored.answers.height
        report.refused += rows - scored.answers.height
        report.decisions.update(dict(scored.answers["decision"].value_counts().iter_rows()))
        for column, reason, count in self.usual.exceptions(scored.matrix):
            report.unusual[column, reason] += count
