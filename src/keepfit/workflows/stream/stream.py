"""`keepfit stream`: ask each batch, score it, learn it, and let the challenger take over when it is shown to be better.

After each batch where the stream stands is saved in one step. Whatever ends it, it goes on behind the last batch that
was saved, and each batch is learnt once.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets.arrivals.delivery import Delivery, Source
from keepfit.datasets.arrivals.folder import FolderSource
from keepfit.errors import (
    DatasetError,
    KeepfitError,
    MonitoringError,
    ProjectError,
    PromotionConflictError,
    StreamError,
    TrainingError,
)
from keepfit.evaluation import Estimate
from keepfit.journal import Journal
from keepfit.registry import promotions
from keepfit.retraining.batch_facts import ROLES, BatchFacts, Role
from keepfit.scoring import Scorer, history_door
from keepfit.training.incremental import LearnerTask, build_learner
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Progress, Rooms, no_progress
from keepfit.workflows.stream.course import Answerer, Batch, Course
from keepfit.workflows.stream.journey import Journey
from keepfit.workflows.stream.keeping import (
    detectors_of,
    learner_state,
    require_same,
    saved,
    settings_of,
    standing_of,
)
from keepfit.workflows.stream.making_version import Origin, make_version, version_of_batch
from keepfit.workflows.stream.reading import LabelledRows, read_delivery
from keepfit.workflows.stream.saved_state import SavedState, StateFolder
from keepfit.workflows.stream.sources import Wanted, open_source
from keepfit.workflows.stream.stream_report import write_stream_report
from keepfit.workflows.stream.telling import Teller
from keepfit.workflows.tracking_attempts import Attempts

LEARN = "learn batches"
"""The step that progress is told of."""


@dataclass(frozen=True, slots=True)
class StreamTask:
    """What is asked.

    Attributes
    ----------
    source
        A file, a folder, `journal` or `-`; None for the declared one.
    is_followed
        Whether more is waited for when the source has no more.
    restarts
        Whether what was learnt is forgotten first.
    pace_seconds
        How long to wait after each batch; None for what is declared.
    metrics_port
        Where the metrics are; None for what is declared.
    stop
        Set when it is to end after the batch that it is at.
    say
        Told, in a sentence each, what a person should know at once.
    """

    source: str | None = None
    is_followed: bool = False
    restarts: bool = False
    pace_seconds: float | None = None
    metrics_port: int | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    say: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What a stream did.

    Attributes
    ----------
    batches, rows
        What it has learnt since it began, this time and before.
    now
        Batches of this time.
    history
        The newest batches, the oldest first.
    losses
        Log-loss of all rows before they were learnt, by role.
    champion
        The version that is champion now.
    refused
        Deliveries that were refused.
    not_logged
        What MLflow was not told.
    page, facts
        The report to look at, and the same to read; None while nothing was learnt.
    """

    batches: int
    rows: int
    now: int
    history: tuple[BatchFacts, ...]
    losses: Mapping[Role, Estimate]
    champion: int
    refused: int
    not_logged: tuple[str, ...]
    page: Path | None
    facts: Path | None


def stream(rooms: Rooms, task: StreamTask, on_progress: Progress = no_progress) -> StreamReport:
    """Learn a source batch by batch.

    Raises
    ------
    KeepfitError
        When there is no champion to begin with, the source cannot be read, a saved state is damaged, or another process
        streams.
    """
    if rooms.project.panel is not None:
        raise ProjectError(
            "a recommender is learnt of the months of its panel, and not batch by batch",
            where="keepfit.toml: [panel]",
            hint="add the next months to the table, and run `keepfit train`",
        )
    with ExitStack() as stack:
        stack.enter_context(_alone(rooms.workspace.stream))
        journal = stack.enter_context(rooms.journal())
        rooms.registry(journal).repair()
        voyage = _Voyage(rooms, journal, task, _begin(rooms, task, on_progress), on_progress)
        stack.callback(voyage.teller.serve(task.metrics_port or rooms.project.stream.metrics_port))
        voyage.sail()
        return voyage.report()


@dataclass(frozen=True, slots=True)
class _Begun:
    """A stream that is ready to go on.

    Attributes
    ----------
    origin, course, journey
        Where its versions come from, its models, and what it has been through.
    settings, folder
        What must stay as it is, and where all of it is saved.
    """

    origin: Origin
    course: Course
    journey: Journey
    settings: Mapping[str, object]
    folder: StateFolder


def _begin(rooms: Rooms, task: StreamTask, on_progress: Progress) -> _Begun:
    """Make the learner, or take it up where the last saved state left it."""
    folder = StateFolder(rooms.workspace.stream)
    if task.restarts:
        folder.clear()
    champion = rooms.store.champion()
    on_progress("data", 0, 1)
    dataset = load_dataset(rooms)
    on_progress("data", 1, 1)
    settings, state = settings_of(rooms.project, dataset.fingerprint), _found(rooms, folder, task)
    journey = Journey(stamp(utc_now()), champion.facts.version)
    if state is not None:
        require_same(state, settings, str(folder.folder))
        journey = Journey.from_dict(state.facts["journey"])
        task.say(f"going on behind batch {state.batches}")
    frozen = champion if journey.frozen == champion.facts.version else rooms.store.read(journey.frozen)
    signature, project = frozen.facts.signature, rooms.project
    rows = dataset.split.train
    learner = build_learner(
        LearnerTask(signature, project.stream, project.training, project.project.seed),
        history_door(signature).table(dataset.frame)[rows],
        dataset.target[rows],
        learner_state(state) if state else None,
    )
    course = Course(
        learner,
        _answerer(frozen, rooms),
        project.stream,
        project.training,
        standing=standing_of(state) if state else None,
        detectors=detectors_of(state) if state else None,
    )
    rooms.log.add("stream", f"{'goes on' if state else 'begins'} at batch {course.standing.batches + 1}")
    return _Begun(Origin(journey.stream, signature, dataset), course, journey, settings, folder)


def _found(rooms: Rooms, folder: StateFolder, task: StreamTask) -> SavedState | None:
    """Return the newest state that is whole; say of newer ones that they are not."""
    found = folder.newest()
    for said in found.refused:
        task.say(f"{said}; the one before it is taken")
        rooms.log.add("stream", said)
    return found.state


class _Voyage:
    """A stream from one start to its next end."""

    def __init__(self, rooms: Rooms, journal: Journal, task: StreamTask, begun: _Begun, on_progress: Progress) -> None:
        self._rooms, self._journal, self._task, self._on_progress = rooms, journal, task, on_progress
        self._origin, self._course, self._journey = begun.origin, begun.course, begun.journey
        self._settings, self._folder = begun.settings, begun.folder
        self._attempts = Attempts(rooms.log, "stream")
        self._champion = self._answerer(rooms.store.champion())
        self._now = 0
        self.teller = Teller(rooms.project.name, begun.course, begun.journey)

    def sail(self) -> None:
        """Take what comes, to the end of the source or until it is told to stop."""
        if self._journey.is_pending and self._take_over(self._journey.history[-1]).promoted:
            self.teller.tell_promotion()
        wanted = Wanted(self._task.source, self._task.is_followed, self._task.stop, self._task.say)
        source = open_source(self._rooms, wanted, self._journal, self._origin.signature, self._journey)
        for delivery, rows in self._readable(source):
            self._learn(delivery, rows)
            if self._task.stop.is_set():
                break

    def report(self) -> StreamReport:
        """Write down where it stands."""
        standing, journey = self._course.standing, self._journey
        files = None
        if journey.history:
            files = write_stream_report(self._rooms, self._origin.dataset, standing, journey)
        self._rooms.log.add("stream", f"stops behind batch {standing.batches}, {self._now} of them this time")
        return StreamReport(
            standing.batches,
            standing.rows,
            self._now,
            tuple(journey.history),
            {role: standing.losses[role].estimate() for role in ROLES},
            self._champion.version,
            journey.refused,
            tuple(self._attempts.not_logged),
            files.page if files else None,
            files.facts if files else None,
        )

    def _readable(self, source: Source) -> Iterator[tuple[Delivery, LabelledRows]]:
        """Yield what can be learnt; of a folder that is followed, a file that cannot is refused, and said."""
        is_over = False
        while not is_over:
            try:
                for delivery in source.deliveries():
                    if delivery.key in self._journey.whole:
                        self._task.say(f"{delivery.name} was learnt already: skipped")
                        continue
                    yield delivery, self._read(delivery)
                is_over = True
            except (DatasetError, MonitoringError) as error:
                if not self._is_passed_over(source, error):
                    raise

    def _read(self, delivery: Delivery) -> LabelledRows:
        data = self._rooms.project.data
        return read_delivery(delivery, self._origin.signature, data.missing_values, passed_over=data.drop)

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
        size, total = self._rooms.project.stream.batch_rows, len(rows.labels)
        if not total:
            self._pass_by(delivery, rows.left_out)
        begins = range(self._journey.taken.get(delivery.key, 0), total, size)
        left_out = rows.left_out if begins and not begins[0] else 0
        for begin in begins:
            end = min(begin + size, total)
            name = delivery.name if total <= size else f"{delivery.name}, rows {begin + 1} to {end}"
            waiting = delivery.waiting_rows + total - end
            batch = Batch(rows.matrix[begin:end], rows.labels[begin:end], name, left_out, waiting)
            left_out = 0
            self._take(batch, delivery, end, is_whole=end == total)
            if self._task.stop.is_set():
                return
            self._wait()

    def _pass_by(self, delivery: Delivery, left_out: int) -> None:
        """Count the rows of a delivery that has none to learn."""
        self._course.leave_out(left_out)
        self._note(delivery, 0, is_whole=True)
        self._save()
        self.teller.tell_left_out(left_out)
        self._say(f"{delivery.name} has no row with a label: {left_out} left out")

    def _note(self, delivery: Delivery, end: int, *, is_whole: bool) -> None:
        self._journey.note(delivery.key, end, is_whole=is_whole)
        if is_whole and delivery.after is not None:
            self._journey.after = delivery.after

    def _take(self, batch: Batch, delivery: Delivery, end: int, *, is_whole: bool) -> None:
        """Learn a batch, save where that leads, and only then act on it and tell of it."""
        began = time.perf_counter()
        self._follow_champion()
        facts = self._course.take(batch, self._champion)
        self._journey.add(facts)
        self._note(delivery, end, is_whole=is_whole)
        self._journey.is_pending = facts.takeover.is_better
        self._save()
        for role in facts.drifted:
            self._say(f"batch {facts.number}: the {role}'s loss has risen for good")
        if self._journey.is_pending:
            facts = self._take_over(facts)
        self._now += 1
        self.teller.tell(facts, time.perf_counter() - began)
        known = batch.waiting_rows / max(len(batch.labels), 1)
        self._on_progress(LEARN, self._now, self._now + round(known), _told(facts))

    def _take_over(self, facts: BatchFacts) -> BatchFacts:
        """Make a version of the challenger, and promote it; what was done of that already is not done again."""
        try:
            bundle = version_of_batch(self._rooms, self._origin, facts.number)
            bundle = bundle or make_version(self._rooms, self._origin, self._course, facts, self._attempts)
            facts = replace(facts, promoted=bundle.facts.version)
            ledger = promotions(self._journal, self._rooms.project.name)
            if bundle.digest not in (entry.digest for entry in ledger):  # it may have been rolled back since
                self._promote(bundle, facts)
            self._champion = self._answerer(self._rooms.store.champion())
            self._course.follow(self._champion)
            if self._champion.version == bundle.facts.version:
                self._say(f"batch {facts.number}: v{bundle.facts.version} is champion: {facts.takeover.reason}")
        except (TrainingError, PromotionConflictError) as error:
            facts = replace(facts, promoted=None, refusal=str(error))
            self._say(f"batch {facts.number}: the challenger is better, and cannot take over: {error}")
        self._journey.history[-1] = facts
        self._journey.is_pending = False
        self._save()
        return facts

    def _promote(self, bundle: Bundle, facts: BatchFacts) -> None:
        registry = self._rooms.registry(self._journal)
        now = registry.repair()
        promoted = registry.promote(
            bundle.facts.version,
            actor=self._rooms.actor,
            reason=f"stream, batch {facts.number}: {facts.takeover.reason}",
            evidence={"batch": facts.to_dict(), "protocol": bundle.facts.protocol},
            expected=facts.champion if now else None,  # with any other it was not compared
        )
        if promoted.mirror_fault:
            self._say(f"MLflow's alias does not say so yet: {promoted.mirror_fault}")

    def _follow_champion(self) -> None:
        """Look who is champion: somebody may have promoted another, or rolled back."""
        pointer = self._rooms.store.pointer("champion")
        if pointer is not None and pointer.version != self._champion.version:
            self._champion = self._answerer(self._rooms.store.pointed(pointer))
            self._say(f"v{pointer.version} is champion now, by another's word")

    def _answerer(self, bundle: Bundle) -> Answerer:
        """Return a version that can be asked about the rows of this stream.

        Raises
        ------
        StreamError
            When it takes other columns.
        """
        ours, theirs = (
            {(at, one.name, one.kind, one.format, one.categories) for at, one in enumerate(signature.columns)}
            for signature in (self._origin.signature, bundle.facts.signature)
        )
        if ours != theirs:
            changed = ", ".join(sorted({name for _, name, *_ in ours ^ theirs}))
            raise StreamError(
                f"v{bundle.facts.version} is champion, and takes other columns than this stream ({changed})",
                where=str(self._folder.folder),
                hint="promote a version that takes the same, or begin anew with --restart",
            )
        return _answerer(bundle, self._rooms)

    def _save(self) -> None:
        self._folder.save(saved(self._course, self._journey, self._settings))

    def _say(self, said: str) -> None:
        self._task.say(said)
        self._rooms.log.add("stream", said)

    def _wait(self) -> None:
        pace = self._rooms.project.stream.pace_seconds if self._task.pace_seconds is None else self._task.pace_seconds
        if pace:
            self._task.stop.wait(pace)


def _answerer(bundle: Bundle, rooms: Rooms) -> Answerer:
    scorer = Scorer(bundle, runs_pipelines=rooms.project.runs_pipelines)
    return Answerer(bundle.facts.version, bundle.facts.threshold, scorer.probabilities)


def _told(facts: BatchFacts) -> str:
    told = (f"{role} {facts.faded[role]['log_loss']:.3f}" for role in ("champion", "challenger"))
    return f"batch {facts.number}, log-loss {', '.join(told)}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the stream of a project: no other process learns it at the same time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StreamError(
                "another process learns this stream", where=str(folder), hint="stop it, or let it go on"
            ) from error
        yield
