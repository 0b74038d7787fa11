"""`GET /random`: an answer to a record that is nobody's, drawn from the champion's reference."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from keepfit.errors import MonitoringError
from keepfit.profiles import Profile, RandomRecords
from keepfit.scoring import Scorer
from keepfit.scoring.reasons import Reasons
from keepfit.serving.answering import Answer
from keepfit.serving.predictions import Predictor
from keepfit.serving.problems import RequestProblemError

PATH = "/random"
RECORD = "record"
_FROM = "sec-fetch-site"
Record = Mapping[str, Any]
Content = Callable[[Record, Answer, Reasons | None], Mapping[str, Any]]


class _Source(NamedTuple):
    digest: str
    records: RandomRecords


class RandomDesk:
    """Draws records, and answers them as if they had been sent: journalled and counted.

    Parameters
    ----------
    predictor
        Answers.
    content
        Makes what is told of a record, its answer, and the reasons where the project's policy gives some.
    """

    def __init__(self, predictor: Predictor, content: Content) -> None:
        self._predictor = predictor
        self._content = content
        self._rng = np.random.default_rng()  # another in every worker
        self._source: _Source | None = None

    def routes(self) -> list[BaseRoute]:
        """Return the way to it: by GET alone, for a HEAD would write to the journal and show nothing."""
        route = Route(PATH, self.random)
        route.methods = {"GET"}  # Starlette adds HEAD
        return [route]

    async def random(self, request: Request) -> Response:
        """Answer one random record, and say which it was.

        Raises
        ------
        RequestProblemError
            403 when a page of another site asks, 409 when the champion's bundle has no profile.
        """
        _refuse_other_sites(request)
        source = self._source
        while source is None or source.digest != self._predictor.champion.scorer.bundle.digest:
            source = self._source = await asyncio.to_thread(_source, self._predictor.champion.scorer)
        record = source.records.draw(self._rng)
        answers = await self._predictor.answer([record], alone=True)  # by the champion that it was drawn for
        reasons = await self._predictor.explaining.reasons(answers, [record], is_asked=False)
        content = msgspec.json.encode({**self._content(record, answers[0], reasons[0]), RECORD: record})
        return Response(content, headers={"cache-control": "no-store"}, media_type="application/json")


def _refuse_other_sites(request: Request) -> None:
    """Refuse what a page of another site makes a browser ask: it would fill the journal by a picture's address.

    A browser says so itself, and no page can say otherwise (W3C, Fetch Metadata Request Headers).
    """
    if request.headers.get(_FROM, "").lower() == "cross-site":
        said = "a page of another site may not ask this: every answer is journalled; open the address itself"
        raise RequestProblemError(HTTPStatus.FORBIDDEN, said)


def _source(scorer: Scorer) -> _Source:
    try:
        profile = Profile.from_dict(scorer.bundle.profile)
    except MonitoringError as error:
        said = f"v{scorer.version} has no profile to draw a record from; train again"
        raise RequestProblemError(HTTPStatus.CONFLICT, said) from error
    return _Source(scorer.bundle.digest, RandomRecords(profile, scorer.door.signature))
