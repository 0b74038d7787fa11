"""The promises of the service under load: no request fails in a swap, no acknowledged prediction is lost."""

from __future__ import annotations

import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from journal_contents import ids_of
from keepfit.errors import ServiceError
from keepfit.serving import bind
from keepfit.workflows.promote import promote, rollback


def test_a_swap_under_load_fails_no_request_and_loses_none(rooms, serve, record):
    """Eight clients never pause while champions change six times: no error, and the journal holds what was answered."""
    with rooms.journal() as journal:
        before = ids_of(journal, "credit")
    champion = rooms.store.champion().facts.version
    other = next(version for version in rooms.store.versions() if version != champion)
    stop = threading.Event()

    def client(service) -> list[tuple[int, dict]]:
        answers = []
        with urllib3.PoolManager(timeout=10.0, retries=False) as pool:
            while not stop.is_set():
                answer = pool.request("POST", f"{service.url}/api/prediction", json=record)
                answers.append((answer.status, answer.json()))
        return answers

    with serve(rooms) as service, ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(client, service) for _ in range(8)]
        for _ in range(3):
            for change in (lambda: promote(rooms, other), lambda: rollback(rooms)):
                version = str(change().promotion.version)
                _wait_for_version(service, version)
        stop.set()
        answers = [answer for one in clients for answer in one.result()]
    assert {status for status, _ in answers} == {200}
    assert {body["model_version"] for _, body in answers} == {str(champion), str(other)}
    with rooms.journal() as journal:
        after = ids_of(journal, "credit") - before
        swaps = journal.events("credit", kinds=["swapped"])
    assert after == {body["id"] for _, body in answers}
    assert len(swaps) >= 6


def test_a_broken_bundle_never_replaces_a_good_one(rooms, serve, record):
    """A champion whose file was altered is refused; the one before goes on answering, and says why it does."""
    champion = rooms.store.champion().facts.version
    other = next(version for version in rooms.store.versions() if version != champion)
    file = rooms.store.path(other) / "model.onnx"
    whole = file.read_bytes()
    with serve(rooms) as service:
        promote(rooms, other)
        _wait_for_version(service, str(other))
        rollback(rooms)
        _wait_for_version(service, str(champion))
        try:
            file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
            rooms.store.point("champion", rooms.store.pointer("champion").__class__(other, "d" * 64, 99))
            _wait_until(lambda: "model.onnx was altered" in service.get("/ready").json()["refused_champion"])
            assert service.post("/api/prediction", record).json()["model_version"] == str(champion)
        finally:
            file.write_bytes(whole)
            with rooms.journal() as journal:
                rooms.registry(journal).repair()
    assert rooms.store.champion().facts.version == champion


@pytest.mark.timeout(240)
def test_sigkill_in_mid_traffic_loses_no_acknowledged_prediction(rooms, serve, record):
    """Twenty times the service is killed while eight clients send: every id that was answered is in the journal."""
    acknowledged: set[str] = set()

    def client(service) -> list[str]:
        ids = []
        with urllib3.PoolManager(timeout=5.0, retries=False) as pool:
            while True:
                try:
                    answer = pool.request("POST", f"{service.url}/api/prediction", json=record)
                except urllib3.exceptions.HTTPError:
                    return ids
                if answer.status == 200:
                    ids.append(answer.json()["id"])

    for round_number in range(20):
        with serve(rooms) as service, ThreadPoolExecutor(8) as pool:
            clients = [pool.submit(client, service) for _ in range(8)]
            threading.Event().wait(0.1 + 0.02 * round_number)
            service.kill()
            acknowledged.update(one for ids in clients for one in ids.result())
    with rooms.journal() as journal:
        assert acknowledged <= ids_of(journal, "credit")
    assert len(acknowledged) > 20 * 8


def test_sigterm_finishes_what_is_in_flight(rooms, serve, record):
    """A service that is told to stop answers what it has taken, and exits with 0."""
    with serve(rooms) as service:
        service.post("/api/prediction", record)
        service.process.terminate()
        assert service.process.wait(20) == 0


def test_a_port_in_use_is_told():
    """A taken port is an error in words, before anything is served."""
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"127.0.0.1:{port}: the port is in use; .*--port"):
            bind("127.0.0.1", port)


def test_an_address_of_another_machine_is_told():
    """An address that is not this machine's cannot be bound, and the key is named."""
    with pytest.raises(ServiceError, match=r"192\.0\.2\.1:80: cannot bind .*check \[serving\] host and port"):
        bind("192.0.2.1", 80)


def _wait_for_version(service, version: str) -> None:
    _wait_until(lambda: service.get("/ready").json()["model_version"] == version)


def _wait_until(is_so) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen within 20 seconds"


def test_a_journal_that_is_deleted_is_noticed(own_rooms, serve, record):
    """Nothing is acknowledged that goes into a file without a name; readiness says so."""
    rooms = own_rooms("deleted")
    with serve(rooms) as service:
        assert service.post("/api/prediction", record).status == 200
        for file in rooms.workspace.root.glob("journal.db*"):
            file.unlink()
        answers = [service.post("/api/prediction", record) for _ in range(3)]
        assert {answer.status for answer in answers} == {503}
        assert "its file was deleted or replaced while it was open" in answers[0].json()["detail"]
        ready = service.get("/ready")
        assert (ready.status, "deleted or replaced" in ready.json()["detail"]) == (503, True)


def test_a_journal_that_takes_no_writes_is_not_ready(own_rooms, serve, record):
    """Where predictions are refused, readiness says so; and says when it is over."""
    rooms = own_rooms("full")
    with serve(rooms) as service:
        assert service.post("/api/prediction", record).status == 200
        soft, hard = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (1024, hard))
        try:
            assert service.post("/api/prediction", record).status == 503
            assert service.get("/ready").status == 503
        finally:
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (soft, hard))
        assert service.get("/ready").status == 200
        assert service.post("/api/prediction", record).status == 200
