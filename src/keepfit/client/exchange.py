"""What is asked of a service and how its answers are read; both clients are made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from keepfit.client.batches import Batch, batches, encoded
from keepfit.client.connection import Connection
from keepfit.client.contract import Status, read_status
from keepfit.client.results import USUAL_KEYS, Answer, LabelReceipt, ServedModel
from keepfit.errors import AnswerError, ClientError, RefusedError, ServiceAwayError

_PREDICTION, _LABELS = "/api/prediction", "/api/labels"
_Content = TypeVar("_Content")


class _Predictions(msgspec.Struct):
    predictions: list[dict[str, Any]]


class Exchange:
    """Requests and answers of one project; safe to share between threads.

    Parameters
    ----------
    connection
        To the service.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._known: Status | None = None

    def answer(self, record: Mapping[str, Any], entity: str | int | None) -> Answer:
        """Return the answer to one record."""
        path = _PREDICTION
        if entity is not None:
            path, record = self._about(record, entity)
        return self._read_answer(self._send("POST", path, encoded(record), dict[str, Any]))

    def record_batches(self, records: Iterable[Mapping[str, Any]], rows: int | None) -> Iterator[Batch]:
        """Yield records as the service takes them, at most `rows` at once."""
        if rows is not None and rows < 1:
            raise ValueError(f"batch_rows = {rows}: a request has a row at least")
        takes = self._status().request
        return batches(records, rows=min(rows or takes.max_rows, takes.max_rows), size=takes.max_body_bytes)

    def answers(self, batch: Batch) -> list[Answer]:
        """Return the answers to a batch of records, in order."""
        found = self._send("POST", _PREDICTION, batch.body, _Predictions, first=batch.first).predictions
        if len(found) != batch.rows:
            said = f"{len(found)} answers came to {batch.rows} records"
            raise AnswerError(said, where=self.connection.url + _PREDICTION, hint="see the service's log")
        return [self._read_answer(values) for values in found]

    def label_batches(self, pairs: Iterable[tuple[str, Any]]) -> Iterator[Batch]:
        """Yield labels by prediction id as the service takes them."""
        return self._label_batches({"prediction_id": prediction, "label": label} for prediction, label in pairs)

    def entity_label_batches(self, outcomes: Iterable[tuple[str | int, Any, datetime | None]]) -> Iterator[Batch]:
        """Yield labels by entity and time as the service takes them."""
        return self._label_batches(_entity_label(*outcome) for outcome in outcomes)

    def receipt(self, batch: Batch) -> LabelReceipt:
        """Return what became of a batch of labels."""
        return self._send("POST", _LABELS, batch.body, LabelReceipt, first=batch.first)

    def model(self) -> ServedModel:
        """Return the model that answers."""
        return self._send("GET", "/api/model", None, ServedModel)

    def is_ready(self) -> bool:
        """Return whether a prediction would be answered."""
        try:
            self.connection.send("GET", "/ready", once=True)
        except ServiceAwayError:
            return False
        return True

    def _label_batches(self, sent: Iterable[Mapping[str, Any]]) -> Iterator[Batch]:
        takes = self._status().request
        return batches(sent, rows=takes.max_rows, size=takes.max_body_bytes)

    def _about(self, record: Mapping[str, Any], entity: str | int) -> tuple[str, Mapping[str, Any]]:
        """Return path and record of a request that says whom it is about."""
        takes = self._status().request
        if takes.entity_parameter:
            return f"{_PREDICTION}?{urlencode({takes.entity_parameter: entity})}", record
        if takes.entity_column:
            return _PREDICTION, {**record, takes.entity_column: entity}
        hint = "declare [data] entity or [serving] entity_parameter, or leave `entity` out"
        raise RefusedError("the project knows no entity", where=self.connection.url, hint=hint)

    def _status(self) -> Status:
        if self._known is None:
            self._known = read_status(self.connection.send("GET", "/"), self.connection.url)
        return self._known

    def _read_answer(self, values: dict[str, Any]) -> Answer:
        name, version = values.get("id"), values.get("model_version")
        if not isinstance(name, str) or not isinstance(version, str):
            raise self._stranger("it has no id and model_version", _PREDICTION)
        keys = USUAL_KEYS if values.keys() >= USUAL_KEYS.keys() else self._declared_keys()
        return Answer(name, version, values, keys)

    def _declared_keys(self) -> Mapping[str, str]:
        """Return the keys that the project declares; what was answered is not lost when it does not say."""
        try:
            return self._status().keys
        except ClientError:
            return USUAL_KEYS

    def _send(self, method: str, path: str, body: bytes | None, kind: type[_Content], *, first: int = 0) -> _Content:
        try:
            content = self.connection.send(method, path, body, first=first)
        except RefusedError:
            self._known = None  # what the service takes may have changed
            raise
        try:
            return msgspec.json.decode(content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._stranger(str(error), path) from error

    def _stranger(self, said: str, path: str) -> AnswerError:
        where = self.connection.url + path.partition("?")[0]
        return AnswerError(f"the answer is not one of Keepfit ({said})", where=where, hint="check the address")


def _entity_label(entity: str | int, label: Any, as_of: datetime | None) -> Mapping[str, Any]:
    if as_of is None:
        return {"entity": entity, "label": label}
    if as_of.tzinfo is None:
        raise ValueError(f"as_of = {as_of}: a time without a zone is none; give it one, for example UTC")
    return {"entity": entity, "label": label, "as_of": as_of}
