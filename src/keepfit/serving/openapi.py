"""The API's own description: every route, what it takes by the real columns, what it answers, when it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keepfit.project.declaration import ServingSection
from keepfit.scoring.record_reader import ENTITY_PATTERN
from keepfit.serving import openapi_answers as answers
from keepfit.serving import openapi_bodies as bodies
from keepfit.serving.openapi_columns import Schema
from keepfit.serving.openapi_operations import ANY, BODY, TOKEN, get, operation_of, post, problems, tagged
from keepfit.serving.openapi_recommendations import recommendation_paths, recommendation_schema, tell_headers
from keepfit.serving.profile_desk import VERSION_PATTERN
from keepfit.serving.random_desk import PATH as RANDOM
from keepfit.signature import Signature

_ROOT = [{"url": "/"}]  # these routes stand there also where several projects are served
_SECURITY = {
    "api": "The token of `KEEPFIT_API_TOKEN`, where the service has one: then all routes ask for it but `/`, "
    "`/health`, `/ready`, `/v2/health/…`, `/metrics`, `/docs` and `/openapi.json`.",
    "admin": "The token of `KEEPFIT_ADMIN_TOKEN`.",
}


@dataclass(frozen=True, slots=True)
class Described:
    """What is described.

    Attributes
    ----------
    project
        Its name.
    signature
        Of the champion.
    section
        Limits, reasons, the query.
    parts
        The keys of an answer, and what each holds.
    """

    project: str
    signature: Signature
    section: ServingSection
    parts: Mapping[str, str]


def describe_routes(document: dict[str, Any], described: Described) -> dict[str, Any]:
    """Complete FastAPI's document of a project: the routes that it does not know, and what all have in common."""
    signature = described.signature
    answer = answers.answer_schema(signature.outcome, described.parts, described.section)
    components = document.setdefault("components", {})
    components["schemas"] = {
        **components.get("schemas", {}),
        "Record": bodies.record_schema(signature),
        "Label": bodies.label_schema(signature, by_entity=bool(signature.entity or described.section.entity_parameter)),
        "Answer": answer,
        "RandomAnswer": answers.random_schema(recommendation_schema() if signature.offers else answer),
        "Reasons": answers.reasons_schema(),
        "Problem": answers.problem_schema(),
    }
    components["securitySchemes"] = {
        name: {"type": "http", "scheme": "bearer", "description": said} for name, said in _SECURITY.items()
    }
    components["headers"] = {
        "RequestId": {"description": "The request's own id, or a new one.", "schema": answers.TEXT}
    }
    components["parameters"] = {"RequestId": _REQUEST_ID}
    service = {path: _refused(path, item) for path, item in document["paths"].items()}
    document["paths"] = {**_predictions(described), **_inference(described), **service, **_pages()}
    for item in document["paths"].values():
        _share(item)
    if signature.offers is not None:
        tell_headers(document["paths"]["/predict"]["post"])
    return document


_REQUEST_ID: Schema = {
    "name": "X-Request-ID",
    "in": "header",
    "description": "Comes back with the answer, when it is 1 to 64 letters, digits, `_`, `.`, `:` or `-`.",
    "schema": answers.TEXT,
}


_VERSION: Schema = {
    "name": "version",
    "in": "query",
    "description": "Whose answers are told; by default the champion's.",
    "schema": {"type": "string", "pattern": f"^{VERSION_PATTERN}$(?!\\n)"},
}


def _predictions(described: Described) -> dict[str, Schema]:
    signature, rows = described.signature, described.section.max_rows
    example = signature.example_record()
    label = {"prediction_id": "01a1ff34-cf3a-7000-bef1-46409cde1db9", "label": signature.outcome.positive}
    prediction = post(
        "Predict one record, or a list in order.",
        bodies.records_schema(rows),
        answers.answers_schema(),
        example,
        (*TOKEN, *BODY, *(() if described.section.explain != "never" else (403,))),
    )
    prediction["parameters"] = _query(described.section)
    invocation = post(
        "Predict in the forms of MLflow's scoring server.",
        bodies.invocation_schema(signature, rows),
        answers.scored_schema(signature.outcome),
        {"dataframe_records": [example]},
        (*TOKEN, *BODY),
    )
    labels = post(
        "Report known outcomes of earlier predictions, one or a list.",
        {"oneOf": [bodies.LABEL, bodies.rows_of(bodies.LABEL, rows)]},
        answers.receipt_schema(),
        [label],
        (*TOKEN, *BODY),
    )
    named = {"/api/prediction": prediction, "/invocations": invocation, "/api/labels": labels}
    if signature.offers is not None:
        named |= recommendation_paths(signature, signature.offers, rows)
    paths = {path: {"post": tagged(operation, "predictions")} for path, operation in named.items()}
    said = "Predict a record that is drawn from the reference, and is nobody's; it is journalled as any other."
    drawn = get(said, answers.RANDOM_ANSWER, (*TOKEN, 403, 409, 503))
    tagged(drawn["get"], "predictions")
    return {**paths, RANDOM: drawn}


def _query(section: ServingSection) -> list[Schema]:
    """Return the query parameters of a prediction; others are refused."""
    asked: Schema = {"type": "boolean"} if section.explain != "never" else {"type": "boolean", "enum": [False]}
    found: list[Schema] = [
        {"name": "explain", "in": "query", "description": "Whether to give the reasons.", "schema": asked}
    ]
    if section.entity_parameter:
        said = "Whom the record is about, for a record that does not name it; not for a list."
        whom = {"type": "string", "pattern": ENTITY_PATTERN}
        found.append({"name": section.entity_parameter, "in": "query", "description": said, "schema": whom})
    return found


def _inference(described: Described) -> dict[str, Schema]:
    """Return the routes of the Open Inference Protocol."""
    number = {"type": "string", "pattern": r"^[1-9][0-9]*$(?!\n)"}
    version = {"name": "version", "in": "path", "required": True, "schema": number}
    server = answers.texts_schema("name", "version")
    server["properties"]["extensions"] = {"type": "array"}
    ready = answers.flags_schema("ready", name=answers.TEXT)
    paths = {
        "/v2": get("What kind of server is this?", server, TOKEN),
        "/v2/health/live": get("Is the process alive?", answers.flags_schema("live")),
        "/v2/health/ready": get("Can it answer?", ready, (503,)),
    }
    for path, more in (("", ()), ("/versions/{version}", (403, 404))):
        model = f"/v2/models/{described.project}{path}"
        said = answers.outputs_schema(described.signature)
        example = _tensors(described.signature)
        infer = post("Predict columns as tensors.", bodies.inference_schema(), said, example, (*TOKEN, *BODY, *more))
        paths[model] = get("What does it take and give?", answers.metadata_schema(), (*TOKEN, *more))
        paths[f"{model}/ready"] = get("Can it answer?", ready, (*TOKEN, 503, *more))
        paths[f"{model}/infer"] = {"post": infer}
        for kind in (model, f"{model}/ready", f"{model}/infer"):
            paths[kind] |= {"parameters": [version]} if path else {}
    for item in paths.values():
        item["servers"] = _ROOT
        for method in {"get", "post"} & set(item):
            tagged(item[method], "open inference")
    return paths


def _tensors(signature: Signature) -> Schema:
    columns = signature.example_record().items()
    datatype = "BYTES"
    return {"inputs": [{"name": name, "shape": [1], "datatype": datatype, "data": [value]} for name, value in columns]}


def _pages() -> dict[str, Schema]:
    """Return the routes for people and for Prometheus."""
    status, text = {"application/json": {"schema": {"type": "object"}}}, {"text/plain": {"schema": answers.TEXT}}
    page = {"text/html": {"schema": answers.TEXT}}
    return {
        "/": {"get": tagged(operation_of("A page for a browser, a status for others.", {**status, **page}), "service")},
        "/card": {"get": tagged(operation_of("The model card, in Markdown.", text, TOKEN), "service")},
        "/metrics": {"get": tagged(operation_of("What Prometheus scrapes.", text), "service"), "servers": _ROOT},
    }


def _refused(path: str, item: Schema) -> Schema:
    """Add to a route of FastAPI's when it is refused."""
    statuses: tuple[int, ...] = {"/ready": (503,), "/health": (), "/api/model": TOKEN}.get(path, ())
    if path.startswith("/admin/"):
        further = {"/admin/rollback": (501, 504), "/admin/reload": (504,)}.get(path, ())
        statuses = (*TOKEN, 403, 409, *further)
    if path == "/admin/profile":
        item["get"]["parameters"] = [_VERSION]
    for operation in item.values():
        operation["responses"] |= problems((*ANY, *statuses))
        operation["description"] = operation.get("description", "").partition("\n")[0]
        if path.startswith("/admin/"):
            operation["security"] = [{"admin": []}]
        elif 401 in statuses:  # noqa: PLR2004 - a status of HTTP
            operation["security"] = [{}, {"api": []}]
    return item


def _share(item: Schema) -> None:
    """Add to every operation of a path what all have: an id, and answers that bear it."""
    item["parameters"] = [*item.get("parameters", []), {"$ref": "#/components/parameters/RequestId"}]
    for method in {"get", "post"} & set(item):
        for response in item[method]["responses"].values():
            response["headers"] = {"X-Request-ID": {"$ref": "#/components/headers/RequestId"}}
