"""Two recommenders on months that taught neither: who is judged by what, as the panel grows and its rules change."""

from __future__ import annotations

import shutil
from html import unescape

import polars as pl
import pytest

from keepfit.workflows.contest import holdout_obstacle
from keepfit.workflows.data import load_dataset
from keepfit.workflows.recommender_contest import compare_recommenders
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train_recommender import train_recommender
from recommender_model import PROJECT, panel

pytestmark = pytest.mark.filterwarnings("ignore")  # the warnings are MLflow's own
RANKER = PROJECT.replace(', { model = "per_product", rounds = 5 }', "")
FIRST = (
    RANKER.replace('hold_from = "2015-12"', 'hold_from = "2015-11"')
    .replace('drop = ["note"]', 'drop = ["note", "bond"]')
    .replace('"bond", "fund"', '"fund"')
    .replace('bond = "Облигация"\n', "")
    .replace('bond = "Bond"\n', "")
)
LATER = FIRST.replace('hold_from = "2015-11"', 'hold_from = "2015-12"')


def declared(folder, text, frame) -> Rooms:
    folder.mkdir(exist_ok=True)
    (folder / "keepfit.toml").write_text(text, encoding="utf-8")
    frame.write_csv(folder / "panel.csv")
    return Rooms.open(folder)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A champion that has learnt of the months to October, of a panel that ends in December; it knows no bonds."""
    folder = tmp_path_factory.mktemp("first")
    rooms = declared(folder, FIRST, panel().filter(pl.col("month") <= "2015-12-28"))
    assert train_recommender(rooms).promotion is not None
    return rooms


@pytest.fixture(scope="module")
def second(first, tmp_path_factory):
    """The same with a month more, trained again."""
    folder = tmp_path_factory.mktemp("second") / "project"
    shutil.copytree(first.folder, folder)
    rooms = declared(folder, LATER, panel())
    return rooms, train_recommender(rooms)


def test_a_month_more_judges_both(second):
    """The second is compared with the champion on the month that taught neither; the ledger or the event says how."""
    rooms, report = second
    assert holdout_obstacle(report.dataset, rooms.store.read(1)) == ""
    assert "better" in report.verdict
    assert "on the held-out rows" in report.verdict
    assert report.bundles[0].facts.lineage.taught_until == "2015-11"
    with rooms.journal() as journal:
        *_, event = journal.events(rooms.project.name, kinds=["trained"])
    assert event.facts["versions"] == [2]
    assert event.facts["score"]["value"] == report.result.best.holdout["map"].value


def test_the_challenger_scores_as_its_training_said(second):
    """By its graph, on the same rows; and no skill scores what the training's report says of the frequencies."""
    rooms, report = second
    for metric in ("map", "f1_micro"):
        project = rooms.project.model_copy(update={"panel": rooms.project.panel.model_copy(update={"metric": metric})})
        found = compare_recommenders(report.dataset, rooms.store.read(1), report.bundles[0], project)
        assert (found.metric, found.rows) == (metric, len(report.dataset.split.holdout))
        for name, (value, low, high) in report.bundles[0].facts.scores.items():
            assert (found.challenger[name].value, found.challenger[name].low) == pytest.approx((value, low), abs=1e-6)
            assert found.challenger[name].high == pytest.approx(high, abs=1e-6)
        assert found.best_constant == pytest.approx(report.result.baselines["frequency"][metric].value, abs=1e-12)
        gain = found.challenger[metric].value - found.champion[metric].value
        assert found.gain.value == pytest.approx(gain, abs=1e-12)
        assert found.gain.low <= found.gain.value <= found.gain.high


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace("lags = [1, 2]", "lags = [1, 3]"),
        lambda text: text.replace("lags = [1, 2]", "lags = [1]\nmemory = 1"),
        lambda text: text.replace(', "fund"', ', "bond", "fund"').replace(', "bond"]\nnumbers', "]\nnumbers"),
        lambda text: text.replace('["card", "loan", "fund", "plan"]', '["plan", "fund", "card", "loan"]'),
    ],
    ids=["as it was", "other lags", "a shorter memory", "a product more", "products in another order"],
)
def test_a_champion_is_asked_by_its_own_rules(first, tmp_path, change):
    """Its lags, its memory and its products: it scores the same however the next ones are learnt."""
    champion = first.store.champion()
    plain, changed = (
        declared(tmp_path / name, text, panel()) for name, text in (("plain", LATER), ("changed", change(LATER)))
    )
    datasets = [load_dataset(rooms) for rooms in (plain, changed)]
    assert [holdout_obstacle(dataset, champion) for dataset in datasets] == ["", ""]
    before, after = (
        compare_recommenders(dataset, champion, champion, rooms.project)
        for dataset, rooms in zip(datasets, (plain, changed), strict=True)
    )
    for name, score in before.champion.items():
        assert after.champion[name].value == pytest.approx(score.value, abs=1e-12)
    assert (after.gain.value, after.gain.low, after.gain.high) == (0.0, 0.0, 0.0)


def test_months_that_taught_judge_nobody(first, tmp_path):
    """Whatever the table is: the champion has learnt of October, which is held out now."""
    text = FIRST.replace('hold_from = "2015-11"', 'hold_from = "2015-10"')
    dataset = load_dataset(declared(tmp_path, text, panel(200, seed=3)))
    said = "v1 has learnt of the months to 2015-10, and 2015-10 is held out now"
    assert holdout_obstacle(dataset, first.store.champion()) == said


@pytest.mark.parametrize(
    ("change", "frame", "gone"),
    [
        (lambda text: text.replace('  { step = "frequency", columns = ["city"] },\n', ""), ["city"], "city"),
        (
            lambda text: text.replace('"loan", ', "").replace('loan = "Кредит"\n', "").replace('loan = "Loan"\n', ""),
            [],
            "loan",
        ),
    ],
    ids=["a column", "a product"],
)
def test_what_the_panel_no_longer_has_is_named(first, tmp_path, change, frame, gone):
    """A champion that asks for it cannot be judged; the training goes on without a comparison."""
    dataset = load_dataset(declared(tmp_path, change(LATER), panel().drop(frame)))
    assert holdout_obstacle(dataset, first.store.champion()) == f"v1 asks for what the panel no longer has ({gone})"


def test_a_recommender_is_not_compared_with_another_model(first, make_scoring_project, tmp_path):
    """Their answers are of different things."""
    dataset = load_dataset(first)
    other = Rooms.open(make_scoring_project(tmp_path)).store.champion()
    assert holdout_obstacle(dataset, other) == "v1 is a recommender, and the other is none, or the reverse"


def test_a_champion_that_cannot_read_the_rows_costs_nothing_of_the_training(first, tmp_path):
    """A column has become words: version and report are there, and the champion stays until a person decides."""
    folder = tmp_path / "project"
    shutil.copytree(first.folder, folder)
    words = pl.when(pl.col("age").str.strip_chars() == "NA").then(None).otherwise(pl.lit("of age"))
    frame = panel().with_columns(age=words)
    rooms = declared(folder, LATER.replace('numbers = ["age"]\n', ""), frame)
    report = train_recommender(rooms)
    assert report.promotion is None
    assert report.verdict.startswith("v1 stays champion: v1 cannot read the held-out rows (row 0, age: ")
    assert report.verdict.endswith("; `keepfit promote 2` makes v2 champion all the same")
    assert report.verdict in unescape(report.files.page.read_text())
    assert rooms.store.champion().facts.version == 1
