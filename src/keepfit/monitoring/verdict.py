"""The verdict: ok, warn or alarm, with the reasons in words and numbers. What acts, acts on it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from keepfit.evaluation.recommendations import ALL_METRICS
from keepfit.monitoring.concept_shift import ConceptShift
from keepfit.monitoring.domain_classifier import DomainShift
from keepfit.monitoring.drift import LEAST_REFERENCE, Drift
from keepfit.monitoring.quality import NO_LABELS, Quality
from keepfit.monitoring.state import State
from keepfit.project.monitoring_section import MonitoringSection

_NAMED_COLUMNS = 4


_GRAVITY = (State.OK, State.INSUFFICIENT, State.WARN, State.ALARM)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of a window.

    Attributes
    ----------
    state
        The graver of the two below; insufficient only when neither can be judged.
    drift, quality
        How the data and the answers stand.
    reasons
        Sentences, the gravest first.
    found
        What this window alone says; `state` may be milder, after a look at the checks before (see `stability`).
    stands_since
        When the first of the checks was made that have said the same without a break; empty where it is not known.
    """

    state: State
    drift: State
    quality: State
    reasons: tuple[str, ...]
    found: State
    stands_since: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)


def judge(
    drift: Drift,
    quality: Quality | None,
    section: MonitoringSection,
    *,
    multivariate: DomainShift | None = None,
    concept: ConceptShift | None = None,
    quality_before: State = State.OK,
    row_word: str = "predictions",
    no_quality: str = NO_LABELS,
) -> Verdict:
    """Judge a window.

    Alarm: the dataset has drifted, or F1 is below its floor with its whole interval. Warn: a column, a score or a label
    rate has drifted, or F1's point is below its floor. Insufficient: too few rows to say anything.

    Parameters
    ----------
    drift, quality
        What was found; quality is None without labels.
    section
        The limits.
    multivariate
        What was found of all columns together, where it was asked for.
    concept
        Whether labels mean what they meant; None without labels.
    quality_before
        How the answers stood in the check before: an alarm lasts until F1 is not below its floor any more.
    row_word
        What the rows of the window are called.
    no_quality
        Why quality is None, in words.
    """
    findings = [
        _with_concept(_judge_quality(quality, quality_before, no_quality), concept, section),
        _judge_drift(drift, section, multivariate, row_word),
    ]
    states = [state for state, _ in findings]
    known = [state for state in states if state is not State.INSUFFICIENT]
    state = max(known, key=_GRAVITY.index) if known else State.INSUFFICIENT
    findings.sort(key=lambda finding: -_GRAVITY.index(finding[0]))
    reasons = tuple(said for _, said in findings)
    return Verdict(state, drift=states[1], quality=states[0], reasons=reasons, found=state)


def _judge_drift(
    drift: Drift, section: MonitoringSection, multivariate: DomainShift | None, row_word: str
) -> tuple[State, str]:
    if not drift.is_sufficient:
        return State.INSUFFICIENT, f"Drift cannot be judged: {_too_few(drift, section, row_word)}."
    drifted = drift.drifted
    count = f"{len(drifted)} of {len(drift.columns)} columns"
    named = "; ".join(f"{column.name} ({', '.join(column.reasons)})" for column in drifted[:_NAMED_COLUMNS])
    more_named = f"; and {len(drifted) - _NAMED_COLUMNS} more" if len(drifted) > _NAMED_COLUMNS else ""
    together = _together(multivariate)
    outputs = _outputs(drift) + together
    weight = "" if drift.drifted_importance is None else _weighed(drift.drifted_importance)
    if drift.is_drifted:
        limit = f"the limit is a share of {section.share_of_drifted_columns:g}"
        return State.ALARM, f"The data have drifted: {count} ({limit}): {named}{more_named}.{weight}{outputs}"
    if drifted:
        have = "has" if len(drifted) == 1 else "have"
        return State.WARN, f"{count} {have} drifted: {named}{more_named}.{weight}{outputs}"
    if drift.drifted_outputs:
        return State.WARN, f"No column has drifted.{outputs}"
    if together:
        return State.WARN, f"No column has drifted by itself.{together}"
    return State.OK, f"No column has drifted, on {drift.rows_window} {row_word}."


def _too_few(drift: Drift, section: MonitoringSection, row_word: str) -> str:
    if drift.rows_reference < LEAST_REFERENCE:
        return (
            f"the reference has {drift.rows_reference} rows, {LEAST_REFERENCE - drift.rows_reference} more are needed"
        )
    more = section.min_window - drift.rows_window
    counted = row_word.removesuffix("s") if drift.rows_window == 1 else row_word
    return f"the window has {drift.rows_window} {counted}, {more} more are needed"


def _outputs(drift: Drift) -> str:
    """Say which scores and which rates of labels have drifted."""
    told = []
    for what, columns in (("What it answers", drift.scores), ("What turns out to be true", drift.labels)):
        moved = [f"{one.name} ({', '.join(one.reasons)})" for one in columns if one.is_drifted]
        told += [f" {what} has moved: {'; '.join(moved)}."] if moved else []
    return "".join(told)


def _together(multivariate: DomainShift | None) -> str:
    """Say by what a model tells the window from the training rows, if it does."""
    if multivariate is None or not multivariate.is_shifted:
        return ""
    by = ", ".join(one.name for one in multivariate.told_by)
    told = f"a model tells the window from the training rows by {by} (ROC AUC {multivariate.auc:.2f})"
    return f" Columns go together in another way: {told}."


def _weighed(share: float) -> str:
    return f" That is {share:.0%} of what the model rests on."


def _judge_quality(quality: Quality | None, before: State, no_quality: str) -> tuple[State, str]:
    if quality is None or quality.f1 is None or not quality.is_sufficient:
        return State.INSUFFICIENT, f"Quality cannot be judged: {quality.reason if quality else no_quality}."
    score, name = quality.f1, ALL_METRICS[quality.f1_name].title
    labelled = quality.labelled if quality.recommended is None else quality.recommended.listed
    shown = f"{name} is {score.value:.3f} [{score.low:.3f}, {score.high:.3f}] on {labelled} labelled rows"
    if quality.is_below_floor:
        return State.ALARM, f"{shown}: below the floor of {quality.floor:g} even at its upper end."
    if score.value < quality.floor and before is State.ALARM:
        return State.ALARM, f"{shown}: still below the floor of {quality.floor:g}."
    if score.value < quality.floor:
        return State.WARN, f"{shown}: below the floor of {quality.floor:g}, but its interval is not."
    return State.OK, f"{shown}; the floor is {quality.floor:g}."


def _with_concept(
    found: tuple[State, str], concept: ConceptShift | None, section: MonitoringSection
) -> tuple[State, str]:
    """Add what labels of the same score say, where it is to the worse; it is a warning."""
    state, said = found
    if concept is None or concept.reason:
        return found
    is_far = concept.p_value < section.significance and concept.excess >= section.min_concept_shift
    if not (is_far and concept.is_worse):
        return found
    told = (
        f"At the same score labels differ from those of the held-out rows, by {concept.excess:.1%} on average beyond "
        f"chance (p = {concept.p_value:.1g}): the data mean something else, or the scores are not right for them."
    )
    return max(state, State.WARN, key=_GRAVITY.index), f"{said} {told}"
