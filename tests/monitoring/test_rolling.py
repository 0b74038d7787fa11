"""What the journal says now is what a check would say of the same rows."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from keepfit.evaluation import calibration_error, scores
from keepfit.journal import Label, Prediction, PredictionIds, open_journal
from keepfit.monitoring.rolling import rolling_quality
from keepfit.workflows.rooms import Rooms

NOW = datetime(2026, 1, 2, tzinfo=UTC)
_new_id = PredictionIds()


@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request, tmp_path):
    url = f"sqlite:///{tmp_path}/journal.db"
    with open_journal(url if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()) as one:
        yield one


@pytest.fixture
def facts(make_scoring_project, tmp_path_factory):
    return Rooms.open(make_scoring_project(tmp_path_factory.mktemp("project"))).store.champion().facts


def answered(journal, probability: float, version: int = 1) -> str:
    """Put an answer into the journal; return its id."""
    one = Prediction(_new_id(), NOW, "t", version, None, "{}", probability, "yes", 1e-5)
    journal.record_predictions([one])
    return one.id


def test_quality_is_of_the_newest_labelled_answers_of_the_version(journal, facts):
    """As many as are asked for; a label that is no class, another version and what has no label are left out."""
    rng = np.random.default_rng(1)
    probability, labels = rng.random(30), rng.integers(0, 2, 30)
    ids = [answered(journal, value) for value in probability.tolist()]
    others = [answered(journal, 0.9, version=2), answered(journal, 0.9)]
    said = [("no", "yes")[label] for label in labels.tolist()]
    journal.record_labels("t", [Label(one, label, NOW) for one, label in zip(ids, said, strict=True)])
    journal.record_labels("t", [Label(others[0], "yes", NOW), Label(others[1], "perhaps", NOW)])
    found = rolling_quality(journal, facts, rows=21)
    assert found is not None
    newest = labels[-20:].astype(np.int8), probability[-20:]
    assert found.rows == 20
    assert found.scores == {**scores(*newest, facts.threshold), "calibration_error": calibration_error(*newest)}


def test_without_labels_there_is_no_quality(journal, facts):
    """Answers alone say nothing of it."""
    answered(journal, 0.5)
    assert rolling_quality(journal, facts, rows=10) is None
