"""The model card: what a reviewer asks of a model, composed once, and written as Markdown and as a page."""

from __future__ import annotations

from collections.abc import Iterator

from keepfit.bundle import BundleFacts
from keepfit.evaluation import METRICS, Estimate
from keepfit.project.training_section import TrainingSection
from keepfit.reporting import Block, Bullets, Cell, KeyFigure, Page, Paragraph, Section, Table, TableColumn, Worded
from keepfit.training.card_facts import CardFacts
from keepfit.training.card_limits import generated_limits
from keepfit.training.card_sections import data_sections, declared_steps, lineage_section, pairs
from keepfit.training.diagnosis import Diagnosis
from keepfit.training.diagnosis_sections import baseline_sentence, slice_sections, span
from keepfit.training.member_section import member_sections
from keepfit.training.recipes import ENSEMBLE

_SHOWN_COLUMNS = 15
_DECIDED_BY = ("accuracy", "f1", "cost")


def card_page(facts: BundleFacts, told: CardFacts) -> Page:
    """Compose the card of a bundle.

    Parameters
    ----------
    facts
        The bundle's facts.
    told
        What the training knows besides.
    """
    outcome, metric = facts.signature.outcome, told.training.metric
    score, title = Estimate(*facts.scores[metric]), METRICS[metric].title
    return Page(
        title=f"{facts.name}, version {facts.version}",
        subtitle=told.project.description or f"Predicts {outcome.name}.",
        sections=[
            _use_section(facts, told),
            Section("Limits", [Bullets([*told.project.limits, *generated_limits(facts, told)])], lead=_declared(told)),
            _scores_section(facts, told),
            *_diagnosis_sections(told.diagnosis),
            *data_sections(facts, told.table),
            _training_section(facts, told),
            *member_sections(told.members if facts.lineage.recipe.model == ENSEMBLE else ()),
            lineage_section(facts),
        ],
        key_figures=[
            KeyFigure(title, f"{score.value:.4f}", f"{score.low:.4f} to {score.high:.4f}"),
            KeyFigure("constant prediction", f"{told.baseline[metric]:.4f}", title),
            KeyFigure("threshold", f"{facts.threshold:.4g}", f"{outcome.positive} from there on"),
            KeyFigure(told.table.judges, f"{told.table.holdout_rows:,}"),
        ],
        notice=facts.lineage.warning,
        footer=f"Model card, made by Keepfit {facts.lineage.code_version} at {facts.created_at}. Intervals are 95 % "
        "intervals.",
    )


def _use_section(facts: BundleFacts, told: CardFacts) -> Section:
    outcome, project = facts.signature.outcome, told.project
    said = (
        f"Returns the probability that {outcome.name} is {outcome.positive} rather than {outcome.negative}, and "
        f"decides {outcome.positive} from a probability of {facts.threshold:.4g} on."
    )
    rows = [
        ("owner", project.owner or "not declared ([project] owner)"),
        ("intended use", project.intended_use or "not declared ([project] intended_use)"),
        ("out of scope", _out_of_scope(facts, told)),
    ]
    return Section("What it is for", [Paragraph(said), pairs(rows)])


def _out_of_scope(facts: BundleFacts, told: CardFacts) -> str:
    if facts.lineage.warning:
        return "Every decision: the table was generated."
    parts = [f"Rows unlike those of {facts.lineage.source}, and columns that mean something else than they did there"]
    if told.table.known_after:
        parts.append(f"decisions before {', '.join(told.table.known_after)} can be known")
    return "; ".join(parts) + "."


def _declared(told: CardFacts) -> str:
    if not told.project.limits:
        return "Found in the numbers; its owner declares none ([project] limits)."
    count = len(told.project.limits)
    first = "The first is declared by its owner" if count == 1 else f"The first {count} are declared by its owner"
    return f"{first}; the others are found in the numbers."


def _scores_section(facts: BundleFacts, told: CardFacts) -> Section:
    frequent = told.diagnosis.frequent_scores if told.diagnosis else {}
    columns = [
        TableColumn("metric"),
        TableColumn("score", is_number=True, form=".4f"),
        TableColumn("95 % interval", is_number=True),
        TableColumn("constant prediction", is_number=True, form=".4f"),
        TableColumn("most frequent class", is_number=True, form=".4f"),
    ]
    rows: list[list[Cell]] = [
        [METRICS[name].title, value, span(low, high), told.baseline.get(name), frequent.get(name)]
        for name, (value, low, high) in facts.scores.items()
    ]
    blocks: list[Block] = [Table(columns, rows)]
    if told.diagnosis:
        blocks.append(Paragraph(baseline_sentence(told.diagnosis, facts.scores)))
        blocks.append(
            Paragraph(
                f"Expected calibration error {told.diagnosis.calibration_error:.3f}: the mean distance of the "
                "predicted from the observed share over ten bins."
            )
        )
    return Section("Scores", blocks, lead=f"{facts.protocol[:1].upper()}{facts.protocol[1:]}.")


def _diagnosis_sections(found: Diagnosis | None) -> Iterator[Section]:
    if found is None:
        return
    title = METRICS[found.metric].title
    columns = [
        TableColumn("column"),
        TableColumn(f"{title} lost when it is shuffled", is_number=True),
        TableColumn("least to greatest of five shuffles", is_number=True),
    ]
    rows: list[list[Cell]] = [
        [one.column, Worded(f"{one.loss:.4f}", one.loss), span(one.low, one.high)]
        for one in found.importances[:_SHOWN_COLUMNS]
    ]
    yield from slice_sections(found)
    yield Section("What it rests on", [Table(columns, rows)])


def _training_section(facts: BundleFacts, told: CardFacts) -> Section:
    section, recipe = told.training, facts.lineage.recipe
    rows = [
        ("recipe", recipe.title),
        ("metric", f"{METRICS[section.metric].title}; {section.folds} folds of the training rows"),
        ("feature steps", "; ".join(declared_steps(section)) or "none declared"),
        *([("features kept", ", ".join(recipe.features))] if recipe.features else []),
        ("threshold", f"{facts.threshold:.4g}, {_threshold_choice(section)}"),
        ("calibration", _calibration(told)),
        *_treatments(section),
        ("seed", str(facts.lineage.seed)),
    ]
    return Section("How it was made", [pairs(rows)])


def _threshold_choice(section: TrainingSection) -> str:
    if section.threshold != "best":
        return "declared"
    return f"the best by {METRICS[section.metric if section.metric in _DECIDED_BY else 'f1'].title} out of fold"


def _treatments(section: TrainingSection) -> Iterator[tuple[str, str]]:
    """Yield what is declared of decisions, classes and columns, where it is."""
    if section.costs is not None:
        yield "costs of a decision", ", ".join(f"{name.replace('_', ' ')} {cost:g}" for name, cost in section.costs)
    if section.class_weight == "balanced":
        yield "weight of the classes", "balanced"
    elif section.class_weight is not None:
        yield (
            "weight of the classes",
            ", ".join(f"{label} {weight:g}" for label, weight in section.class_weight.items()),
        )
    if section.monotone:
        yield "monotone in", ", ".join(f"{name} ({way})" for name, way in section.monotone.items())


def _calibration(told: CardFacts) -> str:
    if told.calibration != "none":
        return f"{told.calibration}, fitted on out-of-fold scores"
    return "none: none helped out of fold" if told.training.calibration == "auto" else "none"
