"""Recommendations by their names: `POST /predict` and `POST /predict_proba` of a recommender.

A record is answered as by `/api/prediction`: the same door, graph and journal. Only the words differ: what each product
is called in a language of the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keepfit.number_text import text_number
from keepfit.scoring import Scorer
from keepfit.serving.answering import Answer
from keepfit.serving.bodies import read_json
from keepfit.serving.predictions import Predictor
from keepfit.serving.problems import RequestProblemError
from keepfit.signature import Offers

ID, VERSION, MONTHS = "keepfit-prediction-id", "keepfit-model-version", "keepfit-months-known"
_PARAMETERS = ("lang", "threshold")
UNKNOWN_PAST = (
    "No month before is known: none was sent, as `history`, or none that is recent enough. What was owned then, and "
    "since when, is not known, and the answer rests on the record alone."
)


@dataclass(frozen=True, slots=True)
class RecommendationDesk:
    """Answers records with products.

    Attributes
    ----------
    predictor
        Answers them.
    """

    predictor: Predictor

    def routes(self) -> list[Route]:
        """Return the ways to it."""
        return [
            Route("/predict", self.recommended, methods=["POST"]),
            Route("/predict_proba", self.ranked, methods=["POST"]),
        ]

    async def recommended(self, request: Request) -> Response:
        """Say of each product whether it is recommended, 1 or 0."""
        language = self._language(_query(request, ("lang",)))
        records, answers, alone = await self._answered(request)
        contents = [decided(answer, language) for answer in answers]
        headers = _headers(records[0], answers[0]) if alone else {}
        return _json(contents[0] if alone else {"predictions": contents}, headers)

    async def ranked(self, request: Request) -> Response:
        """List the products that are likely enough, the likeliest first; what is owned is left out."""
        query = _query(request, _PARAMETERS)
        language, threshold = self._language(query), _threshold(query.get("threshold"))
        records, answers, alone = await self._answered(request)
        pairs = zip(records, answers, strict=True)
        contents = [ranking(record, answer, language, threshold) for record, answer in pairs]
        return _json(contents[0] if alone else {"predictions": contents}, {})

    def _language(self, query: Mapping[str, str]) -> str | None:
        """Return the language that is asked for; what cannot be told is refused before it is journalled."""
        language = query.get("lang")
        names_of(_offers_of(self.predictor.champion.scorer), language)
        return language

    async def _answered(self, request: Request) -> tuple[Sequence[Mapping[str, Any]], list[Answer], bool]:
        body = await read_json(request, limit=self.predictor.section.max_body_bytes)
        alone = not isinstance(body, list)
        records = self.predictor.champion.scorer.door.named([body] if alone else body, alone=alone)
        return records, await self.predictor.answer(records, alone=alone), alone


def decided(answer: Answer, language: str | None) -> dict[str, int]:
    """Return whether each product is recommended, by its name.

    Raises
    ------
    RequestProblemError
        422 for a language that the project does not speak, 409 when the model that answered is no recommender.
    """
    offers, listed = _offers_of(answer.scorer), set(answer.scorer.decided(answer.decision))
    names = names_of(offers, language)
    return {name: int(product in listed) for name, product in zip(names, offers.products, strict=True)}


def ranking(record: Mapping[str, Any], answer: Answer, language: str | None, threshold: float | None) -> dict[str, Any]:
    """Return the likely products, the likeliest first, with what is known of the months before.

    Parameters
    ----------
    record
        As it was sent.
    answer
        What was answered.
    language
        Of the names; None for the project's first.
    threshold
        From which probability on a product is listed; None for the model's own.

    Raises
    ------
    RequestProblemError
        See `decided`.
    """
    offers = _offers_of(answer.scorer)
    names = names_of(offers, language)
    assert answer.offers is not None  # noqa: S101 - of a recommender
    assert answer.scorer.recommending is not None  # noqa: S101 - as above
    least = answer.scorer.recommending.thresholds if threshold is None else np.float64(threshold)
    found = np.flatnonzero(answer.offers >= least)
    likeliest = found[np.argsort(-answer.offers[found], kind="stable")].tolist()
    months = months_known(record, answer)
    return {
        "id": answer.id,
        "model_version": answer.model_version,
        "months_known": months,
        **({} if months else {"note": UNKNOWN_PAST}),
        "products": [
            {"name": names[at], "product": offers.products[at], "probability": float(answer.offers[at])}
            for at in likeliest
        ],
    }


def named_content(record: Mapping[str, Any], answer: Answer, _: object) -> dict[str, Any]:
    """Return what `/random` tells of a recommender's answer: the likely products, and which are recommended."""
    return {**ranking(record, answer, None, None), "recommended": decided(answer, None)}


def names_of(offers: Offers, language: str | None) -> tuple[str, ...]:
    """Return what the products are called in a language, by default the project's first.

    Raises
    ------
    RequestProblemError
        422 when the project does not speak it.
    """
    if language is None:
        return next(iter(offers.names.values()), offers.products)
    if language not in offers.names:
        spoken = f"there are {', '.join(offers.names)}" if offers.names else "[panel] names declares none"
        said = f'lang is "{language[:20]}"; {spoken}'
        raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    return offers.names[language]


def months_known(record: Mapping[str, Any], answer: Answer) -> int:
    """Return how many months before its own a record tells of that the model which answered remembers."""
    return answer.scorer.door.months_known(record)


def _offers_of(scorer: Scorer) -> Offers:
    offers = scorer.door.signature.offers
    if offers is None:
        said = f"version {scorer.version} answers, and recommends no products; see /api/prediction"
        raise RequestProblemError(HTTPStatus.CONFLICT, said)
    return offers


def _query(request: Request, allowed: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in allowed:
            said = f'there is no query parameter "{name[:60]}"; there are {", ".join(allowed)}'
            raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
        if name in given:
            raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, f"{name} came twice")
        given[name] = value
    return given


def _threshold(said: str | None) -> float | None:
    if said is None:
        return None
    threshold = text_number(said)
    if threshold is None or not 0 <= threshold <= 1:
        raise RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "threshold is a number from 0 to 1")
    return threshold


def _headers(record: Mapping[str, Any], answer: Answer) -> dict[str, str]:
    """Return what an answer of names alone cannot hold: which prediction it is, by whom, and on what it rests."""
    return {ID: answer.id, VERSION: answer.model_version, MONTHS: str(months_known(record, answer))}


def _json(content: Any, headers: Mapping[str, str]) -> Response:
    return Response(msgspec.json.encode(content), headers=dict(headers), media_type="application/json")
