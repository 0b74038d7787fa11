"""The Open Inference Protocol, version 2, for tables: a tensor for each column, by its name.

References
----------
https://github.com/open-inference/open-inference-protocol, specification/protocol/inference_rest.md
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keepfit import __version__
from keepfit.errors import KeepfitError
from keepfit.scoring.values import shown
from keepfit.serving.bodies import read_json
from keepfit.serving.journal_look import JournalLook
from keepfit.serving.predictions import Predictor
from keepfit.serving.problems import RequestProblemError, problem, told
from keepfit.signature import Kind, Signature

DATATYPES = {
    Kind.INTEGER: "INT64",
    Kind.NUMBER: "FP64",
    Kind.CATEGORY: "BYTES",
    Kind.FLAG: "BOOL",
    Kind.DATE: "BYTES",
}
OUTPUTS = {"probability": "FP64", "decision": "BYTES", "prediction_id": "BYTES"}
DATATYPES_KNOWN = frozenset(
    ("BOOL", "BYTES", "FP16", "FP32", "FP64", *(f"{sign}INT{size}" for sign in ("", "U") for size in (8, 16, 32, 64)))
)
_Handler = Callable[[Request], Awaitable[Response]]


class InputTensor(msgspec.Struct, frozen=True):
    """A column of the request."""

    name: str
    shape: list[int | float]
    datatype: str
    data: list[Any]
    parameters: dict[str, Any] = {}


class WantedOutput(msgspec.Struct, frozen=True):
    """An output that the caller wants."""

    name: str
    parameters: dict[str, Any] = {}


class InferenceRequest(msgspec.Struct, frozen=True):
    """The body of an inference."""

    inputs: list[InputTensor]
    id: str = ""
    parameters: dict[str, Any] = {}
    outputs: list[WantedOutput] = []


@dataclass(frozen=True, slots=True)
class InferenceDesk:
    """Answers in the protocol's words.

    Attributes
    ----------
    project
        Its name is the model's.
    predictor
        Answers records.
    journal
        Ready means that it takes writes.
    """

    project: str
    predictor: Predictor
    journal: JournalLook

    def server_routes(self, all_ready: _Handler | None = None) -> list[Route]:
        """Return the protocol's routes that concern the whole service.

        Parameters
        ----------
        all_ready
            Answers whether all projects are ready, where there are several.
        """
        return [
            Route("/v2", self._told(self._server)),
            Route("/v2/health/live", self._told(self._live)),
            Route("/v2/health/ready", self._told(all_ready or self._ready)),
        ]

    def model_routes(self) -> list[Route]:
        """Return the protocol's routes of the model."""
        model = f"/v2/models/{self.project}"
        routes = []
        for path in (model, f"{model}/versions/{{version}}"):
            routes += [
                Route(path, self._told(self._metadata)),
                Route(f"{path}/ready", self._told(self._ready)),
                Route(f"{path}/infer", self._told(self._infer), methods=["POST"]),
            ]
        return routes

    def _told(self, handler: _Handler) -> _Handler:
        """Return a handler whose errors have the protocol's member `error` beside those of a problem document."""

        async def handled(request: Request) -> Response:
            try:
                self._require_version(request)
                return await handler(request)
            except (RequestProblemError, KeepfitError) as error:
                answer = told(error)
                content = msgspec.json.decode(answer.body)
                members = {name: content[name] for name in content if name not in ("type", "title", "status", "detail")}
                return problem(HTTPStatus(answer.status_code), content["detail"], error=content["detail"], **members)

        return handled

    def _require_version(self, request: Request) -> None:
        asked, served = request.path_params.get("version"), str(self.predictor.champion.scorer.version)
        if asked not in (None, served):
            raise RequestProblemError(HTTPStatus.NOT_FOUND, f"version {asked} is not served; the champion is {served}")

    async def _server(self, _: Request) -> Response:
        return _json({"name": "keepfit", "version": __version__, "extensions": []})

    async def _live(self, _: Request) -> Response:
        return _json({"live": True})

    async def _ready(self, _: Request) -> Response:
        await self.journal.require_writable()
        return _json({"name": self.project, "ready": True})

    async def _metadata(self, _: Request) -> Response:
        scorer = self.predictor.champion.scorer
        signature = scorer.door.signature
        inputs = [_tensor(column.name, DATATYPES[column.kind]) for column in signature.sent_columns]
        return _json(
            {
                "name": self.project,
                "versions": [str(scorer.version)],
                "platform": "keepfit_onnx" if scorer.form == "graph" else "keepfit_pipeline",
                "inputs": inputs,
                "outputs": [_tensor(name, datatype) for name, datatype in OUTPUTS.items()],
            }
        )

    async def _infer(self, request: Request) -> Response:
        body = await read_json(request, limit=self.predictor.section.max_body_bytes)
        try:
            asked = msgspec.convert(body, InferenceRequest)
        except msgspec.ValidationError as error:
            raise RequestProblemError(HTTPStatus.BAD_REQUEST, f"not an inference request: {error}") from error
        wanted = [output.name for output in asked.outputs] or list(OUTPUTS)
        unknown = [name for name in wanted if name not in OUTPUTS]
        if unknown:
            said = f'there is no output "{unknown[0]}"; there are {", ".join(OUTPUTS)}'
            raise RequestProblemError(HTTPStatus.BAD_REQUEST, said)
        self._require_version(request)  # once more: another champion may have come while the body did
        door = self.predictor.champion.scorer.door
        records = door.named(inference_records(asked.inputs, door.signature))
        answers = await self.predictor.answer(records, champion_only=True)  # the answer names one version
        values = {
            "probability": [answer.probability for answer in answers],
            "decision": [answer.decision for answer in answers],
            "prediction_id": [answer.id for answer in answers],
        }
        version = answers[0].model_version if answers else str(self.predictor.champion.scorer.version)
        return _json(
            {
                "model_name": self.project,
                "model_version": version,
                **({"id": asked.id} if asked.id else {}),
                "outputs": [
                    {"name": name, "datatype": OUTPUTS[name], "shape": [len(answers)], "data": values[name]}
                    for name in wanted
                ],
            }
        )


def inference_records(tensors: list[InputTensor], signature: Signature) -> list[Mapping[str, Any]]:
    """Return the records that tensors of columns hold, a null where there is none.

    Raises
    ------
    RequestProblemError
        400 when two have one name, their lengths differ, a shape does not fit, or a datatype is unknown.
    """
    columns: dict[str, list[Any]] = {}
    for tensor in tensors:
        if tensor.name in columns:
            raise _unreadable(f'"{tensor.name}" comes twice')
        if tensor.datatype not in DATATYPES_KNOWN:
            raise _unreadable(f'"{tensor.name}" has the datatype {tensor.datatype!r}, which is none')
        columns[tensor.name] = _flat(tensor)
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise _unreadable("the tensors must be equally long, one value for each row")
    if not columns:
        raise _unreadable(f"no tensor came; send one for each column: {', '.join(signature.names)}")
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _flat(tensor: InputTensor) -> list[Any]:
    """Return the values of a tensor of shape `[n]` or `[n, 1]`, whose data may be nested."""
    rows, *others = tensor.shape or [0]
    values = [one[0] if isinstance(one, list) and len(one) == 1 else one for one in tensor.data]
    if others not in ([], [1]) or len(values) != rows:
        raise _unreadable(
            f'"{tensor.name}" has the shape {shown(tensor.shape)} and {len(tensor.data)} values; send [n] or [n, 1]'
        )
    return values


def _tensor(name: str, datatype: str) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": [-1]}


def _unreadable(detail: str) -> RequestProblemError:
    return RequestProblemError(HTTPStatus.BAD_REQUEST, detail)


def _json(content: Any) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
