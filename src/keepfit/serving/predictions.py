"""From a request's records to journalled answers: `POST /api/prediction` and `POST /invocations`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from keepfit.clock import utc_now
from keepfit.journal import GroupCommit, Prediction, PredictionIds
from keepfit.monitoring.service_metrics import ServiceMetrics, unusual_values
from keepfit.project.declaration import ServingSection
from keepfit.serving.bodies import read_json
from keepfit.serving.champion import Champion
from keepfit.serving.problems import RequestProblemError

_FORMS = ("dataframe_split", "dataframe_records", "inputs", "instances")


class Answer(msgspec.Struct, frozen=True):
    """The answer to one record."""

    id: str
    model_version: str
    probability: float
    decision: str


@dataclass(frozen=True, slots=True)
class Predictor:
    """Answers records: the door, the graph, the journal, then the answer.

    Attributes
    ----------
    project
        Name of the project.
    champion
        The model that answers.
    commits
        Where every prediction is durable before it is answered.
    metrics
        What is counted.
    section
        Limits of a request.
    new_id
        Makes the ids of predictions.
    """

    project: str
    champion: Champion
    commits: GroupCommit
    metrics: ServiceMetrics
    section: ServingSection
    new_id: PredictionIds

    async def prediction(self, request: Request) -> Response:
        """Answer one record, or a list of them in order."""
        body = await read_json(request, limit=self.section.max_body_bytes)
        if isinstance(body, list):
            return _json({"predictions": await self.answer(body)})
        return _json((await self.answer([body], alone=True))[0])

    async def invocations(self, request: Request) -> Response:
        """Answer in the form of MLflow's scoring server."""
        body = await read_json(request, limit=self.section.max_body_bytes)
        answers = await self.answer(invocation_records(body))
        rows = [{"probability": answer.probability, "decision": answer.decision} for answer in answers]
        return _json({"predictions": rows})

    async def answer(self, records: Sequence[Mapping[str, Any]], *, alone: bool = False) -> list[Answer]:
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
        started = time.perf_counter()
        scorer = self.champion.scorer
        matrix = scorer.door.row(records[0]) if alone else scorer.door.rows(records)
        probabilities = scorer.probabilities(matrix).tolist()
        seconds = (time.perf_counter() - started) / len(records)
        now = utc_now()
        predictions = [
            Prediction(
                id=self.new_id(),
                at=now,
                project=self.project,
                model_version=scorer.version,
                entity=scorer.door.entity(record),
                features=dict(record),
                probability=probability,
                decision=scorer.decision(probability),
                duration_seconds=seconds,
            )
            for record, probability in zip(records, probabilities, strict=True)
        ]
        await self.commits.record(predictions)
        self.metrics.count_predictions(
            scorer.version,
            [prediction.decision for prediction in predictions],
            probabilities,
            unusual_values(scorer.door.signature, matrix),
        )
        version = str(scorer.version)
        return [Answer(made.id, version, made.probability, made.decision) for made in predictions]


def invocation_records(body: Any) -> list[Mapping[str, Any]]:
    """Return the records of a body in one of MLflow's forms.

    Raises
    ------
    RequestProblemError
        400 when the body has none of these forms, or rows and columns do not fit.
    """
    given = [form for form in _FORMS if isinstance(body, dict) and form in body]
    if len(given) != 1:
        raise _unreadable(f"expected one of {', '.join(_FORMS)}")
    form, content = given[0], body[given[0]]
    if form == "dataframe_split":
        return _split_records(content)
    if isinstance(content, dict) and form == "inputs":
        return _column_records(content)
    if not isinstance(content, list):
        raise _unreadable(f"{form} must be a list of objects")
    return content


def _split_records(content: Any) -> list[Mapping[str, Any]]:
    columns = content.get("columns") if isinstance(content, dict) else None
    data = content.get("data") if isinstance(content, dict) else None
    if not isinstance(columns, list) or not isinstance(data, list):
        raise _unreadable("dataframe_split needs the lists columns and data")
    if not all(isinstance(column, str) for column in columns) or len(set(columns)) < len(columns):
        raise _unreadable("dataframe_split.columns must be different texts")
    for at, row in enumerate(data):
        if not isinstance(row, list) or len(row) != len(columns):
            raise _unreadable(f"dataframe_split.data[{at}] must be a list of {len(columns)} values")
    return [dict(zip(columns, row, strict=True)) for row in data]


def _column_records(content: dict[str, Any]) -> list[Mapping[str, Any]]:
    columns = {name: values if isinstance(values, list) else [values] for name, values in content.items()}
    if len({len(values) for values in columns.values()}) > 1:
        raise _unreadable("the columns of inputs must be equally long")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _unreadable(detail: str) -> RequestProblemError:
    return RequestProblemError(HTTPStatus.BAD_REQUEST, detail)


def _json(content: Any) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
