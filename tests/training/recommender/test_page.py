"""The page of a recommender's training."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keepfit.evaluation import RECOMMENDER_METRICS, ProductScores
from keepfit.reporting import render_html, render_markdown
from keepfit.training import TrainedTable
from keepfit.training.recommender.page import products_section, recommender_page, scores_section
from recommender_model import tiny_recommender

TRAINED = TrainedTable("bank", "2026-11-21T09:00:00.000Z", "panel.csv", "file", "", 1400, 250, True, "v1 is champion")
PRODUCTS = (
    ProductScores("card", 180, 10, 12, 4, 4 / 12, 0.4, 0.75),
    ProductScores("fund", 200, 0, 0, 0, None, None, None),
)


@pytest.fixture(scope="module")
def result():
    return tiny_recommender().result


def said(page) -> str:
    return render_markdown(page).replace("\\", "")  # which stand before what would be markup


def test_it_says_who_was_tried_and_by_what_they_were_chosen(result):
    """A row for each, the best first, with its score on the month that chooses and on those that are held out."""
    text = said(recommender_page(TRAINED, result, PRODUCTS, ()))
    places = [text.index(f"| {rank} | {one.recipe.title} |") for rank, one in enumerate(result.candidates, 1)]
    assert places == sorted(places)
    for one in result.candidates:
        score = one.holdout["map"]
        assert f"{one.validation['map']:.4f}" in text
        assert f"{score.value:.4f} [{score.low:.4f}, {score.high:.4f}]" in text
    assert "Validation is MAP@7 on the last month that teaches, by which they are chosen; the rest is held out." in text
    assert f"Protocol: {result.protocol}." in text


def test_the_key_figures_have_the_score_beside_that_of_no_skill(result):
    """The best, its interval, what the frequencies of products score, and how many rows there are."""
    page = recommender_page(TRAINED, result, PRODUCTS, ())
    score = result.best.holdout["map"]
    assert [(one.label, one.value) for one in page.key_figures] == [
        ("MAP@7", f"{score.value:.4f}"),
        ("by frequency alone", f"{result.baselines['frequency']['map'].value:.4f}"),
        ("training rows", "1,400"),
        ("held-out rows", "250"),
    ]


def test_every_metric_of_the_best_stands_beside_the_baselines(result):
    """With what it says in words."""
    text = said(replace(recommender_page(TRAINED, result, PRODUCTS, ()), sections=[scores_section(result)]))
    for name, metric in RECOMMENDER_METRICS.items():
        cells = [result.best.holdout[name].value, *(scores[name].value for scores in result.baselines.values())]
        (line,) = (line for line in text.splitlines() if line.startswith(f"| {metric.title} |"))
        assert all(f"{cell:.4f}" in line for cell in cells)
        assert metric.description in line


def test_each_product_has_its_counts(result):
    """What cannot be measured, as nobody added it, is no zero."""
    text = said(replace(recommender_page(TRAINED, result, PRODUCTS, ()), sections=[products_section(PRODUCTS)]))
    (card,) = (line for line in text.splitlines() if line.startswith("| card |"))
    (fund,) = (line for line in text.splitlines() if line.startswith("| fund |"))
    assert [cell.strip() for cell in card.split("|")[2:-1]] == ["180", "10", "12", "4", "0.333", "0.400", "0.750"]
    assert [cell.strip() for cell in fund.split("|")[2:5]] == ["200", "0", "0"]
    assert "0.000" not in fund


@pytest.mark.parametrize(
    ("change", "never", "words"),
    [
        ({}, ("bond", "gold"), "Left out, as nobody adds it in the months that teach: bond, gold."),
        ({"refused": ("ranker: it differs",)}, (), "Left out, as it cannot be served as it was learnt: ranker: it dif"),
        ({"not_logged": ("report and card (away)",)}, (), "Not in MLflow: report and card (away)."),
        ({"warning": "generated rows"}, (), "generated rows"),
        ({"is_promoted": False, "verdict": "v1 stays champion"}, (), "v1 stays champion."),
    ],
)
def test_what_went_otherwise_is_told(result, change, never, words):
    """What is left out and why, what MLflow does not have, rows that are no real ones, a champion that stays."""
    plain = said(recommender_page(TRAINED, result, PRODUCTS, ()))
    assert words not in plain
    assert words in said(recommender_page(replace(TRAINED, **change), result, PRODUCTS, never))


def test_the_badge_says_whether_it_was_promoted(result):
    """Before anything else."""
    assert recommender_page(TRAINED, result, PRODUCTS, ()).badge.text == "promoted"
    assert recommender_page(replace(TRAINED, is_promoted=False), result, PRODUCTS, ()).badge.text == "not promoted"


def test_names_are_no_markup(result):
    """What a table calls its products is text on the page."""
    odd = replace(PRODUCTS[0], product="<b>card</b>")
    html = render_html(recommender_page(replace(TRAINED, project="<i>bank</i>"), result, [odd], ["<u>bond</u>"]))
    assert not any(tag in html for tag in ("<b>card", "<i>bank", "<u>bond"))
    assert "&lt;b&gt;card" in html
