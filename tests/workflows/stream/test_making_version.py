"""A version of what a stream has learnt: what its bundle says, and that it is made once."""

from __future__ import annotations

import numpy as np
import pytest
from mlflow import MlflowClient

from keepfit.evaluation import score_intervals
from keepfit.workflows.data import load_dataset
from keepfit.workflows.stream.making_version import Origin, version_of_batch
from keepfit.workflows.stream.stream import StreamTask, stream
from keepfit.workflows.train import train
from stream_project import make_stream_project, newest_state, turning_csv


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project whose stream has made versions, and what it saved."""
    rooms = make_stream_project(tmp_path_factory.mktemp("made"))
    (rooms.folder / "new.csv").write_text(turning_csv(60, 240))
    return rooms, stream(rooms, StreamTask(str(rooms.folder / "new.csv")))


def origin_of(rooms, name: str | None = None) -> Origin:
    name = name or newest_state(rooms).facts["journey"]["stream"]
    return Origin(name, rooms.store.read(1).facts.signature, load_dataset(rooms))


def test_a_version_answers_as_the_learner_that_it_was_made_of(made):
    """The rows of the batch behind it were asked of both: the same probabilities, but for what the gate allows."""
    rooms, report = made
    state, asked = newest_state(rooms), 0
    for one in report.history:
        if one.promoted and one.number < report.batches:
            rows = slice(20 * one.number, 20 * one.number + 20)
            answers = [state.arrays[f"answers.{role}"][rows] for role in ("champion", "challenger")]
            np.testing.assert_allclose(answers[0], answers[1], atol=1e-5)
            assert report.history[one.number].champion == one.promoted
            asked += 1
    assert asked


def test_its_card_says_where_it_comes_from(made):
    """How it was scored, and to which batch of which stream it has learnt."""
    rooms, report = made
    one = next(one for one in report.history if one.promoted)
    bundle = rooms.store.read(one.promoted)
    card = (bundle.path / "MODEL_CARD.md").read_text()
    assert f"Prequential: the {one.compared_rows} newest rows up to batch {one.number}" in card
    assert f"to batch {one.number} of the stream {bundle.facts.lineage.stream}" in card
    assert f"rows asked before they were learnt: **{one.compared_rows}**" in card


def test_its_scores_are_of_rows_that_were_asked_before_they_were_learnt(made):
    """Those since champion and challenger were last made equal, with intervals."""
    rooms, report = made
    first = next(one for one in report.history if one.promoted)
    bundle, state = rooms.store.read(first.promoted), newest_state(rooms)
    rows = 20 * first.number
    begin = rows - first.compared_rows
    labels = state.arrays["labels"][begin:rows]
    answers = state.arrays["answers.challenger"][begin:rows]
    decided = state.arrays["thresholds.challenger"][begin:rows]
    expected = score_intervals(labels, answers, decided, seed=1, costs=rooms.project.training.costs)
    assert bundle.facts.scores["log_loss"] == (
        expected["log_loss"].value,
        expected["log_loss"].low,
        expected["log_loss"].high,
    )


def test_mlflow_knows_the_version(made):
    """Its run with the stream's name, and the model version with its batch and the alias."""
    rooms, report = made
    bundle = rooms.store.champion()
    lineage, client = bundle.facts.lineage, MlflowClient(rooms.tracking.uri, rooms.tracking.uri)
    run = client.get_run(lineage.run_id)
    assert run.data.tags["keepfit.stream"] == lineage.stream
    assert run.data.metrics["prequential_log_loss"] == bundle.facts.scores["log_loss"][0]
    version = client.get_model_version_by_alias("s", "champion")
    assert version.tags["stream_batch"] == str(lineage.stream_batch)
    assert version.tags["digest"] == bundle.digest
    assert not report.not_logged


def test_a_version_of_a_batch_is_found_again(made):
    """Also when others were made since; not that of another stream or batch."""
    rooms, report = made
    promoted = [one for one in report.history if one.promoted]
    origin = origin_of(rooms)
    for one in promoted:
        assert version_of_batch(rooms, origin, one.number).facts.version == one.promoted
    assert version_of_batch(rooms, origin, promoted[0].number + 1_000) is None
    assert version_of_batch(rooms, origin_of(rooms, "another"), promoted[0].number) is None


def test_versions_of_others_do_not_hide_it(tmp_path):
    """Nor does one that is damaged: after an end between two steps a version is not made twice."""
    rooms = make_stream_project(tmp_path / "project")
    (rooms.folder / "new.csv").write_text(turning_csv(60, 100))
    report = stream(rooms, StreamTask(str(rooms.folder / "new.csv")))
    batch = next(one for one in report.history if one.promoted)
    train(rooms)
    newest = max(rooms.store.versions())
    (rooms.store.path(newest) / "model.onnx").write_bytes(b"")
    assert version_of_batch(rooms, origin_of(rooms), batch.number).facts.version == batch.promoted
