"""The API's own description: the real columns, kinds and vocabularies, and an example that works."""

from __future__ import annotations

from typing import Any

from keepfit.date_text import ISO, date_text
from keepfit.serving.problems import MEDIA_TYPE
from keepfit.signature import Column, Kind, Signature

_TYPES = {
    Kind.INTEGER: "integer",
    Kind.NUMBER: "number",
    Kind.CATEGORY: "string",
    Kind.FLAG: "boolean",
    Kind.DATE: "string",
}


def record_schema(signature: Signature) -> dict[str, Any]:
    """Return the JSON Schema of one record."""
    properties: dict[str, Any] = {column.name: _column_schema(column, signature) for column in signature.columns}
    if signature.entity:
        properties[signature.entity] = {
            "type": ["string", "integer", "null"],
            "description": "Whom the record is about: journalled, not scored.",
        }
    return {
        "type": "object",
        "properties": properties,
        "required": [column.name for column in signature.columns if not column.optional],
        "additionalProperties": False,
        "example": signature.example_record(),
    }


def describe_routes(document: dict[str, Any], signature: Signature) -> dict[str, Any]:
    """Add the routes whose bodies depend on the champion to an OpenAPI document."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    record = {"$ref": "#/components/schemas/Record"}
    answer = {"$ref": "#/components/schemas/Answer"}
    example = signature.example_record()
    schemas.update(
        Record=record_schema(signature), Answer=_answer_schema(signature), Problem=_PROBLEM, Label=_label(signature)
    )
    either = {"oneOf": [record, {"type": "array", "items": record}]}
    answers = {"oneOf": [answer, _object(predictions={"type": "array", "items": answer})]}
    forms = _object(
        dataframe_split=_object(
            columns={"type": "array", "items": {"type": "string"}}, data={"type": "array", "items": {"type": "array"}}
        ),
        dataframe_records={"type": "array", "items": record},
        inputs={"oneOf": [{"type": "object"}, {"type": "array", "items": record}]},
        instances={"type": "array", "items": record},
    )
    scored = {"type": "object", "properties": {"probability": {"type": "number"}, "decision": {"type": "string"}}}
    label = {"$ref": "#/components/schemas/Label"}
    receipt = _object(accepted={"type": "integer"}, matched={"type": "integer"}, unmatched={"type": "integer"})
    document["paths"] = {
        "/api/prediction": _post("Predict one record, or a list in order.", either, answers, example),
        "/invocations": _post(
            "Predict in the forms of MLflow's scoring server.",
            forms,
            _object(predictions={"type": "array", "items": scored}),
            {"dataframe_records": [example]},
        ),
        "/api/labels": _post(
            "Report known outcomes of earlier predictions.",
            {"oneOf": [label, {"type": "array", "items": label}]},
            receipt,
            [{"prediction_id": "the id of an answer", "label": signature.outcome.positive}],
        ),
        **document["paths"],
        "/metrics": _METRICS,
    }
    return document


_METRICS: dict[str, Any] = {
    "get": {
        "summary": "What Prometheus scrapes.",
        "tags": ["service"],
        "responses": {"200": {"description": "Prometheus's text format.", "content": {"text/plain": {}}}},
    }
}


_PROBLEM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "violations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "message": {"type": "string"},
                    "row": {"type": "integer"},
                },
            },
        },
    },
}


def _column_schema(column: Column, signature: Signature) -> dict[str, Any]:
    types = [_TYPES[column.kind], *(["string"] if column.is_written_as_text else [])]
    types += ["null"] if column.optional else []
    schema: dict[str, Any] = {"type": types if len(types) > 1 else types[0]}
    if column.categories:
        listed = [*column.categories, None] if column.optional else list(column.categories)
        schema |= {"examples": listed} if signature.accepts_unseen else {"enum": listed}
    notes = [column.description] if column.description else []
    if column.kind is Kind.DATE:
        schema |= {"format": "date"} if column.date_format == ISO else {}
        notes.append(f"A date, written as {column.date_format}: for example {column.example}.")
    if column.minimum is not None and column.maximum is not None:
        ends = (_shown(column, value) for value in (column.minimum, column.maximum))
        notes.append(f"Seen in training: {' to '.join(ends)}.")
    if column.categories and signature.accepts_unseen:
        notes.append(f"Seen in training: {', '.join(column.categories)}.")
    if column.is_written_as_text:
        notes.append("A text that holds the number is taken too, with blanks around it or without.")
    if column.missing_values:
        notes.append(f"{', '.join(text or 'An empty text' for text in column.missing_values)} means: missing.")
    return schema | ({"description": " ".join(notes)} if notes else {})


def _shown(column: Column, value: float) -> str:
    return date_text(value, column.date_format) if column.kind is Kind.DATE else f"{value:g}"


def _answer_schema(signature: Signature) -> dict[str, Any]:
    return _object(
        id={"type": "string", "description": "UUIDv7 of the prediction: labels are reported by it."},
        model_version={"type": "string"},
        probability={
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": f"Probability of {signature.outcome.positive}.",
        },
        decision={"type": "string", "enum": list(signature.outcome.labels)},
    )


def _label(signature: Signature) -> dict[str, Any]:
    schema = _object(prediction_id={"type": "string"}, label={"enum": list(signature.outcome.labels)})
    return schema | {"required": ["prediction_id", "label"], "additionalProperties": False}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _post(summary: str, body: Any, answer: Any, example: Any) -> dict[str, Any]:
    def content(schema: Any, media: str = "application/json") -> dict[str, Any]:
        return {media: {"schema": schema}}

    refused = content({"$ref": "#/components/schemas/Problem"}, MEDIA_TYPE)
    return {
        "post": {
            "summary": summary,
            "tags": ["predictions"],
            "requestBody": {"required": True, "content": {"application/json": {"schema": body, "example": example}}},
            "responses": {
                "200": {"description": "Answered and durable in the journal.", "content": content(answer)},
                "400": {"description": "The body cannot be read.", "content": refused},
                "413": {"description": "Too many rows or bytes.", "content": refused},
                "415": {"description": "The content type is not JSON.", "content": refused},
                "422": {"description": "Values that are not acceptable, by field.", "content": refused},
                "503": {"description": "The journal cannot take it: try again later.", "content": refused},
            },
        }
    }
