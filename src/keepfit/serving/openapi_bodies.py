"""What may be sent, as the API describes it: a record, MLflow's forms, labels, tensors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from keepfit.panel_record import HISTORY
from keepfit.scoring.record_reader import ENTITY_PATTERN, LARGEST_ENTITY, LONGEST_ENTITY, SMALLEST_ENTITY
from keepfit.serving.invocation import FORMS
from keepfit.serving.labels import PREDICTION_ID
from keepfit.serving.open_inference import DATATYPES_KNOWN, OUTPUTS
from keepfit.serving.openapi_columns import Schema, column_schema, escaped
from keepfit.signature import LISTED_BY, Column, Offers, Signature, label_text

RECORD = {"$ref": "#/components/schemas/Record"}
LABEL = {"$ref": "#/components/schemas/Label"}
_DAY = r"(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_MOMENT = rf"^{_DAY}T{_TIME}$(?!\n)"


def record_schema(signature: Signature) -> Schema:
    """Return the JSON Schema of one record."""
    return {
        "type": "object",
        "description": "A key that comes twice is refused, as is one that is no column.",
        "properties": _properties(signature),
        "additionalProperties": False,
        **_names(signature),
        "example": signature.example_record(),
    }


def entity_schema() -> Schema:
    """Return the JSON Schema of whom a record is about."""
    return {
        "type": ["string", "integer", "null"],
        "pattern": ENTITY_PATTERN,
        "minimum": SMALLEST_ENTITY,
        "maximum": LARGEST_ENTITY,
        "description": "Whom the record is about: journalled, not scored. A text of at most "
        f"{LONGEST_ENTITY} printable characters, or a whole number.",
    }


def records_schema(max_rows: int) -> Schema:
    """Return the JSON Schema of a record, or of a list of them."""
    return {"oneOf": [RECORD, rows_of(RECORD, max_rows)]}


def rows_of(row: Schema, max_rows: int) -> Schema:
    """Return the JSON Schema of a list of rows."""
    return {"type": "array", "items": row, "maxItems": max_rows}


def invocation_schema(signature: Signature, max_rows: int) -> Schema:
    """Return the JSON Schema of MLflow's forms, of which a body has exactly one."""
    rows = rows_of(RECORD, max_rows)
    split: Schema = {
        "type": "object",
        "description": "Each list of `data` has a value for each of `columns`.",
        "properties": {
            "columns": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "data": rows_of({"type": "array"}, max_rows),
        },
        "required": ["columns", "data"],
    }
    forms = {**dict.fromkeys(FORMS, rows), "dataframe_split": split}
    forms["inputs"] = {"oneOf": [rows, {"anyOf": [_columns_schema(signature, max_rows), _NO_ROWS]}]}
    return {"type": "object", "properties": forms, "oneOf": [{"required": [form]} for form in FORMS]}


def label_schema(signature: Signature, *, by_entity: bool) -> Schema:
    """Return the JSON Schema of a known outcome; a class that is called as a number or a flag may be sent as one."""
    label: Schema = {"enum": [form for label in signature.outcome.labels for form in _forms_of(label)]}
    if signature.offers is not None:
        said = "The products that were added, with commas between them."
        one = f"(?:{'|'.join(map(escaped, signature.offers.panel.products))})"
        listed = rf"^{one}(?:{LISTED_BY}{one})*$(?!\n)"
        label = {"anyOf": [label, {"type": "string", "pattern": listed, "description": said}]}
    told = "The newest prediction of the entity up to this time is meant; by default up to now."
    by_id = {"type": "string", "pattern": PREDICTION_ID, "description": "The `id` of an answer."}
    as_of = {"type": "string", "format": "date-time", "pattern": _MOMENT, "description": told}
    whom = {**entity_schema(), "type": ["string", "integer"], "description": "Whom the record was about."}
    forms = [_label_form({"prediction_id": by_id, "label": label}, ["prediction_id", "label"])]
    if by_entity:
        forms.append(_label_form({"entity": whom, "as_of": as_of, "label": label}, ["entity", "label"]))
    return {"oneOf": forms}


def _label_form(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def inference_schema() -> Schema:
    """Return the JSON Schema of an inference by tensors."""
    parameters = {"type": "object"}
    tensor = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "A column."},
            "shape": {
                "type": "array",
                "items": {"type": "integer", "minimum": 0},
                "maxItems": 2,
                "description": "`[n]` or `[n, 1]`, the same `n` for each tensor.",
            },
            "datatype": {"enum": sorted(DATATYPES_KNOWN)},
            "data": {"type": "array", "description": "A value for each row, null where there is none."},
            "parameters": parameters,
        },
        "required": ["name", "shape", "datatype", "data"],
    }
    output = {
        "type": "object",
        "properties": {"name": {"enum": list(OUTPUTS)}, "parameters": parameters},
        "required": ["name"],
    }
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "parameters": parameters,
            "inputs": {"type": "array", "items": tensor, "minItems": 1},
            "outputs": {"type": "array", "items": output},
        },
        "required": ["inputs"],
    }


_NO_ROWS = {"type": "object", "additionalProperties": {"type": "array", "maxItems": 0}}


def _columns_schema(signature: Signature, max_rows: int) -> Schema:
    """Return the JSON Schema of rows that are sent as columns; a value alone is a column of one row."""
    properties = {
        name: {"anyOf": [one, rows_of(one, max_rows)], "description": "As long as the other columns."}
        for name, one in _properties(signature).items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False, **_names(signature)}


def _properties(signature: Signature) -> dict[str, Schema]:
    properties: dict[str, Schema] = {}
    for column in signature.sent_columns:
        schema = properties[column.name] = column_schema(_held(column, signature.offers), signature)
        for alias in column.aliases:
            properties[alias] = {**schema, "description": f"Another name of {column.name}."}
    if signature.entity:
        properties[signature.entity] = entity_schema()
    properties |= {name: {"description": "Passed over."} for name in signature.passed_over}
    if signature.offers is not None:
        properties[HISTORY] = _history_schema(signature.offers, properties)
    return properties


def _held(column: Column, offers: Offers | None) -> Column:
    """Return a column as the door holds records to it: a product is 0 or 1."""
    is_flag = offers is not None and column.name in offers.panel.products and column.kind.is_numeric
    return replace(column, out_of_range="reject") if is_flag else column


def _history_schema(offers: Offers, properties: Mapping[str, Schema]) -> Schema:
    month, products = offers.panel.month, offers.panel.products
    said = f"Records of months before, each with its {month} and what was owned; without them nothing is known of them."
    told: Schema = {name: properties[name] for name in (month, *products)}  # read as those of the record
    told[offers.panel.entity] = {"description": "The record's own, if any."}
    earlier = {"type": "object", "properties": told, "required": [month], "additionalProperties": False}
    return {"type": ["array", "null"], "items": earlier, "description": said}


def _names(signature: Signature) -> Schema:
    """Return which names come: those of needed columns, and of a column with several names never two."""
    rules: list[Schema] = []
    for column in signature.sent_columns:
        if column.aliases:
            names: list[Schema] = [{"required": [name]} for name in (column.name, *column.aliases)]
            never_two: list[Schema] = [{"not": {"allOf": list(pair)}} for pair in combinations(names, 2)]
            rules += never_two if column.optional else [{"oneOf": names}]
    needed = [column.name for column in signature.sent_columns if not (column.optional or column.aliases)]
    return {"required": needed, **({"allOf": rules} if rules else {})}


def _forms_of(label: str) -> list[Any]:
    """Return a label as a text, and as the number or the flag that it is the text of."""
    forms: list[Any] = [label]
    try:
        number = float(label)
    except ValueError:
        flags = {"true": True, "false": False}
        return [*forms, flags[label]] if label in flags else forms
    if not math.isfinite(number):
        return forms
    plain = int(number) if number.is_integer() else number
    return [*forms, plain] if label_text(plain) == label else forms
