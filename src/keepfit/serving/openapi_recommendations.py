"""The routes of a recommender, as the API describes them."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.serving import openapi_bodies as bodies
from keepfit.serving.openapi_columns import Schema
from keepfit.serving.openapi_operations import BODY, TOKEN, post
from keepfit.serving.recommendations import ID, MONTHS, UNKNOWN_PAST, VERSION
from keepfit.signature import Offers, Signature

_CONFLICT = 409
_HEADERS = {
    ID: "The `id` of the prediction: labels are reported by it.",
    VERSION: "Which version answered.",
    MONTHS: "How many months before are known: of those sent, as `history`, the ones that the model remembers.",
}


def recommendation_paths(
    signature: Signature, offers: Offers, max_rows: int, entity: Sequence[Schema]
) -> dict[str, Schema]:
    """Return `/predict` and `/predict_proba`, with the operation of each.

    Parameters
    ----------
    signature, offers
        Of the champion.
    max_rows
        How many records a request may hold.
    entity
        The parameter that says whom the record is about, or none.
    """
    example = signature.example_record()
    body, statuses = bodies.records_schema(max_rows), (*TOKEN, *BODY, _CONFLICT)
    decided = post("Say of each product whether it is recommended.", body, _decided(offers), example, statuses)
    decided["parameters"] = [_language(offers), *entity]
    ranked = post("List the likely products, the likeliest first.", body, _ranked(), example, statuses)
    ranked["parameters"] = [_language(offers), _THRESHOLD, *entity]
    return {"/predict": decided, "/predict_proba": ranked}


def tell_headers(operation: Schema) -> None:
    """Add the headers that come with the answer to one record, which holds names alone."""
    told = {name: {"description": said, "schema": {"type": "string"}} for name, said in _HEADERS.items()}
    operation["responses"]["200"].setdefault("headers", {}).update(told)


def _language(offers: Offers) -> Schema:
    said = "Of the names; by default the project's first." if offers.names else "No names are declared."
    languages: Schema = {"type": "string", "enum": list(offers.names)} if offers.names else {"type": "string"}
    return {"name": "lang", "in": "query", "description": said, "schema": languages}


_THRESHOLD: Schema = {
    "name": "threshold",
    "in": "query",
    "description": "From which probability on a product is listed; by default from the model's own on.",
    "schema": {"type": "number", "minimum": 0, "maximum": 1},
}


def _decided(offers: Offers) -> Schema:
    names = next(iter(offers.names.values()), offers.products)
    one: Schema = {
        "type": "object",
        "additionalProperties": {"enum": [0, 1]},
        "description": "1 for a product that is recommended, 0 for one that is not, or is owned already.",
        "example": dict.fromkeys(names, 0),
    }
    return {"anyOf": [_listed(one), one]}


def recommendation_schema() -> Schema:
    """Return the JSON Schema of an answer to `/random`."""
    one = _ranking()
    said = "Whether each product is recommended, by its name."
    flags: Schema = {"type": "object", "additionalProperties": {"enum": [0, 1]}, "description": said}
    properties = {**one["properties"], "recommended": flags}
    return {**one, "properties": properties, "required": [*one["required"], "recommended"]}


def _ranked() -> Schema:
    one = _ranking()
    return {"anyOf": [one, _listed(one)]}


def _ranking() -> Schema:
    product = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "product": {"type": "string", "description": "Its column."},
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
        },
        "required": ["name", "product", "probability"],
    }
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "UUIDv7 of the prediction: labels are reported by it."},
            "model_version": {"type": "string", "description": "Which version answered."},
            "months_known": {"type": "integer", "minimum": 0, "description": _HEADERS[MONTHS]},
            "note": {"const": UNKNOWN_PAST, "description": "Where no month before is known."},
            "products": {"type": "array", "items": product},
        },
        "required": ["id", "model_version", "months_known", "products"],
        "additionalProperties": False,
    }


def _listed(one: Schema) -> Schema:
    rows: Schema = {"type": "array", "items": one}
    return {"type": "object", "properties": {"predictions": rows}, "required": ["predictions"]}
