"""Whether the service lives, whether it can answer, and which model answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from keepfit.clock import stamp, utc_now
from keepfit.errors import JournalError
from keepfit.serving.challenger import Challenger
from keepfit.serving.champion import Champion
from keepfit.serving.journal_look import JournalLook


class Liveness(BaseModel):
    """The process answers."""

    status: str
    at: str


class Readiness(BaseModel):
    """A champion is loaded and warmed, and the journal takes writes."""

    status: str
    project: str
    model_version: str
    refused_champion: str
    challenger: str | None
    refused_challenger: str


class Readinesses(BaseModel):
    """Every project of a service is ready."""

    status: str
    projects: list[Readiness]


class ServedModel(BaseModel):
    """The model that answers."""

    project: str
    version: str
    digest: str
    created_at: str
    recipe: str
    form: str
    threshold: float
    protocol: str
    scores: dict[str, Annotated[tuple[float, ...], Field(min_length=3, max_length=3)]]
    signature: dict[str, Any]
    card: str


@dataclass(slots=True)
class HealthDesk:
    """Answers what operators ask."""

    project: str
    champion: Champion
    challenger: Challenger
    journal: JournalLook

    async def live(self) -> Liveness:
        """Answer as long as the process can."""
        return Liveness(status="ok", at=stamp(utc_now()))

    async def ready(self) -> Readiness:
        """Answer when a prediction could be answered.

        Raises
        ------
        JournalError
            When the journal takes no writes (503).
        """
        try:
            await self.journal.require_writable()
        except JournalError as error:
            raise JournalError(f"not ready: {error.what}", where=error.where, hint=error.hint) from error
        challenger = self.challenger.version
        return Readiness(
            status="ready",
            project=self.project,
            model_version=str(self.champion.scorer.version),
            refused_champion=self.champion.refusal,
            challenger=None if challenger is None else str(challenger),
            refused_challenger=self.challenger.refusal,
        )

    async def model(self) -> ServedModel:
        """Describe the champion."""
        bundle = self.champion.scorer.bundle
        facts = bundle.facts
        return ServedModel(
            project=self.project,
            version=str(facts.version),
            digest=bundle.digest,
            created_at=facts.created_at,
            recipe=facts.lineage.recipe.title,
            form=facts.form,
            threshold=facts.threshold,
            protocol=facts.protocol,
            scores=dict(facts.scores),
            signature=facts.signature.to_dict(),
            card=bundle.card,
        )
