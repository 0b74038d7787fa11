"""What a project says of itself to whoever opens its address: the facts of `GET /`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keepfit.bundle import Bundle
from keepfit.signature import Signature

_EXAMPLE_ENTITY = "12345"
_CARD_ROW = r"^\| {} \| ((?:[^|\\]|\\.)*) \|$"
_ESCAPED = re.compile(r"\\([^A-Za-z0-9\s])")
_UNDECLARED = "not declared"


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a project is asked.

    Attributes
    ----------
    project
        Its name.
    address
        Where it is, as the caller names it, without a slash at its end.
    metrics
        Where the whole service's metrics are.
    max_rows, max_body_bytes
        Limits of a request.
    entity_parameter
        Query parameter that says whom a record is about; empty for none.
    answer
        The keys of an answer, and what each holds.
    asks_for_token
        Whether it answers only those who have one.
    """

    project: str
    address: str
    metrics: str
    max_rows: int
    max_body_bytes: int
    entity_parameter: str
    answer: Mapping[str, str]
    asks_for_token: bool

    @property
    def prediction(self) -> str:
        """Address of a prediction, with an entity where one may be named."""
        query = f"?{self.entity_parameter}={self.entity}" if self.entity else ""
        return f"{self.address}/api/prediction{query}"

    @property
    def entity(self) -> str:
        """An entity that is nobody; empty where the query names none."""
        return _EXAMPLE_ENTITY if self.entity_parameter else ""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """The model that answers, for those who may know.

    Attributes
    ----------
    bundle
        The model.
    since
        When it became champion, ISO 8601; empty when nobody knows.
    """

    bundle: Bundle
    since: str

    @property
    def declared(self) -> dict[str, str]:
        """What the card says that its owner has declared, by its name."""
        found = {name: card_entry(self.bundle.card, name) for name in ("owner", "intended use")}
        return {name: text for name, text in found.items() if text and not text.startswith(_UNDECLARED)}


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the page shows.

    Attributes
    ----------
    entrance
        How it is asked.
    version, signature, warning
        Of the model that answers: what anybody may know.
    model
        The rest of it; None where only those with a token may know.
    """

    entrance: Entrance
    version: str
    signature: Signature
    warning: str
    model: ModelFacts | None

    @property
    def _products(self) -> dict[str, Any]:
        """Of a recommender what it recommends, by language, and the products that it does not know."""
        offers = self.signature.offers
        if offers is None:
            return {}
        names = {language: dict(zip(offers.products, listed, strict=True)) for language, listed in offers.names.items()}
        unknown = [product for product in offers.panel.products if product not in offers.products]
        return {"products": list(offers.products), "names": names, "never_added": unknown}

    @property
    def status(self) -> dict[str, Any]:
        """The facts that a program needs, as JSON has them."""
        entrance = self.entrance
        at = entrance.address
        return {
            "project": entrance.project,
            "model_version": self.version,
            "request": {
                "max_rows": entrance.max_rows,
                "max_body_bytes": entrance.max_body_bytes,
                "entity_parameter": entrance.entity_parameter or None,
                "entity_column": self.signature.entity,
            },
            "answer": dict(entrance.answer),
            **self._products,
            "links": {
                "prediction": f"{at}/api/prediction",
                **({"predict": f"{at}/predict", "predict_proba": f"{at}/predict_proba"} if self._products else {}),
                "labels": f"{at}/api/labels",
                "model": f"{at}/api/model",
                "card": f"{at}/card",
                "ready": f"{at}/ready",
                "openapi": f"{at}/openapi.json",
                "docs": f"{at}/docs",
                "metrics": entrance.metrics,
            },
        }


def purpose(signature: Signature) -> str:
    """Return what a model is for, in a sentence."""
    outcome, offers = signature.outcome, signature.offers
    if offers is not None:
        return f"Recommends which of {len(offers.products)} products are added in the month after a record's own."
    return f"Predicts {outcome.name}: the probability of {outcome.positive} rather than {outcome.negative}."


def card_entry(card: str, name: str) -> str:
    r"""Return what a model card's tables say under a name, empty when they do not.

    Examples
    --------
    >>> card_entry("| owner | risk\\_team |", "owner")
    'risk_team'
    """
    found = re.search(_CARD_ROW.replace("{}", re.escape(name)), card, re.MULTILINE)
    return _ESCAPED.sub(r"\1", found[1]).replace("&amp;", "&") if found else ""
