"""What Prometheus is told of a stream, at its real port while it runs."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress

import pytest
import urllib3
from prometheus_client.parser import text_string_to_metric_families

from keepfit.datasets.arrivals import folder as folder_module
from keepfit.errors import StreamError
from keepfit.registry import Registry
from keepfit.serving import bind
from keepfit.workflows.dashboards import Addresses, write_dashboards
from keepfit.workflows.stream.stream import StreamTask, stream
from prometheus_server import Prometheus, free_address
from stream_project import csv_of, declare, newest_state, records, rows_csv, turning_csv
from waiting import until

ROLES = {"champion", "challenger", "frozen", "prior"}
_pool = urllib3.PoolManager(timeout=5.0, retries=False)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Looks come soon after one another."""
    monkeypatch.setattr(folder_module, "LOOK_SECONDS", 0.01)


@contextmanager
def followed(rooms, address: str):
    """Follow the folder `new` of a project, with metrics at an address; yield the folder, and stop at the end."""
    stop, folder = threading.Event(), rooms.folder / "new"
    folder.mkdir(exist_ok=True)
    port = int(address.rpartition(":")[2])
    task = StreamTask(str(folder), is_followed=True, metrics_port=port, stop=stop)
    thread = threading.Thread(target=stream, args=(rooms, task))
    thread.start()
    try:
        until(lambda: scraped(address), "it answers")
        yield folder
    finally:
        stop.set()
        thread.join(30)


def scraped(address: str) -> dict[tuple[str, str], float]:
    """Return our samples, by name and role; nothing while nobody answers."""
    text = ""
    with suppress(urllib3.exceptions.HTTPError):
        text = _pool.request("GET", f"http://{address}/metrics").data.decode()
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    ours = [one for one in samples if one.name.startswith("keepfit_stream_")]
    assert {one.labels["project"] for one in ours} <= {"s"}
    return {(one.name.removeprefix("keepfit_stream_"), one.labels.get("role", "")): one.value for one in ours}


def test_each_batch_is_told_while_the_stream_runs(rooms):
    """Scores by role, batches, rows, the speed, how far it is behind; as in the report."""
    address = free_address()
    with followed(rooms, address) as folder:
        assert scraped(address)["batches_total", ""] == 0
        (folder / "a.csv").write_text(rows_csv(50, 1))
        until(lambda: scraped(address)["batches_total", ""] == 3, "three batches")
        found = scraped(address)
    assert {role for name, role in found if name == "log_loss"} == ROLES
    assert {role for name, role in found if name == "auc"} == ROLES
    assert {role for name, role in found if name == "batch_log_loss"} == ROLES
    assert {("f1", "champion"), ("precision", "champion"), ("recall", "challenger")} <= set(found)
    assert (found["rows_total", ""], found["waiting_rows", ""], found["model_info", "champion"]) == (50, 0, 1)
    assert found["rows_per_second", ""] > 0
    assert found["learn_seconds", ""] > 0
    last = json.loads((rooms.workspace.reports / "stream.json").read_text())["history"][-1]
    for role in ROLES:
        assert found["log_loss", role] == last["faded"][role]["log_loss"]
        assert found["auc", role] == last["faded"][role]["roc_auc"]


def test_how_far_it_is_behind_is_told(rooms):
    """In rows, while it takes its time."""
    address, seen = free_address(), set()
    rooms = declare(rooms.folder, pace_seconds=0.1)
    with followed(rooms, address) as folder:
        (folder / "a.csv").write_text(rows_csv(80, 1))
        until(lambda: seen.add(scraped(address).get(("waiting_rows", ""))) or 0 in seen, "nothing waits")
    assert seen & {20.0, 40.0, 60.0}


def test_an_auc_of_one_class_has_no_series(rooms):
    """It is not 0; it comes with the other class."""
    address, told = free_address(), records(100, 1)
    positive = [one for one in told if one["y"] == "yes"][:20]
    with followed(rooms, address) as folder:
        (folder / "a.csv").write_text(csv_of(positive))
        until(lambda: scraped(address)["batches_total", ""] == 1, "a batch")
        found = scraped(address)
        assert ("log_loss", "champion") in found
        assert not [name for name, _ in found if name == "auc"]
        (folder / "b.csv").write_text(csv_of([one for one in told if one["y"] == "no"][:20]))
        until(lambda: ("auc", "champion") in scraped(address), "an AUC")


def test_counts_go_on_where_the_stream_does(rooms):
    """Batches, rows, rows left out, what was refused, takeovers: Prometheus sees no fall."""
    with followed(rooms, free_address()) as folder:
        (folder / "a.csv").write_text(turning_csv(60, 140))
        (folder / "b.csv").write_text(csv_of([{**one, "y": ""} for one in records(5, 1)]))
        (folder / "c.csv").write_text("z\n1\n")
        until((rooms.workspace.stream / "batch-000000010.state").exists, "ten batches")
        until(lambda: "c.csv" in rooms.workspace.run_log.read_text(), "it is refused")
    history = json.loads((rooms.workspace.reports / "stream.json").read_text())["history"]
    promotions = sum(one["promoted"] is not None for one in history)
    (folder / "c.csv").unlink()
    address = free_address()
    with followed(rooms, address):
        found = scraped(address)
    assert found["batches_total", ""] == 10
    assert found["rows_total", ""] == 200
    assert (found["left_out_rows_total", ""], found["refused_total", ""]) == (5, 1)
    assert found["promotions_total", ""] == promotions > 0


def test_a_takeover_that_an_end_has_cut_off_is_counted(rooms, monkeypatch):
    """It is made good by the next start, before any batch."""
    (rooms.folder / "new.csv").write_text(turning_csv(60, 140))
    with monkeypatch.context() as patch:
        patch.setattr(Registry, "promote", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            stream(rooms, StreamTask(str(rooms.folder / "new.csv")))
    batches = newest_state(rooms).batches
    address = free_address()
    with followed(rooms, address):
        until(lambda: scraped(address)["promotions_total", ""] == 1, "it is counted")
    assert (newest_state(rooms).batches, rooms.store.champion().facts.version) == (batches, 2)


def test_a_port_that_is_taken_is_told(rooms):
    """Before anything is learnt."""
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        (rooms.folder / "new.csv").write_text(rows_csv(20, 1))
        with pytest.raises(StreamError, match=rf"127\.0\.0\.1:{port} cannot be listened at"):
            stream(rooms, StreamTask(str(rooms.folder / "new.csv"), metrics_port=port))
    assert not [*rooms.workspace.stream.glob("batch-*.state")]


def test_the_port_is_free_when_the_stream_has_ended(rooms):
    """Also when it ended by an error."""
    port = int(free_address().rpartition(":")[2])
    (rooms.folder / "new.csv").write_text(rows_csv(20, 1))
    for _ in range(2):
        stream(rooms, StreamTask(str(rooms.folder / "new.csv"), metrics_port=port))
    (rooms.folder / "new.csv").write_text("z\n1\n")
    with pytest.raises(Exception, match="has no column"):
        stream(rooms, StreamTask(str(rooms.folder / "new.csv"), metrics_port=port))
    with bind("127.0.0.1", port):
        pass


def test_a_real_prometheus_sees_them(rooms):
    """With the configuration that `keepfit dashboards` writes: batches, log-loss and AUC of champion and challenger."""
    address, ours = free_address(), free_address()
    files = rooms.folder / "files"
    write_dashboards(rooms, files, Addresses(prometheus=ours, stream=address))
    with (
        Prometheus(rooms.folder, files / "prometheus" / "prometheus.yml", ours) as server,
        followed(rooms, address) as folder,
    ):
        (folder / "a.csv").write_text(rows_csv(60, 1))
        asked = "keepfit_stream_batches_total{project='s'}"
        server.until(lambda: any(value == 3 for _, value in server.query(asked)), "it has seen three batches")
        for name in ("log_loss", "auc", "f1"):
            found = {labels["role"] for labels, _ in server.query(f"keepfit_stream_{name}")}
            assert {"champion", "challenger"} <= found
