"""The short way of `POST /api/prediction`: plain records are answered at the wire, without the framework.

It takes a request of one record whose body has come whole and is plain JSON of plain values, from who may ask.
Everything else goes on to the framework's route with nothing lost, so errors and rare forms have one home. Both ways
ask the same `Answering` and write the same `AnswerForm`; `tests/serving/test_both_ways.py` sends the same requests both
ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.scoring.record_reader import LONGEST_BODY_BYTES
from keepfit.serving.answer_form import AnswerForm
from keepfit.serving.answering import Answer, Answering
from keepfit.serving.asked import Asked
from keepfit.serving.champion import Champion
from keepfit.serving.problems import told

_JSON = frozenset((b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"))
_PLAIN_VALUE = re.compile(rb"[A-Za-z0-9_.-]{1,200}")
_DIGITS = len(str(LONGEST_BODY_BYTES))
_TYPE = (b"content-type", b"application/json")
Headers = Sequence[tuple[bytes, bytes]]


class Reply(NamedTuple):
    """An answer for the wire: its status, the lines of its headers without length and id, and its body."""

    status: int
    headers: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class ShortWay:
    """Answers plain records of one project.

    Attributes
    ----------
    champion
        The model that answers.
    answering
        Scores and journals.
    form
        What an answer looks like.
    metrics, route
        Where its requests are counted, and as what.
    entity_parameter
        Query parameter that says whom the record is about; empty for none.
    max_body_bytes
        A larger body is for the framework to refuse.
    further
        Headers of an answer beside the usual ones.
    """

    champion: Champion
    answering: Answering
    form: AnswerForm
    metrics: ServiceMetrics
    route: str
    entity_parameter: str
    max_body_bytes: int
    further: Headers = ()

    def may_take(self, content_type: bytes, content_length: bytes) -> bool:
        """Say whether a body of this type and length can be a plain record."""
        if content_type not in _JSON or not content_length.isdigit() or len(content_length) > _DIGITS:
            return False
        return int(content_length) <= min(self.max_body_bytes, LONGEST_BODY_BYTES)

    def entity(self, query: bytes) -> str | None:
        """Return the entity of a plain query, empty for none; None when the framework must look at the query."""
        if not query:
            return ""
        name, _, value = query.partition(b"=")
        is_ours = bool(self.entity_parameter) and name.decode("latin-1") == self.entity_parameter
        return value.decode() if is_ours and _PLAIN_VALUE.fullmatch(value) else None

    def take(self, body: bytes, entity: str, reply: Callable[[Reply], None]) -> bool:
        """Take a request, and say so; not taken is what the framework must look at.

        Parameters
        ----------
        body
            Of the request, whole.
        entity
            Whom its query names, empty for nobody.
        reply
            Told the answer once, later, when it is durable or has failed.
        """
        scorer = self.champion.scorer
        record = scorer.reader.read(body)
        if record is None or (entity and record.entity is not None):
            return False

        def tell(answer: Answer | Exception) -> None:
            reply(refusal(answer) if isinstance(answer, Exception) else self._answered(answer))

        self.answering.ask(Asked(record.row, record.sent, entity or record.entity), scorer, tell)
        return True

    def _answered(self, answer: Answer) -> Reply:
        try:
            return Reply(200, header_lines((_TYPE, *self.further)), self.form.encoded(answer))
        except Exception as error:  # noqa: BLE001 - who waits must hear of it
            return refusal(error)


def refusal(error: Exception) -> Reply:
    """Return what a caller is told of an error, as the framework would tell it."""
    answer = told(error)
    headers = [line for line in answer.raw_headers if line[0] != b"content-length"]
    return Reply(answer.status_code, header_lines(headers), bytes(answer.body))


def header_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return headers as they stand in an answer."""
    return b"".join([b"%b: %b\r\n" % header for header in headers])
