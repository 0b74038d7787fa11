"""Labels that arrive later: `POST /api/labels`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from keepfit.clock import utc_now
from keepfit.errors import RecordError, Violation
from keepfit.journal import Journal, Label
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.project.declaration import ServingSection
from keepfit.serving.bodies import read_json
from keepfit.serving.champion import Champion
from keepfit.serving.problems import RequestProblemError

PREDICTION_ID = r"^[A-Za-z0-9_.:-]{1,64}$(?!\n)"  # what any language's patterns call the end


class SentLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known outcome, for the prediction that it belongs to."""

    prediction_id: Annotated[str, msgspec.Meta(pattern=PREDICTION_ID)]
    label: str | int | float | bool


@dataclass(frozen=True, slots=True)
class LabelDesk:
    """Takes labels into the journal."""

    project: str
    champion: Champion
    journal: Journal
    metrics: ServiceMetrics
    section: ServingSection

    async def labels(self, request: Request) -> Response:
        """Record a list of labels, or one; the answer says how many found their prediction."""
        body = await read_json(request, limit=self.section.max_body_bytes)
        try:
            sent = msgspec.convert(body if isinstance(body, list) else [body], list[SentLabel])
        except msgspec.ValidationError as error:
            raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"not a list of labels: {error}") from error
        if len(sent) > self.section.max_rows:
            raise RequestProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"{len(sent)} labels in one request; at most {self.section.max_rows} are taken",
            )
        receipt = await asyncio.to_thread(self.journal.record_labels, self.project, self._checked(sent))
        self.metrics.count_labels(receipt.matched, receipt.unmatched)
        return Response(msgspec.json.encode(receipt), media_type="application/json")

    def _checked(self, sent: list[SentLabel]) -> list[Label]:
        outcome = self.champion.scorer.door.signature.outcome
        codes = [outcome.code(label.label) for label in sent]
        accepted = " or ".join(f'"{label}"' for label in outcome.labels)
        violations = [
            Violation("label", f"expected {accepted}, found {msgspec.json.encode(sent[at].label).decode()}", at)
            for at, code in enumerate(codes)
            if code is None
        ]
        if violations:
            raise RecordError(violations)
        now = utc_now()
        return [
            Label(label.prediction_id, outcome.labels[code], now)
            for label, code in zip(sent, codes, strict=True)
            if code is not None
        ]
