"""The application: one project at the root, or several, each below its name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from keepfit.monitoring.service_metrics import ServiceMeters, ServiceMetrics
from keepfit.monitoring.shared_metrics import share_counts
from keepfit.serving.front import Front, Place
from keepfit.serving.gate import Gate
from keepfit.serving.problems import tell
from keepfit.serving.project_service import ProjectService, ServedProject


@dataclass(frozen=True, slots=True)
class Worker:
    """One process of a service.

    Attributes
    ----------
    slot
        Its number, from 0.
    shared
        Folder in which the workers count together; None for a service of one process.
    """

    slot: int
    shared: Path | None


ALONE = Worker(0, None)


def build_app(projects: Sequence[ServedProject], gate: Gate, worker: Worker = ALONE) -> ASGIApp:
    """Return the service of some projects.

    Parameters
    ----------
    projects
        One is answered at the root, several below their names.
    gate
        Who may ask.
    worker
        Which of the service's processes this is.

    Raises
    ------
    BundleError
        When one has no champion to serve.
    """
    if worker.shared is not None:
        share_counts(worker.shared, worker.slot)
    meters = ServiceMeters(worker.shared)
    services = [ProjectService(project, meters, speaks=worker.slot == 0) for project in projects]

    @asynccontextmanager
    async def life(_: Any) -> AsyncIterator[None]:
        async with AsyncExitStack() as lives:
            for service in services:
                await lives.enter_async_context(service.life())
            yield

    async def exposition(_: Request) -> Response:
        for service in services:
            service.metrics.show_pending(service.commits.pending)
        return Response(meters.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    metrics = Route("/metrics", exposition)
    if len(services) == 1:
        app: Starlette = services[0].app([metrics], lifespan=life)
        return Front(app, _places(services[0], app, ""), services[0].metrics, gate)
    apps = {f"/{service.project.name}": (service, service.app([])) for service in services}
    inference = [route for service in services for route in service.inference.routes()]
    mounts: list[BaseRoute] = [*inference, *(Mount(prefix, app) for prefix, (_, app) in apps.items())]
    whole = Starlette(
        routes=[metrics, *mounts], lifespan=life, exception_handlers={HTTPException: tell, Exception: tell}
    )
    places = {
        path: place for prefix, (service, app) in apps.items() for path, place in _places(service, app, prefix).items()
    }
    own = ServiceMetrics("", meters)
    return Front(whole, {"/metrics": Place(own, "/metrics", "/metrics"), **places}, own, gate)


def _places(service: ProjectService, app: Starlette, prefix: str) -> dict[str, Place]:
    """Return the places of a project's paths."""
    paths = [route.path for route in app.routes if isinstance(route, Route)]
    return {f"{prefix}{path}": Place(service.metrics, path, path, service.hot.get(path)) for path in paths}
