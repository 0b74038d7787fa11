"""The page of a backtest."""

from __future__ import annotations

import pytest

from keepfit.evaluation import Estimate
from keepfit.project.stream_section import StreamSection
from keepfit.reporting import render_html
from keepfit.retraining.backtest_page import Backtest, Tried, backtest_page
from keepfit.retraining.batch_facts import ROLES, BatchFacts
from keepfit.retraining.takeover import Compared, judge_takeover


def facts(number: int, loss: float, *, auc: float | None = 0.8) -> BatchFacts:
    scores = {"log_loss": loss, "roc_auc": auc, "f1": 0.5, "precision": 0.5, "recall": 0.5}
    told = {role: dict(scores) for role in ROLES}
    takeover = judge_takeover(Compared(), StreamSection(), loss=0.3, prior_loss=0.5)
    return BatchFacts(
        number=number,
        name=f"rows {number}",
        rows=100,
        left_out=0,
        waiting_rows=0,
        champion=0,
        key="k",
        trees=60,
        batch=told,
        faded=told,
        windowed=told,
        compared_rows=0,
        takeover=takeover,
        learn_seconds=0.01 * number,
    )


def tried(strategy: str, *losses: float, auc: float | None = 0.8) -> Tried:
    mean = sum(losses) / len(losses)
    history = tuple(facts(number, loss, auc=auc) for number, loss in enumerate(losses, 1))
    return Tried(strategy, history, Estimate(mean, mean - 0.1, mean + 0.1), Estimate(0.9, 0.8, 1.0))


def found(*strategies: Tried, warning="") -> Backtest:
    return Backtest("p", "now", "the table", "the rest", 300, 3, strategies, warning)


def test_it_says_who_was_best_and_by_how_much():
    """The best first, the others with their distance, paired by batches."""
    best, other = tried("window", 0.2, 0.3, 0.4), tried("linear", 0.3, 0.4, 0.5)
    backtest = found(best, other)
    assert backtest.behind(other) == Estimate(pytest.approx(0.1), pytest.approx(0.1), pytest.approx(0.1))
    page = render_html(backtest_page(backtest))
    assert "window" in page
    assert "+0.100 (+0.100 to +0.100)" in page
    assert best.milliseconds == pytest.approx(20)


def test_rows_that_are_generated_are_loud():
    """At the head of the page."""
    assert "MADE" in render_html(backtest_page(found(tried("window", 0.2), warning="MADE")))


def test_an_area_that_is_not_known_is_no_zero():
    """Rows of one class have none."""
    page = render_html(backtest_page(found(tried("window", 0.2, 0.3, auc=None))))
    assert "not known" in page
