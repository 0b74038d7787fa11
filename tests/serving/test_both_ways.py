"""The short way and the framework's: the same requests get the same answers.

A content type in other letters means the same, and is for the framework.
"""

from __future__ import annotations

import json

import pytest

SHORT, LONG = "application/json", "Application/JSON"
DECLARED = """
entity_parameter = "cus_id"
answer = { PD = "probability", cus_id = "entity", what = "decision" }
"""


@pytest.fixture(scope="module")
def declared(rooms, serve, tmp_path_factory):
    """A service whose answers have a declared form."""
    file = rooms.file
    text = file.read_text()
    file.write_text(text + DECLARED)
    try:
        with serve(rooms) as service:
            yield service
    finally:
        file.write_text(text)


def both(service, body: bytes, query: str = ""):
    """Return status, body and headers of both ways, without what differs from request to request."""
    answers = []
    for kind in (SHORT, LONG):
        answer = service.send(f"/api/prediction{query}", body, kind)
        content = answer.json()
        for one in [content, *content.get("predictions", [])]:
            one.pop("id", None)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert headers.pop("x-request-id")
        assert int(headers.pop("content-length")) == len(answer.data)
        headers.pop("date")
        answers.append((answer.status, content, headers))
    return answers


BODIES = [
    json.dumps,
    lambda record: json.dumps({**record, "Income": None}),
    lambda record: json.dumps({name: value for name, value in record.items() if name != "Job"}),
    lambda record: json.dumps({**record, "Job": "astronaut"}),
    lambda record: json.dumps({**record, "rownames": 17}),
    lambda record: json.dumps({**record, "rownames": "a:b"}),
    lambda record: json.dumps({**record, "rownames": ""}),
    lambda record: json.dumps({**record, "rownames": {"a": 1}}),
    lambda record: json.dumps({**record, "Age": 2.5}),
    lambda record: json.dumps({**record, "Age": 30.0}),
    lambda record: json.dumps({**record, "Age": True}),
    lambda record: json.dumps({**record, "Age": "7"}),
    lambda record: json.dumps({**record, "Age": 10**400}),
    lambda record: json.dumps({**record, "Aeg": 30}),
    lambda record: json.dumps({**record, "Age": [1]}),
    lambda record: json.dumps(record)[:-1] + ', "Age": 31}',
    lambda record: json.dumps(record)[:-1],
    lambda record: json.dumps(record).replace("129", "NaN"),
    lambda record: json.dumps([record, record]),
    lambda record: json.dumps(record) + " " * 20_000,
    lambda record: json.dumps(record) + " " * 70_000,
    lambda record: "{}",
    lambda record: "[]",
    lambda record: "",
    lambda record: "[" * 3000,
]


@pytest.mark.parametrize("make", BODIES, ids=range(len(BODIES)))
def test_a_body_gets_the_same_answer_both_ways(service, record, make):
    """Status, content and headers are equal, of answers and of refusals."""
    short, long = both(service, make(record).encode())
    assert short == long


@pytest.mark.parametrize(
    "query", ["", "?cus_id=12345", "?cus_id=a%20b", "?cus_id=", "?cus_id=1&cus_id=2", "?who=1", "?=abc"]
)
def test_a_query_gets_the_same_answer_both_ways(declared, record, query):
    """An entity in the query, plain or not, and a query that is refused."""
    short, long = both(declared, json.dumps(record).encode(), query)
    assert short == long
    if query == "?cus_id=12345":
        assert set(short[1]) == {"model_version", "PD", "cus_id", "what"}
        assert short[1]["cus_id"] == 12345


def test_an_entity_is_named_once(declared, record):
    """A record that names another entity than the query is refused both ways."""
    short, long = both(declared, json.dumps({**record, "rownames": 5}).encode(), "?cus_id=12345")
    assert short == long
    assert short[0] == 422


def test_the_entity_of_the_query_is_journalled(declared, record, rooms):
    """Labels and audits find the prediction by the entity that the query named."""
    made = [declared.send("/api/prediction?cus_id=c-77", json.dumps(record).encode(), kind) for kind in (SHORT, LONG)]
    with rooms.journal() as journal:
        entities = {row.prediction.id: row.prediction.entity for row in journal.window("credit", rows=50)}
    assert [entities[answer.json()["id"]] for answer in made] == ["c-77", "c-77"]


def test_a_request_keeps_its_id(service, record):
    """An id that the caller gives comes back; otherwise each request gets one of its own, both ways."""
    body = json.dumps(record).encode()
    for kind in (SHORT, LONG):
        given = service.send("/api/prediction", body, kind, {"X-Request-ID": "call-7"})
        assert given.headers["x-request-id"] == "call-7"
        made = {service.send("/api/prediction", body, kind).headers["x-request-id"] for _ in range(3)}
        odd = service.send("/api/prediction", body, kind, {"X-Request-ID": "a b"}).headers["x-request-id"]
        assert len({*made, odd, "a b"}) == 5


@pytest.mark.parametrize("query", ["?=abc", "?cus_id=abc"])
def test_a_query_is_refused_both_ways_where_none_is_declared(service, record, query):
    """Nobody is journalled under a name that the project does not ask for."""
    short, long = both(service, json.dumps(record).encode(), query)
    assert short == long
    assert short[0] == 422


def test_a_packed_body_is_refused_both_ways(service, record):
    """A content encoding is not undone, and not passed over."""
    body = json.dumps(record).encode()
    answers = [service.send("/api/prediction", body, kind, {"Content-Encoding": "gzip"}) for kind in (SHORT, LONG)]
    assert [answer.status for answer in answers] == [answers[0].status] * 2
    assert answers[0].status in (400, 415)
