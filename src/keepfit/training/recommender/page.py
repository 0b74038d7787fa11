"""The page of a recommender's training: who was tried, who was chosen and how, and what that is worth later."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.evaluation import RECOMMENDER_METRICS, Estimate, ProductScores
from keepfit.reporting import Badge, Bullets, Cell, KeyFigure, Page, Section, Table, TableColumn, Worded
from keepfit.reporting.figures import Interval, interval_chart
from keepfit.training.page import TrainedTable
from keepfit.training.recommender.search import RecommenderResult


def recommender_page(
    trained: TrainedTable, result: RecommenderResult, products: Sequence[ProductScores], never_added: Sequence[str]
) -> Page:
    """Compose the page of a training.

    Parameters
    ----------
    trained
        What was trained on, and what came of it.
    result
        All candidates and baselines.
    products
        What the best says of each product on the held-out rows.
    never_added
        Products that are left out, as nobody adds them in the months that teach.
    """
    score, title = result.best.holdout[result.metric], RECOMMENDER_METRICS[result.metric].title
    frequent = result.baselines["frequency"][result.metric]
    return Page(
        title=f"{trained.project}: training",
        subtitle=f"{len(result.candidates)} ways to recommend, on {trained.source} ({trained.origin})",
        sections=[
            Section("Verdict", [Bullets(_verdict(trained, result, never_added))]),
            _candidates_section(result),
            scores_section(result),
            products_section(products),
        ],
        badge=Badge("ok", "promoted") if trained.is_promoted else Badge("unknown", "not promoted"),
        key_figures=[
            KeyFigure(title, f"{score.value:.4f}", f"{score.low:.4f} to {score.high:.4f}"),
            KeyFigure("by frequency alone", f"{frequent.value:.4f}", title),
            KeyFigure("training rows", f"{trained.training_rows:,}"),
            KeyFigure("held-out rows", f"{trained.holdout_rows:,}"),
        ],
        notice=trained.warning,
        footer=f"Made by Keepfit at {trained.made_at}. Intervals are 95 % bootstrap intervals over entities.",
    )


def scores_section(result: RecommenderResult) -> Section:
    """Compose every score of the best, beside those of no skill."""
    columns = [
        TableColumn("metric"),
        TableColumn("held out", is_number=True, form=".4f"),
        TableColumn("95 % interval", is_number=True),
        TableColumn("validation", is_number=True, form=".4f"),
        *(TableColumn(f"by {name} alone", is_number=True, form=".4f") for name in result.baselines),
        TableColumn("what it says"),
    ]
    best = result.best
    rows: list[list[Cell]] = [
        [
            RECOMMENDER_METRICS[name].title,
            score.value,
            _span(score),
            best.validation[name],
            *(scores[name].value for scores in result.baselines.values()),
            RECOMMENDER_METRICS[name].description,
        ]
        for name, score in best.holdout.items()
    ]
    return Section(f"The best: {best.recipe.title}", [Table(columns, rows)])


def products_section(products: Sequence[ProductScores]) -> Section:
    """Compose what the best says of each product."""
    columns = [
        TableColumn("product"),
        TableColumn("could add it", is_number=True),
        TableColumn("added it", is_number=True),
        TableColumn("recommended", is_number=True),
        TableColumn("right", is_number=True),
        TableColumn("precision", is_number=True, form=".3f"),
        TableColumn("recall", is_number=True, form=".3f"),
        TableColumn("ROC AUC", is_number=True, form=".3f"),
    ]
    rows: list[list[Cell]] = [
        [one.product, one.could, one.taken, one.decided, one.hits, one.precision, one.recall, one.roc_auc]
        for one in products
    ]
    lead = "On the held-out rows. Of a product that few add, precision and recall rest on few rows."
    return Section("Product by product", [Table(columns, rows)], lead=lead)


def _verdict(trained: TrainedTable, result: RecommenderResult, never_added: Sequence[str]) -> list[str]:
    left_out = (
        [f"Left out, as nobody adds it in the months that teach: {', '.join(never_added)}."] if never_added else []
    )
    refused = [f"Left out, as it cannot be served as it was learnt: {one}." for one in trained.refused]
    not_logged = [f"Not in MLflow: {one}." for one in trained.not_logged]
    return [f"{trained.verdict}.", *not_logged, f"Protocol: {result.protocol}.", *left_out, *refused]


def _candidates_section(result: RecommenderResult) -> Section:
    """Draw the candidates, and list them."""
    metric, title = result.metric, RECOMMENDER_METRICS[result.metric].title
    marks = [
        Interval(f"{rank}. {one.recipe.model}", *_ends(one.holdout[metric]), is_marked=rank == 1)
        for rank, one in enumerate(result.candidates, start=1)
    ]
    line = result.baselines["frequency"][metric].value
    chart = interval_chart(f"{title} on the held-out rows", marks, line=line, line_name="by frequency alone")
    columns = [
        TableColumn("rank", is_number=True),
        TableColumn("candidate"),
        TableColumn("validation", is_number=True, form=".4f"),
        TableColumn(f"{title}, held out", is_number=True),
        TableColumn("micro F1", is_number=True),
        TableColumn("micro ROC AUC", is_number=True),
        TableColumn("seconds", is_number=True, form=".1f"),
    ]
    rows: list[list[Cell]] = [
        [
            rank,
            one.recipe.title,
            one.validation[metric],
            *(_scored(one.holdout[name]) for name in (metric, "f1_micro", "roc_auc_micro")),
            one.seconds,
        ]
        for rank, one in enumerate(result.candidates, start=1)
    ]
    lead = f"Validation is {title} on the last month that teaches, by which they are chosen; the rest is held out."
    return Section("The candidates", [chart, Table(columns, rows)], lead=lead)


def _ends(score: Estimate) -> tuple[float, float, float]:
    return score.value, score.low, score.high


def _span(score: Estimate) -> Worded:
    return Worded(f"{score.low:.4f} to {score.high:.4f}", score.low)


def _scored(score: Estimate) -> Worded:
    return Worded(f"{score.value:.4f} [{score.low:.4f}, {score.high:.4f}]", score.value)
