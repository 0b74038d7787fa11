"""`keepfit stream --backtest`: every strategy on the same past batches, each asked before it learns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from keepfit.arrays import Labels, Matrix
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.errors import ProjectError, StreamError
from keepfit.journal import Journal
from keepfit.project.stream_section import Strategy
from keepfit.reporting import write_json, write_page
from keepfit.retraining.backtest_page import Backtest, Tried, backtest_page
from keepfit.scoring import history_door
from keepfit.signature import Signature
from keepfit.training.incremental import FREE, LearnerTask, build_learner
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.stream.course import Answerer, Batch, Course
from keepfit.workflows.stream.journal_source import JournalSource
from keepfit.workflows.stream.position import SourcePosition
from keepfit.workflows.stream.reading import read_delivery
from keepfit.workflows.stream.sources import open_source, require_source
from keepfit.workflows.stream.task import StreamTask

_FIRST_SHARE = 0.25  # of the table, where nothing else is streamed
_FEWEST_BATCHES = 2
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What was tried, and where the report is: to look at, and to read."""

    found: Backtest
    page: Path
    facts: Path


@dataclass(frozen=True, slots=True)
class _Past:
    """Rows that every strategy begins with, and those that come in batches, `(n_rows, n_features)` and `(n_rows,)`."""

    signature: Signature
    first: Matrix
    first_labels: Labels
    later: Matrix
    later_labels: Labels
    began: str
    streamed: str


def backtest(
    rooms: Rooms,
    source: str | None = None,
    *,
    say: Callable[[str], None] = lambda _: None,
    on_progress: Progress = no_progress,
) -> BacktestReport:
    """Try every strategy of `[stream]`; what is learnt is forgotten again.

    Parameters
    ----------
    rooms
        The project; it needs no champion.
    source
        A file, a folder or `journal`, whose rows come after those that train. By default the table itself: its first
        quarter begins, the rest comes in batches.
    say
        Told what is passed over.
    on_progress
        Told of each batch.

    Raises
    ------
    KeepfitError
        When the source cannot be read, or has fewer than two batches.
    """
    if rooms.project.panel is not None:
        raise ProjectError("a recommender is not learnt batch by batch", where="keepfit.toml: [panel]")
    dataset = load_dataset(rooms)
    past = _table_past(rooms, dataset) if source is None else _source_past(rooms, dataset, source, say)
    size = rooms.project.stream.batch_rows
    batches = [
        Batch(past.later[at : at + size], past.later_labels[at : at + size], f"rows {at + 1}")
        for at in range(0, len(past.later_labels), size)
    ]
    if len(batches) < _FEWEST_BATCHES:
        said = f"{len(past.later_labels)} labelled rows make {len(batches)} batches of {size}; two are needed"
        raise StreamError(said, where=source or "the table", hint="bring more rows, or lower [stream] batch_rows")
    tried = [_try(rooms, past, batches, strategy, on_progress) for strategy in get_args(Strategy)]
    found = Backtest(
        project=rooms.project.name,
        made_at=stamp(utc_now()),
        began=past.began,
        streamed=past.streamed,
        rows=len(past.later_labels),
        batches=len(batches),
        tried=tuple(sorted(tried, key=lambda one: one.loss.value)),
        warning=dataset.source.warning,
    )
    page = rooms.workspace.reports / "backtest.html"
    write_page(backtest_page(found), page)
    facts = page.with_suffix(".json")
    write_json({**asdict(found), "recommended": found.recommended.strategy}, facts)
    rooms.log.add("backtest", f"{found.recommended.strategy} of {len(tried)} strategies, {len(batches)} batches")
    return BacktestReport(found, page, facts)


def _table_past(rooms: Rooms, dataset: Dataset) -> _Past:
    """Return the table in the order of its times, or in a drawn one where it declares none."""
    rows = len(dataset.target)
    if dataset.times is not None:
        order, told = np.argsort(dataset.times, kind="stable"), "in the order of their times"
    else:
        order, told = np.random.default_rng(rooms.project.project.seed).permutation(rows), "in an order drawn by chance"
    matrix, labels = history_door(dataset.signature).table(dataset.frame)[order], dataset.target[order]
    first = max(int(rows * _FIRST_SHARE), 1)
    if len(np.unique(labels[:first])) == 1:
        said = f"the first {first} rows have one class only"
        raise StreamError(said, where="the table", hint="name a source of labelled rows, or bring more of both classes")
    return _Past(
        dataset.signature,
        matrix[:first],
        labels[:first],
        matrix[first:],
        labels[first:],
        began=f"the first {first:,} rows of the table, {told}",
        streamed=f"the other {rows - first:,}",
    )


def _source_past(rooms: Rooms, dataset: Dataset, source: str, say: Callable[[str], None]) -> _Past:
    """Return the rows of the table that train, and those of the source."""
    signature, data, train = dataset.signature, rooms.project.data, dataset.split.train
    matrix, position = history_door(signature).table(dataset.frame)[train], SourcePosition()
    with rooms.journal() as journal:
        read = []
        for delivery, refused in _deliveries(rooms, journal, signature, source, say):
            rows = read_delivery(delivery, signature, data.missing_values, passed_over=data.drop, say=refused)
            begin = position.begin_of(delivery.key, rows.matrix, rows.labels)
            position.note(delivery.key, len(rows.labels), rows.matrix, rows.labels, delivery.place)
            read.append((rows.matrix[begin:], rows.labels[begin:]))
    empty = np.empty((0, len(signature.columns)), dtype=np.float32)
    return _Past(
        signature,
        matrix,
        dataset.target[train],
        np.concatenate([empty, *(rows for rows, _ in read)]),
        np.concatenate([np.empty(0, dtype=np.int8), *(labels for _, labels in read)]),
        began=f"the {len(train):,} rows of the table that train",
        streamed=f"the labelled rows of {source}",
    )


def _deliveries(
    rooms: Rooms, journal: Journal, signature: Signature, source: str, say: Callable[[str], None]
) -> Iterator[tuple[Delivery, Callable[[str], None] | None]]:
    """Yield what there is, with who is told of records that are wrong: of the journal's alone."""
    task = StreamTask(source, say=say)
    require_source(rooms, task, signature)
    opened = open_source(rooms, task, journal, signature, SourcePosition())
    refused = say if isinstance(opened, JournalSource) else None
    return ((delivery, refused) for delivery in opened.deliveries())


def _try(rooms: Rooms, past: _Past, batches: list[Batch], strategy: Strategy, on_progress: Progress) -> Tried:
    """Take one strategy through all batches; the champion that it is compared with is what it was at the beginning."""
    section = rooms.project.stream
    is_meant = strategy == section.strategy or {strategy, section.strategy} <= set(FREE)
    own = section.model_copy(update={"strategy": strategy, "parameters": section.parameters if is_meant else {}})
    task = LearnerTask(past.signature, own, rooms.project.training, rooms.project.project.seed)
    frozen = Answerer(0, _HALF, build_learner(task, past.first, past.first_labels).probability)
    learner, taught = build_learner(task, past.first, past.first_labels), past.first_labels
    began = (len(taught), int(taught.sum()))
    course = Course(learner, frozen, own, rooms.project.training, taught=began)
    history = []
    for number, batch in enumerate(batches, 1):
        history.append(course.take(batch, frozen))
        on_progress(strategy, number, len(batches))
    losses = course.standing.losses
    return Tried(strategy, tuple(history), losses["challenger"].estimate(), losses["frozen"].estimate())
