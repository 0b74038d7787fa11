"""Labels that arrive later: `POST /api/labels`, by prediction id, or by entity and time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from keepfit.clock import utc_now
from keepfit.errors import JournalError, RecordError, Violation
from keepfit.journal import Journal, Label
from keepfit.journal.redaction import NAMES_NOBODY, Redaction
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.project.declaration import ServingSection
from keepfit.scoring.record_reader import ENTITY_EXPECTED, entity_text
from keepfit.serving.bodies import read_json
from keepfit.serving.champion import Champion
from keepfit.serving.problems import RequestProblemError

PREDICTION_ID = r"^[A-Za-z0-9_.:-]{1,64}$(?!\n)"  # what any language's patterns call the end


_FIRST_YEAR = 1970
_PATIENCE_SECONDS = 10.0
Id = Annotated[str, msgspec.Meta(pattern=PREDICTION_ID)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class SentLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A known outcome, for the prediction that it belongs to: by its id, or the entity's newest one by a time."""

    label: str | int | float | bool
    prediction_id: Id | UnsetType = UNSET
    entity: str | int | float | UnsetType = UNSET
    as_of: Moment | UnsetType = UNSET


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, thread_name_prefix="labels")


@dataclass(frozen=True, slots=True)
class LabelDesk:
    """Takes labels into the journal."""

    project: str
    champion: Champion
    journal: Journal
    redaction: Redaction
    metrics: ServiceMetrics
    section: ServingSection
    threads: ThreadPoolExecutor = field(default_factory=_threads)  # its own: a database that stands still keeps them

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
        labels = self._checked(sent, alone=not isinstance(body, list))
        record = partial(self.journal.record_labels, self.project, labels)
        try:
            writing = asyncio.get_running_loop().run_in_executor(self.threads, record)
            receipt = await asyncio.wait_for(writing, _PATIENCE_SECONDS)
        except TimeoutError as error:
            raise JournalError("the database does not answer", hint="try again later") from error
        self.metrics.count_labels(receipt.matched, receipt.unmatched)
        return Response(msgspec.json.encode(receipt), media_type="application/json")

    def close(self) -> None:
        """Take no more."""
        self.threads.shutdown(wait=False, cancel_futures=True)

    def _checked(self, sent: Sequence[SentLabel], *, alone: bool) -> list[Label]:
        outcome = self.champion.scorer.door.signature.outcome
        now = utc_now()
        made: list[Label] = []
        violations: list[Violation] = []
        for at, one in enumerate(sent):
            row = None if alone else at
            label = outcome.written(one.label)
            if label is None:
                violations.append(Violation("label", outcome.fault(one.label), row))
            violations.extend(Violation(name, said, row) for name, said in self._misaddressed(one))
            if violations or label is None:
                continue
            if one.prediction_id is not UNSET:
                made.append(Label(one.prediction_id, label, now))
            else:
                whom = self.redaction.entity(entity_text(one.entity))
                made.append(Label("", label, now, whom, now if one.as_of is UNSET else one.as_of))
        if violations:
            raise RecordError(violations)
        return made

    def _misaddressed(self, one: SentLabel) -> Iterator[tuple[str, str]]:
        """Yield what is wrong in how a label says whom it is about."""
        if (one.prediction_id is UNSET) == (one.entity is UNSET):
            yield "prediction_id", "say whose outcome it is, by prediction_id or by entity: by one of them"
        if one.as_of is not UNSET and one.entity is UNSET:
            yield "as_of", "is for a label by entity; a prediction_id needs none"
        if one.as_of is not UNSET and one.as_of.year < _FIRST_YEAR:
            yield "as_of", f"is before {_FIRST_YEAR}"
        if one.entity is not UNSET and entity_text(one.entity) is None:
            yield "entity", ENTITY_EXPECTED
        names = self.section.entity_parameter or self.champion.scorer.door.signature.entity
        if one.entity is not UNSET and not (names and self.redaction.keeps_entities):
            yield "entity", NAMES_NOBODY
