"""The client that waits for its answers."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from keepfit.client.connection import Connection
from keepfit.client.exchange import Exchange
from keepfit.client.results import Answer, LabelReceipt, ServedModel

TOKEN_VARIABLE = "KEEPFIT_API_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT_SECONDS = 10.0
RETRIES = 4
CONNECTIONS = 8


class Client:
    """Asks one project of a service; safe to share between threads.

    A request is sent again when nothing answers, when the connection ends before the answer, and when the service says
    that it cannot answer now (429 and 503): after 0.2 seconds, 0.4 and so on, shortened by chance, or after the time
    that the service asks for; when it asks for more than ten seconds, at once the error is raised. What is refused is
    never sent again, nor what was not answered in time. Where a connection ended, the service may have journalled the
    prediction already: then it is in the journal twice, and the id that is returned is that of the second.

    Parameters
    ----------
    url
        Address of the service; where it serves several projects, with the project's name as path.
    token
        What the service asks for. By default the first one in the environment variable `KEEPFIT_API_TOKEN`, if it is
        set.
    timeout_seconds
        How long to wait for a connection, and for each part of an answer.
    retries
        How often a request is sent again; with 0 no prediction is journalled twice.
    connections
        How many are kept open; as many threads ask without waiting for each other.

    Raises
    ------
    ClientError
        Every method raises one of its kinds when there is no answer: `RefusedError` for what the service does not
        take, with the `violations` by field; `TokenError`; `ServiceAwayError`; `AnswerError` when something else
        answers there.

    Examples
    --------
    >>> with Client("http://127.0.0.1:8000") as client:  # doctest: +SKIP
    ...     answer = client.predict({"Age": 30, "Income": None})
    ...     client.label(answer.id, "good")
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
        connections: int = CONNECTIONS,
    ) -> None:
        self._exchange = exchange(url, token, timeout_seconds, retries, connections)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._exchange.connection.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the next request would open one again."""
        self._exchange.connection.close()

    def predict(self, record: Mapping[str, Any], *, entity: str | int | None = None) -> Answer:
        """Return the answer to one record.

        Parameters
        ----------
        record
            Values by column; None, NaN and an absent column are one thing, missing.
        entity
            Whom it is about: journalled, not scored.
        """
        return self._exchange.answer(record, entity)

    def predict_many(self, records: Iterable[Mapping[str, Any]], *, batch_rows: int | None = None) -> list[Answer]:
        """Return the answers to any number of records, in order.

        They are sent one request after the other, each as large as the service takes. When one is refused, those
        before it have been answered and journalled; the rows in its violations count from the first record, from 0.

        Parameters
        ----------
        records
            Taken as they are needed: a generator is never held whole.
        batch_rows
            How many to send at once, at most.
        """
        return [
            answer
            for batch in self._exchange.record_batches(records, batch_rows)
            for answer in self._exchange.answers(batch)
        ]

    def label(self, prediction_id: str, label: str | float | bool) -> LabelReceipt:
        """Report the known outcome of a prediction."""
        return self.labels([(prediction_id, label)])

    def labels(self, pairs: Iterable[tuple[str, str | float | bool]]) -> LabelReceipt:
        """Report known outcomes by prediction id, and return how many found their prediction.

        When a request of them is refused, those before it have been recorded. Reported again, a label does no harm.
        """
        return added(self._exchange.receipt(batch) for batch in self._exchange.label_batches(pairs))

    def labels_by_entity(
        self, outcomes: Iterable[tuple[str | int, str | float | bool, datetime | None]]
    ) -> LabelReceipt:
        """Report known outcomes by entity and time, and return how many found their prediction.

        Parameters
        ----------
        outcomes
            Whom it is about, the outcome, and up to when: its newest prediction at that time is meant, an aware
            `datetime`; None for now.

        Raises
        ------
        ValueError
            When a time has no zone.
        """
        return added(self._exchange.receipt(batch) for batch in self._exchange.entity_label_batches(outcomes))

    def model(self) -> ServedModel:
        """Return the model that answers."""
        return self._exchange.model()

    def is_ready(self) -> bool:
        """Return whether the service would answer a prediction now; it is asked once."""
        return self._exchange.is_ready()


def exchange(url: str, token: str | None, timeout_seconds: float, retries: int, connections: int) -> Exchange:
    """Return what a client is made of; see `Client`."""
    if token is None:
        token = next(iter(os.environ.get(TOKEN_VARIABLE, "").split()), "")
    return Exchange(Connection(url, token, timeout_seconds=timeout_seconds, retries=retries, connections=connections))


def added(receipts: Iterable[LabelReceipt]) -> LabelReceipt:
    """Return several receipts as one."""
    accepted = matched = unmatched = 0
    for one in receipts:
        accepted, matched, unmatched = accepted + one.accepted, matched + one.matched, unmatched + one.unmatched
    return LabelReceipt(accepted, matched, unmatched)
