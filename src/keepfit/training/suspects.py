"""Columns that may know the answer: what a training says of them beside its scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from keepfit.evaluation import METRICS
from keepfit.reporting import Bullets, Section
from keepfit.training.diagnosis import Diagnosis

_TOO_GOOD = 0.95  # ROC AUC that few tables allow
_ALONE = 3.0  # times what the next column costs


@dataclass(frozen=True, slots=True)
class Suspect:
    """Columns that may know the answer, or will not be known in time.

    Attributes
    ----------
    columns
        Their names.
    sentence
        What is wrong with them.
    evidence
        The numbers that it rests on.
    """

    columns: tuple[str, ...]
    sentence: str
    evidence: str

    @property
    def said(self) -> str:
        """The sentence with its evidence."""
        return f"{self.sentence} ({self.evidence})"


def all_suspects(found: Sequence[Suspect], diagnosis: Diagnosis, area: float) -> tuple[Suspect, ...]:
    """Return suspects with what the model rests on them, and the column that it rests on alone if it is too good.

    Parameters
    ----------
    found
        What the table says of its columns.
    diagnosis
        What the held-out rows say of the model.
    area
        Its ROC AUC on them.
    """
    named = {name for suspect in found for name in suspect.columns}
    told = tuple(replace(suspect, evidence=f"{suspect.evidence}{_cost(suspect, diagnosis)}") for suspect in found)
    return (*told, *(one for one in _alone(diagnosis, area) if not named.intersection(one.columns)))


def suspect_sections(suspects: Sequence[Suspect]) -> Iterator[Section]:
    """Compose what is said of them; nothing where there are none."""
    if suspects:
        lead = "A column that knows the answer makes scores that no later row will have. Drop it, or be sure of it."
        yield Section("Leakage", [Bullets([suspect.said for suspect in suspects])], lead=lead)


def _cost(suspect: Suspect, diagnosis: Diagnosis) -> str:
    """Say what the metric loses without the columns; nothing where that is nothing."""
    title = METRICS[diagnosis.metric].title
    losses = {one.column: one.loss for one in diagnosis.importances if one.loss > 0}
    costs = [f"shuffling {name} costs {title} {losses[name]:.4f}" for name in suspect.columns if name in losses]
    return "".join(f"; {cost}" for cost in costs)


def _alone(diagnosis: Diagnosis, area: float) -> Iterator[Suspect]:
    """Yield the column that a model rests on alone, if it is better than an honest table lets one be."""
    first, *others = diagnosis.importances
    following = max((one.loss for one in others), default=0.0)
    if area >= _TOO_GOOD and first.loss > _ALONE * max(following, 0.0):
        title = METRICS[diagnosis.metric].title
        yield Suspect(
            (first.column,),
            f"The model is very good, and rests on {first.column} alone: is it known before the event?",
            f"ROC AUC {area:.3f}; shuffling {first.column} costs {title} {first.loss:.4f}, the next column "
            f"{following:.4f}",
        )
