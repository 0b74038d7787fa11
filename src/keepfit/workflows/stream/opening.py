"""Opening a stream: the learner made, or taken up where the last saved state left it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.errors import ProjectError, StreamError
from keepfit.scoring import Scorer, history_door
from keepfit.training.incremental import LearnerTask, build_learner
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Progress, Rooms
from keepfit.workflows.stream.course import Answerer, Course
from keepfit.workflows.stream.history_file import HistoryFile
from keepfit.workflows.stream.journey import Journey
from keepfit.workflows.stream.making_version import Origin
from keepfit.workflows.stream.saved_state import SavedState, StateFolder
from keepfit.workflows.stream.sources import JOURNAL, require_source, source_name
from keepfit.workflows.stream.state_facts import (
    detectors_of,
    learner_state,
    require_same,
    settings_of,
    standing_of,
)
from keepfit.workflows.stream.task import StreamTask


@dataclass(frozen=True, slots=True)
class OpenStream:
    """A stream that is ready to go on.

    Attributes
    ----------
    origin, course, journey
        Where its versions come from, its models, and what it has been through.
    taught
        The rows that taught the champion of the beginning, from the door, `(n_rows, n_features)`.
    settings, states, history
        What must stay as it is, and where all of it is kept.
    """

    origin: Origin
    course: Course
    journey: Journey
    taught: Matrix
    settings: Mapping[str, object]
    states: StateFolder
    history: HistoryFile


def open_stream(rooms: Rooms, task: StreamTask, on_progress: Progress) -> OpenStream:
    """Make the learner, or take it up; what was learnt before is forgotten if the task says so.

    Raises
    ------
    KeepfitError
        When there is no champion to begin with, the source is not there, a saved state is damaged or of other settings.
    """
    champion = rooms.store.champion()
    require_source(rooms, task, champion.facts.signature)
    states, history = StateFolder(rooms.workspace.stream), HistoryFile(rooms.workspace.stream)
    on_progress("data", 0, 1)
    dataset = load_dataset(rooms)
    on_progress("data", 1, 1)
    settings = settings_of(rooms.project, dataset.fingerprint)
    state = None if task.restarts else _found(rooms, states, task)
    journey = Journey(stamp(utc_now()), champion.facts.version)
    if state is not None:
        require_same(state, settings, str(states.folder))
        journey = Journey.from_dict(state.facts["journey"], history.read(state.batches))
        task.say(f"going on behind batch {state.batches}")
    frozen = champion if journey.frozen == champion.facts.version else rooms.store.read(journey.frozen)
    _require_unbiased(rooms, task, frozen)
    course, taught = _course(rooms, dataset, frozen, state)
    if state is None and frozen.facts.lineage.stream:
        knows = f"v{frozen.facts.version} has learnt batch by batch"
        task.say(f"{knows}: on rows that it has learnt it is judged too well; name rows that came since")
    if state is None:
        states.clear()
        history.clear()
    rooms.log.add("stream", f"{'goes on' if state else 'begins'} at batch {course.standing.batches + 1}")
    origin = Origin(journey.stream, frozen.facts.signature, dataset)
    return OpenStream(origin, course, journey, taught, settings, states, history)


def answerer(bundle: Bundle, rooms: Rooms) -> Answerer:
    """Return what asks a version about rows from the door."""
    scorer = Scorer(bundle, runs_pipelines=rooms.project.runs_pipelines)
    return Answerer(bundle.facts.version, bundle.facts.threshold, scorer.probabilities)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the stream of a project: no other process learns it at the same time.

    Raises
    ------
    StreamError
        When another process does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StreamError(
                "another process learns this stream", where=str(folder), hint="stop it, or let it go on"
            ) from error
        yield


def _course(rooms: Rooms, dataset: Dataset, frozen: Bundle, state: SavedState | None) -> tuple[Course, Matrix]:
    """Return the models where they stand, and the rows that taught the champion of the beginning."""
    signature, project, rows = frozen.facts.signature, rooms.project, dataset.split.train
    taught, labels = history_door(signature).table(dataset.frame)[rows], dataset.target[rows]
    task = LearnerTask(signature, project.stream, project.training, project.project.seed)
    course = Course(
        build_learner(task, taught, labels, learner_state(state) if state else None),
        answerer(frozen, rooms),
        project.stream,
        project.training,
        taught=(len(labels), int(labels.sum())),
        standing=standing_of(state) if state else None,
        detectors=detectors_of(state) if state else None,
    )
    return course, taught


def _found(rooms: Rooms, states: StateFolder, task: StreamTask) -> SavedState | None:
    """Return the newest state that is whole; say of newer ones that they are not."""
    found = states.newest()
    for said in found.refused:
        task.say(f"{said}; the one before it is taken")
        rooms.log.add("stream", said)
    return found.state


def _require_unbiased(rooms: Rooms, task: StreamTask, frozen: Bundle) -> None:
    """Refuse the journal where its rows have taught the champion: it would be asked about what it knows by heart."""
    if source_name(rooms, task.source) == JOURNAL and frozen.facts.lineage.journal_ranges:
        raise ProjectError(
            f"v{frozen.facts.version} has learnt from the journal, whose rows would judge it",
            where="keepfit.toml: [stream] source",
            hint="begin with a version of the table (`keepfit train`, `keepfit promote`), then --restart",
        )
