"""What StatsD is told, as it arrives in its datagrams."""

from __future__ import annotations

import socket
from collections import Counter

import pytest

from keepfit.monitoring.statsd_push import StatsdPush
from keepfit.project.statsd_section import StatsdSection


@pytest.fixture
def daemon():
    """A socket where a daemon would listen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
        listening.settimeout(5)
        yield listening


@pytest.fixture
def push_to(daemon):
    """Makes what pushes there."""
    made = []

    def make(*, prefix: str = "", tells_system: bool = False) -> StatsdPush:
        host, port = daemon.getsockname()
        section = StatsdSection(address=f"{host}:{port}", prefix=prefix)
        made.append(StatsdPush(section, "credit", tells_system=tells_system))
        return made[-1]

    yield make
    for push in made:
        push.close()


def datagrams(daemon, push: StatsdPush) -> list[str]:
    """Return what arrives of one sending."""
    push.send(push.gathered())
    arrived = [daemon.recv(2**16).decode()]
    daemon.setblocking(False)
    while True:
        try:
            arrived.append(daemon.recv(2**16).decode())
        except BlockingIOError:
            daemon.settimeout(5)
            return arrived


def test_requests_and_decisions_are_counted_once(daemon, push_to):
    """With the names that are declared; a label with dots is one part of a name; nothing is told twice."""
    push = push_to(prefix="bank.rs")
    for status in (200, 200, 422):
        push.count_request(status, 0.0125)
    push.count_decisions(["good", "v. bad", "good"])
    (told,) = datagrams(daemon, push)
    assert Counter(told.split("\n")) == {
        "bank.rs.requests:3|c": 1,
        "bank.rs.response_code.200:2|c": 1,
        "bank.rs.response_code.422:1|c": 1,
        "bank.rs.target.good:2|c": 1,
        "bank.rs.target.v__bad:1|c": 1,
        "bank.rs.response_time:12.500000|ms": 3,
    }
    push.count_request(503, 0.001)
    assert datagrams(daemon, push) == [
        "bank.rs.requests:1|c\nbank.rs.response_code.503:1|c\nbank.rs.response_time:1.000000|ms"
    ]


def test_a_burst_goes_in_few_datagrams(daemon, push_to):
    """Five thousand requests: counts are exact, times are told of a thousand, no datagram is longer than a frame."""
    push = push_to()
    for number in range(5000):
        push.count_request(200, number / 1e6)
    arrived = datagrams(daemon, push)
    lines = "\n".join(arrived).split("\n")
    assert "credit.requests:5000|c" in lines
    assert sum(line.endswith("|ms") for line in lines) == 1000
    assert len(arrived) < 40
    assert max(map(len, arrived)) <= 1432


def test_the_system_is_told_by_who_shall(daemon, push_to):
    """Load, free memory and the time since the start are gauges that are there without any request."""
    (told,) = datagrams(daemon, push_to(tells_system=True))
    found = dict(line.split(":") for line in told.split("\n"))
    assert set(found) == {"credit.system.cpu_load", "credit.system.memory_free_mb", "credit.system.up_time"}
    assert all(value.endswith("|g") for value in found.values())
    assert float(found["credit.system.memory_free_mb"].removesuffix("|g")) > 0


def test_a_daemon_that_is_not_there_costs_nothing(caplog):
    """A dead port, a name that nobody has, and what is no name: nothing is raised, and it is said once."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for where in (f"127.0.0.1:{port}", "no-such-host.invalid:8125", "no..name:8125"):
        push = StatsdPush(StatsdSection(address=where), "credit", tells_system=True)
        for _ in range(3):
            push.count_request(200, 0.001)
            push.send(push.gathered())
        push.close()
    assert caplog.text.count("StatsD at no-such-host.invalid:8125 cannot be told") == 1
    assert caplog.text.count("StatsD at no..name:8125 cannot be told") == 1
