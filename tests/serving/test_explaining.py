"""Reasons in answers, from a real service."""

from __future__ import annotations

import pytest

from keepfit.errors import ServiceError
from keepfit.project.declaration import ServingSection
from keepfit.serving.explaining import Explaining


@pytest.fixture(scope="module")
def project(own_rooms):
    return own_rooms("explaining")


@pytest.fixture
def declare(project):
    """Adds keys to [serving], which is the last section."""
    text = project.file.read_text()
    yield lambda keys: project.file.write_text(text + keys)
    project.file.write_text(text)


def sums_up(answer) -> bool:
    reasons = answer["reasons"]
    total = reasons["baseline"] + sum(one["effect"] for one in reasons["contributions"])
    return abs(total - answer["probability"]) < 1e-9


def test_reasons_come_when_they_are_asked_for(service, record):
    """The features that moved the score, the greatest first, sum to score minus baseline; a record and a list alike."""
    plain = service.post("/api/prediction", record).json()
    assert "reasons" not in plain
    one = service.post("/api/prediction?explain=true", record).json()
    assert one["probability"] == plain["probability"]
    effects = [abs(part["effect"]) for part in one["reasons"]["contributions"]]
    assert effects == sorted(effects, reverse=True)
    assert len(effects) > 3
    assert sums_up(one)
    part = next(part for part in one["reasons"]["contributions"] if part["feature"] == "Amount")
    assert (part["value"], part["label"]) == (800, "Amount")
    together = service.post("/api/prediction?explain=true", [record, {**record, "Income": None}]).json()["predictions"]
    assert together[0]["reasons"] == one["reasons"]
    assert all(sums_up(answer) for answer in together)
    assert "reasons" not in service.post("/api/prediction?explain=false", record).json()
    assert service.post("/api/prediction?explain=yes", record).status == 422


def test_some_decisions_always_have_reasons(project, serve, record, declare):
    """A refusal says why, whoever asks and however; the others do not."""
    declare('explain_decisions = ["bad"]\n')
    records = [{**record, "Amount": amount, "Seniority": years} for amount in (200, 5000) for years in (0, 30)]
    with serve(project) as service:
        answers = [service.post("/api/prediction", one).json() for one in records]
        answers += service.post("/api/prediction", records).json()["predictions"]
    assert {answer["decision"] for answer in answers} == {"bad", "good"}
    for answer in answers:
        assert ("reasons" in answer) == (answer["decision"] == "bad")
        assert "reasons" not in answer or sums_up(answer)


def test_a_project_may_always_or_never_give_reasons(project, serve, record, declare):
    """By its declaration."""
    declare('explain = "always"\n')
    with serve(project) as service:
        assert sums_up(service.post("/api/prediction", record).json())
    declare('explain = "never"\n')
    with serve(project) as service:
        assert "reasons" not in service.post("/api/prediction", record).json()
        refused = service.post("/api/prediction?explain=true", record)
        assert (refused.status, "gives no reasons" in refused.json()["detail"]) == (403, True)


def test_a_decision_that_is_none_is_told():
    """With the key and the decisions that there are."""
    explaining = Explaining(ServingSection(explain_decisions=["bat"]))
    with pytest.raises(ServiceError, match=r'explain_decisions: "bat" is no decision.*there are bad and good'):
        explaining.require_decisions(("bad", "good"))
