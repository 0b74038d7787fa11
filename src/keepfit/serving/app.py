"""The application: one project at the root, or several, each below its name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from keepfit.errors import KeepfitError
from keepfit.monitoring.served_profiles import ServedProfiles
from keepfit.monitoring.service_meters import ServiceMeters
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.monitoring.shared_metrics import share_counts
from keepfit.serving.front import Front, Place
from keepfit.serving.gate import Gate
from keepfit.serving.health import Readinesses
from keepfit.serving.problems import tell
from keepfit.serving.project_desk import ProjectDesk, ServiceDesk
from keepfit.serving.project_service import ProjectService, ServedProject
from keepfit.serving.random_desk import PATH as RANDOM


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


def build_app(projects: Sequence[ServedProject], gate: Gate, worker: Worker = ALONE) -> Front:
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
    services = [
        ProjectService(
            project,
            meters,
            ServedProfiles(project.name, worker.shared, worker.slot),
            speaks=worker.slot == 0,
        )
        for project in projects
    ]

    @asynccontextmanager
    async def life(_: Any) -> AsyncIterator[None]:
        async with AsyncExitStack() as lives:
            for service in services:
                await lives.enter_async_context(service.life())
            yield

    async def exposition(_: Request) -> Response:
        for service in services:
            service.show_what_waits()
        return Response(
            await asyncio.to_thread(meters.exposition), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    metrics = Route("/metrics", exposition)
    homes = [ProjectDesk(service, asks_for_token=bool(gate.tokens)).routes() for service in services]
    if len(services) == 1:
        app: Starlette = services[0].app([metrics, *homes[0]], lifespan=life)
        return Front(app, _places(services[0], app, ""), services[0].metrics, gate, services[0].ways())
    apps = {f"/{one.project.name}": one.app(home) for one, home in zip(services, homes, strict=True)}
    own_routes = [metrics, *_routes_of_all(services)]
    mounts = [Mount(prefix, app) for prefix, app in apps.items()]
    whole = Starlette(
        routes=[*own_routes, *mounts],
        lifespan=life,
        exception_handlers=dict.fromkeys((KeepfitError, HTTPException, Exception), tell),
    )
    own = ServiceMetrics("", meters)
    places = {route.path: Place(own, route.path, route.path) for route in own_routes}
    for service, (prefix, app) in zip(services, apps.items(), strict=True):
        places |= _places(service, app, prefix) | {prefix: Place(own, "/", "/")}  # a missing slash is added
    ways = {
        path: way for service, prefix in zip(services, apps, strict=True) for path, way in service.ways(prefix).items()
    }
    return Front(whole, places, own, gate, ways)


def _routes_of_all(services: Sequence[ProjectService]) -> list[Route]:
    """Return the routes that concern all projects of a service."""

    async def live(_: Request) -> Response:
        return _json(await services[0].health.live())

    async def ready(_: Request) -> Response:
        return _json(Readinesses(status="ready", projects=[await one.health.ready() for one in services]))

    inference = services[0].inference.server_routes(ready)
    inference += [route for service in services for route in service.inference.model_routes()]
    home = Route("/", ServiceDesk(services).home)
    return [home, Route("/health", live), Route("/ready", ready), *inference]


def _json(content: BaseModel) -> Response:
    return Response(content.model_dump_json(), media_type="application/json")


def _places(service: ProjectService, app: Starlette, prefix: str) -> dict[str, Place]:
    """Return the places of a project's paths."""
    routes = [route for route in app.routes if isinstance(route, Route)]
    return {
        f"{prefix}{route.path}": Place(
            service.metrics, route.path, route.path, service.further if _is_journalled(route) else ()
        )
        for route in routes
    }


def _is_journalled(route: Route) -> bool:
    return "POST" in (route.methods or ()) or route.path == RANDOM
