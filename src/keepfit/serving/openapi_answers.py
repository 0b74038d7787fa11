"""What is answered, as the API describes it: predictions, reasons, receipts, tensors, problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keepfit.project.declaration import ServingSection
from keepfit.serving.open_inference import DATATYPES, OUTPUTS
from keepfit.signature import Outcome, Signature

Schema = dict[str, Any]
ANSWER = {"$ref": "#/components/schemas/Answer"}
RANDOM_ANSWER = {"$ref": "#/components/schemas/RandomAnswer"}
TEXT: Schema = {"type": "string"}


def answer_schema(outcome: Outcome, parts: Mapping[str, str], section: ServingSection) -> Schema:
    """Return the JSON Schema of an answer.

    Parameters
    ----------
    outcome
        What is predicted.
    parts
        The keys of an answer, and what each holds.
    section
        Who gets reasons.
    """
    values = {
        "id": {"type": "string", "description": "UUIDv7 of the prediction: labels are reported by it."},
        "model_version": {"type": "string", "description": "Which version answered."},
        "probability": _probability(f"Probability of {outcome.positive}."),
        "decision": _decision(outcome),
        "entity": {"type": ["string", "integer", "null"], "description": "Whom the record is about."},
    }
    properties = {key: values[part] for key, part in parts.items()}
    if section.explain != "never" or section.explain_decisions:
        properties["reasons"] = {"$ref": "#/components/schemas/Reasons"}
    always = [*parts, *(["reasons"] if section.explain == "always" else [])]
    return _object(properties, always)


def random_schema(answer: Schema) -> Schema:
    """Return the JSON Schema of the answer to a random record: that of any answer, and the record."""
    record = {"$ref": "#/components/schemas/Record"}
    return _object({**answer["properties"], "record": record}, [*answer["required"], "record"])


def answers_schema() -> Schema:
    """Return the JSON Schema of the answer to a record, or to a list."""
    return {"oneOf": [ANSWER, _object({"predictions": {"type": "array", "items": ANSWER}})]}


def reasons_schema() -> Schema:
    """Return the JSON Schema of the reasons for a score."""
    contribution = {
        "feature": {"type": "string", "description": "The column."},
        "label": {"type": "string", "description": "What people call it."},
        "value": {"description": "As it was sent; of what is made of a history, what that says."},
        "reference": {"description": "What is typical; null where that is a missing value."},
        "effect": {"type": "number", "description": "By how much it moved the probability."},
    }
    said = "Features that moved the score away from the baseline, the greatest effect first."
    contributions = {"type": "array", "items": _object(contribution), "description": said}
    others = {"type": "number", "description": "By how much features that are not listed moved it, if there are any."}
    reasons = {"baseline": _probability("That of a typical record."), "contributions": contributions, "others": others}
    return _object(reasons, ["baseline", "contributions"])


def scored_schema(outcome: Outcome) -> Schema:
    """Return the JSON Schema of an answer in MLflow's form."""
    row = {"probability": _probability(""), "decision": _decision(outcome)}
    return _object({"predictions": {"type": "array", "items": _object(row)}})


def receipt_schema() -> Schema:
    """Return the JSON Schema of the receipt for labels."""
    return _object({name: {"type": "integer", "minimum": 0} for name in ("accepted", "matched", "unmatched")})


def problem_schema() -> Schema:
    """Return the JSON Schema of a problem document (RFC 9457)."""
    violation = {"field": TEXT, "message": TEXT, "row": {"type": "integer", "minimum": 0}}
    return {
        "type": "object",
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong, and what to do."},
            "violations": {
                "type": "array",
                "items": _object(violation, ["field", "message"]),
                "description": "By field, the first hundred.",
            },
            "error": {
                "type": "string",
                "description": "`detail` once more, on the routes of the Open Inference Protocol.",
            },
        },
        "required": ["type", "title", "status", "detail"],
    }


def outputs_schema(signature: Signature) -> Schema:
    """Return the JSON Schema of an inference's answer."""
    data: dict[str, Schema] = {
        "probability": _probability(""),
        "decision": _decision(signature.outcome),
        "prediction_id": TEXT,
    }
    outputs = [
        _object(
            {
                "name": {"const": name},
                "datatype": {"const": datatype},
                "shape": {"type": "array", "items": {"type": "integer"}},
                "data": {"type": "array", "items": data[name]},
            }
        )
        for name, datatype in OUTPUTS.items()
    ]
    properties = {"model_name": TEXT, "model_version": TEXT, "id": TEXT}
    return _object(
        {**properties, "outputs": {"type": "array", "items": {"oneOf": outputs}}},
        ["model_name", "model_version", "outputs"],
    )


def metadata_schema() -> Schema:
    """Return the JSON Schema of what the Open Inference Protocol tells of a model."""
    tensor = _object(
        {
            "name": TEXT,
            "datatype": {"enum": sorted({*DATATYPES.values(), *OUTPUTS.values()})},
            "shape": {"type": "array", "items": {"type": "integer"}},
        }
    )
    tensors = {"type": "array", "items": tensor}
    versions = {"type": "array", "items": TEXT}
    return _object({"name": TEXT, "versions": versions, "platform": TEXT, "inputs": tensors, "outputs": tensors})


def texts_schema(*names: str) -> Schema:
    """Return the JSON Schema of an object of texts."""
    return _object(dict.fromkeys(names, TEXT))


def flags_schema(*flags: str, **others: Schema) -> Schema:
    """Return the JSON Schema of an object of flags, and of what else is there."""
    return _object({**others, **{name: {"type": "boolean"} for name in flags}})


def _decision(outcome: Outcome) -> Schema:
    if outcome.products:
        return {"type": "string", "description": f"Products with commas between them, or {outcome.negative}."}
    return {"type": "string", "enum": list(outcome.labels)}


def _probability(said: str) -> Schema:
    return {"type": "number", "minimum": 0, "maximum": 1, **({"description": said} if said else {})}


def _object(properties: Mapping[str, Schema], required: list[str] | None = None) -> Schema:
    """Return the JSON Schema of an object with these keys and no others; by default all of them are always there."""
    needed = list(properties) if required is None else required
    return {"type": "object", "properties": dict(properties), "required": needed, "additionalProperties": False}
