"""A recommender's training from the table to the champion: what is stored, what is told, and what a fault leaves."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from mlflow.tracking import MlflowClient

from keepfit.cli.train import print_recommenders
from keepfit.errors import TrackingError, TrainingError
from keepfit.evaluation import RECOMMENDER_METRICS
from keepfit.scoring import Scorer, history_door
from keepfit.signature import LISTED_BY
from keepfit.tracking import TrackingStore
from keepfit.training.recommender import FittedRecommender
from keepfit.workflows.models import list_models
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train_recommender import train_recommender
from offer_graph import otherwise
from recommender_model import PROJECT, RECOMMENDED, panel

pytestmark = pytest.mark.filterwarnings("ignore")  # the warnings are MLflow's own
NEVER = "left out, as nobody adds it in the months that teach: bond"


def declared(folder, change=lambda text: text) -> Rooms:
    (folder / "keepfit.toml").write_text(change(PROJECT), encoding="utf-8")
    panel().write_csv(folder / "panel.csv")
    return Rooms.open(folder)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The rooms, the report, and what was told on the way."""
    rooms = declared(tmp_path_factory.mktemp("trained"))
    told: list[tuple[str, int, int]] = []
    return rooms, train_recommender(rooms, lambda step, done, total, note="": told.append((step, done, total))), told


@pytest.fixture(scope="module")
def client(trained):
    uri = trained[1].tracking_uri
    return MlflowClient(uri, uri)


def test_each_candidate_becomes_a_version_and_the_best_is_champion(trained):
    """In the order of what the month that chooses says; the month that is held out is none that taught."""
    rooms, report, _ = trained
    values = [one.validation["map"] for one in report.result.candidates]
    assert values == sorted(values, reverse=True)
    assert [one.facts.lineage.recipe for one in report.bundles] == [one.recipe for one in report.result.candidates]
    assert rooms.store.champion().facts.version == report.promotion.version == report.bundles[0].facts.version == 1
    assert {one.facts.lineage.taught_until for one in report.bundles} == {"2015-11"}
    assert report.dataset.additions.first_month(report.dataset.split.holdout) == "2015-12"
    assert (report.refused, report.not_logged) == ((), ())
    assert report.verdict.startswith("v1 is champion: map 0.")
    assert f"train: 2 recommenders, best {report.result.best.recipe.title}; v1 is champion" in (
        rooms.workspace.run_log.read_text()
    )


def test_what_is_stored_answers_as_what_was_learnt(trained):
    """On every row of the panel, product by product, by the thresholds that were chosen."""
    rooms, report, _ = trained
    scorer = Scorer(rooms.store.champion())
    matrix = history_door(scorer.door.signature).table(report.dataset.frame)
    learnt, answered = report.result.best.model.offers(matrix), scorer.answers(matrix)
    assert np.array_equal(np.isnan(learnt), np.isnan(answered.offers))
    np.testing.assert_allclose(answered.offers, learnt, atol=1e-5, rtol=0)
    decided = np.nan_to_num(learnt, nan=-1.0) >= report.result.best.threshold
    nothing = report.dataset.signature.outcome.negative
    said = [set(text.split(LISTED_BY)) - {nothing} for text in answered.decision]
    assert said == [{name for name, is_said in zip(RECOMMENDED, row, strict=True) if is_said} for row in decided]


def test_each_step_is_told_to_its_end(trained):
    """From the table to the export."""
    told = trained[2]
    steps = [*dict.fromkeys(step for step, _, _ in told)]
    assert steps[0] == "data"
    assert steps[-1] == "export"
    assert {"choose ranker", "learn ranker", "choose per_product", "score the baselines"} <= set(steps)
    assert all((step, total, total) in told for step, _, total in told)


def test_mlflow_has_the_search_and_its_candidates(trained, client):
    """A parent run, and a child for each candidate with its parameters and its scores."""
    _, report, _ = trained
    parent = client.get_run(report.run_id)
    assert parent.data.params["hold_from"] == "2015-12"
    assert parent.data.params["best"] == report.result.best.recipe.title
    assert parent.data.tags["keepfit.fingerprint"] == report.dataset.fingerprint
    for name, scores in report.result.baselines.items():
        for metric, score in scores.items():
            assert parent.data.metrics[f"baseline_{name}_{metric}"] == score.value
    for one, bundle in zip(report.result.candidates, report.bundles, strict=True):
        child = client.get_run(bundle.facts.lineage.run_id)
        assert child.data.tags["mlflow.parentRunId"] == report.run_id
        assert child.data.params["model"] == one.recipe.model
        assert child.data.params["rounds"] == str(one.recipe.parameters["rounds"])
        for metric in RECOMMENDER_METRICS:
            assert child.data.metrics[f"validation_{metric}"] == one.validation[metric]
            assert child.data.metrics[f"holdout_{metric}"] == one.holdout[metric].value
            assert child.data.metrics[f"holdout_{metric}_low"] == one.holdout[metric].low
        assert child.data.metrics["fit_seconds"] == one.seconds


def test_mlflow_keeps_the_report_and_the_version(trained, client):
    """What lies in the workspace is with the run; each version is registered, and the champion has its alias."""
    rooms, report, _ = trained
    kept = {one.path for one in client.list_artifacts(report.run_id)}
    assert {"report.html", "report.json", "model_card.html", "MODEL_CARD.md", "figures"} <= kept
    assert {"candidates.json", "baselines.json"} <= kept
    champion = client.get_model_version_by_alias(rooms.project.name, "champion")
    assert champion.run_id == report.bundles[0].facts.lineage.run_id
    assert champion.tags["recipe"] == report.result.best.recipe.title
    assert champion.tags["digest"] == report.bundles[0].digest
    assert champion.tags["staged"] == "true"


def test_the_report_says_who_was_tried_and_what_is_left_out(trained):
    """Page, JSON and card name the product that nobody adds; the JSON has every score of every candidate."""
    _, report, _ = trained
    facts = json.loads(report.files.facts.read_text())
    assert facts["never_added"] == ["bond"]
    assert facts["versions"] == [1, 2]
    assert facts["is_promoted"] is True
    assert {one["product"] for one in facts["products"]} == set(RECOMMENDED)
    assert [one["rank"] for one in facts["candidates"]] == [1, 2]
    for told, one in zip(facts["candidates"], report.result.candidates, strict=True):
        assert told["validation"] == one.validation
        assert told["holdout"]["map"] == {
            "value": one.holdout["map"].value,
            "low": one.holdout["map"].low,
            "high": one.holdout["map"].high,
        }
    assert set(facts["baselines"]) == set(report.result.baselines)
    page, card = report.files.page.read_text(), report.files.card.read_text()
    assert "Left out, as nobody adds it in the months that teach: bond." in page
    assert "It never recommends bond" in card
    assert "It never recommends bond" in report.bundles[0].card
    assert any(limit.startswith("It never recommends bond") for limit in facts["limits"])


def test_the_products_of_the_report_are_counted_on_the_held_out_rows(trained):
    """Who could add it and who did, by the panel itself."""
    _, report, _ = trained
    additions, rows = report.dataset.additions, report.dataset.split.holdout
    for one in report.products:
        at = RECOMMENDED.index(one.product)
        assert one.taken == additions.added[rows, at].sum()
        assert one.could == additions.is_open[rows, at].sum()


def test_the_terminal_has_candidates_baselines_and_verdict(trained, capsys):
    """A line for each, with intervals; what is left out is named."""
    print_recommenders(trained[1])
    said = capsys.readouterr().out
    for one in trained[1].result.candidates:
        assert one.recipe.title in said
    assert "by frequency alone" in said
    assert "by constant alone" in said
    assert f"\n{NEVER}\n" in said
    assert "runs: 2 in MLflow at sqlite:///" in said.replace("\n", " ")
    assert trained[1].verdict in said.replace("\n", " ")
    assert "warning" not in said


def test_the_versions_are_listed_by_the_metric_of_the_panel(trained):
    """Which is champion, and that it is staged, by what `[panel]` declares."""
    report = list_models(trained[0])
    assert report.metric == "map"
    assert [(one.version, one.role, one.is_staged, one.fault) for one in report.models] == [
        (1, "champion", True, ""),
        (2, "", True, ""),
    ]
    assert [(entry.version, entry.previous) for entry in report.ledger] == [(1, None)]


def _answers_otherwise(monkeypatch, which) -> None:
    """Let the graphs of some candidates, numbered as they are exported, say something else of the first product."""
    honest, asked = FittedRecommender.to_onnx, []

    def to_onnx(self):
        asked.append(self)
        graph = honest(self)
        return otherwise(graph, 0) if len(asked) - 1 in which else graph

    monkeypatch.setattr(FittedRecommender, "to_onnx", to_onnx)


def test_a_candidate_that_the_gate_refuses_is_told(tmp_path, monkeypatch, capsys):
    """The other becomes champion, and report, terminal and page say which was left out and why."""
    rooms = declared(tmp_path)
    _answers_otherwise(monkeypatch, {0})
    report = train_recommender(rooms)
    (refused,) = report.refused
    assert re.match(r"ranker .*: parity gate: what would be served differs .* by up to 0\.001 ", refused)
    assert [one.recipe.model for one in report.result.candidates] == ["per_product"]
    assert list(rooms.store.versions()) == [1]
    assert rooms.store.champion().facts.lineage.recipe.model == "per_product"
    assert json.loads(report.files.facts.read_text())["refused"] == [refused]
    assert "Left out, as it cannot be served as it was learnt: ranker" in report.files.page.read_text()
    print_recommenders(report)
    assert "left out: ranker" in capsys.readouterr().out


def test_where_the_gate_refuses_all_there_is_no_version(tmp_path, monkeypatch):
    """The error names the first, and what to do."""
    rooms = declared(tmp_path)
    _answers_otherwise(monkeypatch, {0, 1})
    with pytest.raises(TrainingError, match=r"\[panel\] candidates: no candidate can be exported; the first: ranker"):
        train_recommender(rooms)
    assert not rooms.store.versions()


def test_mlflow_that_fails_on_the_way_costs_nothing_else(tmp_path, monkeypatch, capsys):
    """Bundles, promotion, page, JSON and card are there; all of them, run log and terminal say what it was not told."""

    def away(*_, **__):
        raise TrackingError("cannot be reached", where="http://mlflow", hint="start it")

    rooms = declared(tmp_path)
    for act in ("log_search", "register", "log_texts"):
        monkeypatch.setattr(TrackingStore, act, away)
    report = train_recommender(rooms)
    assert rooms.store.champion().facts.version == report.promotion.version == 1
    assert report.run_id == report.bundles[0].facts.lineage.run_id == ""
    assert report.not_logged == (
        "the runs of the candidates (http://mlflow: cannot be reached; start it)",
        "v1 as a model version, as MLflow failed before",
        "v2 as a model version, as MLflow failed before",
        "report and card, as MLflow failed before",
    )
    assert report.files.card.exists()
    assert json.loads(report.files.facts.read_text())["not_logged"] == list(report.not_logged)
    assert "Not in MLflow: report and card, as MLflow failed before." in report.files.page.read_text()
    assert "not in MLflow: v2 as a model version" in rooms.workspace.run_log.read_text()
    print_recommenders(report)
    said = capsys.readouterr().out
    assert "warning: not in MLflow: the runs of the candidates" in said
    assert "runs: " not in said


def test_a_report_that_mlflow_does_not_take_says_so(tmp_path, monkeypatch):
    """The last thing that it is told is in the report too: the page is written again."""

    takes = TrackingStore.log_texts

    def full(self, run_id, artifacts):
        if "report.html" in artifacts:
            raise TrackingError("is full", where="http://mlflow", hint="make room")
        takes(self, run_id, artifacts)

    rooms = declared(tmp_path)
    monkeypatch.setattr(TrackingStore, "log_texts", full)
    report = train_recommender(rooms)
    assert report.run_id
    assert report.not_logged == ("report and card (http://mlflow: is full; make room)",)
    assert "Not in MLflow: report and card" in report.files.page.read_text()
    assert json.loads(report.files.facts.read_text())["not_logged"] == list(report.not_logged)


def test_a_score_below_the_threshold_of_the_panel_is_not_promoted(tmp_path):
    """`[panel] staging_threshold` decides; the version is there for a person to promote."""
    rooms = declared(tmp_path, lambda text: text.replace("[panel]\n", "[panel]\nstaging_threshold = 0.9\n"))
    report = train_recommender(rooms)
    assert report.promotion is None
    assert "is not above the staging threshold 0.9" in report.verdict
    assert rooms.store.pointer("champion") is None
    assert "not promoted" in report.files.page.read_text()
    assert [one.is_staged for one in list_models(rooms).models] == [False, False]
