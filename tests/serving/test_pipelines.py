"""A champion that no graph can hold: trained, marked, served from a process of its own, swapped."""

from __future__ import annotations

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from keepfit.bundle import Pointer
from keepfit.errors import BundleError, TrainingError
from keepfit.scoring import Scorer
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.score import ScoreTask, score
from keepfit.workflows.train import train

PROJECT = """
[project]
name = "rings"
pipelines = "{pipelines}"
[data]
source = "t.csv"
target = "y"
[request]
missing = "accept"
[training]
folds = 2
[[training.features]]
step = "rings"
columns = ["x"]
[[training.candidates]]
model = "{model}"
[promotion]
keep = 1
staging_threshold = 0.0
"""


def make_project(folder: Path, *, pipelines: str = "apart", model: str = "neighbours") -> Rooms:
    rng = np.random.default_rng(0)
    x, z = rng.normal(0, 3, 400).round(3), rng.normal(size=400).round(3)
    y = np.where(np.abs(x) + rng.normal(0, 1, 400) > 2, "yes", "no")
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"x": x, "z": z, "y": y}).write_csv(folder / "t.csv")
    (folder / "keepfit.toml").write_text(PROJECT.format(pipelines=pipelines, model=model))
    return Rooms.open(folder)


@pytest.fixture(scope="module")
def trained(example_package, tmp_path_factory):
    """A project whose champion is a pipeline, and what its training said."""
    rooms = make_project(tmp_path_factory.mktemp("apart"))
    return rooms, train(rooms)


@pytest.fixture(scope="module")
def apart(trained, serve):
    with serve(trained[0]) as service:
        yield service


def children(service) -> list[int]:
    """Return the processes that a service has started."""
    threads = Path(f"/proc/{service.process.pid}/task").iterdir()
    return [int(one) for thread in threads for one in (thread / "children").read_text().split()]


def ask(service, path: str, content):
    """Send a request, with time for the process to be started on a slow machine."""
    return service.post(path, content, timeout=90.0)


def records(count: int) -> list[dict[str, float | None]]:
    rng = np.random.default_rng(1)
    made = [{"x": float(x), "z": float(z)} for x, z in rng.normal(0, 3, (count, 2)).round(3)]
    return [record if at % 7 else {**record, "x": None} for at, record in enumerate(made)]


def test_without_the_word_for_it_nothing_is_kept(example_package, tmp_path):
    """A project that says nothing of pipelines gets an error that says what to do."""
    with pytest.raises(TrainingError, match=r'no graph can hold it.*declare \[project\] pipelines = "apart"'):
        train(make_project(tmp_path, pipelines="refuse"))


def test_it_is_marked_wherever_it_is_told_of(trained, apart):
    """The report, the card, the bundle, the service's answers and its metrics say that it is a pipeline."""
    rooms, report = trained
    assert "no graph can hold it" in report.pipelines[0]
    assert "Kept as a pickled pipeline" in report.page.read_text()
    champion = rooms.store.champion()
    assert champion.facts.form == "pipeline"
    assert sorted(file.name for file in champion.path.iterdir()) == sorted(
        ["MODEL_CARD.md", "bundle.json", "manifest.json", "pipeline.pickle", "profile.json"]
    )
    assert "kept as a pickled pipeline" in champion.card
    assert apart.get("/api/model").json()["form"] == "pipeline"
    assert 'form="pipeline"' in apart.get("/metrics").data.decode()
    assert "kept as a pickled pipeline" in apart.get("/", accept="text/html").data.decode()


def test_it_answers_as_it_was_fitted(trained, apart, tmp_path):
    """A row alone, in a list, in a file, with reasons, at once with others: the fitted pipeline's own answer."""
    rooms, report = trained
    asked = records(60)
    model = report.result.best.model
    scorer = Scorer(rooms.store.champion(), runs_pipelines=True)
    expected = model.probability(scorer.door.rows(asked)).tolist()
    assert len(set(expected)) > 5
    with ThreadPoolExecutor(16) as pool:
        alone = list(pool.map(lambda record: ask(apart, "/api/prediction", record), asked))
    assert [answer.json()["probability"] for answer in alone] == pytest.approx(expected, abs=1e-12)
    listed = ask(apart, "/api/prediction", asked).json()["predictions"]
    assert [answer["probability"] for answer in listed] == pytest.approx(expected, abs=1e-12)
    pl.DataFrame(asked).write_parquet(tmp_path / "in.parquet")
    score(rooms, ScoreTask(tmp_path / "in.parquet", tmp_path / "out.parquet"))
    assert pl.read_parquet(tmp_path / "out.parquet")["probability"].to_list() == pytest.approx(expected, abs=1e-12)
    explained = ask(apart, "/api/prediction?explain=true", asked[1]).json()
    assert explained["probability"] == pytest.approx(expected[1], abs=1e-12)
    effects = sum(one["effect"] for one in explained["reasons"]["contributions"])
    assert explained["reasons"]["baseline"] + effects == pytest.approx(expected[1], abs=1e-9)


def test_the_service_itself_loads_nothing_of_it(apart):
    """Its libraries are mapped in the other process, and not in the service."""
    (child,) = children(apart)
    assert "sklearn" in Path(f"/proc/{child}/maps").read_text()
    assert "sklearn" not in Path(f"/proc/{apart.process.pid}/maps").read_text()


def test_a_process_that_dies_is_replaced(apart):
    """Killed while it is asked without a pause: every request is answered, and those after it."""
    (child,) = children(apart)
    asked = records(200)
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda record: ask(apart, "/api/prediction", record).status, asked)
        before = [next(answers) for _ in range(10)]
        os.kill(child, signal.SIGKILL)
        assert {*before, *answers} == {200}
    (other,) = children(apart)
    assert other != child


def test_a_record_that_it_fails_on_fails_alone(apart):
    """In the company of others that are answered; its caller is told no more than that, and the log has the words."""
    asked = [{"x": 1313.0, "z": 0.0}, *records(40)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda record: ask(apart, "/api/prediction", record), asked))
    assert [answer.status for answer in answers] == [500] + [200] * 40
    assert "its pipeline fails on these rows" in answers[0].json()["detail"]
    assert "cannot bear" not in answers[0].data.decode()


def test_a_wrong_record_is_refused_as_ever(apart):
    """The door is the same."""
    refused = ask(apart, "/api/prediction", {"x": "far", "z": 1.0})
    assert refused.status == 422
    assert json.loads(refused.data)["violations"][0]["field"] == "x"


def test_a_swap_ends_the_process_of_the_one_before(trained, apart, serve, tmp_path):
    """To a graph and back: nobody is refused, and no process is left behind."""
    rooms, _ = trained
    pipeline = rooms.store.pointer("champion")
    file = rooms.file
    text = file.read_text()
    without = text.replace('[[training.features]]\nstep = "rings"\ncolumns = ["x"]\n', "")
    file.write_text(without.replace("neighbours", "naive_bayes"))
    try:
        report = train(Rooms.open(file))
    finally:
        file.write_text(text)
    (bundle,) = report.bundles
    assert bundle.facts.form == "graph"
    for target, expected in ((Pointer(bundle.facts.version, bundle.digest, 8), 0), (pipeline, 1)):
        rooms.store.point("champion", target)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert ask(apart, "/api/prediction", records(1)[0]).status == 200
            if apart.get("/ready").json()["model_version"] == str(target.version) and len(children(apart)) == expected:
                break
        else:
            raise AssertionError((apart.get("/ready").json(), children(apart)))


def test_a_project_that_does_not_allow_it_refuses_to_serve_it(trained):
    """The bundle alone is no permission: the project's file gives it."""
    rooms, _ = trained
    with pytest.raises(BundleError, match=r'runs code when it is loaded.*declare \[project\] pipelines = "apart"'):
        Scorer(rooms.store.champion())
