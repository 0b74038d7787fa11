"""Shadow and canary, from a real service."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from journal_contents import shadows_of
from keepfit.errors import RegistryError
from keepfit.project.declaration import ChallengerSection
from keepfit.scoring import Scorer
from keepfit.serving.challenger import Challenger
from keepfit.workflows.challenge import challenge, end_challenge
from keepfit.workflows.promote import promote
from recommender_model import make_recommender, panel, records_with_history, tiny_recommender, write_recommender

SHADOW = '[serving.challenger]\nmode = "shadow"\n'
CANARY = '[serving.challenger]\nmode = "canary"\nshare = 0.3\n'


@pytest.fixture(scope="module")
def rooms(own_rooms):
    return own_rooms("challenger")


@pytest.fixture
def other(rooms):
    """The version that is not champion, while it challenges."""
    champion = rooms.store.champion().facts.version
    version = next(one for one in rooms.store.versions() if one != champion)
    challenge(rooms, version)
    yield version
    end_challenge(rooms)


@pytest.fixture
def declare(rooms):
    """Adds a section to the project file for a test."""
    text = rooms.file.read_text()
    yield lambda section: rooms.file.write_text(text + section)
    rooms.file.write_text(text)


def wait_until(is_so) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline


def test_a_shadow_scores_a_copy_that_nobody_sees(rooms, serve, record, other, declare):
    """All answers are the champion's; the journal has, apart, what the challenger would have said to each."""
    declare(SHADOW)
    records = [{**record, "Amount": 500 + at} for at in range(120)]
    with serve(rooms) as service:
        answers = [service.post("/api/prediction", one).json() for one in records[:20]]
        answers += [
            one
            for at in (20, 70)
            for one in service.post("/api/prediction", records[at : at + 50]).json()["predictions"]
        ]
        with rooms.journal() as journal:
            wait_until(lambda: len(shadows_of(journal, "credit")) == 120)
            shadows = {one.prediction_id: one for one in shadows_of(journal, "credit")}
            window = journal.window("credit", rows=500)
        metrics = service.get("/metrics").data.decode()
    champion = rooms.store.champion().facts.version
    assert {answer["model_version"] for answer in answers} == {str(champion)}
    assert {row.prediction.model_version for row in window} == {champion}
    scorer = Scorer(rooms.store.read(other))
    for answer, sent in zip(answers, records, strict=True):
        shadow = shadows[answer["id"]]
        assert shadow.model_version == other
        assert shadow.probability == scorer.probabilities(scorer.door.row(sent))[0]
        assert shadow.decision == scorer.decision(shadow.probability)
    assert (
        f'keepfit_model_info{{form="graph",model_version="{other}",project="credit",role="challenger"}} 1.0' in metrics
    )


def test_a_canary_answers_its_share_and_stays_with_whom_it_answers(rooms, serve, record, other, declare):
    """About the declared share of the entities get the challenger, the same ones each time, alone and in a list."""
    declare(CANARY)
    records = [{**record, "rownames": f"customer {at}"} for at in range(300)]
    with serve(rooms) as service:
        together = [
            answer
            for at in range(0, 300, 50)
            for answer in service.post("/api/prediction", records[at : at + 50]).json()["predictions"]
        ]
        alone = [service.post("/api/prediction", one).json() for one in records[:40]]
    versions = [answer["model_version"] for answer in together]
    share = versions.count(str(other)) / 300
    assert 0.2 < share < 0.4
    assert versions[:40] == [answer["model_version"] for answer in alone]
    for version in set(versions):
        scorer = Scorer(rooms.store.read(int(version)))
        at = versions.index(version)
        assert together[at]["probability"] == scorer.probabilities(scorer.door.row(records[at]))[0]


def test_a_challenge_ends_with_a_promotion_and_by_word(rooms, serve, record, other, declare):
    """When another champion is promoted, or the challenge is ended, the challenger answers nothing any more."""
    declare(CANARY.replace("0.3", "0.999"))
    champion = rooms.store.champion().facts.version
    records = [{**record, "rownames": f"customer {at}"} for at in range(20)]

    def versions(service):
        answers = service.post("/api/prediction", records).json()["predictions"]
        return {answer["model_version"] for answer in answers}

    with serve(rooms) as service:
        assert str(other) in versions(service)
        end_challenge(rooms)
        wait_until(lambda: versions(service) == {str(champion)})
        challenge(rooms, other)
        wait_until(lambda: str(other) in versions(service))
        promote(rooms, other)
        wait_until(lambda: versions(service) == {str(other)})
        promote(rooms, champion)
        wait_until(lambda: versions(service) == {str(champion)})
        section = ChallengerSection(mode="canary", share=0.999)
        assert Challenger(rooms.project.name, rooms.store, section).version is None  # it was for another epoch
        assert service.get("/ready").json()["challenger"] is None


def test_a_broken_challenger_is_told_and_the_champion_goes_on(rooms, serve, record, other, declare):
    """Its bundle was altered: it answers nothing, and /ready says why."""
    declare(CANARY)
    file = rooms.store.path(other) / "model.onnx"
    whole = file.read_bytes()
    with serve(rooms) as service:
        assert service.get("/ready").json()["challenger"] == str(other)
        end_challenge(rooms)
        wait_until(lambda: service.get("/ready").json()["challenger"] is None)
        pointer = rooms.store.pointer("champion")
        challenge(rooms, other)
        try:
            file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            rooms.store.point("challenger", pointer.__class__(other, "d" * 64, pointer.epoch))
            wait_until(lambda: "model.onnx was altered" in service.get("/ready").json()["refused_challenger"])
            assert service.post("/api/prediction", record).json()["model_version"] == str(pointer.version)
        finally:
            file.write_bytes(whole)


def test_a_champion_does_not_challenge_itself(rooms):
    """It is told, and nothing is changed."""
    with pytest.raises(RegistryError, match="is the champion itself; name another one"):
        challenge(rooms, rooms.store.champion().facts.version)
    assert rooms.store.pointer("challenger") is None


def test_challenges_are_events(rooms, other):
    """Who challenged whom, and when it was over, is in the journal."""
    end_challenge(rooms)
    with rooms.journal() as journal:
        events = journal.events("credit", kinds=["challenged", "challenge_ended"])
    assert [(event.kind, event.facts["challenger"]) for event in events][-2:] == [
        ("challenged", other),
        ("challenge_ended", other),
    ]


PANEL = [one for one in records_with_history(panel()) if one["month"] >= "2015-12"]


@pytest.fixture(scope="module")
def rivals(tmp_path_factory):
    """A project of two recommenders: the better one is champion, and the other challenges it."""
    rooms = make_recommender(tmp_path_factory.mktemp("rivals") / "project")
    tiny = tiny_recommender()
    others = replace(tiny.result, candidates=tiny.result.candidates[::-1])
    made = write_recommender(rooms.store, replace(tiny, result=others))
    promote(rooms, 1)
    challenge(rooms, made.facts.version)
    return rooms


@pytest.fixture
def declare_of_rivals(rivals):
    """Adds a section to their project file for a test."""
    text = rivals.file.read_text()
    yield lambda section: rivals.file.write_text(text + section)
    rivals.file.write_text(text)


def test_the_shadow_of_a_recommender_lists_its_own_products(rivals, serve, declare_of_rivals):
    """Answers are the champion's; the journal has the challenger's list for each, of the record with its history."""
    declare_of_rivals(SHADOW)
    with serve(rivals) as service:
        replies = [service.post("/predict", one) for one in PANEL[:60]]
        with rivals.journal() as journal:
            wait_until(lambda: len(shadows_of(journal, "t")) == 60)
            shadows = {one.prediction_id: one for one in shadows_of(journal, "t")}
        metrics = service.get("/metrics").data.decode()
    assert {reply.headers["keepfit-model-version"] for reply in replies} == {"1"}
    scorer = Scorer(rivals.store.read(2))
    for reply, sent in zip(replies, PANEL, strict=False):
        shadow = shadows[reply.headers["keepfit-prediction-id"]]
        ((probability,), (decision,), _) = scorer.answers(scorer.door.row(sent))
        assert (shadow.model_version, shadow.decision) == (2, decision)
        assert shadow.probability == pytest.approx(probability, abs=1e-6)
    listed = sum(scorer.decided(one.decision).count("loan") for one in shadows.values())
    assert f'decision="loan",model_version="2",project="t"}} {float(listed)}' in metrics


def test_the_canary_of_a_recommender_answers_by_its_own_products(rivals, serve, declare_of_rivals):
    """The names and flags of an answer are those of who answered, alone and in a list; a customer stays with one."""
    declare_of_rivals(CANARY)
    with serve(rivals) as service:
        ranked = service.post("/predict_proba?threshold=0&lang=en", PANEL[:200]).json()["predictions"]
        flags = service.post("/predict?lang=en", PANEL[:200]).json()["predictions"]
        alone = [service.post("/predict?lang=en", one) for one in PANEL[:30]]
    versions = [answer["model_version"] for answer in ranked]
    assert 0.15 < versions.count("2") / 200 < 0.45
    assert [reply.headers["keepfit-model-version"] for reply in alone] == versions[:30]
    assert [reply.json() for reply in alone] == flags[:30]
    scorers = {str(version): Scorer(rivals.store.read(version)) for version in (1, 2)}
    for sent, version, told, decided in zip(PANEL, versions, ranked, flags, strict=False):
        scorer = scorers[version]
        _, (decision,), (offers,) = scorer.answers(scorer.door.row(sent))
        by_product = {one["product"]: one["probability"] for one in told["products"]}
        expected = dict(zip(scorer.recommending.products, offers.tolist(), strict=True))
        assert by_product == pytest.approx({name: one for name, one in expected.items() if one >= 0}, abs=1e-6)
        named = dict(zip(decided, scorer.recommending.products, strict=True))
        listed = {named[name] for name, flag in decided.items() if flag}
        assert (listed or {"nothing"}) == set(scorer.decided(decision))
