"""The page of a training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.bundle import Recipe
from keepfit.evaluation import METRICS, Estimate
from keepfit.project.declaration import EvaluationSection
from keepfit.reporting import render_html, render_markdown
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import CandidateResult, MemberResult, SearchResult, SearchRows, TrainedTable, diagnose
from keepfit.training import train_page as whole_page

TRAINED = TrainedTable(
    project="credit",
    made_at="2026-11-21T09:00:00.000Z",
    source="credit.csv",
    origin="file",
    warning="",
    training_rows=3563,
    holdout_rows=891,
    is_promoted=True,
    verdict="v1 is champion",
)


OUTCOME = Outcome("Status", "bad", "good")


@pytest.fixture(scope="module")
def found():
    """Return a diagnosis of a model that knows the first column, on rows of two groups."""
    rng = np.random.default_rng(0)
    matrix = np.column_stack([rng.random(600), rng.integers(0, 2, 600)]).astype(np.float32)
    labels = (rng.random(600) < matrix[:, 0]).astype(np.int8)
    signature = Signature((Column("age", Kind.NUMBER), Column("sex", Kind.CATEGORY, categories=("f", "m"))), OUTCOME)
    return diagnose(
        lambda rows: rows[:, 0].astype(np.float64),
        0.5,
        SearchRows(matrix, labels, np.arange(200), np.arange(200, 600)),
        signature,
        metric="f1",
        section=EvaluationSection(slices=["sex"]),
        seed=0,
    )


@pytest.fixture
def train_page(found):
    """Return the function that composes the page, given all but the diagnosis."""
    return lambda trained, result: whole_page(trained, result, found, OUTCOME)


def candidate(value, model="random_forest"):
    holdout = {name: Estimate(value, value - 0.02, value + 0.02) for name in METRICS}
    return CandidateResult(
        Recipe(model, {"depth": value}), dict.fromkeys(METRICS, value), holdout, None, 0.5, "threshold 0.5", 1.5
    )


@pytest.fixture
def result():
    return SearchResult(
        (candidate(0.86), candidate(0.8765, "xgboost"), candidate(0.84)), "f1", {"f1": 0.81}, "chosen among 3"
    )


def test_it_says_who_won_and_how(result, train_page):
    """Verdict, protocol, the best's scores with intervals, the baseline."""
    said = render_markdown(train_page(TRAINED, result))
    assert "credit: training · **promoted**" in said
    assert "v1 is champion." in said
    assert "Protocol: chosen among 3; threshold 0.5." in said
    assert "F1: **0.8600** (0.8400 to 0.8800)" in said
    assert "constant prediction: **0.8100**" in said


def test_every_candidate_is_listed_and_the_biased_choice_is_named(result, train_page):
    """The table has all of them in the order of the choice; what the held-out rows would choose is called biased."""
    said = render_markdown(train_page(TRAINED, result))
    assert said.index("random\\_forest depth=0.86") < said.index("xgboost depth=0.8765")
    assert "would have chosen xgboost depth=0.8765 with F1 0.8765: a biased choice" in said
    assert "F1 on the held-out rows, all, in the order of the choice" in said


def test_many_candidates_are_drawn_in_part(result, train_page):
    """A chart of hundreds of candidates would be unreadable: the first twenty are drawn, all are listed."""
    many = replace(result, candidates=tuple(candidate(0.8 - at / 1000) for at in range(50)))
    html = render_html(train_page(TRAINED, many))
    assert "the best 20 of 50" in html
    assert html.split("The candidates")[1].count("<circle") == 20
    assert html.count("<tr>") >= 50


def test_a_twin_and_a_refusal_are_told(result, train_page):
    """Generated data stand above all; a best that was not promoted has another badge."""
    trained = replace(TRAINED, warning="Generated data: a twin.", is_promoted=False)
    said = render_markdown(train_page(trained, result))
    assert "> **Generated data: a twin.**" in said
    assert "**not promoted**" in said


def test_the_held_out_rows_are_looked_at(result, train_page):
    """Four figures, the importances with the column that matters first, and the slices."""
    html = render_html(train_page(TRAINED, result))
    for title in ("Where it errs", "ROC: recall", "Precision and recall", "Calibration: observed share", "For whom"):
        assert title in html
    said = render_markdown(train_page(TRAINED, result))
    assert said.index("| sex | f |") < said.index("| sex | m |")
    assert "of 2 parts differ from the other rows" in said


def test_members_are_listed_with_those_left_out(result, train_page):
    """Each with its weight and its own scores; one that is not served has no weight."""
    scores = {"log_loss": 0.4, "roc_auc": 0.8}
    members = (MemberResult("LightGBM", 60, 0.7, scores), MemberResult("random forest", 0, 0.0, scores))
    said = render_markdown(train_page(TRAINED, replace(result, members=members)))
    assert "| LightGBM | 0.70 | 60 | 0.4000 | 0.8000 |" in said
    assert "| random forest | – | – | 0.4000 | 0.8000 |" in said  # noqa: RUF001 - a dash
