"""Journals of every back end, and rows to put into them."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from keepfit.journal import Prediction, PredictionIds, open_journal

_new_id = PredictionIds()


@pytest.fixture
def url(tmp_path) -> str:
    """The URL of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'folder' / 'journal.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_url(request) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("url")
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def journal(any_url):
    with open_journal(any_url) as journal:
        yield journal


@pytest.fixture
def make_prediction():
    def make(project: str = "credit", **changes) -> Prediction:
        facts = {
            "id": _new_id(),
            "at": datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
            "project": project,
            "model_version": 1,
            "entity": "7",
            "sent": '{"Age": 30, "Job": null, "Größe": "ü", "Income": 1.5}',
            "probability": 0.1 + 0.2,
            "decision": "good",
            "duration_seconds": 1e-5,
        }
        return Prediction(**{**facts, **changes})

    return make


@pytest.fixture
def sqlite_journal(url):
    with open_journal(url) as journal:
        yield journal


@pytest.fixture
def until():
    """Waits in an event loop until something is so; fails when that takes 20 seconds."""

    async def wait(is_so) -> None:
        async with asyncio.timeout(20):
            while not is_so():  # noqa: ASYNC110 - it is a state, and nobody tells of it
                await asyncio.sleep(0)

    return wait


@pytest.fixture
def rename():
    """Takes a table away from a journal, or gives it back."""

    def rename(journal, old: str, new: str) -> None:
        with journal.writing() as connection:
            connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    return rename


@pytest.fixture
def standing_still(sqlite_journal, monkeypatch):
    """The journal's database takes rows only when this event is set, as long as twenty seconds."""
    answers = threading.Event()
    record = sqlite_journal.record_predictions

    def slow(made, shadowed) -> None:
        answers.wait(20)
        record(made, shadowed)

    monkeypatch.setattr(sqlite_journal, "record_predictions", slow)
    return answers
