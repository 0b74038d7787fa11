"""Where a stream stands besides what is known of its models: what of its source was learnt, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keepfit.retraining.batch_facts import BatchFacts

_MOST_KEYS = 100_000  # deliveries that are known again
_MOST_BATCHES = 5_000  # that the report can show


@dataclass
class Journey:
    """What a stream has been through.

    Attributes
    ----------
    stream
        Its name, which no other stream has.
    frozen
        The version that was champion when it began.
    taken
        How many rows of each delivery were learnt, by its key.
    whole
        Keys of those that were learnt to their end.
    after
        The number of the newest label of the journal that was learnt; 0 for none.
    refused
        How many deliveries were refused.
    history
        The newest batches.
    is_pending
        Whether the challenger is to take over, and has not yet.
    """

    stream: str
    frozen: int
    taken: dict[str, int] = field(default_factory=dict)
    whole: dict[str, None] = field(default_factory=dict)
    after: int = 0
    refused: int = 0
    history: list[BatchFacts] = field(default_factory=list)
    is_pending: bool = False

    def note(self, key: str, rows: int, *, is_whole: bool) -> None:
        """Note that a delivery was learnt up to some row."""
        self.taken[key] = rows
        if is_whole:
            del self.taken[key]
            self.whole[key] = None
        while len(self.whole) > _MOST_KEYS:
            del self.whole[next(iter(self.whole))]

    def add(self, facts: BatchFacts) -> None:
        """Add a batch."""
        self.history = [*self.history, facts][-_MOST_BATCHES:]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "stream": self.stream,
            "frozen": self.frozen,
            "taken": dict(self.taken),
            "whole": list(self.whole),
            "after": self.after,
            "refused": self.refused,
            "history": [facts.to_dict() for facts in self.history],
            "is_pending": self.is_pending,
        }

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Journey:
        """Rebuild it from `to_dict`'s form."""
        history = [BatchFacts.from_dict(one) for one in facts["history"]]
        return cls(**{**facts, "whole": dict.fromkeys(facts["whole"]), "history": history})
