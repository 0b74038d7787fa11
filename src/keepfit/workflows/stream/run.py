"""A stream from one start to its next end: each batch is learnt, saved, and only then acted on and told of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from keepfit.datasets.arrivals.delivery import Delivery, Source
from keepfit.datasets.arrivals.folder import FolderSource
from keepfit.errors import DatasetError, KeepfitError, MonitoringError
from keepfit.journal import Journal
from keepfit.retraining.batch_facts import BatchFacts
from keepfit.workflows.rooms import Progress, Rooms
from keepfit.workflows.stream.course import Batch
from keepfit.workflows.stream.journal_source import JournalSource
from keepfit.workflows.stream.opening import OpenStream
from keepfit.workflows.stream.reading import LabelledRows, read_delivery
from keepfit.workflows.stream.sources import open_source
from keepfit.workflows.stream.state_facts import saved
from keepfit.workflows.stream.stream_report import StreamFiles, write_stream_report
from keepfit.workflows.stream.succession import Succession
from keepfit.workflows.stream.task import StreamTask
from keepfit.workflows.stream.telling import Teller
from keepfit.workflows.tracking_attempts import Attempts

LEARN = "learn batches"
"""The step that progress is told of."""
_REPORT_SECONDS = 60.0  # between two reports while it goes on
_MOST_KNOWN_SHARE = 0.5  # of a delivery's rows may be equal to rows that trained
_LOOKED_AT = 200_000  # of the rows that trained, so many are remembered for that


class StreamRun:
    """A stream that goes on.

    Attributes
    ----------
    batches
        How many it has learnt this time.

    Parameters
    ----------
    rooms, journal, task
        The project, and what is asked.
    opened
        Where it goes on.
    on_progress
        Told of each batch.
    """

    def __init__(
        self, rooms: Rooms, journal: Journal, task: StreamTask, opened: OpenStream, on_progress: Progress
    ) -> None:
        self._rooms, self._journal, self._task, self._on_progress = rooms, journal, task, on_progress
        self._opened, self._course, self._journey = opened, opened.course, opened.journey
        self.attempts = Attempts(rooms.log, "stream")
        self.succession = Succession(rooms, journal, opened, self.attempts, self._say)
        self.teller = Teller(rooms.project.name, opened.course, opened.journey)
        self.batches = 0
        self._reported = time.monotonic()
        self._known = {row.tobytes() for row in opened.taught[:_LOOKED_AT]}

    def go(self) -> None:
        """Take what comes, to the end of the source or until it is told to stop.

        Raises
        ------
        KeepfitError
            When the source cannot be read on; what was learnt by then is saved.
        """
        if self._journey.pending is not None:
            self._go_on_taking_over(self._journey.pending)
        source = open_source(
            self._rooms, self._task, self._journal, self._opened.origin.signature, self._journey.position
        )
        for delivery, rows in self._readable(source):
            self._learn(delivery, rows)
            if self._task.stop.is_set():
                break

    def _go_on_taking_over(self, facts: BatchFacts) -> None:
        """Do what an end that nobody asked for has cut off, unless nobody is to take over any more."""
        if self._rooms.project.stream.takes_over == "never":
            self._course.compare_anew()
        else:
            facts = self.succession.take_over(facts, is_resumed=True)
        self._settle(facts)
        if facts.promoted is not None:
            self.teller.tell_promotion()

    def report(self) -> StreamFiles | None:
        """Write the page, and the same as JSON; nothing while nothing was learnt."""
        self._reported = time.monotonic()
        if not self._journey.history:
            return None
        return write_stream_report(self._rooms, self._opened.origin.dataset, self._course.standing, self._journey)

    def _readable(self, source: Source) -> Iterator[tuple[Delivery, LabelledRows]]:
        """Yield what can be learnt; of a folder that is followed, a file that cannot is refused, and said."""
        is_over = False
        while not is_over:
            try:
                for delivery in source.deliveries():
                    if delivery.key in self._journey.position.whole:
                        self._task.say(f"{delivery.name} was learnt already: skipped")
                        continue
                    yield delivery, self._read(delivery, source)
                is_over = True
            except (DatasetError, MonitoringError) as error:
                if not self._is_passed_over(source, error):
                    raise

    def _read(self, delivery: Delivery, source: Source) -> LabelledRows:
        data = self._rooms.project.data
        say = self._say if isinstance(source, JournalSource) else None
        return read_delivery(
            delivery, self._opened.origin.signature, data.missing_values, passed_over=data.drop, say=say
        )

    def _is_passed_over(self, source: Source, error: KeepfitError) -> bool:
        """Refuse a file of a folder that is followed, and say so; return whether it was one."""
        if not (isinstance(source, FolderSource) and self._task.is_followed):
            return False
        if not source.pass_over(Path(error.where).name):
            return False
        self._journey.refused += 1
        self._save()
        self.teller.tell_refused()
        self._say(f"refused, and gone on without it: {error}")
        return True

    def _learn(self, delivery: Delivery, rows: LabelledRows) -> None:
        """Take a delivery batch by batch, from where it was left."""
        size, total, position = self._rooms.project.stream.batch_rows, len(rows.labels), self._journey.position
        first = position.begin_of(delivery.key, rows.matrix, rows.labels)
        left_out = rows.left_out_behind(first)
        self._tell_of_known(delivery, rows, first)
        if first == total:
            self._pass_by(delivery, rows, left_out)
        for begin in range(first, total, size):
            end = min(begin + size, total)
            name = delivery.name if total <= size else f"{delivery.name}, rows {begin + 1} to {end}"
            waiting = delivery.waiting_rows + total - end
            batch = Batch(rows.matrix[begin:end], rows.labels[begin:end], name, delivery.key, left_out, waiting)
            left_out = 0
            self._take(batch, delivery, rows, end)
            if self._task.stop.is_set():
                return
            self._wait()

    def _tell_of_known(self, delivery: Delivery, rows: LabelledRows, first: int) -> None:
        """Say that a delivery begins with rows that were learnt, or looks like the table that trained."""
        if first and delivery.key not in self._journey.position.taken:
            self._say(f"{delivery.name} begins with {first} rows that were learnt: gone on behind them")
        known = sum(row.tobytes() in self._known for row in rows.matrix[first:])
        if known > _MOST_KNOWN_SHARE * (len(rows.labels) - first):
            self._say(
                f"{delivery.name}: {known} of its rows are equal to rows that trained v{self._journey.frozen}; if they "
                "are the same, champion and challenger know them by heart"
            )

    def _pass_by(self, delivery: Delivery, rows: LabelledRows, left_out: int) -> None:
        """Count the rows of a delivery that has none to learn."""
        self._course.leave_out(left_out)
        self._journey.position.note(delivery.key, len(rows.labels), rows.matrix, rows.labels, delivery.place)
        self._save()
        self.teller.tell_left_out(left_out)
        if left_out:
            self._say(f"{delivery.name} has no row with a label: {left_out} left out")

    def _take(self, batch: Batch, delivery: Delivery, rows: LabelledRows, end: int) -> None:
        """Learn a batch, save where that leads, and only then act on it and tell of it."""
        began = time.perf_counter()
        self.succession.follow()
        facts = self._course.take(batch, self.succession.champion)
        self._journey.add(facts, may_take_over=self._rooms.project.stream.takes_over != "never")
        self._journey.position.note(delivery.key, end, rows.matrix, rows.labels, delivery.place)
        self._opened.history.append(facts)
        self._save()
        for role in facts.drifted:
            self._say(f"batch {facts.number}: the {role}'s loss has risen for good")
        if self._journey.pending is not None:
            facts = self.succession.take_over(facts)
            self._settle(facts)
        self.batches += 1
        self.teller.tell(facts, time.perf_counter() - began)
        known = batch.waiting_rows / max(len(batch.labels), 1)
        self._on_progress(LEARN, self.batches, self.batches + round(known), _told(facts))
        if time.monotonic() - self._reported > _REPORT_SECONDS:
            self.report()

    def _settle(self, facts: BatchFacts) -> None:
        self._journey.settle(facts)
        self._opened.history.append(facts)
        self._save()

    def _save(self) -> None:
        self._opened.states.save(saved(self._course, self._journey, self._opened.settings))

    def _say(self, said: str) -> None:
        self._task.say(said)
        self._rooms.log.add("stream", said)

    def _wait(self) -> None:
        pace = self._rooms.project.stream.pace_seconds if self._task.pace_seconds is None else self._task.pace_seconds
        if pace:
            self._task.stop.wait(pace)


def _told(facts: BatchFacts) -> str:
    told = (f"{role} {facts.faded[role]['log_loss']:.3f}" for role in ("champion", "challenger"))
    return f"batch {facts.number}, log-loss {', '.join(told)}"
