"""The card of a recommender: what a reader must know before anything is recommended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keepfit.bundle import BundleFacts, Lineage
from keepfit.evaluation import Estimate, ProductScores
from keepfit.project.declaration import ProjectSection
from keepfit.reporting import render_markdown
from keepfit.training import CardTable
from keepfit.training.recommender.card import RecommenderCardFacts, recommender_card, recommender_limits
from recommender_model import tiny_recommender

FEW, MANY = (
    ProductScores("fund", 200, 49, 9, 3, 1 / 3, 3 / 49, 0.7),
    ProductScores("card", 180, 50, 12, 4, 1 / 3, 0.08, 0.75),
)
TABLE = CardTable(
    training_rows=1400,
    training_positives=180,
    holdout_rows=250,
    holdout_positives=40,
    rows_without_target=0,
    excluded={"note": "is dropped"},
    known_after=(),
    missing={},
    cleaning=(),
)


@pytest.fixture(scope="module")
def facts() -> BundleFacts:
    tiny = tiny_recommender()
    best = tiny.result.best
    lineage = Lineage("panel.csv", "file", "panel.csv", "f" * 64, 1400, best.recipe, 1, "0.1.0", "e" * 64, "r1")
    return BundleFacts(
        "bank",
        3,
        "2026-01-01T00:00:00.000Z",
        tiny.dataset.signature,
        0.25,
        {name: (score.value, score.low, score.high) for name, score in best.holdout.items()},
        tiny.result.protocol,
        lineage,
        offer_thresholds=(0.2, 0.2, 0.2, 0.2),
    )


@pytest.fixture
def told() -> RecommenderCardFacts:
    tiny = tiny_recommender()
    baseline = {name: Estimate(0.01, 0.01, 0.01) for name in tiny.result.best.holdout}
    return RecommenderCardFacts(
        ProjectSection(name="bank"), tiny.project.training, TABLE, "map", baseline, [MANY, FEW], ["bond"]
    )


def test_the_card_says_what_it_is_for_and_how_it_was_made(facts, told):
    """What it returns and of which month, by what it was chosen, its thresholds, its steps, who answers for it."""
    text = render_markdown(recommender_card(facts, told))
    assert "adds it in the month after its own (month), and recommends those that reach a threshold" in text
    assert "what is owned already is left out" in text
    assert "| chosen by | MAP@7 |" in text
    assert "| threshold of a product | 0.2: the best micro F1 on the last month that teaches |" in text
    assert "| threshold of adding anything | 0.25: the best F1 there |" in text
    assert facts.lineage.recipe.title in text.replace("\\", "")
    assert "frequency" in text
    assert "not declared" in text


def test_a_product_that_nobody_added_is_named(facts, told):
    """It is never recommended; without such a product nothing is said of it."""
    never = "It never recommends bond: nobody added them in the months that taught."
    assert never in recommender_limits(facts, told)
    assert not any("never recommends" in one for one in recommender_limits(facts, replace(told, never_added=[])))


def test_a_product_that_few_added_is_hardly_judged(facts, told):
    """Fewer than fifty of the held-out rows are few; fifty are not."""
    assert "Fewer than 50 held-out rows add fund: what it says of them is hardly judged." in [
        *recommender_limits(facts, told)
    ]
    assert not any("Fewer than" in one for one in recommender_limits(facts, replace(told, products=[MANY])))


def test_what_is_not_shown_to_be_better_than_frequencies_is_said_first(facts, told):
    """The lower end of the interval decides; at the very same value it is not shown."""
    _, low, high = facts.scores["map"]
    plain = [*recommender_limits(facts, told)]
    assert not any("not shown to be better" in one for one in plain)
    equal = replace(told, baseline={"map": Estimate(low, low, low)})
    first, *others = recommender_limits(facts, equal)
    span = f"{low:.4f} to {high:.4f} against {low:.4f}"
    assert first == f"It is not shown to be better than the frequencies of the products: MAP@7 {span}."
    assert others == plain


def test_declared_limits_stand_before_those_that_were_found(facts, told):
    """With the notices of what taught it, and what no recommender knows."""
    declared = replace(told, project=ProjectSection(name="bank", limits=["Not for minors."]))
    text = render_markdown(recommender_card(facts, declared))
    assert text.index("Not for minors.") < text.index("It never recommends bond")
    assert "What is added is not what would be added on advice" in text


def test_every_score_stands_beside_that_of_no_skill(facts, told):
    """With its interval."""
    text = render_markdown(recommender_card(facts, told))
    value, low, high = facts.scores["f1_micro"]
    assert f"| micro F1 | {value:.4f} | {low:.4f} to {high:.4f} | 0.0100 |" in text
