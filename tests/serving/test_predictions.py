"""Predictions over HTTP, from a real service."""

from __future__ import annotations

import json
import uuid

import numpy as np
import pytest
import urllib3

from keepfit.scoring import Scorer

COLUMNS = (
    *("Seniority", "Home", "Time", "Age", "Marital", "Records", "Job"),
    *("Expenses", "Income", "Assets", "Debt", "Amount", "Price"),
)


def test_one_record_is_answered_with_id_and_version(service, record, rooms):
    """A record gets probability, decision, the version that answered and a time-ordered id."""
    answer = service.post("/api/prediction", record)
    body = answer.json()
    assert answer.status == 200
    assert set(body) == {"id", "model_version", "probability", "decision"}
    assert uuid.UUID(body["id"]).version == 7
    scorer = Scorer(rooms.store.champion())
    assert body["model_version"] == str(scorer.version)
    assert body["probability"] == scorer.probabilities(scorer.door.row(record))[0]
    assert body["decision"] == scorer.decision(body["probability"])


def test_a_list_is_answered_in_order(service, record):
    """Rows of a list get what each gets alone, in order."""
    rows = [{**record, "Amount": amount} for amount in (100, 900, 5000)]
    together = service.post("/api/prediction", rows).json()["predictions"]
    alone = [service.post("/api/prediction", row).json() for row in rows]
    assert [answer["probability"] for answer in together] == [answer["probability"] for answer in alone]
    assert service.post("/api/prediction", []).json() == {"predictions": []}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_null_in_any_column_is_the_missing_value_of_training(service, record, rooms, name):
    """Null and an absent field, alone or in a batch, get what the table's missing value gets."""
    null, absent = {**record, name: None}, {key: value for key, value in record.items() if key != name}
    answers = [service.post("/api/prediction", row).json()["probability"] for row in (null, absent)]
    batch = service.post("/api/prediction", [record, null, absent]).json()["predictions"]
    scorer = Scorer(rooms.store.champion())
    matrix = scorer.door.row(record)
    matrix[0, COLUMNS.index(name)] = np.nan
    expected = scorer.probabilities(matrix)[0]
    assert answers == [expected, expected]
    assert [answer["probability"] for answer in batch[1:]] == [expected, expected]


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"Age": 2.5}, "Age", "expected a whole number, found 2.5"),
        ({"Age": True}, "Age", "expected a whole number, found True"),
        ({"Age": "7"}, "Age", 'expected a whole number, found "7"'),
        ({"Age": 10**400}, "Age", "is too large"),
        ({"Age": [1]}, "Age", "expected a whole number"),
        ({"Home": 1}, "Home", "expected one of"),
        ({"Incom": 1}, "Incom", 'no such column; did you mean "Income"?'),
    ],
)
def test_a_value_of_another_kind_is_refused_by_field(service, record, change, field, said):
    """A wrong value is a 422 problem document that names the field; nothing is cast."""
    answer = service.post("/api/prediction", {**record, **change})
    body = answer.json()
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (violation,) = body["violations"]
    assert violation["field"] == field
    assert said in violation["message"]


def test_every_violation_is_listed_with_its_row(service, record):
    """All faults of all rows come at once."""
    answer = service.post("/api/prediction", [record, {**record, "Age": "x", "Time": 1.5}])
    told = [(violation["row"], violation["field"]) for violation in answer.json()["violations"]]
    assert told == [(1, "Time"), (1, "Age")]


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"{", 400, "the body is not JSON"),
        (b'{"Age": NaN}', 400, "the body is not JSON"),
        (b'{"Age": Infinity}', 400, "the body is not JSON"),
        (b"\xff\xfe", 400, "the body is not JSON"),
        (b"[" * 50_000, 400, "the body is not JSON"),
        (b'"text"', 422, "expected an object"),
        (b"[1]", 422, "expected an object"),
        (b"null", 422, "expected an object"),
        (b"[" + b" " * 70_000 + b"]", 413, "larger than 65536 bytes"),
        (json.dumps([{}] * 51).encode(), 413, "51 rows in one request; at most 50 are taken"),
    ],
)
def test_a_body_that_cannot_be_taken_is_a_clear_4xx(service, data, status, said):
    """Whatever comes, the answer is a problem document of the caller's fault, and the next request is fine."""
    answer = service.send("/api/prediction", data)
    assert answer.status == status
    assert said in answer.json()["detail"]
    assert service.get("/health").status == 200


def test_another_content_type_is_refused(service):
    """A form is not JSON."""
    answer = service.send("/api/prediction", b"Age=1", "application/x-www-form-urlencoded")
    assert (answer.status, answer.json()["title"]) == (415, "Unsupported Media Type")


def test_a_body_without_a_content_type_is_refused(service):
    """Another site's page can send such a body without asking; it is not taken."""
    answer = urllib3.request("POST", f"{service.url}/api/prediction", body=b"{}", headers={}, retries=False)
    assert (answer.status, answer.json()["detail"]) == (415, "the content type is missing; send application/json")


def test_unknown_paths_and_methods_are_problem_documents(service):
    """What the framework refuses looks like what we refuse."""
    assert service.get("/nowhere").json()["status"] == 404
    assert service.get("/api/prediction").json()["status"] == 405


def test_unseen_categories_and_missing_values_are_counted(service, record):
    """What is scored although unusual is counted by column and reason."""
    service.post("/api/prediction", {**record, "Job": "astronaut", "Income": None, "Age": 17})
    text = service.get("/metrics").data.decode()
    for column, reason in (("Job", "unseen"), ("Income", "missing"), ("Age", "out_of_range")):
        assert (
            f'keepfit_unusual_values_total{{column="{column}",model_version="1",project="credit",reason="{reason}"}}'
            in text
        )


def test_a_strict_project_refuses_what_training_did_not_show(strict_rooms, serve, record):
    """With the defaults an unseen category is refused, and a missing value where the table had none."""
    with serve(strict_rooms) as service:
        assert service.post("/api/prediction", {**record, "Income": None}).status == 200
        for change, said in (
            ({"Job": "astronaut"}, '"astronaut" is not in the vocabulary'),
            ({"Age": None}, "is missing; expected a whole number"),
        ):
            answer = service.post("/api/prediction", {**record, **change})
            assert answer.status == 422
            assert said in answer.json()["violations"][0]["message"]


@pytest.mark.parametrize("form", ["dataframe_split", "dataframe_records", "instances", "inputs list", "inputs columns"])
def test_mlflow_forms_get_the_same_answers(service, record, form):
    """Every form of MLflow's scoring server is understood."""
    rows = [record, {**record, "Income": None, "Amount": 2000}]
    bodies = {
        "dataframe_split": {"columns": list(record), "data": [list(row.values()) for row in rows]},
        "dataframe_records": rows,
        "instances": rows,
        "inputs list": rows,
        "inputs columns": {name: [row[name] for row in rows] for name in record},
    }
    answer = service.post("/invocations", {form.split()[0]: bodies[form]}).json()["predictions"]
    expected = service.post("/api/prediction", rows).json()["predictions"]
    assert answer == [{name: one[name] for name in ("probability", "decision")} for one in expected]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "expected one of dataframe_split"),
        ([], "expected one of dataframe_split"),
        ({"inputs": 1}, "inputs must be a list"),
        ({"dataframe_split": {"columns": ["a"]}}, "needs the lists columns and data"),
        ({"dataframe_split": {"columns": ["a", "a"], "data": []}}, "must be different texts"),
        ({"dataframe_split": {"columns": ["a"], "data": [[1], [1, 2]]}}, "data[1] must be a list of 1 values"),
        ({"inputs": {"a": [1], "b": [1, 2]}}, "equally long"),
    ],
)
def test_a_malformed_invocation_says_how(service, body, said):
    """A body in none of the forms is a 400 in words."""
    answer = service.post("/invocations", body)
    assert answer.status == 400
    assert said in answer.json()["detail"]


def test_every_answer_is_in_the_journal_with_what_was_sent(service, record, rooms):
    """The journal holds the features as sent, the entity, the answer and the version."""
    sent = {**record, "rownames": 4711, "Income": None}
    answer = service.post("/api/prediction", sent).json()
    with rooms.journal() as journal:
        (row,) = [row for row in journal.window("credit", rows=20) if row.prediction.id == answer["id"]]
    assert row.prediction.features == sent
    assert row.prediction.entity == "4711"
    assert row.prediction.probability == answer["probability"]
    assert row.prediction.decision == answer["decision"]
    assert str(row.prediction.model_version) == answer["model_version"]


def test_a_refused_record_leaves_no_trace(service, record, rooms):
    """A list with one bad row is refused whole: nothing of it is journalled."""
    with rooms.journal() as journal:
        before = journal.count("credit")
        assert service.post("/api/prediction", [record, {**record, "Age": "x"}]).status == 422
        assert journal.count("credit") == before
