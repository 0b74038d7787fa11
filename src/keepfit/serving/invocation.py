"""The forms of MLflow's scoring server, read into records."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from keepfit.serving.problems import RequestProblemError

FORMS = ("dataframe_split", "dataframe_records", "inputs", "instances")


def invocation_records(body: Any) -> list[Mapping[str, Any]]:
    """Return the records of a body in one of MLflow's forms.

    Raises
    ------
    RequestProblemError
        400 when the body has none of these forms, or rows and columns do not fit.
    """
    given = [form for form in FORMS if isinstance(body, dict) and form in body]
    if len(given) != 1:
        raise _unreadable(f"expected one of {', '.join(FORMS)}")
    form, content = given[0], body[given[0]]
    if form == "dataframe_split":
        return _split_records(content)
    if isinstance(content, dict) and form == "inputs":
        return _column_records(content)
    if not isinstance(content, list):
        raise _unreadable(f"{form} must be a list of objects")
    return content


def _split_records(content: Any) -> list[Mapping[str, Any]]:
    columns = content.get("columns") if isinstance(content, dict) else None
    data = content.get("data") if isinstance(content, dict) else None
    if not isinstance(columns, list) or not isinstance(data, list):
        raise _unreadable("dataframe_split needs the lists columns and data")
    if not all(isinstance(column, str) for column in columns) or len(set(columns)) < len(columns):
        raise _unreadable("dataframe_split.columns must be different texts")
    for at, row in enumerate(data):
        if not isinstance(row, list) or len(row) != len(columns):
            raise _unreadable(f"dataframe_split.data[{at}] must be a list of {len(columns)} values")
    return [dict(zip(columns, row, strict=True)) for row in data]


def _column_records(content: dict[str, Any]) -> list[Mapping[str, Any]]:
    columns = {name: values if isinstance(values, list) else [values] for name, values in content.items()}
    if len({len(values) for values in columns.values()}) > 1:
        raise _unreadable("the columns of inputs must be equally long")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _unreadable(detail: str) -> RequestProblemError:
    return RequestProblemError(HTTPStatus.BAD_REQUEST, detail)
