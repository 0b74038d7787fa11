"""The model card of a recommender."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keepfit.bundle import BundleFacts
from keepfit.evaluation import RECOMMENDER_METRICS, Estimate, ProductScores
from keepfit.project.declaration import ProjectSection
from keepfit.project.training_section import TrainingSection
from keepfit.reporting import Bullets, Cell, KeyFigure, Page, Paragraph, Section, Table, TableColumn, Worded
from keepfit.training.card_facts import CardTable
from keepfit.training.card_sections import data_sections, declared_steps, lineage_section, pairs
from keepfit.training.recommender.page import products_section

_FEW_ADDED = 50  # held-out rows that add a product


@dataclass(frozen=True, slots=True)
class RecommenderCardFacts:
    """What the card says besides the facts of the bundle.

    Attributes
    ----------
    project, training
        What is declared.
    table
        The panel.
    metric
        What the recommenders were chosen by.
    baseline
        Scores of the products' frequencies on the held-out rows.
    products
        What it says of each product on the held-out rows.
    never_added
        Products that it does not know.
    """

    project: ProjectSection
    training: TrainingSection
    table: CardTable
    metric: str
    baseline: dict[str, Estimate]
    products: Sequence[ProductScores]
    never_added: Sequence[str]


def recommender_card(facts: BundleFacts, told: RecommenderCardFacts) -> Page:
    """Compose the card of a recommender's bundle."""
    score, metric = Estimate(*facts.scores[told.metric]), RECOMMENDER_METRICS[told.metric]
    return Page(
        title=f"{facts.name}, version {facts.version}",
        subtitle=told.project.description or "Recommends products.",
        sections=[
            _use_section(facts, told),
            Section("Limits", [Bullets([*told.project.limits, *recommender_limits(facts, told)])]),
            _scores_section(facts, told),
            products_section(told.products),
            *data_sections(facts, told.table),
            _training_section(facts, told),
            lineage_section(facts),
        ],
        key_figures=[
            KeyFigure(metric.title, f"{score.value:.4f}", f"{score.low:.4f} to {score.high:.4f}"),
            KeyFigure("by frequency alone", f"{told.baseline[told.metric].value:.4f}", metric.title),
            KeyFigure("products", str(len(told.products))),
            KeyFigure("held-out rows", f"{told.table.holdout_rows:,}"),
        ],
        notice=facts.lineage.warning,
        footer=f"Model card, made by Keepfit {facts.lineage.code_version} at {facts.created_at}. Intervals are 95 % "
        "bootstrap intervals over entities.",
    )


def recommender_limits(facts: BundleFacts, told: RecommenderCardFacts) -> Iterator[str]:
    """Yield what a reader must know before anything is recommended, the gravest first."""
    yield from facts.notices
    score, frequent = Estimate(*facts.scores[told.metric]), told.baseline[told.metric]
    if not score.low > frequent.value:
        title = RECOMMENDER_METRICS[told.metric].title
        yield (
            f"It is not shown to be better than the frequencies of the products: {title} {score.low:.4f} to "
            f"{score.high:.4f} against {frequent.value:.4f}."
        )
    if told.never_added:
        yield f"It never recommends {', '.join(told.never_added)}: nobody added them in the months that taught."
    few = [one.product for one in told.products if one.taken < _FEW_ADDED]
    if few:
        yield f"Fewer than {_FEW_ADDED} held-out rows add {', '.join(few)}: what it says of them is hardly judged."
    yield (
        "What is added is not what would be added on advice: it has learnt what customers took by themselves, and not "
        "what a recommendation changes."
    )
    yield "The scores hold for months like those that were held out. Watch drift with keepfit check."


def _use_section(facts: BundleFacts, told: RecommenderCardFacts) -> Section:
    offers, project = facts.signature.offers, told.project
    panel = "" if offers is None else f" after its own ({offers.panel.month})"
    said = (
        f"Returns for each product the probability that an entity adds it in the month{panel}, and recommends those "
        "that reach a threshold, the likeliest first; what is owned already is left out."
    )
    rows = [
        ("owner", project.owner or "not declared ([project] owner)"),
        ("intended use", project.intended_use or "not declared ([project] intended_use)"),
    ]
    return Section("What it is for", [Paragraph(said), pairs(rows)])


def _scores_section(facts: BundleFacts, told: RecommenderCardFacts) -> Section:
    columns = [
        TableColumn("metric"),
        TableColumn("score", is_number=True, form=".4f"),
        TableColumn("95 % interval", is_number=True),
        TableColumn("by frequency alone", is_number=True, form=".4f"),
        TableColumn("what it says"),
    ]
    rows: list[list[Cell]] = [
        [
            RECOMMENDER_METRICS[name].title,
            value,
            Worded(f"{low:.4f} to {high:.4f}", low),
            told.baseline[name].value,
            RECOMMENDER_METRICS[name].description,
        ]
        for name, (value, low, high) in facts.scores.items()
    ]
    return Section("Scores", [Table(columns, rows)], lead=f"{facts.protocol[:1].upper()}{facts.protocol[1:]}.")


def _training_section(facts: BundleFacts, told: RecommenderCardFacts) -> Section:
    thresholds = sorted({f"{threshold:.4g}" for threshold in facts.offer_thresholds})
    rows = [
        ("recipe", facts.lineage.recipe.title),
        ("chosen by", RECOMMENDER_METRICS[told.metric].title),
        ("feature steps", "; ".join(declared_steps(told.training)) or "none declared"),
        ("threshold of a product", f"{', '.join(thresholds)}: the best micro F1 on the last month that teaches"),
        ("threshold of adding anything", f"{facts.threshold:.4g}: the best F1 there"),
        ("seed", str(facts.lineage.seed)),
    ]
    return Section("How it was made", [pairs(rows)])
