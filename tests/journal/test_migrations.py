"""The steps of the schema: from nothing, from every released form, and not from a newer one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect

from keepfit.errors import JournalError
from keepfit.journal import Label, LabelReceipt, Shadow, migrations, open_journal
from keepfit.journal.tables import METADATA

NOW = datetime(2026, 1, 3, tzinfo=UTC)
RELEASED = sorted((Path(__file__).parent / "released").glob("*.sql"))


def _columns(journal) -> dict[str, list[tuple[str, bool]]]:
    with journal.writing() as connection:
        inspector = inspect(connection)
        return {
            table.name: [(column["name"], column["nullable"]) for column in inspector.get_columns(table.name)]
            for table in METADATA.sorted_tables
        }


def test_the_steps_make_the_tables_that_we_read(journal):
    """What the steps leave has the columns of `tables.py`, in order, in each kind of database."""
    assert _columns(journal) == {
        table.name: [(column.name, column.nullable) for column in table.columns] for table in METADATA.sorted_tables
    }


def test_every_released_form_is_kept():
    """A step that was released has a journal of its time here."""
    assert [file.stem for file in RELEASED] == [name for name, _ in migrations.MIGRATIONS][: len(RELEASED)]
    assert len(RELEASED) >= 2


@pytest.mark.parametrize("file", RELEASED, ids=lambda file: file.stem)
def test_a_journal_of_every_released_form_is_brought_up_to_date(file, url):
    """What it holds is read as it was written, and everything of today can be written into it."""
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as old:
        old.executescript(file.read_text())
    with open_journal(url) as journal, open_journal(f"sqlite:///{path.parent / 'new.db'}") as new:
        assert _columns(journal) == _columns(new)
        rows = journal.window("credit", rows=10)
        assert [(row.seq, row.prediction.entity, row.label) for row in rows] == [
            (1, "7", "bad"),
            (2, None, None),
            (3, "7", None),
        ]
        assert rows[0].prediction.features == {"Age": 30, "Größe": "ü"}
        assert rows[0].prediction.probability == 0.1 + 0.2
        assert [event.kind for event in journal.events("credit")] == ["trained", "promoted"]
        assert [event.epoch for event in journal.ledger("credit")] == [1]
        made = rows[0].prediction
        journal.record_predictions([], [Shadow(made.id, NOW, "credit", 2, 0.5, "good")])
        assert journal.record_labels("credit", [Label("", "good", NOW, "7", NOW)]) == LabelReceipt(1, 1, 0)
        assert [row.label for row in journal.window("credit", rows=10)] == ["bad", None, "good"]
        assert journal.record_event("credit", "promoted", "bob", {}, epoch=2).seq == 3


def test_a_newer_journal_is_left_alone(any_url):
    """A journal that a newer version wrote is not touched."""
    with open_journal(any_url) as journal, journal.writing() as connection:
        connection.exec_driver_sql("INSERT INTO migrations VALUES ('9999_later')")
    with pytest.raises(JournalError, match=r"newer Keepfit \(it knows 9999_later\); update Keepfit"):
        open_journal(any_url)
