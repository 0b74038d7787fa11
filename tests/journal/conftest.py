"""Journals of every back end, and rows to put into them."""

from __future__ import annotations

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
