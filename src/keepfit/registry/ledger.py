"""The promotion ledger: the journal's events that carry an epoch, read as promotions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from keepfit.bundle import Pointer
from keepfit.journal import Event, Journal

Kind = Literal["promoted", "rolled_back"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """One entry of the ledger.

    Attributes
    ----------
    epoch
        Its number, from 1, without gaps.
    kind
        `promoted` or `rolled_back`.
    version, digest
        The bundle that became champion.
    previous
        The version that was champion before; None for the first.
    actor, at
        Who did it, and when.
    reason
        Why, in a sentence.
    evidence
        The figures that it rests on.
    """

    epoch: int
    kind: str
    version: int
    digest: str
    previous: int | None
    actor: str
    at: datetime
    reason: str
    evidence: Mapping[str, Any]

    @property
    def pointer(self) -> Pointer:
        """The champion pointer that this entry asks for."""
        return Pointer(self.version, self.digest, self.epoch)


def promotions(journal: Journal, project: str) -> list[Promotion]:
    """Return the ledger of a project, the oldest entry first."""
    return [promotion_of(event) for event in journal.ledger(project)]


def current_promotion(journal: Journal, project: str) -> Promotion | None:
    """Return the entry that holds now, None when nothing was ever promoted."""
    entries = promotions(journal, project)
    return entries[-1] if entries else None


def promotion_of(event: Event) -> Promotion:
    """Return an event of the ledger as the promotion that it records."""
    facts = event.facts
    return Promotion(
        event.epoch or 0,
        event.kind,
        facts["version"],
        facts["digest"],
        facts["previous"],
        event.actor,
        event.at,
        facts["reason"],
        facts["evidence"],
    )
