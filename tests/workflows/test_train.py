"""Training as a workflow: what it stores, promotes and says."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from keepfit.cli.train import print_training
from keepfit.registry import promotions
from keepfit.scoring import Scorer
from keepfit.workflows.examples import unpack_example
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

LEAKING = """
[data]
source = "table.csv"
target = "status"
positive = "good"
known_after = ["calls"]
[training]
folds = 3
[[training.candidates]]
model = "random_forest"
grid = { n_estimators = [10], max_depth = [4] }
[evaluation]
learning_curve = [0.25, 0.5]
"""


@pytest.fixture(scope="module")
def twice(make_project, tmp_path_factory):
    """The same training, twice."""
    rooms = make_project(tmp_path_factory.mktemp("twice"))
    return rooms, train(rooms), train(rooms)


def test_the_best_becomes_champion_and_the_next_must_be_better(twice):
    """The first training promotes; the same again is no better, and the champion stays."""
    rooms, first, second = twice
    assert first.promotion.version == 1
    assert second.promotion is None
    assert "v1 stays champion: v3 is not shown to be better (f1 differs by +0.0000 [+0.0000, +0.0000]" in second.verdict
    with rooms.journal() as journal:
        assert len(promotions(journal, rooms.project.name)) == 1


def test_the_same_seed_gives_the_same_digits_twice(twice):
    """Two trainings agree in every score, and their graphs in every answer."""
    _, first, second = twice
    for one, other in zip(first.result.candidates, second.result.candidates, strict=True):
        assert (one.recipe, one.validation, one.holdout) == (other.recipe, other.validation, other.holdout)
    matrix = Scorer(first.bundles[0]).door.table(first.dataset.frame)
    np.testing.assert_array_equal(
        Scorer(first.bundles[0]).probabilities(matrix), Scorer(second.bundles[0]).probabilities(matrix)
    )


def test_the_bundle_and_the_table_of_candidates_say_the_same(twice):
    """A score is the same number in the bundle, in the report's JSON and in the result."""
    _, first, _ = twice
    best = first.result.best
    told = json.loads(first.facts.read_text())
    assert told["candidates"][0]["holdout"]["f1"]["value"] == best.holdout["f1"].value
    assert first.bundles[0].facts.scores["f1"][0] == best.holdout["f1"].value
    assert told["best_on_holdout"]["protocol"].startswith("biased")


def test_the_card_is_made_of_the_bundles_facts(twice):
    """The card in the bundle holds the same score and the twin's warning."""
    _, first, _ = twice
    card = first.bundles[0].card
    assert f"{first.result.best.holdout['f1'].value:.4f}" in card
    assert "Generated data" in card


def test_the_card_in_the_bundle_says_what_the_held_out_rows_say(twice):
    """Importances stand in it, the best one's; the card as a page is beside the report, of the same facts."""
    _, first, _ = twice
    told = json.loads(first.facts.read_text())
    best, other = (bundle.card for bundle in first.bundles)
    strongest = told["diagnosis"]["importances"][0]
    assert f"| {strongest['column']} | {strongest['loss']:.4f} |" in best
    assert "What it rests on" not in other
    assert first.card.name == "train-v1-card.html"
    assert strongest["column"] in first.card.read_text()
    assert told["limits"][0].startswith("Generated data: ")


def test_no_column_of_an_honest_table_is_suspected(twice):
    """Neither in the result, nor in JSON, nor on the page."""
    _, first, _ = twice
    assert first.suspects == ()
    assert json.loads(first.facts.read_text())["suspects"] == []
    assert "Leakage" not in first.page.read_text()
    assert first.not_logged == ()


@pytest.fixture(scope="module")
def leaking(make_project, tmp_path_factory):
    """A table with a column that is filled in afterwards, another that is declared so, and a learning curve."""
    folder = tmp_path_factory.mktemp("leaking")
    rows = 1200
    rng = np.random.default_rng(5)
    income = rng.normal(50, 10, rows)
    good = income + rng.normal(0, 10, rows) > 48
    table = pl.DataFrame(
        {
            "income": income.round(1),
            "calls": rng.integers(0, 9, rows),
            "repaid": (good + rng.normal(0, 0.1, rows)).round(3),
            "status": ["good" if one else "bad" for one in good],
        }
    )
    table.write_csv(folder / "table.csv")
    (folder / "keepfit.toml").write_text(LEAKING)
    return train(Rooms.open(folder))


def test_a_leak_is_named_by_report_card_and_json(leaking):
    """The planted column and the declared one: where they are looked for, and nothing else."""
    told = json.loads(leaking.facts.read_text())
    assert sorted(suspect["columns"][0] for suspect in told["suspects"]) == ["calls", "repaid"]
    page = leaking.page.read_text()
    for text in (page, leaking.card.read_text(), leaking.bundles[0].card, "\n".join(told["limits"])):
        assert "repaid alone nearly determines status: is it known before the event?" in text
        assert "calls is known only after the event" in text
    assert "<h2>Leakage</h2>" in page
    assert "decisions before calls can be known" in leaking.bundles[0].card
    assert "shuffling repaid costs F1" in told["limits"][1]


def test_a_leak_is_a_warning_on_the_terminal(leaking, capsys):
    """Each suspect is a line that is hard to overlook."""
    print_training(leaking, top=0)
    said = capsys.readouterr().out
    assert said.count("warning: leakage: ") == 2
    assert "model card: " in said


def test_a_learning_curve_is_in_report_card_and_json(leaking):
    """Shares as declared, then all rows; its sentence among the limits."""
    curve = json.loads(leaking.facts.read_text())["learning_curve"]
    assert [point["share"] for point in curve["points"]] == [0.25, 0.5, 1.0]
    assert curve["points"][-1]["rows"] == 960
    assert "Would more rows help?" in leaking.page.read_text()
    assert "to 960 training rows, F1 " in leaking.bundles[0].card


def test_below_the_staging_threshold_nothing_is_promoted(make_project, tmp_path):
    """A best that is not above the threshold is stored, and not promoted."""
    rooms = make_project(tmp_path, lambda text: text.replace("staging_threshold = 0.70", "staging_threshold = 0.99"))
    report = train(rooms)
    assert report.promotion is None
    assert "v1 is not promoted: f1 0.8" in report.verdict
    assert rooms.store.pointer("champion") is None
    assert rooms.store.versions() == [1, 2]


@pytest.mark.timeout(300)
def test_the_published_figure_is_reproduced_and_honestly_chosen(tmp_path, monkeypatch, datasets):
    """On the real table the published best of 50 comes out to the last digit, and cross-validation chooses it too."""
    monkeypatch.setenv("KEEPFIT_DATA_MIRROR", str(datasets))
    unpack_example("credit-status", tmp_path)
    result = train(Rooms.open(tmp_path)).result
    assert len(result.candidates) == 50
    biased = result.best_on_holdout
    assert biased.recipe.parameters == {"n_estimators": 100, "max_depth": 10, "min_samples_split": 10}
    # published: RandomForest 100/10/10 0.859896219421794, XGBoost 100/6/0.2 0.8564885496183207
    assert biased.holdout["f1"].value == pytest.approx(0.859896219421794, abs=1e-12)
    xgboost = {"n_estimators": 100, "max_depth": 6, "learning_rate": 0.2}
    published = next(one for one in result.candidates if dict(one.recipe.parameters) == xgboost)
    assert published.holdout["f1"].value == pytest.approx(0.8564885496183207, abs=1e-12)
    assert result.best.recipe == biased.recipe
