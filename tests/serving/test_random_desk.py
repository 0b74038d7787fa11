"""`GET /random`: an answer like any other, to a record that nobody sent."""

from __future__ import annotations

import json

import pytest

from keepfit.workflows.rooms import Rooms
from profiled_project import SIGNATURE, add_champion, make_profiled
from waiting import until

TOKEN = "a-token-of-our-own-1"


@pytest.fixture
def rooms(tmp_path):
    return make_profiled(tmp_path / "project", "[serving]\nmax_rows = 20\n")


def journalled(rooms: Rooms, name: str = "t"):
    with rooms.journal() as journal:
        return [one.prediction for one in journal.window(name, rows=None)]


def test_what_is_told_is_what_is_journalled(rooms, serve):
    """The answer is that to the record as it is told, asked again; the journal has both, under the answer's id."""
    with serve(rooms) as service:
        told = [service.get("/random") for _ in range(30)]
        assert {reply.status for reply in told} == {200}
        assert {reply.headers["cache-control"] for reply in told} == {"no-store"}
        answers = [reply.json() for reply in told]
        again = [service.post("/api/prediction", answer["record"]).json() for answer in answers]
    kept = {prediction.id: prediction for prediction in journalled(rooms)}
    assert len(kept) == 60
    for answer, other in zip(answers, again, strict=True):
        assert set(answer) == {"id", "model_version", "probability", "decision", "record"}
        assert set(answer["record"]) == {*SIGNATURE.names, "id"}
        assert (answer["probability"], answer["decision"]) == (other["probability"], other["decision"])
        prediction = kept[answer["id"]]
        assert prediction.features == answer["record"]
        assert prediction.entity == answer["record"]["id"]
    assert len({json.dumps(answer["record"]) for answer in answers}) == 30


def test_it_is_counted_as_a_prediction(rooms, serve):
    """By its route, and by what was decided."""
    with serve(rooms) as service:
        for _ in range(7):
            assert service.get("/random").status == 200

        def count(line: str) -> float:
            lines = service.get("/metrics").data.decode().splitlines()
            return sum(float(one.rsplit(" ", 1)[1]) for one in lines if one.startswith(line))

        requests = 'keepfit_requests_total{method="GET",project="t",route="/random",status="200"}'
        until(lambda: count(requests) == 7, "every request is counted")
        until(lambda: count("keepfit_predictions_total{") == 7, "every prediction is counted")


def test_the_next_champion_gets_records_of_its_own_reference(rooms, serve):
    """After a swap the records are drawn from the bundle that answers."""
    with serve(rooms) as service:
        assert service.get("/random").json()["model_version"] == "1"
        add_champion(rooms, 2)
        until(lambda: service.get("/ready").json()["model_version"] == "2", "the next one answers")
        assert service.get("/random").json()["model_version"] == "2"


def test_without_a_profile_it_is_refused(make_scoring_project, tmp_path, serve):
    """In a problem document that says what to do; nothing is journalled."""
    rooms = Rooms.open(make_scoring_project(tmp_path))
    with serve(rooms) as service:
        reply = service.get("/random")
        assert (reply.status, reply.headers["content-type"]) == (409, "application/problem+json")
        assert reply.json()["detail"] == "v1 has no profile to draw a record from; train again"
    assert journalled(rooms) == []


def test_it_is_for_those_who_may_ask(rooms, serve):
    """Behind the token, as all that answers about people."""
    with serve(rooms, KEEPFIT_API_TOKEN=TOKEN) as service:
        assert service.get("/random").status == 401
        assert service.get("/random", Authorization=f"Bearer {TOKEN}").status == 200


@pytest.mark.parametrize("site", ["cross-site", "Cross-Site"])
def test_a_page_of_another_site_may_not_ask(rooms, serve, site):
    """A browser says who makes it ask: a picture's address on another site writes nothing to the journal."""
    with serve(rooms) as service:
        refused = service.get("/random", **{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"})
        assert (refused.status, refused.headers["content-type"]) == (403, "application/problem+json")
        assert refused.json()["detail"].startswith("a page of another site may not ask this")
        for own in ("same-origin", "same-site", "none"):
            assert service.get("/random", **{"Sec-Fetch-Site": own}).status == 200
    assert len(journalled(rooms)) == 3


def test_only_a_get_asks(rooms, serve):
    """A HEAD would be journalled and show nothing; other methods are refused too."""
    with serve(rooms) as service:
        for method in ("HEAD", "POST", "PUT", "OPTIONS"):
            refused = service._pool.request(method, f"{service.url}/random")
            assert (refused.status, refused.headers["allow"]) == (405, "GET")
        described = service.get("/openapi.json").json()["paths"]["/random"]
        assert set(described) == {"get", "parameters"}
        assert {"403", "409"} <= set(described["get"]["responses"])
    assert journalled(rooms) == []


def test_a_recommender_tells_products_and_what_it_recommends(panel_rooms, recommender):
    """The ranking and the flags say the same of the record as when it is sent; the journal has the list."""
    answers = [recommender.get("/random").json() for _ in range(20)]
    kept = {prediction.id: prediction for prediction in journalled(panel_rooms)}
    for answer in answers:
        again = recommender.post("/predict_proba", answer["record"]).json()
        assert answer["products"] == again["products"]
        assert answer["recommended"] == recommender.post("/predict", answer["record"]).json()
        decided = kept[answer["id"]].decision
        assert decided == (",".join(one["product"] for one in answer["products"]) or "nothing")


def test_each_project_of_several_has_its_own(rooms, tmp_path, serve):
    """Below its name, and journalled as its own."""
    other = make_profiled(tmp_path / "other", name="other")
    with serve(rooms, several=(rooms, other)) as service:
        assert service.get("/random").status == 404
        assert service.get("/other/random").status == 200
    assert (len(journalled(rooms)), len(journalled(other, "other"))) == (0, 1)


def test_it_has_the_keys_and_reasons_of_the_project(tmp_path, serve):
    """As `[serving]` declares them, and what the journal promises is in its headers."""
    more = '[serving]\nanswer = { PD = "probability", who = "entity" }\nexplain = "always"\n'
    rooms = make_profiled(tmp_path / "project", f'{more}[journal]\ndurability = "relaxed"\n')
    with serve(rooms) as service:
        reply = service.get("/random")
        plain = service.post("/api/prediction", reply.json()["record"])
    answer = reply.json()
    assert set(answer) == {"id", "model_version", "PD", "who", "reasons", "record"}
    assert answer["who"] == answer["record"]["id"]
    assert answer["reasons"] == plain.json()["reasons"]
    assert reply.headers["keepfit-durability"] == plain.headers["keepfit-durability"]
