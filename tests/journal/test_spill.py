"""Predictions in local files, and back into the journal."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

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
    spill.add([make_prediction()])
    with journal.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE predictions RENAME TO elsewhere")
    with pytest.raises(JournalError):
        spill.replay(journal)
    spill.add([make_prediction()])
    assert _files(folder) == [".spill", ".spill"]
    with journal.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO predictions")
    assert spill.replay(journal) == 2
    assert (journal.count("credit"), spill.is_empty) == (2, True)


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
    for cut in range(1, 40):
        file.write_bytes(file.read_bytes()[:-1]) if cut else None
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
        assert acknowledged <= journal.ids("credit")
    assert _files(folder) == []
