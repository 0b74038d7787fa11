"""Both clients against a real service: what is asked is answered, journalled and refused in words."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
import threading
from datetime import UTC, datetime

import numpy as np
import pytest

from journal_contents import ids_of
from keepfit.client import Answer, AsyncClient, Client, LabelReceipt
from keepfit.errors import AnswerError, ClientError, RefusedError, ServiceAwayError, ServiceError, TokenError

TOKEN = "a-token-of-our-own-1"
FOREIGN = (
    "pandas",
    "polars",
    "numpy",
    "pydantic",
    "onnxruntime",
    "jinja2",
    "keepfit.serving",
    "keepfit.signature",
    "asyncio",
)


@pytest.fixture(scope="module")
def declared(make_rooms, serve):
    """A service whose query names the entity, and whose answers have keys of their own."""
    answer = 'entity_parameter = "cus_id"\nanswer = { PD = "probability", cus_id = "entity", what = "decision" }\n'
    with serve(make_rooms(answer)) as service:
        yield service


@pytest.fixture(scope="module")
def guarded(make_rooms, serve):
    """A service that asks for a token."""
    with serve(make_rooms(), KEEPFIT_API_TOKEN=f"{TOKEN} another-token-for-it") as service:
        yield service


def test_a_record_is_answered_and_journalled(connect, service, rooms, record):
    """An answer has the id under which the journal knows it, the version, the score and all that was sent."""
    with connect(service.url) as client:
        answer = client.predict(record)
    assert (answer.model_version, answer.decision) == ("1", "no")
    assert answer.probability == pytest.approx(0.3)
    assert set(answer.values) == {"id", "model_version", "probability", "decision"}
    with rooms.journal() as journal:
        assert answer.id in ids_of(journal, "t")


@pytest.mark.parametrize("missing", [None, math.nan, np.float32("nan"), np.nan])
def test_what_is_missing_is_missing(connect, service, record, missing):
    """None and every NaN are the missing value, as an absent column is."""
    with connect(service.url) as client:
        assert client.predict({**record, "age": missing}).probability == 0.5
        assert client.predict({"job": "fixed"}).probability == 0.5


def test_numbers_of_numpy_are_numbers(connect, service):
    """Rows of an array can be sent as they are."""
    record = {"age": np.int64(30), "income": np.float32(2.5), "job": np.str_("fixed")}
    with connect(service.url) as client:
        assert client.predict(record).probability == pytest.approx(0.3)


def test_many_are_answered_in_order(connect, service):
    """Any number of records of a generator, in requests as large as the service takes, get what each gets alone."""
    ages = [number % 91 for number in range(333)]
    with connect(service.url) as client:
        answers = client.predict_many({"age": age, "job": "fixed"} for age in ages)
        assert [answer.probability for answer in answers] == pytest.approx([age / 100 for age in ages])
        assert len({answer.id for answer in answers}) == 333
        assert client.predict_many([]) == []


@pytest.mark.parametrize("rows", [1, 7, 5000])
def test_the_caller_may_ask_for_smaller_requests(connect, service, rows):
    """`batch_rows` makes requests smaller, never larger than the service takes."""
    with connect(service.url) as client:
        answers = client.predict_many([{"age": age, "job": "fixed"} for age in range(60)], batch_rows=rows)
    assert [round(answer.probability * 100) for answer in answers] == list(range(60))


def test_a_request_has_a_row_at_least(connect, service, record):
    """A batch of no rows is a mistake of the caller's program."""
    with connect(service.url) as client, pytest.raises(ValueError, match="batch_rows = 0"):
        client.predict_many([record], batch_rows=0)


def test_a_refused_record_names_its_fields(connect, service, record):
    """Every violation comes with its field; the message says the first, where, and how many more there are."""
    with connect(service.url) as client, pytest.raises(RefusedError) as caught:
        client.predict({**record, "age": 2.5, "income": "much"})
    assert [one.field for one in caught.value.violations] == ["age", "income"]
    assert caught.value.status == 422
    said = (
        "/api/prediction: the answer is 422 Unprocessable Entity: age: expected a whole number, found 2.5; and 1 more"
    )
    assert str(caught.value) == service.url + said


def test_a_refused_row_of_many_is_named_by_its_place_among_all(connect, service, record):
    """Rows count from the first record, whichever request they were in."""
    records = [record] * 120
    records[77] = {**record, "job": 3}
    with connect(service.url) as client, pytest.raises(RefusedError, match="row 77, job: expected") as caught:
        client.predict_many(records)
    assert [(one.row, one.field) for one in caught.value.violations] == [(77, "job")]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (math.inf, "row 1, age: it is not sent: inf is no number that JSON has; send null for a missing value"),
        (np.float32("-inf"), "row 1, age: it is not sent: a value of type float32 has no JSON"),
        (object(), "row 1, age: it is not sent: a value of type object has no JSON"),
    ],
)
def test_what_json_has_not_is_not_sent(connect, service, rooms, record, value, said):
    """Infinity would be sent as a missing value; it is refused here, by field and row."""
    with rooms.journal() as journal, connect(service.url) as client:
        before = journal.count("t")
        with pytest.raises(RefusedError) as caught:
            client.predict_many([record, {**record, "age": value}])
        assert str(caught.value) == said
        assert caught.value.status is None
        assert journal.count("t") == before


def test_labels_find_their_predictions(connect, service, rooms, record):
    """Labels go in as many requests as are needed; the receipt adds up what became of them."""
    with connect(service.url) as client:
        answers = client.predict_many([record] * 120)
        assert client.label(answers[0].id, "yes") == LabelReceipt(1, 1, 0)
        pairs = [(answer.id, "no") for answer in answers] + [("nobody", "yes")]
        assert client.labels(pair for pair in pairs) == LabelReceipt(121, 120, 1)
        assert client.labels([]) == LabelReceipt(0, 0, 0)
    with rooms.journal() as journal:
        labels = {row.prediction.id: row.label for row in journal.window("t", rows=1000)}
    assert {labels[answer.id] for answer in answers} == {"no"}


def test_labels_by_entity_find_the_newest_prediction_up_to_a_time(connect, service, rooms, record):
    """By a time, or by now; an entity that nobody asked about waits; a time without a zone is none."""
    with connect(service.url) as client:
        first = client.predict(record, entity=4711)
        between = datetime.now(UTC)
        second = client.predict(record, entity=4711)
        outcomes = [(4711, "yes", between), ("4711", "no", None), ("nobody", "no", None)]
        assert client.labels_by_entity(outcomes) == LabelReceipt(3, 2, 1)
        with pytest.raises(ValueError, match="a time without a zone is none"):
            client.labels_by_entity([("4711", "no", datetime(2026, 1, 2))])  # noqa: DTZ001 - as said
    with rooms.journal() as journal:
        labels = {row.prediction.id: row.label for row in journal.window("t", rows=1000)}
    assert (labels[first.id], labels[second.id]) == ("yes", "no")


def test_a_refused_label_is_told(connect, service):
    """A label that is neither class is refused by row, with those that are accepted."""
    pairs = [("one", "yes")] * 60 + [("two", "perhaps")]
    with connect(service.url) as client, pytest.raises(RefusedError, match='row 60, label: expected "no" or "yes"'):
        client.labels(pairs)


def test_the_model_is_told(connect, service, rooms):
    """The served model's facts are those of the bundle."""
    with connect(service.url) as client:
        model = client.model()
        assert client.is_ready()
    bundle = rooms.store.champion()
    assert (model.project, model.version, model.digest) == ("t", "1", bundle.digest)
    assert [column["name"] for column in model.signature["columns"]] == ["age", "income", "job"]


def test_an_entity_goes_where_the_project_wants_it(connect, service, declared, rooms, record):
    """In the query where it is declared, otherwise in the record's column; labels and audits find it."""
    with connect(declared.url) as client:
        assert client.predict(record, entity="a b&c").values["cus_id"] == "a b&c"
        assert client.predict(record, entity=12345).values["cus_id"] == 12345
    with connect(service.url) as client:
        answer = client.predict(record, entity="c-7")
    with rooms.journal() as journal:
        entities = {row.prediction.id: row.prediction.entity for row in journal.window("t", rows=1000)}
    assert entities[answer.id] == "c-7"


def test_declared_keys_are_found(connect, declared, record):
    """An answer knows its probability by whatever key the project sends it, alone and among many."""
    with connect(declared.url) as client:
        for answer in (client.predict(record), *client.predict_many([record, record])):
            assert answer.probability == answer.values["PD"] == pytest.approx(0.3)
            assert answer.decision == answer.values["what"] == "no"


def test_a_part_that_is_not_sent_is_told(connect, make_rooms, serve, record):
    """An answer without a decision is an answer; asking for the decision says which keys there are."""
    with serve(make_rooms('answer = { PD = "probability" }\n')) as service, connect(service.url) as client:
        answer = client.predict(record)
    assert answer.probability == pytest.approx(0.3)
    with pytest.raises(AnswerError, match="no decision; see `values`, which has id, model_version, PD"):
        _ = answer.decision


def test_a_token_is_an_argument_or_a_variable(connect, guarded, record, monkeypatch):
    """The argument, or the first of the environment's; readiness needs none."""
    with connect(guarded.url, token=TOKEN) as client:
        assert client.predict(record).decision == "no"
    monkeypatch.setenv("KEEPFIT_API_TOKEN", f"{TOKEN} not-this-one-which-is-old")
    with connect(guarded.url) as client:
        assert client.model().version == "1"
    with connect(guarded.url, token="") as client:
        assert client.is_ready()
        with pytest.raises(TokenError, match=r"401 Unauthorized.*; set KEEPFIT_API_TOKEN, or give `token`"):
            client.predict(record)


@pytest.mark.parametrize("token", ["wrong-token-0123456789", "two\nlines-0123456789", "größer-als-16-zeichen"])
def test_a_token_is_in_no_text(connect, guarded, record, token):
    """Neither the client's text nor any error has the token, whether it is wrong or none at all."""

    def ask() -> None:
        with connect(guarded.url, token=token) as client:
            assert token not in repr(client)
            client.predict(record)

    with pytest.raises(ClientError) as caught:
        ask()
    error = caught.value
    while error is not None:
        assert token not in str(error)
        assert token not in repr(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8000", "ftp://host/", "http://", "http://host:99999", "", "http://me:secret@host", "http://a/?b=c"],
)
def test_what_is_no_address_is_told(connect, url):
    """A text that no service can be at says what one looks like; a password in it is not repeated."""
    with pytest.raises(ClientError, match="is not the address of a service; for example http") as caught, connect(url):
        pass
    assert "secret" not in str(caught.value)


def test_one_project_of_several_is_asked_below_its_name(connect, make_rooms, serve, record):
    """The address with the project's name is right, with or without a slash; the service's own is told apart."""
    one, other = make_rooms(name="one"), make_rooms(name="other")
    with serve(one, several=[one, other]) as service:
        root = service.url
        for url in (f"{root}/other", f"{root}/other/"):
            with connect(url) as client:
                assert client.model().project == "other"
                assert len(client.predict_many([record] * 3)) == 3
        with connect(root) as client:
            with pytest.raises(RefusedError, match=r"404 Not Found.*of several projects each is below its own name"):
                client.predict(record)
            with pytest.raises(AnswerError, match="no project of Keepfit; check the address"):
                client.predict_many([record])


def test_a_stopped_service_is_away(connect, make_rooms, serve, record):
    """What a service answered before it stopped is told apart from what nobody answers."""
    with serve(make_rooms()) as service, connect(service.url, retries=0) as client:
        assert client.is_ready()
        service.process.terminate()
        service.process.wait(20)
        assert not client.is_ready()
        with pytest.raises(ServiceAwayError, match=r"nothing answers there .*start it with `keepfit serve`"):
            client.predict(record)


def test_a_restart_is_outlived(make_rooms, serve, record):
    """A client goes on through a restart on the same port: it waits, and asks again."""
    rooms = make_rooms()
    with serve(rooms) as service:
        port = service.url.rsplit(":", 1)[1]
        client = Client(service.url, retries=8)
        client.predict(record)
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(client.predict(record)))
    asking.start()
    with serve(rooms, "--port", port):
        asking.join(30)
    client.close()
    assert [answer.decision for answer in answers] == ["no"]


def test_every_error_is_one_to_catch():
    """One base for all, which is an error of a service that cannot be reached."""
    for kind in (RefusedError, ServiceAwayError, TokenError, AnswerError):
        assert issubclass(kind, ClientError)
    assert issubclass(ClientError, ServiceError)


def test_an_answer_is_a_record():
    """Results do not change, are equal by what they say, and are written without what is always the same."""
    answer = Answer("i", "1", {"id": "i"})
    assert answer == Answer("i", "1", {"id": "i"})
    assert repr(answer) == "Answer(id='i', model_version='1', values={'id': 'i'})"
    with pytest.raises(AttributeError):
        answer.id = "j"


def test_many_are_under_way_at_once_but_not_more(service):
    """Tasks of one loop share the connections; the loop goes on meanwhile."""

    async def ask() -> list[float]:
        async with AsyncClient(service.url, concurrency=3) as client:
            answers = await asyncio.gather(*(client.predict({"age": age, "job": "fixed"}) for age in range(40)))
            return [answer.probability for answer in answers]

    assert asyncio.run(ask()) == pytest.approx([age / 100 for age in range(40)])


def test_threads_share_a_client(service):
    """Eight threads ask one client."""
    with Client(service.url) as client:
        found: dict[int, float] = {}
        threads = [
            threading.Thread(
                target=lambda age=age: found.update({age: client.predict({"age": age, "job": "fixed"}).probability})
            )
            for age in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == pytest.approx({age: age / 100 for age in range(8)})


def test_the_client_imports_little():
    """Whoever asks a service does not wait for what the service is made of, nor for an event loop."""
    script = f"import sys, keepfit.client; print([name for name in {FOREIGN!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_module_has_what_it_says():
    """Every public name is there, the asynchronous client too; another is told as usual."""
    import keepfit.client  # noqa: PLC0415 - the module itself is looked at

    assert {name for name in keepfit.client.__all__ if getattr(keepfit.client, name)} == set(keepfit.client.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = keepfit.client.Nothing
