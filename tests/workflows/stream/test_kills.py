"""A stream that is killed and started again, until it has ended: each batch is learnt once."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.history_file import HistoryFile
from keepfit.workflows.stream.saved_state import StateFolder
from stream_forks import Death, Forks
from stream_project import learnt, make_stream_project, newest_state, turning_csv
from waiting import until

KILLS = 20


@dataclass(frozen=True)
class Course:
    """A project, a file whose concept turns, how it is cut, and what is learnt of it when nothing happens."""

    rows: int
    turns_at: int
    batch: int
    learnt: dict[str, Any]

    @classmethod
    def uninterrupted(cls, forks: Forks, folder: Path, rows: int, turns_at: int, batch: int) -> Course:
        course = cls(rows, turns_at, batch, {})
        rooms, source = course.project(folder)
        forks.start(rooms.folder, source)
        assert forks.ended() == 0
        course.learnt.update(learnt(rooms))
        return course

    @property
    def batches(self) -> int:
        return self.rows // self.batch

    def project(self, folder: Path) -> tuple[Rooms, Path]:
        rooms = make_stream_project(folder, batch_rows=self.batch, min_rows=3 * self.turns_at // 4)
        (folder / "rows.csv").write_text(turning_csv(self.turns_at, self.rows - self.turns_at))
        return rooms, folder / "rows.csv"

    def require_once(self, rooms: Rooms) -> None:
        """Each batch and each row was learnt, and none twice; and what was learnt is what is learnt at one go."""
        facts = newest_state(rooms).facts
        history, firsts = HistoryFile(rooms.workspace.stream).read(self.batches), range(0, self.rows, self.batch)
        assert [one.number for one in history] == [*range(1, self.batches + 1)]
        assert [one.name for one in history] == [f"rows.csv, rows {at + 1} to {at + self.batch}" for at in firsts]
        assert facts["standing"]["rows"] == self.rows
        assert len(facts["journey"]["position"]["whole"]) == 1
        assert not facts["journey"]["position"]["taken"]
        assert learnt(rooms) == self.learnt


@pytest.fixture(scope="module")
def long(forks, tmp_path_factory):
    """Sixty batches of ten rows."""
    return Course.uninterrupted(forks, tmp_path_factory.mktemp("long"), 600, 160, 10)


@pytest.fixture(scope="module")
def short(forks, tmp_path_factory):
    """Twelve batches of twenty."""
    return Course.uninterrupted(forks, tmp_path_factory.mktemp("short"), 240, 80, 20)


def batches_saved(rooms: Rooms) -> int:
    """Return how many batches the newest file of the stream's folder is named after."""
    names = sorted(path.name for path in rooms.workspace.stream.glob("batch-*.state"))
    return int(names[-1].removeprefix("batch-").removesuffix(".state")) if names else 0


def is_taking_over(rooms: Rooms) -> bool:
    """Return whether the newest batch that was saved makes the challenger champion."""
    found = StateFolder(rooms.workspace.stream).newest().state
    return found is not None and found.facts["journey"]["pending"] is not None


def test_the_challenger_takes_over_on_the_way(long, short):
    """There is something to lose: versions are made, and the newest is champion."""
    for course in (long, short):
        versions = course.learnt["versions"]
        assert course.learnt["champion"] == len(versions) > 1
        assert all(one["batch"] for one in versions[1:])


def test_twenty_kills_change_nothing(forks, long, tmp_path):
    """Killed at twenty moments, and started again each time: it ends where one ends that was let alone."""
    rooms, source = long.project(tmp_path / "project")
    rng, places = random.Random(10), []
    for _ in range(KILLS):
        begun, more = batches_saved(rooms), rng.choice([0, 1, 1, 2])
        pid = forks.start(rooms.folder, source, pace_seconds=0.02)
        until(lambda enough=begun + more: batches_saved(rooms) >= enough, "batches are learnt", 60)
        time.sleep(rng.uniform(0, 0.5 if is_taking_over(rooms) else 0.06))
        os.kill(pid, signal.SIGKILL)
        assert forks.ended() == -signal.SIGKILL
        places.append(batches_saved(rooms))
    assert len(set(places)) > KILLS / 2
    assert places[-1] < long.batches
    forks.start(rooms.folder, source)
    assert forks.ended() == 0
    long.require_once(rooms)


@pytest.mark.parametrize(
    "death",
    [
        Death("state saved", 6),
        Death("bundle written", 1),
        Death("version made", 1),
        Death("ledger written", 1),
        Death("promoted", 1),
    ],
    ids=lambda death: f"{death.step} {death.time}",
)
def test_a_death_between_two_steps_changes_nothing(forks, short, tmp_path, death):
    """Nothing is learnt, made or promoted a second time: the versions, the champion and the ledger are the same."""
    rooms, source = short.project(tmp_path / "project")
    forks.start(rooms.folder, source, death)
    assert forks.ended() == -signal.SIGKILL
    assert batches_saved(rooms) < short.batches
    forks.start(rooms.folder, source)
    assert forks.ended() == 0
    short.require_once(rooms)
    with rooms.journal() as journal:
        promoted = [event.facts["version"] for event in journal.ledger("s")]
    assert promoted == [*range(1, short.learnt["champion"] + 1)]
