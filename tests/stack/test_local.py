"""All servers of a project, really: up, asked, down."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import psutil
import pytest
import urllib3

from keepfit.project.stack_section import PortsSection
from keepfit.stack.graphite import find_graphite
from keepfit.stack.ledger import read_running
from keepfit.stack.local import LOCAL_SECRETS
from keepfit.stack.parts import Absent
from prometheus_server import free_address
from waiting import until

PROJECT = """
[project]
name = "small"
[data]
source = "small.csv"
target = "y"
positive = "yes"
entity = "id"
[request]
missing = "accept"
[training]
candidates = [{ model = "logistic_regression", grid = { C = [1.0] } }]
folds = 2
[simulation]
pause_seconds = 0.05
label_seconds = 0.0
"""
SERVERS = ("prometheus", "prometheus-alertmanager")


def keepfit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "keepfit", *arguments, "--project", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)


@pytest.fixture
def folder(tmp_path):
    """A project with a small table, and ports that are free; what is up is ended after the test."""
    rng = np.random.default_rng(0)
    age = rng.integers(18, 80, 400)
    wealth = pl.Series(rng.normal(100, 20, 400)).scatter(rng.integers(0, 400, 60), None)
    table = {"id": [f"c{at}" for at in range(400)], "age": age, "wealth": wealth}
    pl.DataFrame({**table, "y": np.where(rng.random(400) < age / 80, "yes", "no")}).write_csv(tmp_path / "small.csv")
    names = [*PortsSection.model_fields]
    free = [*{port() for _ in range(3 * len(names))}]  # one that is free may be drawn twice
    ports = [f"{name} = {one}\n" for name, one in zip(names, free, strict=False)]
    sections = f"[serving]\nport = {free[len(names)]}\n[stack.ports]\n{''.join(ports)}"
    (tmp_path / "keepfit.toml").write_text(PROJECT + sections)
    yield tmp_path
    done = keepfit(tmp_path, "down")
    assert done.returncode == 0, done.stderr


def port() -> int:
    return int(free_address().rpartition(":")[2])


def running(folder: Path):
    return {one.name: one for one in read_running(folder / ".keepfit" / "stack")}


@pytest.mark.skipif(not all(map(shutil.which, SERVERS)), reason="Prometheus and Alertmanager are not installed")
def test_all_of_it_comes_up_and_goes_down(folder):
    """Trained, served, asked by the simulator and watched; what ended is started again; nothing is left at the end."""
    up = keepfit(folder, "up")
    assert up.returncode == 0, up.stdout + up.stderr
    first = running(folder)
    assert {"tracking", "service", "simulator", "prometheus", "alertmanager"} <= set(first)
    for one in first.values():
        assert one.url in up.stdout
    assert "no postgres: the journal is in SQLite" in up.stdout
    every_panel_has_data(folder, first["prometheus"].url)
    if not isinstance(find_graphite(), Absent):
        url = f"{first['graphite'].url}/render?format=json&target=stats.counters.small.requests.count"
        until(lambda: any(value for value, _ in points(url)), lambda: "requests are in Graphite")
    assert (
        "small"
        in urllib3.request(
            "GET", f"{first['tracking'].url}/api/2.0/mlflow/experiments/get-by-name?experiment_name=small"
        ).data.decode()
    )
    status = keepfit(folder, "status")
    assert (status.returncode, status.stdout.count(" ready ")) == (0, len(first))
    for secret in LOCAL_SECRETS:
        value = next(line for line in (folder / ".env").read_text().splitlines() if line.startswith(secret))
        assert value.partition("=")[2] not in json.dumps([path.read_text() for path in logs(folder)])

    psutil.Process(first["simulator"].pid).kill()
    status = keepfit(folder, "status")
    assert status.returncode == 1
    assert status.stdout.count(" ended ") == 1
    assert keepfit(folder, "up").stdout.count("ran already") == len(first) - 1
    second = running(folder)
    assert {name for name in first if first[name].pid != second[name].pid} == {"simulator"}

    families = [process for one in second.values() for process in family(one.pid)]
    down = keepfit(folder, "down")
    assert (down.returncode, running(folder)) == (0, {})
    assert "ended: " in down.stdout
    assert psutil.wait_procs(families, timeout=20)[1] == []
    assert "nothing is up" in keepfit(folder, "status").stdout


def every_panel_has_data(folder: Path, prometheus: str) -> None:
    """Ask each query of the service's dashboard until it has a series, as Grafana asks it."""
    board = json.loads((folder / ".keepfit/stack/grafana/dashboards/keepfit-small-service.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    assert len(asked) > 10
    empty = {query.replace("$__rate_interval", "20s").replace("$__range", "1h") for query in asked}

    def is_full() -> bool:
        for query in list(empty):
            answer = urllib3.request("GET", f"{prometheus}/api/v1/query", fields={"query": query}).json()
            values = [float(series["value"][1]) for series in answer["data"]["result"]]
            if any(map(math.isfinite, values)):
                empty.discard(query)
        return not empty

    until(is_full, lambda: f"every panel has data; without: {empty}", seconds=60)


def points(url: str) -> list[tuple[float | None, int]]:
    """Return the points of what Graphite is asked for, the newest last; none before it knows the name."""
    return [tuple(point) for series in urllib3.request("GET", url).json() for point in series["datapoints"]]


def family(pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]


def logs(folder: Path) -> list[Path]:
    return [path for path in (folder / ".keepfit" / "stack").rglob("*") if path.suffix in (".log", ".yml", ".json")]


def test_a_port_in_use_is_told_before_anything_is_done(folder):
    """With who has it; nothing is trained, started or left."""
    text = (folder / "keepfit.toml").read_text()
    number = int(text.partition("tracking = ")[2].partition("\n")[0])
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", str(number), "--bind", "127.0.0.1"],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as taker:
        taker.stdout.readline()
        up = keepfit(folder, "up")
        taker.terminate()
        taker.communicate()
    assert up.returncode == 1
    assert f"127.0.0.1:{number} (tracking, [stack] ports.tracking) by " in up.stderr
    assert f"pid {taker.pid} " in up.stderr
    assert "Traceback" not in up.stderr
    assert running(folder) == {}
    assert not (folder / ".keepfit" / "bundles").exists()


@pytest.mark.skipif(not shutil.which("prometheus"), reason="Prometheus is not installed")
def test_a_server_that_does_not_start_ends_the_others(folder):
    """It is told with its words, and no half of a stack is left."""
    (folder / ".keepfit" / "stack").mkdir(parents=True)
    (folder / ".keepfit" / "stack" / "prometheus-data").write_text("no folder")
    up = keepfit(folder, "up")
    assert up.returncode == 1
    assert "prometheus: it ended at once: " in up.stderr
    assert running(folder) == {}
    log = (folder / ".keepfit" / "stack" / "service.log").read_text()
    assert " answers at http://" in log
    assert not [one for one in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(one.info["cmdline"] or ())]


def test_a_simulator_without_its_table_is_told(folder):
    """It would end as soon as nobody looks; what was started with it is ended."""
    assert keepfit(folder, "train").returncode == 0
    (folder / "small.csv").rename(folder / "elsewhere.csv")
    up = keepfit(folder, "up")
    assert up.returncode == 1
    assert "simulator: it ended at once: " in up.stderr
    assert "small.csv" in up.stderr
    assert running(folder) == {}


def test_what_the_containers_have_is_not_made_anew(folder):
    """Journal and runs are away then: nothing is started in their place."""
    (folder / ".keepfit" / "stack").mkdir(parents=True)
    (folder / ".keepfit" / "stack" / "compose.yaml").write_text("services: {}")
    (folder / ".env").write_text("KEEPFIT_JOURNAL_URL=postgresql://keepfit:x@127.0.0.1:1/keepfit\n")
    up = keepfit(folder, "up", "--processes")
    assert up.returncode == 1
    assert ".env: says where the containers have it: KEEPFIT_JOURNAL_URL; `keepfit up` with the container" in up.stderr
    assert running(folder) == {}
