"""MLflow ends in the middle of a training: the work of hours is not lost by it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
import urllib3

from keepfit.cli.train import print_training
from keepfit.workflows.models import list_models
from keepfit.workflows.train import train

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)]  # the warnings are MLflow's own


@pytest.fixture
def server(tmp_path, free_port):
    """A real MLflow server; its process, and where it answers."""
    port = free_port()
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    options = ["--backend-store-uri", store, "--artifacts-destination", str(tmp_path / "artifacts"), "--workers", "1"]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), *options]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    _wait(url, process, tmp_path / "server.log")
    yield process, url
    _end(process)


def _wait(url, process, log):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(urllib3.exceptions.HTTPError):
            if urllib3.request("GET", f"{url}/health", retries=False, timeout=2).status == 200:
                return
        time.sleep(0.2)
    raise AssertionError(log.read_text()[-2000:])


def _end(process):
    """End the server and its workers, which are a session of their own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def rooms(server, make_project, tmp_path):
    return make_project(
        tmp_path / "project", lambda text: text.replace("[tracking]", f'[tracking]\nuri = "{server[1]}"')
    )


def test_a_training_outlives_its_tracking_server(server, rooms, capsys):
    """Bundles, report and promotion are there; page, JSON, run log and terminal say what MLflow was not told."""
    process, url = server
    seen = []

    def end_it(step, done, total, note=""):
        seen.append(step)
        if step == "fit the candidates" and done and process.poll() is None:
            _end(process)

    report = train(rooms, end_it)
    assert process.poll() is not None
    assert rooms.store.champion().facts.version == report.promotion.version == 1
    assert report.run_id == report.bundles[0].facts.lineage.run_id == ""
    first, *others = report.not_logged
    assert first.startswith(f"the runs of the candidates ({url}: MLflow's store cannot be reached")
    assert others == [
        "v1 as a model version, as MLflow failed before",
        "v2 as a model version, as MLflow failed before",
        "report and card, as MLflow failed before",
    ]
    assert json.loads(report.facts.read_text())["not_logged"] == list(report.not_logged)
    assert "Not in MLflow: report and card, as MLflow failed before." in report.page.read_text()
    assert "not in MLflow: v2 as a model version" in rooms.workspace.run_log.read_text()
    assert "| MLflow run | none |" in report.bundles[0].card
    print_training(report, top=0)
    assert "warning: not in MLflow: the runs of the candidates" in capsys.readouterr().out
    assert [model.version for model in list_models(rooms).models] == [1, 2]
