"""MLflow, for real: its SQLite store, its pyfunc flavour, its scoring server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import mlflow
import numpy as np
import pytest
import urllib3
from mlflow.tracking import MlflowClient

from keepfit.errors import TrackingError
from keepfit.project import Workspace
from keepfit.project.declaration import TrackingSection
from keepfit.scoring import Scorer, history_door
from keepfit.tracking import open_tracking
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

PROJECT = """
[project]
name = "credit"
[data]
source = "credit"
target = "Status"
positive = "good"
entity = "rownames"
[request]
missing = "accept"
unseen = "accept"
[training]
folds = 2
candidates = [
  { model = "random_forest", grid = { n_estimators = [5, 10], max_depth = [4, 6] } },
  { model = "logistic_regression", grid = { C = [1.0] } },
]
[promotion]
keep = 2
"""
pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own; the product's are errors everywhere else


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("credit")
    (folder / "keepfit.toml").write_text(PROJECT)
    os.environ["KEEPFIT_OFFLINE"] = "1"
    rooms = Rooms.open(folder)
    return rooms, train(rooms)


@pytest.fixture(scope="module")
def client(trained):
    _, report = trained
    return MlflowClient(report.tracking_uri, report.tracking_uri)


def test_every_candidate_is_a_run_under_one_parent(trained, client):
    """Parameters, metrics, dataset and tags of each candidate are in MLflow, below the parent run."""
    _, report = trained
    experiment = client.get_experiment_by_name("credit")
    runs = client.search_runs([experiment.experiment_id], max_results=100)
    parents = [run for run in runs if run.info.run_id == report.run_id]
    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == report.run_id]
    assert len(parents) == 1
    assert len(children) == len(report.result.candidates) == 5
    by_name = {run.info.run_name: run for run in children}
    for candidate in report.result.candidates:
        run = by_name[candidate.recipe.title]
        assert run.data.params["model"] == candidate.recipe.model
        assert run.data.metrics["holdout_f1"] == candidate.holdout["f1"].value
        assert run.data.metrics["holdout_f1_low"] == candidate.holdout["f1"].low
        assert run.data.metrics["validation_roc_auc"] == candidate.validation["roc_auc"]
        assert run.info.status == "FINISHED"
    (given,) = parents[0].inputs.dataset_inputs
    assert given.dataset.digest == report.dataset.fingerprint[:32]
    assert parents[0].data.tags["keepfit.protocol"] == report.result.protocol
    assert "candidates.json" in [file.path for file in client.list_artifacts(report.run_id)]


def test_the_few_best_are_registered_and_the_champion_has_the_alias(trained, client):
    """As many versions as are kept, marked as staged or not, and the alias on the champion."""
    _, report = trained
    versions = client.search_model_versions("name='credit'")
    assert sorted(version.tags["keepfit.version"] for version in versions) == ["1", "2"]
    assert {version.tags["staged"] for version in versions} == {"true"}
    champion = client.get_model_version_by_alias("credit", "champion")
    assert champion.tags["keepfit.version"] == str(report.promotion.version)
    assert champion.tags["digest"] == report.promotion.digest


def test_no_pickle_is_written(trained):
    """Nothing under the workspace is a pickle by its name or its first bytes."""
    rooms, _ = trained
    for file in rooms.workspace.root.rglob("*"):
        assert file.suffix not in {".pkl", ".pickle", ".joblib", ".skops"}
        if file.is_file():
            assert file.read_bytes()[:2] not in {b"\x80\x04", b"\x80\x05"}


def test_pyfunc_answers_as_the_scorer_does(trained):
    """`mlflow.pyfunc` on the champion gives the same probabilities on every row, nulls and unseen values included."""
    rooms, _ = trained
    model = mlflow.pyfunc.load_model("models:/credit@champion")
    frame = load_dataset(rooms).frame
    signature = rooms.store.champion().facts.signature
    asked = frame.select(signature.names).to_pandas()
    numbers = [column.name for column in signature.columns if column.kind.is_numeric]
    asked[numbers] = asked[numbers].astype("float64")  # MLflow's schema takes no int64 for a double
    asked.loc[:9, "Job"] = "astronaut"
    asked.loc[10:19, ["Home", "Income"]] = None
    answer = model.predict(asked)
    scorer = Scorer(rooms.store.champion())
    import polars as pl  # noqa: PLC0415 - beside pandas only here

    expected = scorer.probabilities(history_door(signature).table(pl.from_pandas(asked)))
    np.testing.assert_array_equal(answer["probability"].to_numpy(), expected)
    assert list(answer["decision"]) == [scorer.decision(value) for value in expected]


@pytest.mark.timeout(180)
def test_the_input_example_is_a_record_that_the_model_takes(trained):
    """It is kept with the model, fits its signature, and is nobody's."""
    _, report = trained
    uri = f"models:/credit/{report.bundles[0].facts.version}"
    mlflow.set_tracking_uri(report.tracking_uri)
    mlflow.set_registry_uri(report.tracking_uri)
    model = mlflow.pyfunc.load_model(uri)
    example = model.input_example
    assert set(example) == set(report.dataset.signature.names)
    answer = model.predict(example)
    scorer = Scorer(report.bundles[0])
    (expected,) = scorer.probabilities(scorer.door.rows([report.dataset.signature.example_record()]))
    assert answer["probability"][0] == pytest.approx(expected, abs=1e-6)


def test_mlflow_models_serve_answers_as_the_service_does(trained, tmp_path):
    """MLflow's own scoring server gives the same probabilities on every row, each column null in turn too."""
    rooms, report = trained
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    binaries = Path(sys.executable).parent
    environment = {
        **os.environ,
        "MLFLOW_TRACKING_URI": report.tracking_uri,
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
    }
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/credit@champion"]
    options = ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    frame = load_dataset(rooms).frame
    signature = rooms.store.champion().facts.signature
    rows = frame.select(signature.names).rows(named=True)
    rows += [{**rows[0], name: None} for name in signature.names]
    scorer = Scorer(rooms.store.champion())
    expected = scorer.probabilities(scorer.door.rows(rows))
    with (tmp_path / "serve.log").open("wb") as log:
        server = subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(f"{url}/ping", server, tmp_path / "serve.log")
        body = {"columns": list(signature.names), "data": [list(row.values()) for row in rows]}
        answer = urllib3.request("POST", f"{url}/invocations", json={"dataframe_split": body}, timeout=60.0)
        assert answer.status == 200, answer.data
        served = np.array([one["probability"] for one in answer.json()["predictions"]])
        assert np.abs(served - expected).max() <= 1e-6
        for row, value in zip(rows[-len(signature.names) :], expected[-len(signature.names) :], strict=True):
            alone = urllib3.request("POST", f"{url}/invocations", json={"dataframe_records": [row]}, timeout=60.0)
            assert alone.status == 200, alone.data
            assert abs(alone.json()["predictions"][0]["probability"] - value) <= 1e-6
    finally:
        os.killpg(server.pid, 15)
        server.wait(20)


def test_a_store_that_cannot_be_reached_is_told_in_seconds(tmp_path):
    """A tracking server that is away is an error in words, with the key to correct."""
    began = time.monotonic()
    with pytest.raises(TrackingError, match=r"http://127\.0\.0\.1:9: MLflow's store cannot be reached"):
        open_tracking(TrackingSection(uri="http://127.0.0.1:9"), Workspace(tmp_path), "credit")
    assert time.monotonic() - began < 30  # MLflow's own defaults try for minutes


def test_an_alias_for_an_unknown_version_is_told(trained):
    """A version that is not in the store says what may have happened."""
    rooms, _ = trained
    with pytest.raises(TrackingError, match=r"no model version of credit carries the tag keepfit\.version=99"):
        rooms.tracking.set_alias("champion", 99)


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            if urllib3.request("GET", url, timeout=1.0, retries=False).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            continue
    raise AssertionError(log.read_text())
