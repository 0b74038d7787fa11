"""Hosts and tokens: what the gate lets pass, and the service behind it."""

from __future__ import annotations

import pytest

from keepfit.errors import ServiceError
from keepfit.serving.gate import Gate, gate_of
from keepfit.serving.problems import RequestProblemError

TOKEN, OTHER = "a-token-of-our-own-1", "the-next-token-of-it"


def status_of(gate: Gate, path="/api/prediction", host=b"localhost:8000", authorization=b"", address="10.0.0.1"):
    """Return the status of a refusal, 200 when the gate lets pass."""
    try:
        gate.check(path, host, authorization, address)
    except RequestProblemError as refused:
        return int(refused.status)
    return 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"localhost", 200),
        (b"LOCALHOST:8000", 200),
        (b"127.0.0.1:8000", 200),
        (b"[::1]:8000", 200),
        (b"credit.example.com", 200),
        (b"evil.example.com", 421),
        (b"evil.example.com:8000", 421),
        (b"localhost.evil.example.com", 421),
        (b"", 421),
        (b"\xff", 421),
    ],
)
def test_on_loopback_the_host_must_be_known(host, status):
    """A page of another site, whose name points here, gets nothing."""
    gate = gate_of("127.0.0.1", ["credit.example.com"], {}, is_open=False)
    assert status_of(gate, host=host) == status
    assert status_of(gate, host=host) == status


def test_beyond_loopback_any_host_is_taken_unless_names_are_declared():
    """Who binds an address for other machines is reached by names that only he knows."""
    environment = {"KEEPFIT_API_TOKEN": TOKEN}
    token = f"Bearer {TOKEN}".encode()
    assert status_of(gate_of("0.0.0.0", [], environment, is_open=False), host=b"x", authorization=token) == 200
    assert status_of(gate_of("0.0.0.0", ["a.b"], environment, is_open=False), host=b"x", authorization=token) == 421


def test_what_the_short_way_lets_pass_is_let_pass_by_the_gate():
    """It is never laxer: an unknown host and a wrong token are for the gate to refuse, and to count."""
    gate = gate_of("127.0.0.1", [], {"KEEPFIT_API_TOKEN": f"{TOKEN} {OTHER}"}, is_open=False)
    right = [f"Bearer {TOKEN}".encode(), f"bearer {OTHER}".encode()]
    assert not gate.lets_pass(b"localhost:8000", right[0])  # nobody has looked at that name yet
    assert status_of(gate, authorization=right[0]) == 200
    for host in (b"localhost:8000", b"evil.example.com", b""):
        for given in (*right, b"", b"Bearer", b"Bearer wrong", f"Basic {TOKEN}".encode()):
            passes = gate.lets_pass(host, given)
            assert passes == (host == b"localhost:8000" and given in right)
            assert status_of(gate, host=host, authorization=given, address=str((host, given))) == 200 or not passes
    for _ in range(20):
        gate.lets_pass(b"localhost:8000", b"Bearer wrong")
    assert status_of(gate, authorization=b"Bearer wrong", address="x") == 401


def test_an_address_for_other_machines_needs_a_token_or_a_word():
    """Nobody opens a service to the network by accident."""
    with pytest.raises(ServiceError, match=r"0\.0\.0\.0: other machines reach.*KEEPFIT_API_TOKEN.*open = true"):
        gate_of("0.0.0.0", [], {}, is_open=False)
    assert status_of(gate_of("0.0.0.0", [], {}, is_open=True)) == 200


def test_a_short_token_is_refused():
    """A token that can be guessed is none."""
    with pytest.raises(ServiceError, match="KEEPFIT_ADMIN_TOKEN: a token needs 16 characters"):
        gate_of("127.0.0.1", [], {"KEEPFIT_ADMIN_TOKEN": "short"}, is_open=False)


@pytest.mark.parametrize(
    ("path", "authorization", "status"),
    [
        ("/api/prediction", f"Bearer {TOKEN}", 200),
        ("/api/prediction", f"bearer  {OTHER}", 200),
        ("/api/prediction", "", 401),
        ("/api/prediction", f"Basic {TOKEN}", 401),
        ("/api/prediction", f"Bearer {TOKEN}x", 401),
        ("/api/model", "", 401),
        ("/", "", 200),
        ("/card", "", 401),
        ("/random", "", 401),
        ("/health", "", 200),
        ("/ready", "", 200),
        ("/metrics", "", 200),
        ("/docs", "", 200),
        ("/openapi.json", "", 200),
        ("/admin/reload", f"Bearer {TOKEN}", 403),
    ],
)
def test_tokens(path, authorization, status):
    """Any of the tokens opens what answers about people; probes and documentation stay open."""
    gate = gate_of("127.0.0.1", [], {"KEEPFIT_API_TOKEN": f"{TOKEN} {OTHER}"}, is_open=False)
    assert status_of(gate, path, authorization=authorization.encode()) == status


def test_administration_needs_its_own_token():
    """Who may ask may not change what answers."""
    environment = {"KEEPFIT_API_TOKEN": TOKEN, "KEEPFIT_ADMIN_TOKEN": OTHER}
    gate = gate_of("127.0.0.1", [], environment, is_open=False)
    assert status_of(gate, "/admin/reload", authorization=f"Bearer {TOKEN}".encode()) == 401
    assert status_of(gate, "/admin/reload", authorization=f"Bearer {OTHER}".encode()) == 200
    assert status_of(gate, "/api/model", authorization=f"Bearer {OTHER}".encode()) == 401


def test_guessing_is_slowed_down():
    """After ten wrong tokens in a minute an address gets no more; who has the right one is never kept out."""
    moment = [0.0]
    gate = Gate(tokens=(TOKEN.encode(),), clock=lambda: moment[0])
    right = f"Bearer {TOKEN}".encode()
    assert {status_of(gate) for _ in range(20)} == {401}
    assert [status_of(gate, authorization=b"Bearer guess") for _ in range(12)] == [401] * 10 + [429] * 2
    assert status_of(gate, authorization=right) == 200
    assert status_of(gate, authorization=b"Bearer guess", address="10.0.0.2") == 401
    moment[0] = 61.0
    assert status_of(gate, authorization=b"Bearer guess") == 401


def test_the_service_asks_for_its_token_both_ways(rooms, serve, record):
    """With a token in the environment the short way and the framework ask for it; it is in no answer."""
    with serve(rooms, KEEPFIT_API_TOKEN=TOKEN) as service:
        for kind in ("application/json", "Application/JSON"):
            body = b"{}"
            refused = service.send("/api/prediction", body, kind)
            assert (refused.status, refused.headers["content-type"]) == (401, "application/problem+json")
            assert refused.headers["www-authenticate"] == "Bearer"
            assert TOKEN not in refused.data.decode()
            taken = service.send("/api/prediction", body, kind, {"Authorization": f"Bearer {TOKEN}"})
            assert taken.status == 200
        assert service.get("/api/model").status == 401
        assert service.get("/api/model", Authorization=f"Bearer {TOKEN}").status == 200
        assert service.get("/ready").status == 200
        other = service.get("/api/model", Host="evil.example.com")
        assert (other.status, other.json()["status"]) == (421, 421)
