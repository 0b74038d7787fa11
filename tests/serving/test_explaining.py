"""Reasons in answers, from a real service."""

from __future__ import annotations

from math import isnan

import pytest

from keepfit.errors import ServiceError
from keepfit.project.declaration import ServingSection
from keepfit.scoring import Scorer
from keepfit.serving.explaining import Explaining
from recommender_model import make_recommender, panel, records_with_history
from recommender_model import record as record_of_a_panel


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


def test_a_recommender_gives_reasons_why_anything_is_added(recommender, panel_rooms):
    """They sum to its probability; what is made of a record says what it was, and what was sent stands as it was."""
    scorer = Scorer(panel_rooms.store.champion())
    signature = scorer.door.signature
    records = [one for one in records_with_history(panel()) if one["month"] >= "2015-12"][:40]
    answers = recommender.post("/api/prediction?explain=true", records).json()["predictions"]
    assert all(sums_up(answer) for answer in answers)
    made = {column.name for column in signature.columns if column.is_past}
    told = 0
    for sent, row, answer in zip(records, scorer.door.rows(records).tolist(), answers, strict=True):
        values = {name: None if isnan(value) else value for name, value in zip(signature.names, row, strict=True)}
        for one in answer["reasons"]["contributions"]:
            name = one["feature"]
            assert one["value"] == (values[name] if name in made else sent[name]), name
            told += name in made and one["value"] is not None
    assert told


def test_some_products_always_have_reasons(tmp_path, serve):
    """A decision of a recommender holds products: `explain_decisions` names one, and lists with it say why."""
    rooms = make_recommender(tmp_path / "project", '[serving]\nexplain_decisions = ["fund"]\n')
    records = [record_of_a_panel(age=f" {age}", card=card) for age in (20, 40, 70, 80) for card in (0, 1)]
    with serve(rooms) as service:
        answers = [service.post("/api/prediction", one).json() for one in records]
        answers += service.post("/api/prediction", records).json()["predictions"]
    has_fund = ["fund" in answer["decision"].split(",") for answer in answers]
    assert set(has_fund) == {True, False}
    assert ["reasons" in answer for answer in answers] == has_fund


def test_a_recommender_never_decides_that_something_is_added(tmp_path):
    """It decides for products, or for nothing; which there are is told."""
    with pytest.raises(ServiceError, match="there are nothing and card and loan and fund and plan"):
        Explaining(ServingSection(explain_decisions=["something"])).require_decisions(
            Scorer(make_recommender(tmp_path / "project").store.champion()).decisions
        )
