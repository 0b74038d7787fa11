"""What comes back: frozen records of the service's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec

from keepfit.errors import AnswerError

USUAL_KEYS: Mapping[str, str] = MappingProxyType({"probability": "probability", "decision": "decision"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one record.

    Attributes
    ----------
    id
        Names the prediction, when its label is reported and in the journal; UUIDv7.
    model_version
        Which model answered.
    values
        The whole JSON object as it was sent: a project may declare other keys (`[serving] answer`).
    keys
        Under which key the probability and the decision stand; a part that is not sent has none.
    """

    id: str
    model_version: str
    values: Mapping[str, Any]
    keys: Mapping[str, str] = field(default_factory=lambda: USUAL_KEYS, repr=False)

    @property
    def probability(self) -> float:
        """Of the positive class, from 0 to 1.

        Raises
        ------
        AnswerError
            When the project's answers do not have it.
        """
        return float(self._part("probability"))

    @property
    def decision(self) -> str:
        """One of the outcome's two labels; of a recommender products with commas between them, or that there is none.

        Raises
        ------
        AnswerError
            When the project's answers do not have it.
        """
        return str(self._part("decision"))

    def _part(self, part: str) -> Any:
        key = self.keys.get(part)
        if key is None or key not in self.values:
            sent = ", ".join(self.values)
            raise AnswerError(f"the project's answers have no {part}", hint=f"see `values`, which has {sent}")
        return self.values[key]


class LabelReceipt(msgspec.Struct, frozen=True):
    """How many labels were taken, and how many of them found their prediction."""

    accepted: int
    matched: int
    unmatched: int


class ServedModel(msgspec.Struct, frozen=True):
    """The model that answers.

    Attributes
    ----------
    project, version, digest
        Which one it is; the digest names its whole content.
    created_at
        When it was made, ISO 8601, UTC.
    recipe
        What was fitted, in one line.
    threshold
        Probability from which on the decision is positive.
    protocol
        How the scores were measured, in a sentence.
    scores
        Score on held-out rows with the ends of its 95 % interval, by metric: value, low, high.
    signature
        The columns that a record has, and the outcome.
    card
        The model card, Markdown.
    """

    project: str
    version: str
    digest: str
    created_at: str
    recipe: str
    threshold: float
    protocol: str
    scores: dict[str, tuple[float, float, float]]
    signature: dict[str, Any]
    card: str
