"""What is known of a batch after it was asked and learnt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from keepfit.evaluation.prequential import Scores
from keepfit.retraining.takeover import Takeover

Role = Literal["champion", "challenger", "frozen", "prior"]
ROLES: tuple[Role, ...] = ("champion", "challenger", "frozen", "prior")
"""Who serves, who learns, the champion of the beginning, and the share of positives so far."""


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch.

    Attributes
    ----------
    number, name
        Its number from 1, and where it came from.
    rows, left_out, waiting_rows
        Rows that were learnt, that had no label, that are known to wait behind it.
    champion
        The version that was champion when it came.
    key
        Of the delivery that it came with: SHA-256 of a file's bytes, of lines, of the numbers of labels.
    trees
        Trees of the learner after it; None of one that has none.
    batch, faded, windowed
        Scores of each role: of this batch alone, of all rows of which older ones count less, and of the newest rows;
        None where one is not defined.
    compared_rows, takeover
        Rows of the comparison of champion and challenger that goes on, and whether they show that the challenger is
        better.
    drifted
        Whose loss rose for good.
    learn_seconds
        How long it took to learn it.
    promoted, proposed
        The version that took over after it, or that was made for a person to promote; None for none.
    refusal
        Why the challenger did not take over although it is better; empty otherwise.
    """

    number: int
    name: str
    rows: int
    left_out: int
    waiting_rows: int
    champion: int
    key: str
    trees: int | None
    batch: Mapping[Role, Scores]
    faded: Mapping[Role, Scores]
    windowed: Mapping[Role, Scores]
    compared_rows: int
    takeover: Takeover
    drifted: tuple[Role, ...] = field(default=())
    learn_seconds: float = 0.0
    promoted: int | None = None
    proposed: int | None = None
    refusal: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types; of no compared row the gain and its bound are None."""
        told = asdict(self)
        if not self.compared_rows:
            told["takeover"] |= {"gain": None, "bound": None}
        return {**told, "drifted": list(self.drifted)}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> BatchFacts:
        """Rebuild it from `to_dict`'s form."""
        takeover = dict(facts["takeover"])
        if takeover["gain"] is None:
            takeover |= {"gain": math.nan, "bound": -math.inf}
        return cls(**{**facts, "drifted": tuple(facts["drifted"]), "takeover": Takeover(**takeover)})
