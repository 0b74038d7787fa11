"""A check of a recommender: a service that answers, a journal with labels, and what is said of both."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.recommender_model import PRODUCTS, make_recommender, panel, records_with_history

from keepfit.journal import Window
from keepfit.monitoring.rolling import rolling_quality
from keepfit.ownership import history_names
from keepfit.scoring import HistoryReader, Scorer
from keepfit.workflows.check import check
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.rooms import Rooms

MONITORING = "[monitoring]\nmin_window = 100\n"
DAY, NEXT = "2015-12-28", "2016-01-28"
IGNORED = {"month", *history_names(PRODUCTS, [1, 2])} - {"products_owned", "months_known"}
UNLISTED = 3  # labels that say something was added, and not what


@pytest.fixture(scope="module")
def answered(tmp_path_factory, serve):
    """A project whose service has answered the records of a month, what it answered, the labels, and its metrics."""
    rooms = make_recommender(tmp_path_factory.mktemp("recommender") / "t", MONITORING)
    records = records_with_history(panel(customers=200, seed=5))
    after = {one["who"]: one for one in records if one["month"] == NEXT}
    asked = [one for one in records if one["month"] == DAY and one["who"] in after]
    with serve(rooms) as service:
        answers = [service.post("/api/prediction", one).json() for one in asked]
        labels = [_label(one, after[one["who"]]) for one in asked]
        for at in [at for at, label in enumerate(labels) if label != "nothing"][:UNLISTED]:
            labels[at] = "something"
        sent = [{"prediction_id": one["id"], "label": label} for one, label in zip(answers, labels, strict=True)]
        assert service.post("/api/labels", sent).json()["matched"] == len(asked)
        metrics = service.get("/metrics").data.decode()
    return rooms, [one["decision"] for one in answers], labels, metrics


def _label(now, later) -> str:
    return ",".join(one for one in PRODUCTS if later[one] and not now[one]) or "nothing"


@pytest.fixture(scope="module")
def told(answered):
    """The facts of a check of them."""
    return json.loads(check(answered[0]).facts.read_text())


def by_hand(decisions, labels):
    """Count right, recommended and added products of the rows that say what was added."""
    rows = [(one.split(","), label.split(",")) for one, label in zip(decisions, labels, strict=True)]
    lists = [[{*one} - {"nothing"} for one in both] for both in rows if both[1] != ["something"]]
    return (
        sum(len(one & label) for one, label in lists),
        sum(len(one) for one, _ in lists),
        sum(len(label) for _, label in lists),
    )


def test_what_must_change_is_left_out_and_named(answered, told):
    """In the facts and on the page; what was owned is compared."""
    compared = {one["name"] for one in told["drift"]["columns"]}
    assert {*told["ignored"]} == IGNORED
    assert not compared & {*told["ignored"]}
    assert {"age", "card", "products_owned", "months_known"} <= compared
    assert "Not compared, by [monitoring] ignored: month, months_since_added__" in _page(answered[0])


def test_a_service_tells_prometheus_nothing_of_it(answered):
    """Neither bins, of which a PSI is made, nor that they are unusual."""
    lines = [line for line in answered[3].splitlines() if 'column="' in line]
    assert any('column="age"' in line for line in lines)
    assert not [line for line in lines if any(f'column="{name}"' in line for name in IGNORED)]


def test_a_project_that_ignores_nothing_compares_the_months(answered):
    """And every other column."""
    rooms = _opened_with(answered[0], "ignored = []\n")
    facts = json.loads(check(rooms).facts.read_text())
    assert facts["ignored"] == []
    drifted = {one["name"] for one in facts["drift"]["columns"] if one["is_drifted"]}
    assert {"month", "months_known"} <= drifted


def test_exact_distances_and_all_columns_together_leave_it_out_too(answered):
    """What is told by how long the past is known says nothing of the customers."""
    report = check(answered[0], CheckTask(exact=True, multivariate=True))
    facts = json.loads(report.facts.read_text())
    assert not IGNORED & facts["exact"].keys()
    told_by = {one["name"] for one in facts["multivariate"]["told_by"]}
    assert not told_by & IGNORED


def test_scores_are_those_that_a_hand_counts(answered, told):
    """Of all recommendations, in the rows whose label says what was added."""
    _, decisions, labels, _ = answered
    right, recommended, added = by_hand(decisions, labels)
    scores = {name: one["value"] for name, one in told["quality"]["scores"].items()}
    assert min(right, recommended - right, added - right) > 0
    assert scores["precision_micro"] == pytest.approx(right / recommended)
    assert scores["recall_micro"] == pytest.approx(right / added)
    assert scores["f1_micro"] == pytest.approx(2 * right / (recommended + added))
    listed = told["quality"]["recommended"]
    assert (listed["listed"], listed["unlisted"]) == (len(labels) - UNLISTED, UNLISTED)
    assert sum(one["right"] for one in listed["products"]) == right
    assert {"roc_auc", "pr_auc", "log_loss", "brier"} <= scores.keys()
    assert not {"f1", "accuracy"} & scores.keys()
    assert {"f1_micro", "map"} <= told["quality"]["differences"].keys()


def test_prometheus_shows_the_f1_of_the_page(answered, told):
    """And its precision and recall; the rest is of whether anything is added."""
    rooms = answered[0]
    with rooms.journal() as journal:
        found = rolling_quality(journal, rooms.store.champion().facts, rows=2000).scores
    scores = {name: one["value"] for name, one in told["quality"]["scores"].items()}
    shown = {"f1": "f1_micro", "precision": "precision_micro", "recall": "recall_micro", "roc_auc": "roc_auc"}
    assert {name: found[name] for name in shown} == pytest.approx({name: scores[key] for name, key in shown.items()})
    assert "accuracy" not in found


def test_map_is_of_the_champion_asked_again(answered, told):
    """By the definition of the competition, row by row; the page says whose it is."""
    rooms, _, labels, _ = answered
    champion = rooms.store.champion()
    scorer, products = Scorer(champion), champion.facts.signature.offers.products
    sent = _sent(rooms)
    offers = scorer.answers(HistoryReader(champion.facts.signature).matrix(sent)).offers
    known = [at for at, label in enumerate(labels) if label != "something"]
    values = [_average_precision(dict(zip(products, offers[at], strict=True)), labels[at]) for at in known]
    assert told["quality"]["scores"]["map"]["value"] == pytest.approx(np.mean(values))
    assert told["quality"]["recommended"]["no_ranking"] == ""
    assert "MAP@7, the champion asked again" in _page(rooms)


def _average_precision(offers, label) -> float:
    is_open = [one for one, probability in offers.items() if not np.isnan(probability)]
    ranked = sorted(is_open, key=lambda one: -offers[one])[:7]
    added = [] if label == "nothing" else label.split(",")
    hits, total = 0, 0.0
    for place, product in enumerate(ranked, 1):
        if product in added:
            hits += 1
            total += hits / place
    return total / min(len(added), 7) if added else 0.0


def _sent(rooms) -> list[str]:
    with rooms.journal() as journal:
        return [row.prediction.sent for row in journal.labelled(Window("t", labelled_only=True))]


def test_no_floor_is_put_below_recommendations_that_nobody_declared(answered, told):
    """F1 over all recommendations is far below that of one decision; a declared floor holds."""
    assert told["quality"]["floor"] == 0.0
    assert told["verdict"]["quality"] == "ok"
    report = check(_opened_with(answered[0], "min_f1 = 0.9\n"))
    assert report.verdict.quality == "alarm"
    assert any(one.startswith("micro F1 is ") and "floor of 0.9" in one for one in report.verdict.reasons)


@pytest.mark.parametrize(
    ("dropped", "left_out", "compared"),
    [
        ("card", {"card", "products_owned"}, {"months_known", "loan"}),
        ("month", {"products_owned", "months_known"}, {"card"}),
        ("history", {"months_known"}, {"products_owned", "card"}),
    ],
)
def test_what_is_made_of_what_is_not_kept_is_left_out_with_it(answered, dropped, left_out, compared):
    """A product reads as not owned and the past as unknown: that is no drift."""
    rooms = _opened_with(answered[0], f'[journal.sensitive]\n{dropped} = "drop"\n')
    facts = json.loads(check(rooms).facts.read_text())
    assert left_out <= {*facts["not_kept"]}
    names = {one["name"] for one in facts["drift"]["columns"]}
    assert compared <= names
    assert not names & left_out


def _opened_with(rooms, more: str):
    """Open the same project with other limits."""
    path = rooms.folder / "keepfit.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + more, encoding="utf-8")
    try:
        return Rooms.open(rooms.folder)
    finally:
        path.write_text(text, encoding="utf-8")


def _page(rooms) -> str:
    return check(rooms).page.read_text(encoding="utf-8")
