"""Predictions in the framework's way: every form of a request, and every refusal.

`POST /api/prediction` and `POST /invocations`. The short way for plain requests is `short_way.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from keepfit.errors import RecordError, Violation
from keepfit.project.declaration import ServingSection
from keepfit.scoring.record_reader import ENTITY_EXPECTED, entity_text
from keepfit.serving.answer_form import AnswerForm
from keepfit.serving.answering import Answer, Answering
from keepfit.serving.asked import Asked
from keepfit.serving.bodies import read_json
from keepfit.serving.champion import Champion
from keepfit.serving.explaining import Explaining
from keepfit.serving.invocation import invocation_records
from keepfit.serving.problems import RequestProblemError
from keepfit.serving.query import entity_of, query_of, refused


class Answered(NamedTuple):
    """The records of a request by the columns' own names, an answer for each, and whether it was one without a list."""

    records: Sequence[Mapping[str, Any]]
    answers: list[Answer]
    alone: bool


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
    explaining
        Gives reasons.
    section
        Limits of a request, and what it may say besides.
    """

    champion: Champion
    answering: Answering
    form: AnswerForm
    explaining: Explaining
    section: ServingSection

    async def prediction(self, request: Request) -> Response:
        """Answer one record, or a list of them in order."""
        query = query_of(request, (self.section.entity_parameter, "explain"))
        is_asked = self._explain(query.get("explain", "false"))
        records, answers, alone = await self.answered(request, query)
        reasons = await self.explaining.reasons(answers, records, is_asked=is_asked)
        contents = [self.form.explained(answer, why) for answer, why in zip(answers, reasons, strict=True)]
        return _json(contents[0] if alone else {"predictions": contents})

    async def invocations(self, request: Request) -> Response:
        """Answer in the form of MLflow's scoring server."""
        body = await read_json(request, limit=self.section.max_body_bytes)
        answers = await self.answer(self.champion.scorer.door.named(invocation_records(body)))
        rows = [{"probability": answer.probability, "decision": answer.decision} for answer in answers]
        return _json({"predictions": rows})

    async def answered(self, request: Request, query: Mapping[str, str]) -> Answered:
        """Read the record of a request, or the list of them, and answer what was read; see `answer`.

        Parameters
        ----------
        request
            The request.
        query
            Its query, which may say whom the record is about.

        Raises
        ------
        RequestProblemError
            422 where the query names an entity that cannot be kept, or one for a list; and as `read_json` raises it.
        """
        entity = entity_of(query, self.section.entity_parameter)
        body = await read_json(request, limit=self.section.max_body_bytes)
        alone = not isinstance(body, list)
        if entity is not None and not alone:
            raise refused(f"{self.section.entity_parameter} names one entity; the records of a list name their own")
        records = self.champion.scorer.door.named([body] if alone else body, alone=alone)
        return Answered(records, await self.answer(records, alone=alone, entity=entity), alone)

    async def answer(
        self,
        records: Sequence[Mapping[str, Any]],
        *,
        alone: bool = False,
        entity: str | None = None,
        champion_only: bool = False,
    ) -> list[Answer]:
        """Return an answer for each record, all of them durable in the journal; records have the columns' own names.

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
        name = scorer.door.signature.entity
        matrix = scorer.door.row(records[0]) if alone else scorer.door.rows(records)
        entities = _entities(name, records, alone=alone)
        if entity is not None:
            if entities[0] is not None:
                parameter = self.section.entity_parameter
                raise refused(f"{parameter} and {name} both name whom the record is about; send one of them")
            entities = [entity]
        asked = [
            Asked(row.tobytes(), msgspec.json.encode(record).decode(), whom)
            for row, record, whom in zip(matrix, records, entities, strict=True)
        ]
        if alone:
            return [await self.answering.ask_one(asked[0], scorer)]
        return await self.answering.ask_many(asked, scorer, champion_only=champion_only)

    def _explain(self, said: str) -> bool:
        if said not in ("true", "false"):
            raise refused("explain is true or false")
        if said == "true" and not self.explaining.may_be_asked:
            raise RequestProblemError(HTTPStatus.FORBIDDEN, "this project gives no reasons: [serving] explain = never")
        return said == "true"


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
    texts = [None if value is None else entity_text(value) for value in given]
    violations = [
        Violation(name, ENTITY_EXPECTED, None if alone else at)
        for at, (value, text) in enumerate(zip(given, texts, strict=True))
        if text is None and value is not None
    ]
    if violations:
        raise RecordError(violations)
    return texts


def _json(content: Any) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
