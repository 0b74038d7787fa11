"""Reasons in answers: who gets them, and their form."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keepfit.errors import ServiceError
from keepfit.profiles import Profile, typical_row
from keepfit.project.declaration import ServingSection
from keepfit.scoring import Scorer
from keepfit.scoring.reasons import Explainer, Reasons
from keepfit.serving.answering import Answer


class Explaining:
    """Gives reasons with answers, by request and by the project's policy.

    Parameters
    ----------
    section
        The policy.
    """

    def __init__(self, section: ServingSection) -> None:
        self._policy = section.explain
        self._decisions = frozenset(section.explain_decisions)
        self._explainers: dict[str, Explainer] = {}

    @property
    def is_by_policy(self) -> bool:
        """Whether answers may get reasons that nobody asked for."""
        return self._policy == "always" or bool(self._decisions)

    @property
    def may_be_asked(self) -> bool:
        """Whether a request may ask for reasons."""
        return self._policy != "never"

    def require_decisions(self, decisions: Sequence[str]) -> None:
        """Refuse decisions that the model never takes; one of a recommender is a product, or nothing.

        Raises
        ------
        ServiceError
            With those that it takes.
        """
        odd = sorted(self._decisions - set(decisions))
        if odd:
            raise ServiceError(
                f'"{odd[0]}" is no decision of the model',
                where="keepfit.toml: [serving] explain_decisions",
                hint=f"there are {' and '.join(decisions)}",
            )

    def forget(self) -> None:
        """Let go of the models that were explained; those that still answer are taken up again."""
        self._explainers = {}

    async def reasons(
        self, answers: Sequence[Answer], records: Sequence[Mapping[str, Any]], *, is_asked: bool
    ) -> list[Reasons | None]:
        """Return the reasons for each answer, None for those that get none.

        Parameters
        ----------
        answers
            What was answered.
        records
            The records, by the columns' own names.
        is_asked
            Whether the request asks for reasons.
        """
        everybody = is_asked or self._policy == "always"
        found: list[Reasons | None] = [None] * len(answers)
        groups: dict[Scorer, list[int]] = {}
        for at, answer in enumerate(answers):
            if everybody or not self._decisions.isdisjoint(answer.scorer.decided(answer.decision)):
                groups.setdefault(answer.scorer, []).append(at)
        for scorer, places in groups.items():
            known = self._explainers  # not those of a time after `forget`
            told = await asyncio.to_thread(_explained, known, scorer, [records[at] for at in places])
            for at, reasons in zip(places, told, strict=True):
                found[at] = reasons
        return found


def _explained(known: dict[str, Explainer], scorer: Scorer, records: Sequence[Mapping[str, Any]]) -> list[Reasons]:
    explainer = known.get(scorer.bundle.digest)
    if explainer is None:
        reference = typical_row(Profile.from_dict(scorer.bundle.profile))
        explainer = known[scorer.bundle.digest] = Explainer(scorer, np.ascontiguousarray(reference))
    return explainer.reasons(scorer.door.rows(records), records)


def content(reasons: Reasons) -> dict[str, Any]:
    """Return reasons as the value of an answer's key."""
    return {
        "baseline": reasons.baseline,
        "contributions": [
            {
                "feature": one.feature,
                "label": one.label,
                "value": one.value,
                "reference": one.reference,
                "effect": one.effect,
            }
            for one in reasons.contributions
        ],
    }
