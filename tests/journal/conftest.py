"""Journals of every back end, and rows to put into them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from keepfit.journal import Prediction, PredictionIds, open_journal

_new_id = PredictionIds()


@pytest.fixture(params=["sqlite"])
def url(request, tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'folder' / 'journal.db'}"


@pytest.fixture
def journal(url):
    with open_journal(url) as journal:
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
