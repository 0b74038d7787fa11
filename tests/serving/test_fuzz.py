"""Requests that nobody should send, over real sockets: a short run of `benchmarks/serving/fuzz.py`, and its finds."""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "serving"
HEAD = b"POST /api/prediction HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
CANARY = "canary-4711"


@pytest.fixture(scope="module")
def fuzzing():
    """The fuzzer, whose files find each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import fuzz  # noqa: PLC0415 - it is no package

        yield fuzz


def address(service):
    host, port = service.url.removeprefix("http://").split(":")
    return host, int(port)


def talk(service, *parts: bytes, until: int = 1) -> list[bytes]:
    """Send parts on a connection, and return the answers until it ends or so many have come."""
    with socket.create_connection(address(service), timeout=20) as connection:
        received = b""
        try:
            for part in parts:
                connection.sendall(part)
            while len(answers := re.split(rb"(?=HTTP/1\.1 \d)", received)[1:]) < until or not _is_whole(answers[-1]):
                if not (part := connection.recv(65536)):
                    break
                received += part
        except (BrokenPipeError, ConnectionResetError):
            pass
    return re.split(rb"(?=HTTP/1\.1 \d)", received)[1:]


def _is_whole(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return length is not None and len(body) >= int(length[1])


def request(body: bytes, *lines: bytes) -> bytes:
    return b"%b%bContent-Length: %d\r\n\r\n%b" % (HEAD, b"".join(b"%b\r\n" % line for line in lines), len(body), body)


def test_nothing_that_is_sent_breaks_the_service(rooms, serve, fuzzing):
    """No 5xx, no hang, every next plain request is fine; memory and files stay as they are, and the log is empty."""
    with serve(rooms) as service:
        fuzzing.fuzz(address(service), 300, seed=7)
        before = fuzzing.size_of(service.process.pid)
        outcome = fuzzing.fuzz(address(service), 1500, seed=1)
        deadline = time.monotonic() + 30  # idle connections end
        while (after := fuzzing.size_of(service.process.pid)).files > before.files + 2 and time.monotonic() < deadline:
            assert service.process.poll() is None
        service.process.terminate()
        log = service.log()
    assert outcome.faults == []
    assert sum(outcome.sent.values()) == 1530 + 1500 // fuzzing.SLOW_EVERY
    assert {200, 400, 413, 415, 422} <= set(outcome.statuses)
    assert after.memory_bytes - before.memory_bytes < 20_000_000
    assert after.files <= before.files + 2
    assert log == ""


def test_what_a_caller_sends_is_in_no_log(rooms, serve, record):
    """Values, keys, tokens and paths of refused requests stay with the caller."""
    token = f"a-long-{CANARY}-token"
    with serve(rooms, KEEPFIT_API_TOKEN=f"{token}-right", KEEPFIT_ADMIN_TOKEN=f"{token}-admin") as service:
        right = {"Authorization": f"Bearer {token}-right"}
        for body in (
            {**record, "Age": CANARY},
            {CANARY: 1},
            CANARY,
            {**record, "rownames": [CANARY]},
            {**record, "rownames": CANARY},
        ):
            for path in ("/api/prediction", "/invocations", "/api/labels", "/v2/models/credit/infer"):
                service.send(path, json.dumps(body).encode(), headers=right)
        assert service.send("/api/prediction", b"{}", headers={"Authorization": f"Bearer {token}-wrong"}).status == 401
        service.get(f"/{CANARY}?{CANARY}=1", **right)
        talk(service, f"GET /{CANARY}\xff HTTP/1.1\r\nHost: {CANARY}\r\n\r\n".encode("latin-1"))
        service.process.terminate()
        assert service.log() == ""


def test_an_offer_of_another_protocol_is_passed_over(service, record):
    """A client that offers HTTP/2 or a WebSocket gets its answer in HTTP/1.1, and so does the next request."""
    body = json.dumps(record).encode()
    offers = [
        (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
        (b"Connection: keep-alive, Upgrade", b"Upgrade: websocket"),
    ]
    for offer in offers:
        one = request(body, *offer)
        for parts in ([one + one], [one[:80], one[80:-5], one[-5:] + one]):
            answers = talk(service, *parts, until=2)
            assert [answer[:12] for answer in answers] == [b"HTTP/1.1 200"] * 2


def test_a_fault_is_never_the_answer_to_another_request(service, record):
    """What follows a good request on its connection does not take its answer away."""
    good = request(json.dumps(record).encode())
    for odd in (
        b"\x00\x01 no HTTP\r\n\r\n",
        b"GET /h\xff HTTP/1.1\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    ):
        answers = talk(service, good + odd, until=2)
        assert answers[0].startswith(b"HTTP/1.1 200")
    answers = talk(service, good + HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", until=2)
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers[:1])


def test_what_is_refused_before_it_is_read_is_a_problem_document(service):
    """Garbage, a path that is no ASCII, a proxy's request: told like everything else."""
    for sent in (b"no HTTP\r\n\r\n", b"GET /h\xff HTTP/1.1\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"):
        (answer,) = talk(service, sent)
        assert answer.startswith(b"HTTP/1.1 400")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 400


@pytest.mark.parametrize(
    "end", [b"0\r\n" + b"X: y\r\n" * 4_000_000, b"0\r\nX: " + b"y" * 20_000_000, b"1;" + b"x" * 20_000_000]
)
def test_trailers_and_extensions_without_end_are_cut_off(service, end):
    """What stands between and after the chunks of a body has a limit as the head has."""
    began = time.monotonic()
    answers = talk(service, HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", end)
    assert time.monotonic() - began < 8
    assert all(answer[:12] in (b"HTTP/1.1 431", b"HTTP/1.1 200") for answer in answers)
    assert service.get("/ready").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"a:":1' + b"".join(b',"k%d":1' % at for at in range(6000)) + b',"k5999":1}',
        b"{" + b",".join(b'"k%d":1' % at for at in range(6000)) + b"}",
        b'{"Age":"' + b"x" * 60_000 + b'"}',
        b'{"' + b"x" * 60_000 + b'":1}',
        json.dumps([{"Home": 1, "Job": [[]], "odd": 2}] * 50).encode(),
    ],
    ids=["a key twice", "keys", "a text", "a long key", "rows"],
)
def test_a_refusal_takes_no_long_work(service, body):
    """The nearest of many names is not looked for without end; others would wait."""
    began = time.monotonic()
    assert service.send("/api/prediction", body).status in (400, 422)
    assert time.monotonic() - began < 1.5


def test_a_query_of_many_parameters_takes_no_long_work(service):
    """Each is looked at once."""
    began = time.monotonic()
    query = "&".join(f"a{at}" for at in range(9000))
    assert service.send(f"/api/prediction?{query}", b"{}").status == 422
    assert time.monotonic() - began < 1.5


def test_every_depth_of_nesting_is_refused_or_answered(service):
    """Where the reader's stack ends, there is no fault of ours: neither there nor in what is told of the value."""
    for depth in (100, 900, *range(930, 1001, 3), 2000):
        nest = b"[" * depth + b"]" * depth
        for path, body in (
            ("/api/prediction", nest),
            ("/api/prediction", b'{"Age":' + nest + b"}"),
            ("/api/prediction", b'{"a:":' + nest + b"}"),
            ("/invocations", b'{"inputs":{"Age":' + nest + b"}}"),
            ("/api/labels", b'{"prediction_id":"a","label":' + nest + b"}"),
            ("/v2/models/credit/infer", b'{"inputs":[],"parameters":{"a":' + nest + b"}}"),
            (
                "/v2/models/credit/infer",
                b'{"inputs":[{"name":"Age","shape":[1],"datatype":"FP64","data":' + nest + b"}]}",
            ),
        ):
            assert service.send(path, body).status in (200, 400, 422), (path, depth)


def test_a_method_that_there_is_not_names_those_that_there_are(service):
    """A 405 has its `Allow` (RFC 9110)."""
    assert service.get("/api/prediction").headers["allow"] == "POST"


def test_a_compressed_body_is_refused_as_such(service, record):
    """415, rather than a complaint about JSON."""
    answer = service.send("/api/prediction", b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert (answer.status, "the content encoding is gzip" in answer.json()["detail"]) == (415, True)
