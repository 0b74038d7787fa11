"""The short way of `POST /api/prediction`: plain records are answered without the framework.

It takes a request of one record whose body has come whole and is plain JSON of plain values. Everything else goes on to
the framework's route with nothing lost, so errors and rare forms have one home. Both ways ask the same `Answering` and
write the same `AnswerForm`; `tests/serving/test_both_ways.py` sends the same requests both ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope, Send

from keepfit.serving.answer_form import AnswerForm
from keepfit.serving.answering import Answering
from keepfit.serving.asked import Asked
from keepfit.serving.champion import Champion

_JSON = frozenset((b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"))
_HEADERS = [(b"content-type", b"application/json")]


_PLAIN_VALUE = re.compile(rb"[A-Za-z0-9_.-]{1,200}")


@dataclass(slots=True)
class HotPath:
    """Answers plain records.

    Attributes
    ----------
    champion
        The model that answers.
    answering
        Scores and journals.
    form
        What an answer looks like.
    entity_parameter
        Query parameter that says whom the record is about; empty for none.
    max_body_bytes
        A larger body is for the framework to refuse.
    """

    champion: Champion
    answering: Answering
    form: AnswerForm
    entity_parameter: str
    max_body_bytes: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send, content_type: bytes) -> Receive | None:
        """Answer the request, or return where the framework may receive it from.

        Raises
        ------
        JournalError
            When the journal cannot take the prediction.
        """
        entity = self._entity(scope["query_string"])
        if content_type not in _JSON or entity is None:
            return receive
        message = await receive()
        if message["type"] != "http.request" or message.get("more_body"):
            return _again(message, receive)
        scorer = self.champion.scorer
        record = scorer.reader.read(message["body"]) if len(message["body"]) <= self.max_body_bytes else None
        if record is None or (entity and record.entity is not None):
            return _again(message, receive)
        asked = Asked(record.row, record.sent, entity or record.entity)
        body = self.form.encoded(await self.answering.ask(asked, scorer))
        headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return None

    def _entity(self, query: bytes) -> str | None:
        """Return the entity of a plain query, empty for none; None when the framework must look at the query."""
        if not query:
            return ""
        name, _, value = query.partition(b"=")
        if (
            not self.entity_parameter
            or name.decode("latin-1") != self.entity_parameter
            or not _PLAIN_VALUE.fullmatch(value)
        ):
            return None
        return value.decode()


def _again(message: Message, receive: Receive) -> Receive:
    """Return a `receive` that begins with a message that was received already."""
    waiting = [message]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
