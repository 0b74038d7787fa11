"""Requests that go wrong, against a real server that fails as it is told."""

from __future__ import annotations

import asyncio
import email.utils
import socket
import time

import pytest

from keepfit.client import AsyncClient
from keepfit.errors import AnswerError, RefusedError, ServiceAwayError, TokenError

ANSWERED = (200, {"id": "id-1", "model_version": "3", "probability": 0.83, "decision": "good"}, {})
RECORD = {"Age": 30}


def problem(status: int, title: str = "Title", detail: str = "detail", **headers: str):
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return status, content, {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    "fault", [problem(503), problem(503, Retry_After="0"), problem(429, Retry_After="0"), "close", "reset"], ids=str
)
def test_what_passes_is_asked_again(connect, faulty, fault):
    """A service that cannot answer now, and a connection that ends, are given another try, and another."""
    faulty.script = [fault, fault, ANSWERED]
    with connect(faulty.url) as client:
        assert client.predict(RECORD).id == "id-1"
    assert [body for _, _, body in faulty.came] == [RECORD] * 3


@pytest.mark.parametrize("fault", [problem(503, detail="the journal is full"), "close"], ids=str)
def test_patience_ends(connect, faulty, fault):
    """After as many retries as are given the last failure is told."""
    faulty.script = [fault]
    with connect(faulty.url, retries=2) as client, pytest.raises(ServiceAwayError) as caught:
        client.predict(RECORD)
    assert len(faulty.came) == 3
    assert str(caught.value).startswith(f"{faulty.url}/api/prediction: ")
    assert caught.value.status == (None if fault == "close" else 503)


def test_without_retries_a_request_is_sent_once(connect, faulty):
    """With `retries=0` nothing can be journalled twice."""
    faulty.script = ["close", ANSWERED]
    with connect(faulty.url, retries=0) as client, pytest.raises(ServiceAwayError, match="no answer came"):
        client.predict(RECORD)
    assert len(faulty.came) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_service_says_how_long_to_wait(connect, faulty, form):
    """Retry-After is honoured, as a number of seconds and as a date."""
    said = "1" if form == "seconds" else email.utils.formatdate(time.time() + 2, usegmt=True)
    faulty.script = [problem(503, Retry_After=said), ANSWERED]
    with connect(faulty.url) as client:
        client.predict(RECORD)
    first, second = (moment for moment, _, _ in faulty.came)
    assert 0.9 < second - first < 4


@pytest.mark.parametrize(("status", "said"), [(429, "60"), (503, "86400")])
def test_a_wait_that_is_too_long_is_not_begun(connect, faulty, status, said):
    """A service that asks for more than ten seconds is not waited for, and not asked before its time."""
    faulty.script = [problem(status, "Busy", "come back later", Retry_After=said)]
    started = time.monotonic()
    with connect(faulty.url) as client, pytest.raises(ServiceAwayError, match=f"{status} Busy: come back later"):
        client.predict(RECORD)
    assert time.monotonic() - started < 5
    assert len(faulty.came) == 1


def test_nonsense_in_retry_after_is_passed_over(connect, faulty):
    """A header that says neither seconds nor a date counts as none."""
    faulty.script = [problem(503, Retry_After="soon"), ANSWERED]
    with connect(faulty.url) as client:
        assert client.predict(RECORD).id == "id-1"


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (problem(400, "Bad Request", "the body is not JSON"), RefusedError, "400 Bad Request: the body is not JSON"),
        (problem(401, "Unauthorized"), TokenError, "401 Unauthorized.*; set KEEPFIT_API_TOKEN, or give `token`"),
        (problem(403, "Forbidden"), TokenError, "403 Forbidden"),
        (problem(404, "Not Found", "no"), RefusedError, "404 Not Found: no; check the address; of several projects"),
        (problem(413, "Too Large"), RefusedError, "413 Too Large"),
        (problem(422, "Unprocessable Entity", "odd"), RefusedError, "422 Unprocessable Entity: odd"),
        (problem(500, "Internal Server Error"), AnswerError, "500 Internal.*; the service's log says more"),
        (problem(502, "Bad Gateway"), ServiceAwayError, "502 Bad Gateway: detail; try again later"),
        ((502, b"<h1>Bad Gateway</h1>", {}), ServiceAwayError, "502 <h1>Bad Gateway</h1>; try again later"),
        ((404, b"", {}), RefusedError, "the answer is 404; check the address"),
        ((500, [1, 2], {}), AnswerError, r"the answer is 500 \[1, 2\]"),
        ((308, b"", {"location": "https://elsewhere/"}), AnswerError, "308; check the address: http or https"),
        ((200, b"<h1>hello</h1>", {}), AnswerError, "the answer is not one of Keepfit .*; check the address"),
        ((200, b"\xff\xfe", {}), AnswerError, "the answer is not one of Keepfit .*; check the address"),
        ((200, {"id": "1"}, {}), AnswerError, r"not one of Keepfit \(it has no id and model_version\)"),
        ((200, [], {}), AnswerError, "the answer is not one of Keepfit .*; check the address"),
    ],
    ids=str,
)
def test_what_does_not_pass_is_told_at_once(connect, faulty, fault, kind, said):
    """A refusal, a failure and a stranger are not asked again; the message has the service's own words."""
    faulty.script = [fault]
    with connect(faulty.url) as client, pytest.raises(kind, match=said) as caught:
        client.predict(RECORD)
    assert len(faulty.came) == 1
    assert str(caught.value).startswith(f"{faulty.url}/api/prediction: ")


def test_a_slow_service_is_not_asked_twice(connect, faulty):
    """What is not answered in time is not sent again: it may be answered yet, and the service has enough to do."""
    faulty.script = ["slow"]
    with connect(faulty.url, timeout_seconds=0.2) as client, pytest.raises(ServiceAwayError, match="timed out"):
        client.predict(RECORD)
    assert len(faulty.came) == 1


def test_nobody_there_is_tried_again(connect):
    """Where nobody listens, it is tried as often as told, then the way out is told."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening: no one else gets the port
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        started = time.monotonic()
        said = rf"^{url}: nothing answers there \(.*refused\); start it with `keepfit serve`, or check the address$"
        with connect(url, retries=2) as client, pytest.raises(ServiceAwayError, match=said):
            client.predict(RECORD)
        assert time.monotonic() - started > 0.3  # at least half of 0.2 and of 0.4 seconds
        with connect(url) as client:
            assert not client.is_ready()


def test_answers_that_are_too_few_are_told(connect, faulty):
    """As many answers must come as records were sent."""
    faulty.script = [(200, {"predictions": [ANSWERED[1]]}, {})]
    with connect(faulty.url) as client, pytest.raises(AnswerError, match="1 answers came to 2 records"):
        client.predict_many([RECORD, RECORD])


def test_a_redirection_does_not_carry_the_token_away(connect, faulty):
    """Another address is not followed: it would get the token and the record."""
    faulty.script = [(307, b"", {"location": f"{faulty.url}/elsewhere"})]
    with connect(faulty.url, token="a-token-of-our-own-1") as client, pytest.raises(AnswerError, match="307"):
        client.predict(RECORD)
    assert [token for _, token, _ in faulty.came] == ["Bearer a-token-of-our-own-1"]


def test_the_first_refusal_ends_the_sending(faulty):
    """With several requests under way, what has not begun is not sent any more."""
    faulty.script = [problem(422, "Unprocessable Entity", "odd")]

    async def ask() -> None:
        async with AsyncClient(faulty.url, concurrency=2) as client:
            await client.predict_many([RECORD] * 50, batch_rows=1)

    with pytest.raises(RefusedError, match="odd"):
        asyncio.run(ask())
    assert len(faulty.came) < 10


def test_a_cancelled_task_does_not_wait(faulty):
    """A task that is cancelled goes on at once; the client can be closed and waits for what it has begun."""
    faulty.script = ["slow"]

    async def ask() -> float:
        async with AsyncClient(faulty.url) as client:
            started = time.monotonic()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client.predict(RECORD), 0.2)
            return time.monotonic() - started

    assert asyncio.run(ask()) < 0.8
