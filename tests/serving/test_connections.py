"""Connections that would hold the service up, over real sockets."""

from __future__ import annotations

import json
import re
import socket
import time
from contextlib import ExitStack

BODY_HEAD = b"POST /api/prediction HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def connect(service) -> socket.socket:
    host, port = service.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the service closes."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def status(answer: bytes) -> int:
    return int(re.match(rb"HTTP/1.1 (\d+)", answer)[1])


def test_who_is_too_slow_is_told_and_cut_off(service, record):
    """A head, a body and a silence that take for ever end after ten seconds; others are served all the while."""
    beginnings = [b"", b"POST /api/pred", BODY_HEAD, BODY_HEAD + b"Content-Length: 100\r\n\r\n{"]
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(service)) for _ in beginnings]
        _are_cut_off(service, record, connections, beginnings)


def _are_cut_off(service, record, connections, beginnings):
    for connection, sent in zip(connections, beginnings, strict=True):
        connection.sendall(sent)
    began = time.monotonic()
    while time.monotonic() - began < 5:
        assert service.post("/api/prediction", record).status == 200
        connections[1].sendall(b"i")  # a byte now and then is no excuse
        connections[3].sendall(b" ")
        time.sleep(0.5)
    answers = [rest(connection) for connection in connections]
    assert time.monotonic() - began < 15
    assert [status(answer) for answer in answers] == [408] * 4
    assert json.loads(answers[3].partition(b"\r\n\r\n")[2])["detail"] == "the request did not come within 10 seconds"
    assert service.get("/ready").status == 200


def test_a_head_without_end_is_cut_off(service):
    """Headers beyond 64 KiB are refused at once, whether they are many or long."""
    for header in (b"X-A: b\r\n", b"X-A: " + b"b" * 8000 + b"\r\n"):
        with connect(service) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
            answer = b""
            for _ in range(20_000_000 // len(header)):
                try:
                    connection.sendall(header)
                except (BrokenPipeError, ConnectionResetError):
                    break
            else:
                raise AssertionError("nobody stopped it")
            answer = rest(connection)
            assert not answer or status(answer) == 431


def test_a_half_closed_connection_is_answered_or_closed(service, record):
    """A caller that sends all and closes its side gets its answer; one that closes in mid-body gets none."""
    body = json.dumps(record).encode()
    with connect(service) as whole:
        whole.sendall(BODY_HEAD + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        assert status(rest(whole)) == 200
    with connect(service) as half:
        half.sendall(BODY_HEAD + b"Content-Length: 1000\r\n\r\n{")
        half.shutdown(socket.SHUT_WR)
        answer = rest(half)
        assert not answer or status(answer) == 400
    assert service.post("/api/prediction", record).status == 200


def test_what_is_no_http_is_refused(service, record):
    """Bytes that are no request get 400, and the next request is fine."""
    for sent in (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"GET\r\n\r\n", BODY_HEAD + b"Content-Length: x\r\n\r\n"):
        with connect(service) as connection:
            connection.sendall(sent)
            assert status(rest(connection)) == 400
    assert service.post("/api/prediction", record).status == 200


def test_a_path_that_is_no_ascii_breaks_nothing(service, record):
    """Such a connection is answered or closed, and the next request is fine."""
    with connect(service) as connection:
        connection.sendall("GET /größe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = rest(connection)
        assert not answer or status(answer) in (400, 404)
    assert service.post("/api/prediction", record).status == 200


def test_requests_in_a_row_on_one_connection_are_answered_in_order(service, record):
    """Three requests sent at once, without waiting, get three answers in their order."""
    body = json.dumps(record).encode()
    one = BODY_HEAD + b"X-Request-ID: r%d\r\nContent-Length: %d\r\n\r\n" + body
    last = BODY_HEAD + b"X-Request-ID: r3\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with connect(service) as connection:
        connection.sendall(one % (1, len(body)) + one % (2, len(body)) + last)
        answer = rest(connection)
    assert re.findall(rb"x-request-id: (r\d)", answer) == [b"r1", b"r2", b"r3"]
    assert answer.count(b"HTTP/1.1 200") == 3
