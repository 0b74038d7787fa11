"""A stream of customers to a real server."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

from keepfit.client import Answer
from keepfit.errors import ServiceError
from keepfit.simulation import stream


def customers():
    """Yield customers without end, whose label is that of their number."""
    for number in itertools.count():
        yield {"Age": number}, "good" if number % 2 else "bad"


class Time:
    """A clock that goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.pauses.append(seconds)


def run(service, count: int, time: Time, **further):
    told = {"pause_seconds": 4.0, "label_seconds": 10.0, "rng": np.random.default_rng(1), **further}
    made = stream(customers(), url=service.url, clock=lambda: time.now, wait=time.wait, **told)
    return list(itertools.islice(made, count))


def test_customers_come_with_pauses_and_labels_later(service):
    """Pauses are drawn between nothing and the longest; each label is reported once, when its time has come."""
    time = Time()
    answers = run(service, 100, time)
    assert [answer.id for answer in answers] == [f"id-{number}" for number in range(100)]
    assert 0 <= min(time.pauses) < 1
    assert 3 < max(time.pauses) <= 4
    assert np.mean(time.pauses) == pytest.approx(2, abs=0.4)
    labels = [label for path, body in service.came if path == "/api/labels" for label in body]
    names = [label["prediction_id"] for label in labels]
    assert names == [f"id-{number}" for number in range(len(names))]
    assert 85 < len(names) < 100
    assert {label["label"] for label in labels[1::2]} == {"good"}
    answered = np.cumsum(time.pauses)
    assert time.now - answered[len(names)] < 10 <= time.now - answered[len(names) - 1]


def test_a_service_that_is_away_is_waited_for(service):
    """Its customers are lost and told; labels that were not taken are reported when it is back."""
    usual, count = service.answer, itertools.count()

    def sometimes(path, body):
        return None if next(count) % 3 == 1 else usual(path, body)

    service.answer = sometimes
    told = run(service, 60, Time(), label_seconds=0.0)
    lost = [one for one in told if not isinstance(one, Answer)]
    assert lost
    assert all(service.url in one for one in lost)
    taken = [label["prediction_id"] for path, body in service.came if path == "/api/labels" for label in body]
    answers = [one.id for one in told if isinstance(one, Answer)]
    assert set(answers[:-3]) <= set(taken) <= set(answers)


def test_a_customer_who_is_refused_ends_it(service):
    """A service of another project is nothing to go on with."""
    problem = {"title": "no", "status": 422, "detail": "no such column", "violations": []}
    service.answer = lambda *_: (422, "application/problem+json", json.dumps(problem).encode())
    with pytest.raises(ServiceError, match="no such column"):
        run(service, 5, Time())
