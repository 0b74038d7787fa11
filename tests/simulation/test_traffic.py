"""Requests to a real server, and what is said when it does not do its part."""

from __future__ import annotations

import itertools
import json
import socket
import threading

import numpy as np
import pytest

from keepfit.errors import ServiceError
from keepfit.simulation import Pace, report_labels, send


def sent(made, url: str, concurrency: int = 1, **further):
    """Return the answers to customers."""
    pace = Pace(concurrency, **{name: further.pop(name) for name in ("rate", "pause_seconds") if name in further})
    return list(send(made, url=url, pace=pace, rng=np.random.default_rng(1), **further))


def answered(made, url: str, concurrency: int = 1) -> list:
    return [one.answer for one in sent(made, url, concurrency)]


def customers(count: int) -> list[dict]:
    return [{"Age": number, "Job": None, "Home": "rent", "Größe": 1.5} for number in range(count)]


def test_answers_are_in_the_order_of_the_customers(service):
    """Each customer has a request of its own, and its answer the customer's place."""
    answers = answered(customers(200), service.url, 8)
    assert [answer.id for answer in answers] == [f"id-{number}" for number in range(200)]
    assert {(answer.model_version, answer.probability, answer.decision) for answer in answers} == {("3", 0.83, "good")}
    assert sorted((body for _, body in service.came), key=lambda body: body["Age"]) == customers(200)
    assert {path for path, _ in service.came} == {"/api/prediction"}


@pytest.mark.parametrize("concurrency", [1, 4])
def test_connections_are_few_and_kept(service, concurrency):
    """No more requests are under way, and no more connections are opened, than asked for."""
    sent(customers(100), service.url, concurrency)
    assert service.connections <= concurrency
    assert service.most_under_way <= concurrency


def test_nobody_is_nothing(service):
    """Without customers and labels nothing is sent."""
    assert sent([], service.url, 8) == []
    assert report_labels([], url=service.url) == 0
    assert service.came == []


def test_labels_go_as_the_service_takes_them(service):
    """Labels are sent in as many requests as are needed, and the matched ones are added up."""
    labels = [(f"{'id' if number % 3 else 'no'}-{number}", "good") for number in range(1201)]
    told: list[int] = []
    assert report_labels(labels, url=service.url, on_progress=told.append) == sum(
        number % 3 > 0 for number in range(1201)
    )
    assert [len(body) for _, body in service.came] == [500, 500, 201]
    sent = [(label["prediction_id"], label["label"]) for _, body in service.came for label in body]
    assert sent == labels
    assert told == [*range(1, 1202)]


def test_a_service_may_stand_below_a_path(service):
    """The address may end in a path, with a slash or without."""
    for url in (f"{service.url}/credit/", f"{service.url}/credit", f"{service.url}/"):
        sent(customers(1), url)
    assert [path for path, _ in service.came] == ["/credit/api/prediction", "/credit/api/prediction", "/api/prediction"]


def test_nothing_answers_there():
    """Where nobody listens, the way out is told."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening: no one else gets the port
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        said = rf"^{url}: nothing answers there \(.*refused\); start it with `keepfit serve`, or check the address$"
        with pytest.raises(ServiceError, match=said):
            sent(customers(3), url, 2)
        with pytest.raises(ServiceError, match=said):
            report_labels([("id-1", "good")], url=url)


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://host/", "http://", "http://host:99999", "", "no address"])
def test_what_is_no_address_is_told(url):
    """A text that no service can be at says what one looks like."""
    with pytest.raises(ServiceError, match=r"is not the address of a service; for example http://127\.0\.0\.1:8000"):
        sent(customers(1), url)


def problem(status: int, **members):
    return lambda *_: (status, "application/problem+json", json.dumps(members).encode())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            problem(
                422,
                title="Unprocessable Entity",
                detail="2 values",
                violations=[
                    {"field": "Age", "message": "expected a whole number, found 2.5"},
                    {"field": "Job", "message": "is missing"},
                ],
            ),
            "customer 1: the answer is 422 Unprocessable Entity: Age: expected a whole number, found 2.5; and 1 more",
        ),
        (
            problem(422, title="Unprocessable Entity", violations=[{"field": "", "message": "expected an object"}]),
            "the answer is 422 Unprocessable Entity: expected an object",
        ),
        (problem(500, title="Internal Server Error"), "the answer is 500 Internal Server Error"),
        (lambda *_: (404, "text/html", b"<h1>not here</h1>"), "the answer is 404 <h1>not here</h1>"),
        (lambda *_: (500, "application/json", b"[1, 2]"), r"the answer is 500 \[1, 2\]"),
        (lambda *_: (200, "text/html", b"<h1>hello</h1>"), "the answer is not one of Keepfit .*; check the address"),
        (problem(200, id="1"), "the answer is not one of Keepfit .*model_version.*; check the address"),
    ],
)
def test_a_refusal_is_told_in_the_services_words(service, answer, said):
    """Status, title and the first violation of an answer, and whom it was for."""
    service.answer = answer
    with pytest.raises(ServiceError, match=said) as caught:
        sent(customers(1), service.url)
    assert str(caught.value).startswith(f"{service.url}/api/prediction: customer 1: ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (problem(503, title="Service Unavailable", detail="full"), "the answer is 503 Service Unavailable: full; try"),
        (lambda *_: None, "no answer came .*; see the service's log, then send again"),
    ],
)
def test_a_customer_is_sent_once(service, answer, said):
    """Where no answer comes the customer is not sent again: it may be in the journal already."""
    service.answer = answer
    with pytest.raises(ServiceError, match=f"^{service.url}/api/prediction: {said}"):
        sent(customers(1), service.url)
    assert len(service.came) == 1


def test_after_a_refusal_the_rest_is_not_sent(service):
    """The first refusal ends the sending, and names its customer."""
    usual = service.answer
    service.answer = lambda path, body: usual(path, body) if body["Age"] < 10 else problem(422, title="No")(path, body)
    with pytest.raises(ServiceError, match="customer 11: the answer is 422 No"):
        sent(customers(5000), service.url, 2)
    assert len(service.came) < 5000


def test_refused_labels_are_named_by_their_numbers(service):
    """A refused label is named by its place among all of them."""
    usual = service.answer
    odd = [{"field": "label", "message": "is no label", "row": 7}]
    service.answer = lambda path, body: (
        usual(path, body) if len(body) == 500 else problem(422, title="No", violations=odd)(path, body)
    )
    with pytest.raises(ServiceError, match="the answer is 422 No: row 507, label: is no label"):
        report_labels([("id-1", "good")] * 600, url=service.url)


class Time:
    """A clock that goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []
        self.lock = threading.Lock()

    def wait(self, seconds: float) -> None:
        with self.lock:
            self.now += seconds
            self.pauses.append(seconds)


def test_a_rate_is_kept(service):
    """The request of number n begins n divided by the rate after the first, and not before."""
    time = Time()
    began = []
    usual = service.answer
    service.answer = lambda path, body: began.append((body["Age"], time.now)) or usual(path, body)
    sent(customers(50), service.url, 1, rate=4.0, clock=lambda: time.now, wait=time.wait)
    assert all(moment >= number / 4 for number, moment in began)
    assert time.now == 49 / 4


def test_pauses_are_by_chance(service):
    """Each is between nothing and the longest, and none is waited for without one."""
    time = Time()
    sent(customers(200), service.url, 4, pause_seconds=3.0, clock=lambda: time.now, wait=time.wait)
    assert len(time.pauses) == 200
    assert 0 <= min(time.pauses) < 1
    assert 2 < max(time.pauses) <= 3
    assert np.mean(time.pauses) == pytest.approx(1.5, abs=5 * 3 / np.sqrt(12 * 200))
    time = Time()
    sent(customers(20), service.url, 4, clock=lambda: time.now, wait=time.wait)
    assert time.now == 0


def test_customers_are_taken_as_they_are_needed(service):
    """Without end they may be: who takes no more answers ends the sending."""
    made = ({"Age": number} for number in itertools.count())
    answers = send(made, url=service.url, pace=Pace(3), rng=np.random.default_rng(1))
    assert [one.answer.id for one in itertools.islice(answers, 40)] == [f"id-{number}" for number in range(40)]
    answers.close()
    came = len(service.came)
    assert 40 <= came <= 40 + 4 * 3 + 1
    assert next(made)["Age"] <= came + 4 * 3


def test_the_time_of_an_answer_is_told(service):
    """It is that between the request and its answer."""
    time = Time()
    usual = service.answer
    service.answer = lambda path, body: time.wait(0.25) or usual(path, body)
    told = sent(customers(20), service.url, 1, clock=lambda: time.now, wait=lambda _: None)
    assert [one.seconds for one in told] == [0.25] * 20


def test_a_service_that_is_away_for_a_while_may_be_borne(service):
    """Then a request without an answer is told as such, in its place; not the first: there may be no service."""
    usual = service.answer

    def sometimes(path, body):
        if body["Age"] % 5 != 3:
            return usual(path, body)
        return None if body["Age"] % 2 else (500, "text/plain", b"no")

    service.answer = sometimes
    told = sent(customers(50), service.url, 2, goes_on=True)
    assert [one.answer is None for one in told] == [number % 5 == 3 for number in range(50)]
    assert "customer 9: the answer is 500" in str(told[8].error)
    assert "no answer came" in str(told[3].error)
    service.answer = lambda *_: None
    with pytest.raises(ServiceError, match="no answer came"):
        sent(customers(3), service.url, goes_on=True)


def test_what_is_under_way_when_it_is_told_to_stop_is_told(service):
    """Ctrl-C ends the sending; what has been sent is yielded, and nothing else is sent."""

    def made():
        yield from customers(30)
        raise KeyboardInterrupt

    told: list[str] = []
    answers = send(made(), url=service.url, pace=Pace(4), rng=np.random.default_rng(1))
    with pytest.raises(KeyboardInterrupt):
        told.extend(one.answer.id for one in answers)
    assert sorted(told) == sorted(f"id-{body['Age']}" for _, body in service.came)
