"""The application: its routes as a table, its life from open to close."""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keepfit import __version__
from keepfit.bundle import BundleStore
from keepfit.errors import KeepfitError
from keepfit.journal import GroupCommit, Journal, PredictionIds
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.project.declaration import ServingSection
from keepfit.serving.champion import Champion
from keepfit.serving.health import HealthDesk, Liveness, Readiness, ServedModel
from keepfit.serving.labels import LabelDesk
from keepfit.serving.openapi import describe_routes
from keepfit.serving.predictions import Predictor
from keepfit.serving.problems import (
    RequestProblemError,
    tell_fault,
    tell_http_exception,
    tell_keepfit_error,
    tell_request_problem,
)

_ACTOR = "service"


def build_app(project: str, section: ServingSection, store: BundleStore, journal: Journal) -> FastAPI:
    """Return the service of one project.

    Parameters
    ----------
    project
        Its name.
    section
        Its limits.
    store
        Where the champion is; the pointer is watched while the service runs.
    journal
        An open journal; whoever opened it closes it.

    Raises
    ------
    BundleError
        When there is no champion to serve.
    """
    champion = Champion(store)
    metrics = ServiceMetrics(project)
    metrics.show_model(champion.scorer.version)
    commits = GroupCommit(journal)
    predictor = Predictor(project, champion, commits, metrics, section, PredictionIds())
    labels = LabelDesk(project, champion, journal, metrics, section)
    health = HealthDesk(project, champion, journal)

    async def swapped(old: int, new: int) -> None:
        metrics.count_swap("done")
        metrics.show_model(new)
        await asyncio.to_thread(journal.record_event, project, "swapped", _ACTOR, {"from": old, "to": new})

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(champion.watch(swapped, lambda _: metrics.count_swap("refused")))
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            await commits.close()

    async def exposition(_: Request) -> Response:
        metrics.show_pending(commits.pending)
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def documentation(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        assets = f"{root}/docs/assets"
        return get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title=f"{project}: API",
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url="data:,",
        )

    app = FastAPI(
        title=f"Keepfit: {project}",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        routes=[
            Route("/api/prediction", predictor.prediction, methods=["POST"]),
            Route("/invocations", predictor.invocations, methods=["POST"]),
            Route("/api/labels", labels.labels, methods=["POST"]),
            Route("/metrics", exposition),
            Route("/docs", documentation),
            Mount("/docs/assets", StaticFiles(directory=_documentation_assets())),
        ],
        exception_handlers={
            KeepfitError: tell_keepfit_error,
            RequestProblemError: tell_request_problem,
            HTTPException: tell_http_exception,
            Exception: tell_fault,
        },
    )
    for path, answer, model, summary in (
        ("/api/model", health.model, ServedModel, "Which model answers?"),
        ("/health", health.live, Liveness, "Is the process alive?"),
        ("/ready", health.ready, Readiness, "Can it answer?"),
    ):
        app.add_api_route(path, answer, response_model=model, summary=summary, tags=["service"])
    paths = frozenset(route.path for route in app.routes if isinstance(route, Route))
    app.add_middleware(_CountRequests, metrics=metrics, paths=paths)

    def document() -> dict[str, Any]:
        signature = champion.scorer.door.signature
        said = f"Predicts `{signature.outcome.name}`: the probability of `{signature.outcome.positive}`. Every answer "
        said += f"is in the journal before it is sent. Version {champion.scorer.version} answers."
        described = get_openapi(title=app.title, version=app.version, routes=app.routes, description=said)
        return describe_routes(described, signature)

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to replace it
    return app


class _CountRequests:
    """Counts every answered request by route, method and status."""

    def __init__(self, app: ASGIApp, metrics: ServiceMetrics, paths: frozenset[str]) -> None:
        self._app = app
        self._metrics = metrics
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            name = scope["path"] if scope["path"] in self._paths else "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.count_request(name, method, status, time.perf_counter() - started)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _documentation_assets() -> Path:
    """Return the folder of Swagger UI's files, which a package on our own disk holds."""
    found = importlib.util.find_spec("fastapi_offline")
    assert found is not None, "a dependency of ours"  # noqa: S101 - an incomplete install is our mistake
    assert found.origin is not None  # noqa: S101 - as above
    return Path(found.origin).parent / "static"
