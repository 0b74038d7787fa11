"""Predictions in local files, and back into the journal."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import pytest

from journal_contents import ids_of
from keepfit.errors import JournalError
from keepfit.journal import open_journal
from keepfit.journal.spill import Spill

_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from keepfit.journal import Prediction, PredictionIds
from keepfit.journal.spill import Spill
new_id = PredictionIds()
spill = Spill(Path(sys.argv[1]))
while True:
    rows = [Prediction(new_id(), datetime.now(UTC), "credit", 1, None, "{}", 0.5, "good", 0.0) for _ in range(3)]
    spill.add(rows)
    print(" ".join(row.id for row in rows), flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "workspace" / "spill"


@pytest.fixture
def spill(folder):
    spill = Spill(folder)
    yield spill
    spill.close()


def _files(folder) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir()) if folder.exists() else []


def test_rows_come_back_as_they_were_and_in_order(spill, folder, journal, make_prediction):
    """Every field of every row is in the journal after the replay, in order, and the files are gone."""
    made = [make_prediction(entity=None if at % 2 else "ü", probability=at / 7) for at in range(5)]
    spill.add(made[:2])
    spill.add(made[2:])
    assert (spill.rows, spill.is_empty) == (5, False)
    assert spill.replay(journal) == 5
    assert [row.prediction for row in journal.window("credit", rows=10)] == made
    assert (spill.rows, spill.is_empty, _files(folder)) == (0, True, [])
    assert spill.replay(journal) == 0


def test_a_row_is_written_once(spill, journal, make_prediction):
    """What the journal has already is left alone, and the rest is written."""
    made = [make_prediction() for _ in range(4)]
    journal.record_predictions(made[1:3])
    spill.add(made)
    spill.add(made)
    spill.replay(journal)
    assert {row.prediction.id for row in journal.window("credit", rows=10)} == {one.id for one in made}
    assert journal.count("credit") == 4


def test_rows_stay_as_long_as_the_journal_does_not_take_them(spill, folder, journal, make_prediction):
    """A replay that fails loses nothing, and the next goes on with it; what came meanwhile has its turn."""
    away = JournalError("away")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("record_missing", "require_writable"):
            patch.setattr(journal, name, Mock(side_effect=away))
        for _ in range(5):
            spill.add([make_prediction()])
            with pytest.raises(JournalError, match="away"):
                spill.replay(journal)
    assert (_files(folder), spill.rows) == ([".spill", ".spill"], 5)  # not one for each try
    assert spill.replay(journal) == 5
    assert (journal.count("credit"), spill.is_empty, _files(folder)) == (5, True, [])


def test_a_living_writers_file_is_his(spill, folder, journal, make_prediction):
    """Another process's replay leaves it alone; when he is gone, it takes it over."""
    spill.add([make_prediction()])
    other = Spill(folder)
    assert other.replay(journal) == 0
    spill.close()
    assert other.replay(journal) == 1
    assert _files(folder) == []


def test_a_line_that_was_cut_off_was_told_to_nobody(spill, folder, journal, make_prediction):
    """A crash in the middle of a line leaves the lines before it whole."""
    spill.add([make_prediction(), make_prediction()])
    spill.close()
    (file,) = folder.iterdir()
    for _ in range(40):
        file.write_bytes(file.read_bytes()[:-1])
    assert Spill(folder).replay(journal) == 1


def test_a_damaged_line_is_kept_and_told(spill, folder, journal, make_prediction, caplog):
    """A bit that has flipped takes no other row with it, and the file stays for somebody to look at."""
    spill.add([make_prediction(), make_prediction(), make_prediction()])
    spill.close()
    (file,) = folder.iterdir()
    lines = file.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"credit", b"credis")
    file.write_bytes(b"".join(lines))
    assert Spill(folder).replay(journal) == 2
    assert _files(folder) == [".damaged"]
    assert "1 lines of" in caplog.text
    assert Spill(folder).replay(journal) == 0


def test_a_full_disk_is_told_and_leaves_no_half_line(spill, folder, journal, make_prediction):
    """What there is no room for is refused as a whole; what fits afterwards is written."""
    spill.add([make_prediction()])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(JournalError, match=r"spill: cannot be written \(.*File too large\); check its disk"):
            spill.add([make_prediction(sent='{"text": "' + "x" * 5000 + '"}')])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    spill.add([make_prediction()])
    assert spill.replay(journal) == 2


def test_what_was_added_outlives_sigkill(folder, url):
    """A writer that is killed at any moment loses none of the rows that it said were written."""
    acknowledged: set[str] = set()
    for _ in range(10):
        command = [sys.executable, "-c", _WRITER, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            lines = [writer.stdout.readline() for _ in range(5)]
            writer.kill()
            lines += writer.stdout.readlines()
        acknowledged.update(text for line in lines if line.endswith("\n") for text in line.split())
    with open_journal(url) as journal:
        Spill(folder).replay(journal)
        assert acknowledged <= ids_of(journal, "credit")
    assert _files(folder) == []


def test_a_file_that_is_refused_keeps_back_no_other(spill, folder, journal, make_prediction, monkeypatch, caplog):
    """The journal takes writes, but not this row: it is told and kept, and the others are brought in."""
    bad, good = make_prediction(), make_prediction()
    spill.add([bad])
    spill.close()
    other = Spill(folder)
    other.add([good])
    record = journal.record_missing

    def picky(rows) -> None:
        if rows[0].id == bad.id:
            raise JournalError("not this one")
        record(rows)

    monkeypatch.setattr(journal, "record_missing", picky)
    assert other.replay(journal) == 1
    assert (ids_of(journal, "credit"), other.is_empty, _files(folder)) == ({good.id}, False, [".spill"])
    assert other.replay(journal) == 0
    assert caplog.text.count("is not taken by the journal, and kept: not this one") == 1
    monkeypatch.setattr(journal, "record_missing", record)
    assert other.replay(journal) == 1
    other.close()


def test_writers_and_replayers_of_one_folder_lose_nothing(folder, url, make_prediction):
    """Two writers add, each replays beside the other all the time: every row that was added is in the journal."""
    added: list[str] = []
    with open_journal(url) as journal:
        spills = [Spill(folder) for _ in range(2)]
        are_done = threading.Event()

        def add(spill) -> None:
            for _ in range(150):
                one = make_prediction()
                spill.add([one])
                added.append(one.id)

        def replay(spill) -> None:
            while not are_done.is_set():
                spill.replay(journal)

        with ThreadPoolExecutor(4) as pool:
            replays = [pool.submit(replay, spill) for spill in spills]
            for adding in [pool.submit(add, spill) for spill in spills]:
                adding.result(60)
            are_done.set()
            for one in replays:
                one.result(60)
        for spill in spills:
            spill.replay(journal)
        assert ids_of(journal, "credit") == set(added)
        assert len(added) == 300
