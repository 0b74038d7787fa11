"""`POST /predict` and `/predict_proba`, from a real service: names, ranks, refusals, and what the journal has of it."""

from __future__ import annotations

import socket
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from keepfit.bundle import Pointer
from keepfit.clock import utc_now
from keepfit.scoring import Scorer
from keepfit.serving.recommendations import UNKNOWN_PAST
from keepfit.workflows.rooms import Rooms
from panel_project import make_panel_project
from recommender_model import RECOMMENDED, make_recommender, panel, record, records_with_history
from waiting import until

RUSSIAN = {"card": "Карта", "loan": "Кредит", "fund": "fund", "plan": "Пенсионный план"}
ENGLISH = {"card": "Card", "loan": "Loan", "fund": "Fund", "plan": "Pension plan"}
BEFORE = [{"month": "28-11-2015", "card": 0}, {"month": "28-10-2015", "loan": 1}]


def kept(rooms: Rooms) -> dict[str, object]:
    with rooms.journal() as journal:
        return {one.prediction.id: one.prediction for one in journal.window(rooms.project.name, rows=None)}


@pytest.fixture(scope="module")
def records() -> list[dict]:
    """Two hundred customers of the held-out months, with their months before."""
    return [one for one in records_with_history(panel()) if one["month"] >= "2015-12"][:200]


@pytest.fixture(scope="module")
def scorer(panel_rooms) -> Scorer:
    return Scorer(panel_rooms.store.champion())


def chances(scorer: Scorer, one: dict) -> dict[str, float]:
    """Return the probability of each product, of those that are not owned."""
    (offers,) = scorer.answers(scorer.door.row(one)).offers
    return {name: float(chance) for name, chance in zip(RECOMMENDED, offers, strict=True) if not np.isnan(chance)}


@pytest.mark.parametrize(("query", "names"), [("", RUSSIAN), ("?lang=ru", RUSSIAN), ("?lang=en", ENGLISH)])
def test_names_are_those_of_a_language(recommender, query, names):
    """The project's first, or the one that is asked for; a product without a name is called as its column."""
    assert list(recommender.post(f"/predict{query}", record()).json()) == list(names.values())
    ranked = recommender.post(f"/predict_proba{query}{'&' if query else '?'}threshold=0", record()).json()["products"]
    assert {one["product"]: one["name"] for one in ranked} == {
        name: names[name] for name in RECOMMENDED if name != "card"
    }


def test_without_declared_names_products_are_called_as_their_columns(tmp_path, serve):
    """And every language is unknown."""
    with serve(make_panel_project(tmp_path)) as service:
        asked = {"month": "2016-04-28", "card": 1, "loan": 0}
        assert service.post("/predict", asked).json() == {"card": 0, "loan": 1}
        refused = service.post("/predict?lang=ru", asked)
        assert (refused.status, refused.json()["detail"]) == (
            422,
            'lang is "ru"; [panel] names declares none',
        )


def test_what_is_decided_is_what_the_journal_has(recommender, panel_rooms, records):
    """The 1s of an answer are the products of the decision, under its id, with the record as it was sent."""
    replies = [recommender.post("/predict?lang=en", one) for one in records[:40]]
    journalled = kept(panel_rooms)
    for one, reply in zip(records, replies, strict=False):
        prediction = journalled[reply.headers["keepfit-prediction-id"]]
        listed = {ENGLISH.get(name, "") for name in prediction.decision.split(",")} - {""}
        assert {name for name, flag in reply.json().items() if flag} == listed
        assert prediction.features == one
        assert prediction.entity == str(one["who"])
        assert reply.headers["keepfit-model-version"] == str(prediction.model_version) == "1"
        assert reply.headers["keepfit-months-known"] == str(len(one["history"]))


def test_a_ranking_is_by_probability_and_leaves_out_what_is_owned(recommender, scorer, records):
    """As the bundle answers in process: alone and in a list, the likeliest first, from the threshold on."""
    together = recommender.post("/predict_proba?threshold=0", records).json()["predictions"]
    for one, answer in zip(records, together, strict=True):
        expected = chances(scorer, one)
        found = [(product["product"], product["probability"]) for product in answer["products"]]
        assert dict(found) == pytest.approx(expected)
        assert [chance for _, chance in found] == sorted(expected.values(), reverse=True)
        assert not any(one[product] for product, _ in found)
    alone = [recommender.post("/predict_proba?threshold=0", one).json() for one in records[:20]]
    assert [one["products"] for one in alone] == [one["products"] for one in together[:20]]


def test_the_threshold_is_the_models_own_or_the_callers(recommender, records):
    """Without one the ranking holds what is decided; a higher one lists fewer, each as likely as it says."""
    decided = recommender.post("/predict", records).json()["predictions"]
    usual = recommender.post("/predict_proba", records).json()["predictions"]
    for flags, ranked in zip(decided, usual, strict=True):
        assert {name for name, flag in flags.items() if flag} == {one["name"] for one in ranked["products"]}
    most = recommender.post("/predict_proba?threshold=1", records).json()["predictions"]
    assert all(answer["products"] == [] for answer in most)
    chances = [one["probability"] for answer in usual for one in answer["products"]]
    middle = sorted(chances)[len(chances) // 2]
    some = recommender.post(f"/predict_proba?threshold={middle!r}", records).json()["predictions"]
    listed = [one["probability"] for answer in some for one in answer["products"]]
    assert sorted(listed) == sorted(chance for chance in chances if chance >= middle)


def test_a_list_is_answered_in_order(recommender, records):
    """Each as alone; a list of none is answered by none, and no header tells of one prediction."""
    reply = recommender.post("/predict", records[:30])
    assert reply.json()["predictions"] == [recommender.post("/predict", one).json() for one in records[:30]]
    assert not [name for name in reply.headers if name.startswith("keepfit-")]
    assert recommender.post("/predict", []).json() == {"predictions": []}
    assert recommender.post("/predict_proba", []).json() == {"predictions": []}


def test_an_answer_says_on_which_months_it_rests(recommender):
    """How many were told; where none was, a note says that nothing is known of them."""
    for absent in (record(), record(history=None), record(history=[])):
        answer = recommender.post("/predict_proba", absent).json()
        assert (answer["months_known"], answer["note"]) == (0, UNKNOWN_PAST)
        assert recommender.post("/predict", absent).headers["keepfit-months-known"] == "0"
    answer = recommender.post("/predict_proba", record(history=BEFORE)).json()
    assert answer["months_known"] == 2
    assert "note" not in answer
    assert recommender.post("/predict", record(history=BEFORE)).headers["keepfit-months-known"] == "2"


def test_a_product_that_nobody_added_is_named_and_never_recommended(recommender, records):
    """It may be sent, owned or not; the status lists it apart."""
    status = recommender.get("/").json()
    assert (status["products"], status["never_added"]) == (list(RECOMMENDED), ["bond"])
    assert status["names"] == {"ru": RUSSIAN, "en": ENGLISH}
    for answer in recommender.post("/predict?lang=en", records).json()["predictions"]:
        assert list(answer) == list(ENGLISH.values())
    for owned in (0, 1, None):
        ranked = recommender.post("/predict_proba?threshold=0", record(bond=owned)).json()["products"]
        assert "bond" not in [one["product"] for one in ranked]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?lang=de", 'lang is "de"; there are ru, en'),
        ("?lang=", 'lang is ""; there are ru, en'),
        ("?lang=en&lang=ru", "lang came twice"),
        ("?language=en", 'there is no query parameter "language"; there are lang'),
        ("?explain=true", 'there is no query parameter "explain"; there are lang'),
    ],
)
def test_a_query_that_is_none_is_refused_before_anything_is_journalled(recommender, panel_rooms, query, said):
    """With what there is; a prediction that nobody was told of would be counted as one."""
    before = len(kept(panel_rooms))
    for path in ("/predict", "/predict_proba"):
        refused = recommender.post(f"{path}{query}", record())
        assert (refused.status, refused.headers["content-type"]) == (422, "application/problem+json")
        assert refused.json()["detail"].startswith(said)
    assert recommender.post("/predict?threshold=0.5", record()).status == 422
    assert len(kept(panel_rooms)) == before


@pytest.mark.parametrize("threshold", ["-0.1", "1.01", "nan", "inf", "1e999", "0_0.5", "%20", "much", ""])
def test_a_threshold_that_is_none_is_refused(recommender, threshold):
    """It is a number from 0 to 1."""
    refused = recommender.post(f"/predict_proba?threshold={threshold}", record())
    assert (refused.status, refused.json()["detail"]) == (422, "threshold is a number from 0 to 1")


NEXT_MONTH = f"28-{utc_now().month % 12 + 1:02}-{utc_now().year + utc_now().month // 12}"
BAD = [
    ({"kard": 1}, "kard", 'no such column; did you mean "card"?'),
    ({"joined": "29-12-2015"}, "joined", "2015-12-29 is after 2015-12-28, the day of the record (month)"),
    ({"history": [BEFORE[0], {**BEFORE[0], "loan": 1}]}, "history[1].month", "is told twice"),
    ({"history": [{"month": "28-12-2015"}]}, "history[0].month", "is not within the 120 months before"),
    ({"history": [{"month": "28-11-2015", "kard": 1}]}, "history[0].kard", "is no product"),
    ({"history": [{"loan": 1}]}, "history[0].month", "is missing"),
    ({"history": "none"}, "history", "is no list"),
    ({"month": NEXT_MONTH}, "month", "lies in the future"),
    ({"month": None}, "month", "is missing"),
    ({"month": "28/12/2015"}, "month", "expected a date"),
    ({"card": 2}, "card", "2 is neither 0 nor 1"),
    ({"age": "old"}, "age", "expected a whole number"),
]


@pytest.mark.parametrize(("changes", "field", "said"), BAD, ids=[f"{field}: {said}" for _, field, said in BAD])
@pytest.mark.parametrize("path", ["/predict", "/predict_proba", "/api/prediction"])
def test_a_bad_record_is_refused_with_its_field(recommender, path, changes, field, said):
    """Alone, and as a row of a list, of which then none is answered."""
    refused = recommender.post(path, record(**changes))
    assert (refused.status, refused.headers["content-type"]) == (422, "application/problem+json")
    (violation,) = refused.json()["violations"]
    assert (violation["field"], "row" in violation) == (field, False)
    assert said in violation["message"]
    (violation,) = recommender.post(path, [record(), record(**changes)]).json()["violations"]
    assert (violation["field"], violation["row"]) == (field, 1)


@pytest.mark.parametrize(
    "history",
    [[{"month": "28-09-2015", "card": 1}], [{"month": "28-11-2015"}], [{"month": "28-11-2015", "bond": 1}]],
    ids=["a gap", "nothing owned", "a product that nobody added"],
)
def test_what_a_history_may_lack_is_answered(recommender, history):
    """A gap in the panel is no fault: of the months between nothing is known."""
    assert recommender.post("/predict", record(history=history)).status == 200


def test_each_recommender_of_several_has_its_own_products(panel_rooms, tmp_path, serve):
    """Below its name, with its own names and its own journal."""
    other = make_panel_project(tmp_path)
    with serve(panel_rooms, several=(panel_rooms, other)) as service:
        assert list(service.post("/t/predict?lang=en", record()).json()) == list(ENGLISH.values())
        assert service.post("/bank/predict", {"month": "2016-04-28", "card": 1}).json() == {"card": 0, "loan": 1}
        assert service.post("/predict", record()).status == 404
        links = service.get("/bank/").json()["links"]
        assert (links["predict"], links["predict_proba"]) == (
            f"{service.url}/bank/predict",
            f"{service.url}/bank/predict_proba",
        )
    assert [one.decision for one in kept(other).values()] == ["loan"]


def test_what_is_no_record_is_refused(recommender):
    """A text, a number, a body that is none; another method."""
    for body in ("x", 3, [record(), "x"]):
        assert recommender.post("/predict", body).status == 422
    assert recommender.send("/predict", b"{").status == 400
    assert recommender.get("/predict").status == 405


def test_more_rows_than_are_taken_are_refused(tmp_path, serve):
    """As by the other routes."""
    with serve(make_recommender(tmp_path / "project", "[serving]\nmax_rows = 2\n")) as service:
        assert service.post("/predict", [record()] * 2).status == 200
        assert service.post("/predict", [record()] * 3).status == 413


def test_a_champion_that_is_no_recommender_recommends_nothing(make_scoring_project, tmp_path, serve):
    """When it takes a recommender's place its answers are refused (409) and not journalled; others go on."""
    rooms = make_recommender(tmp_path / "panel")
    plain = Rooms.open(make_scoring_project(tmp_path)).store.champion()
    with serve(rooms) as service:
        made = rooms.store.add(
            lambda version: replace(plain.facts, version=version), model=plain.model, profile={}, card=lambda _: ""
        )
        rooms.store.point("champion", Pointer(made.facts.version, made.digest, 2))
        until(lambda: service.get("/ready").json()["model_version"] == "2", "the other one answers")
        asked = {"age": 30, "income": 1, "job": "fixed"}
        for path in ("/predict", "/predict_proba"):
            refused = service.post(path, asked)
            assert (refused.status, refused.json()["detail"]) == (
                409,
                "version 2 answers, and recommends no products; see /api/prediction",
            )
        assert service.post("/api/prediction", asked).json()["decision"] == "no"
        assert service.get("/").json().get("products") is None
    assert len(kept(rooms)) == 1


def test_products_are_counted_and_told_to_statsd(tmp_path, records, serve):
    """Each product of each list, by its column, as it was answered: in /metrics and as target.<product>."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(20)
        address = f"127.0.0.1:{daemon.getsockname()[1]}"
        section = f'[monitoring.statsd]\naddress = "{address}"\nprefix = "bank-rs"\n'
        with serve(make_recommender(tmp_path / "project", section)) as service:
            answers = service.post("/predict?lang=en", records).json()["predictions"]
            answers += [service.post("/predict?lang=en", one).json() for one in records[:10]]
            columns = {name: column for column, name in ENGLISH.items()}
            expected = Counter(columns[name] for answer in answers for name, flag in answer.items() if flag)
            expected["nothing"] = sum(not any(answer.values()) for answer in answers)
            told: Counter[str] = Counter()
            while told.total() < expected.total():
                for line in daemon.recv(2**16).decode().split("\n"):
                    name, _, value = line.partition(":")
                    if name.startswith("bank-rs.target.") and value.endswith("|c"):
                        told[name.removeprefix("bank-rs.target.")] += int(value.partition("|")[0])
            counted = service.get("/metrics").data.decode()
    assert +told == +expected
    for decision in ("nothing", *RECOMMENDED):
        line = f'keepfit_predictions_total{{decision="{decision}",model_version="1",project="t"}}'
        assert f"{line} {float(expected[decision])}" in counted
