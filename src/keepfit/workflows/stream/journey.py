"""What a stream has been through besides what is known of its models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keepfit.retraining.batch_facts import BatchFacts
from keepfit.workflows.stream.position import SourcePosition

MOST_BATCHES = 5_000
"""That are remembered one by one, and that the report can show."""


@dataclass
class Journey:
    """What a stream has been through.

    Attributes
    ----------
    stream
        Its name, which no other stream has.
    frozen
        The version that was champion when it began.
    position
        How far its source was learnt.
    refused, promotions, drifts
        How many deliveries were refused, how often the challenger took over, how often whose loss rose.
    pending
        The batch after which the challenger is to take over, and has not yet.
    history
        The newest batches, the oldest first; they are kept in a file of their own.
    """

    stream: str
    frozen: int
    position: SourcePosition = field(default_factory=SourcePosition)
    refused: int = 0
    promotions: int = 0
    drifts: Counter[str] = field(default_factory=Counter)
    pending: BatchFacts | None = None
    history: list[BatchFacts] = field(default_factory=list)

    def add(self, facts: BatchFacts, *, may_take_over: bool) -> None:
        """Add a batch, after which the challenger takes over where it may, and is better."""
        self.history.append(facts)
        del self.history[:-MOST_BATCHES]
        self.drifts.update(facts.drifted)
        self.pending = facts if facts.takeover.is_better and may_take_over else None

    def settle(self, facts: BatchFacts) -> None:
        """Put what became of the newest batch in its place."""
        if self.history and self.history[-1].number == facts.number:
            self.history.pop()
        self.history.append(facts)
        self.promotions += facts.promoted is not None
        self.pending = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types, without the history."""
        return {
            "stream": self.stream,
            "frozen": self.frozen,
            "position": self.position.to_dict(),
            "refused": self.refused,
            "promotions": self.promotions,
            "drifts": dict(self.drifts),
            "pending": self.pending.to_dict() if self.pending else None,
        }

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any], history: list[BatchFacts]) -> Journey:
        """Rebuild it from `to_dict`'s form and its history."""
        told = {"position": SourcePosition.from_dict(facts["position"]), "drifts": Counter(facts["drifts"])}
        pending = BatchFacts.from_dict(facts["pending"]) if facts["pending"] else None
        return cls(**{**facts, **told, "pending": pending, "history": history})
