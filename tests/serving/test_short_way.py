"""Plain predictions at the wire: whatever form HTTP allows a request, over real sockets."""

from __future__ import annotations

import json
import re
import socket

import pytest

HEAD = b"POST /api/prediction HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture
def connect(service):
    """Opens a connection to the service; it is closed at the end."""
    opened = []
    host, port = service.url.removeprefix("http://").split(":")

    def open_one() -> socket.socket:
        opened.append(socket.create_connection((host, int(port)), timeout=20))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def rest(connection: socket.socket) -> bytes:
    """Return what comes until the service closes."""
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def one_answer(connection: socket.socket) -> tuple[int, dict, dict]:
    """Return status, headers and content of the next answer of a connection that stays open."""
    file = connection.makefile("rb")
    status = int(file.readline().split()[1])
    headers = {}
    while (line := file.readline().strip()) != b"":
        name, _, value = line.partition(b": ")
        headers[name.decode()] = value.decode()
    return status, headers, json.loads(file.read(int(headers["content-length"])))


def test_a_body_may_come_in_pieces(connect, record):
    """A body that comes byte by byte is the same body."""
    body = json.dumps(record).encode()
    connection = connect()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body))
    for at in range(0, len(body), 40):
        connection.sendall(body[at : at + 40])
    status, headers, content = one_answer(connection)
    assert status == 200
    assert set(content) == {"id", "model_version", "probability", "decision"}
    assert set(headers) == {"date", "content-type", "content-length", "x-request-id"}


def test_a_chunked_body_is_answered(connect, record):
    """A body without a length goes the long way, to the same answer."""
    body = json.dumps(record).encode()
    plain, chunked = connect(), connect()
    plain.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    chunked.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    (status, _, content), (other_status, _, other) = one_answer(plain), one_answer(chunked)
    assert (status, content["probability"]) == (other_status, other["probability"]) == (200, other["probability"])


@pytest.mark.parametrize(
    ("line", "version"), [(b"Connection: close\r\n", b"1.1"), (b"", b"1.0"), (b"connection: Close\r\n", b"1.1")]
)
def test_a_connection_that_is_not_kept_is_answered_and_closed(connect, record, line, version):
    """Who asks for a close, or speaks HTTP/1.0, gets the answer and then the end."""
    body = json.dumps(record).encode()
    connection = connect()
    connection.sendall(HEAD.replace(b"1.1", version) + line + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    answer = rest(connection)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close\r\n" in answer


def test_who_waits_for_a_word_before_the_body_gets_it(connect, record):
    """`Expect: 100-continue` is answered before the body is sent."""
    body = json.dumps(record).encode()
    connection = connect()
    connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
    assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(body)
    assert one_answer(connection)[0] == 200


def test_short_and_long_requests_in_a_row_are_answered_in_order(connect, record):
    """Nobody overtakes on one connection, whichever way each of its requests goes."""
    body = json.dumps(record).encode()
    wrong = json.dumps({**record, "Age": "old"}).encode()

    def short(number: int, content: bytes = body) -> bytes:
        return HEAD + b"X-Request-ID: r%d\r\nContent-Length: %d\r\n\r\n" % (number, len(content)) + content

    connection = connect()
    health = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: r%d\r\n"
    sent = [short(0), short(1), health % 2 + b"\r\n", short(3), short(4, wrong), short(5)]
    connection.sendall(b"".join(sent) + health % 6 + b"Connection: close\r\n\r\n")
    answer = rest(connection)
    assert re.findall(rb"x-request-id: (r\d)", answer) == [b"r%d" % at for at in range(7)]
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"200", b"200", b"200", b"422", b"200", b"200"]


def test_one_connection_serves_many_requests(connect, record):
    """A short request, one that is refused and a short one again, on a connection that stays open."""
    connection = connect()
    for content, expected in [(record, 200), ({**record, "Age": "old"}, 422), (record, 200), ([record], 200)] * 3:
        body = json.dumps(content).encode()
        connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert one_answer(connection)[0] == expected


def test_who_goes_before_the_answer_disturbs_nobody(service, connect, record):
    """A caller that hangs up at once; its prediction is journalled, and others are answered."""
    body = json.dumps(record).encode()
    for _ in range(20):
        connection = connect()
        connection.sendall((HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) * 3)
        connection.close()
        assert service.post("/api/prediction", record).status == 200


def test_who_reads_no_answers_is_read_no_further(connect, record):
    """Requests without end from a caller that takes no answer fill no memory: the service stops to read them."""
    body = json.dumps(record).encode()
    connection = connect()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(2)
    many = (HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body) * 100
    with pytest.raises(TimeoutError):
        connection.sendall(many * 2000)  # 50 MB
