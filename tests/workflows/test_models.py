"""The versions that there are, as a panel's project lists them."""

from __future__ import annotations

from keepfit.workflows.models import list_models
from keepfit.workflows.rooms import Rooms
from recommender_model import PROJECT, make_recommender, tiny_recommender


def declared(rooms, change) -> Rooms:
    (rooms.folder / "keepfit.toml").write_text(change(PROJECT), encoding="utf-8")
    return Rooms.open(rooms.folder)


def test_a_recommender_is_listed_by_the_metric_of_its_panel(tmp_path):
    """Its role, its score in that metric, and whether the panel's threshold is passed."""
    rooms = make_recommender(tmp_path / "project")
    report = list_models(rooms)
    (model,) = report.models
    assert (report.metric, model.version, model.role, model.fault) == ("map", 1, "champion", "")
    assert model.is_staged
    assert model.facts.scores["map"][0] == tiny_recommender().result.best.holdout["map"].value
    assert model.facts.lineage.recipe == tiny_recommender().result.best.recipe


def test_another_metric_and_threshold_judge_it_afresh(tmp_path):
    """The panel's, as they are declared now."""
    rooms = make_recommender(tmp_path / "project")
    score = tiny_recommender().result.best.holdout["f1_micro"].value
    for threshold, is_staged in ((score - 0.01, True), (score + 0.01, False)):
        text = f'[panel]\nmetric = "f1_micro"\nstaging_threshold = {threshold}\n'
        report = list_models(declared(rooms, lambda told, text=text: told.replace("[panel]\n", text)))
        assert report.metric == "f1_micro"
        assert [one.is_staged for one in report.models] == [is_staged]


def test_a_bundle_that_is_not_whole_says_so(tmp_path):
    """And is staged for nobody."""
    rooms = make_recommender(tmp_path / "project")
    (rooms.store.champion().path / "model.onnx").write_bytes(b"")
    (model,) = list_models(rooms).models
    assert (model.facts, model.is_staged, model.role) == (None, False, "champion")
    assert "model.onnx" in model.fault
