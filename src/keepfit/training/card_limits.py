"""What a model card warns of: found in the numbers, not declared."""

from __future__ import annotations

from collections.abc import Iterator

from keepfit.bundle import BundleFacts
from keepfit.evaluation import METRICS, Estimate
from keepfit.signature import Outcome
from keepfit.training.card_facts import CardFacts, CardTable
from keepfit.training.diagnosis import Diagnosis
from keepfit.training.learning_section import learning_sentence

_FEW_TAUGHT = 100  # training rows of a class
_FEW_ASKED = 500  # held-out rows
_FEW_ASKED_OF_A_CLASS = 50
_WIDE = 0.1
_MISCALIBRATED = 0.05
_MOST_NAMED = 8


def generated_limits(facts: BundleFacts, told: CardFacts) -> list[str]:
    """Return what a reader must know before the model decides anything, the gravest first."""
    return [
        *facts.notices,
        *(suspect.said for suspect in told.suspects),
        *_about_scores(facts, told),
        *_about_rows(told.table, facts.signature.outcome),
        *_about_slices(told.diagnosis),
        *_about_probabilities(told.diagnosis),
        *([learning_sentence(told.learning)] if told.learning else []),
        "The scores hold for rows drawn like the table's. Watch drift and quality with keepfit check.",
    ]


def _about_scores(facts: BundleFacts, told: CardFacts) -> Iterator[str]:
    name = told.training.metric
    metric, score = METRICS[name], Estimate(*facts.scores[name])
    baseline = told.baseline[name]
    ends = f"{score.low:.4f} to {score.high:.4f}"
    if not (score.low > baseline if metric.higher_is_better else score.high < baseline):
        yield (
            f"It is not shown to be better than the constant prediction: {metric.title} {ends} (95 % interval) against "
            f"{baseline:.4f}."
        )
    if name not in ("log_loss", "cost") and score.high - score.low > _WIDE:
        yield f"{metric.title} is known roughly only: {ends} (95 % interval). Small differences cannot be told."


def _about_rows(table: CardTable, outcome: Outcome) -> Iterator[str]:
    taught, label = _rarer(table.training_rows, table.training_positives, outcome)
    if taught < _FEW_TAUGHT:
        yield f"Only {taught:,} of {table.training_rows:,} training rows have {label}: little is learnt of them."
    asked, label = _rarer(table.holdout_rows, table.holdout_positives, outcome)
    if table.holdout_rows < _FEW_ASKED or asked < _FEW_ASKED_OF_A_CLASS:
        yield f"The scores rest on {table.holdout_rows:,} {table.judges}, {asked:,} of them with {label}: few."


def _rarer(rows: int, positives: int, outcome: Outcome) -> tuple[int, str]:
    """Return how many rows the rarer class has, and what is true of them."""
    fewest, label = min((rows - positives, outcome.negative), (positives, outcome.positive))
    return fewest, f"{outcome.name} = {label}"


def _about_slices(found: Diagnosis | None) -> Iterator[str]:
    if found is None:
        yield "How it does for parts of the rows was not looked at for this version, but for the best of its training."
        return
    if not found.slices:
        yield "How it does for parts of the rows was not looked at: [evaluation] slices declares none."
    sign, title = 1 if METRICS[found.metric].higher_is_better else -1, METRICS[found.metric].title
    for one in found.slices:
        if one.differs and sign * one.gap.value < 0:
            gap = f"{one.gap.value:+.3f} [{one.gap.low:+.3f}, {one.gap.high:+.3f}]"
            yield (
                f"It does worse where {one.column} is {one.label} ({one.rows:,} rows): {title} "
                f"{one.scores[found.metric].value:.3f}, {gap} against the other rows."
            )
    few = [f"{one.column} {one.label} ({one.rows})" for one in found.slices if one.has_few_rows]
    if few:
        more = f" and {len(few) - _MOST_NAMED} more" if len(few) > _MOST_NAMED else ""
        yield f"Too few held-out rows to judge: {', '.join(few[:_MOST_NAMED])}{more}."


def _about_probabilities(found: Diagnosis | None) -> Iterator[str]:
    if found and found.calibration_error > _MISCALIBRATED:
        yield (
            f"Its probabilities are off by {found.calibration_error:.3f} on average on the held-out rows (expected "
            "calibration error): trust the order and the decision more than the number."
        )
