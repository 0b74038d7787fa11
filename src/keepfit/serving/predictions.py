"""Predictions in the framework's way: every form of a request, and every refusal.

`POST /api/prediction` and `POST /invocations`. The short way for plain requests is `hot_path.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from keepfit.errors import RecordError, Violation
from keepfit.project.declaration import ServingSection
from keepfit.scoring.record_reader import LONGEST_ENTITY, is_entity
from keepfit.serving.answer_form import AnswerForm
from keepfit.serving.answering import Answer, Answering, Asked
from keepfit.serving.bodies import read_json
from keepfit.serving.champion import Champion
from keepfit.serving.invocation import invocation_records
from keepfit.serving.problems import RequestProblemError


@dataclass(frozen=True, slots=True)
class Predictor:
    """Answers records: the door, the graph, the journal, then the answer.

    Attributes
    ----------
    champion
        The model that answers.
    answering
        Scores and journals.
    form
        What an answer looks like.
    section
        Limits of a request, and what it may say besides.
    """

    champion: Champion
    answering: Answering
    form: AnswerForm
    section: ServingSection

    async def prediction(self, request: Request) -> Response:
        """Answer one record, or a list of them in order."""
        entity = self._entity(request)
        body = await read_json(request, limit=self.section.max_body_bytes)
        if not isinstance(body, list):
            return _json(self.form.content((await self.answer([body], alone=True, entity=entity))[0]))
        if entity is not None:
            said = f"{self.section.entity_parameter} names one entity; the records of a list name their own"
            raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
        return _json({"predictions": [self.form.content(answer) for answer in await self.answer(body)]})

    async def invocations(self, request: Request) -> Response:
        """Answer in the form of MLflow's scoring server."""
        body = await read_json(request, limit=self.section.max_body_bytes)
        answers = await self.answer(invocation_records(body))
        rows = [{"probability": answer.probability, "decision": answer.decision} for answer in answers]
        return _json({"predictions": rows})

    async def answer(
        self, records: Sequence[Mapping[str, Any]], *, alone: bool = False, entity: str | None = None
    ) -> list[Answer]:
        """Return an answer for each record, all of them durable in the journal.

        Raises
        ------
        RecordError
            When the door refuses a record; then none is answered.
        RequestProblemError
            413 when there are too many.
        JournalError
            When the journal cannot take them; then none is answered.
        """
        if len(records) > self.section.max_rows:
            raise RequestProblemError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"{len(records)} rows in one request; at most {self.section.max_rows} are taken",
            )
        if not records:
            return []
        scorer = self.champion.scorer
        records = scorer.door.named(records, alone=alone)
        name = scorer.door.signature.entity
        matrix = scorer.door.row(records[0]) if alone else scorer.door.rows(records)
        entities = _entities(name, records, alone=alone)
        if entity is not None:
            if entities[0] is not None:
                said = (
                    f"{self.section.entity_parameter} and {name} both name whom the record is about; send one of them"
                )
                raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
            entities = [entity]
        asked = [
            Asked(row.tobytes(), msgspec.json.encode(record).decode(), whom)
            for row, record, whom in zip(matrix, records, entities, strict=True)
        ]
        return [await self.answering.ask(asked[0], scorer)] if alone else await self.answering.ask_many(asked, scorer)

    def _entity(self, request: Request) -> str | None:
        """Return whom the query says that the record is about."""
        allowed = {self.section.entity_parameter} - {""}
        unknown = [name for name in request.query_params if name not in allowed]
        if unknown:
            taken = f"; {', '.join(sorted(allowed))} is taken" if allowed else ""
            said = f"there is no query parameter {unknown[0]!r}{taken}"
            raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
        given = request.query_params.getlist(self.section.entity_parameter) if allowed else []
        if len(given) > 1:
            said = f"{self.section.entity_parameter} came {len(given)} times"
            raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
        if given and (fault := _entity_fault(given[0])):
            raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{self.section.entity_parameter} {fault}")
        return given[0] if given else None


def _entities(name: str | None, records: Sequence[Mapping[str, Any]], *, alone: bool) -> list[str | None]:
    """Return whom the records are about.

    Raises
    ------
    RecordError
        When one says it in a form that cannot be kept.
    """
    if name is None:
        return [None] * len(records)
    given = [record.get(name) for record in records]
    violations = [
        Violation(name, fault, None if alone else at)
        for at, value in enumerate(given)
        if value is not None and (fault := _entity_fault(value))
    ]
    if violations:
        raise RecordError(violations)
    return [None if value is None else str(value) for value in given]


def _entity_fault(value: Any) -> str:
    """Return what is wrong with an entity; empty when nothing is."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "must be a text or a whole number"
    text = str(value)
    return "" if is_entity(text) else f"must be 1 to {LONGEST_ENTITY} printable characters"


def _json(content: Any) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
