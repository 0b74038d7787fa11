"""Which source a stream has."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from keepfit.datasets.arrivals.file import FileSource
from keepfit.datasets.arrivals.folder import FolderSource
from keepfit.datasets.arrivals.lines import LinesSource
from keepfit.errors import DatasetError, ProjectError, StreamError
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.journal_source import JournalSource
from keepfit.workflows.stream.position import SourcePosition
from keepfit.workflows.stream.sources import open_source, require_source, source_name
from keepfit.workflows.stream.task import StreamTask
from stream_project import declare


def wanted(source: str | None, *, is_followed: bool = False) -> StreamTask:
    return StreamTask(source, is_followed=is_followed)


def opened(rooms: Rooms, one: StreamTask):
    signature = rooms.store.champion().facts.signature
    require_source(rooms, one, signature)
    with rooms.journal() as journal:
        return open_source(rooms, one, journal, signature, SourcePosition())


def test_a_declared_path_begins_in_the_projects_folder(tmp_path):
    """A given one where the command is; the names of the others are no paths."""
    assert source_name(declare(tmp_path, source="new"), None) == str(tmp_path / "new")
    assert source_name(declare(tmp_path, source="new"), "other") == "other"
    assert source_name(declare(tmp_path, source="journal"), None) == "journal"
    assert source_name(declare(tmp_path, source="-"), None) == "-"
    assert source_name(declare(tmp_path), "-") == "-"


def test_none_is_an_error_that_says_what_there_is(tmp_path):
    """The key, and the four kinds of source."""
    with pytest.raises(ProjectError) as told:
        source_name(declare(tmp_path), None)
    for part in ("keepfit.toml: [stream] source", "a file, a folder, `journal`, or `-` for standard input"):
        assert part in str(told.value)


def test_what_it_is_follows_from_what_is_there(rooms, monkeypatch):
    """A folder, the journal, standard input, or a file."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as pipe, os.fdopen(writing, "w"):
        monkeypatch.setattr(sys, "stdin", pipe)
        names = (str(rooms.folder), "journal", "-", str(rooms.folder / "t.csv"))
        kinds = [type(opened(rooms, wanted(name))) for name in names]
    assert kinds == [FolderSource, JournalSource, LinesSource, FileSource]


def test_a_file_that_is_not_there_is_told_before_anything_is_done(rooms):
    """Nor is the journal read where it lacks what teaches."""
    with pytest.raises(DatasetError, match=r"no\.csv: no such file"):
        opened(rooms, wanted("no.csv"))
    declare(rooms.folder, more='[journal.sensitive]\na = "drop"\n')
    with pytest.raises(ProjectError, match="the journal does not keep a: its rows cannot teach"):
        opened(Rooms.open(rooms.folder), wanted("journal"))


@pytest.mark.parametrize(("source", "where"), [("-", "standard input"), ("t.csv", "t.csv")])
def test_what_ends_cannot_be_followed(rooms, source, where):
    """It says what can."""
    with pytest.raises(StreamError) as told:
        opened(rooms, wanted(source, is_followed=True))
    assert str(told.value).startswith(f"{where}: ends, and cannot be followed")
    assert "name a folder" in str(told.value)


def test_a_closed_standard_input_is_told(rooms, monkeypatch):
    """A service manager may start a process without any."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(StreamError, match="standard input: is closed"):
        opened(rooms, wanted("-"))


def test_a_folder_knows_what_was_learnt(rooms, tmp_path):
    """By the keys of what was learnt."""
    new = tmp_path / "new"
    new.mkdir()
    (new / "a.csv").write_text("a\n1\n")
    position, one = SourcePosition(), wanted(str(new))
    with rooms.journal() as journal:
        source = open_source(rooms, one, journal, rooms.store.champion().facts.signature, position)
        (delivery,) = source.deliveries()
        position.note(delivery.key, 1, np.zeros((1, 3), np.float32), np.ones(1, np.int8))
        assert not list(open_source(rooms, one, journal, rooms.store.champion().facts.signature, position).deliveries())
