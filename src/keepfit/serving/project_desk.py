"""`GET /`: a page for a browser, a small status for everything else; and the model card as it was written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from keepfit.bundle import Bundle
from keepfit.clock import stamp
from keepfit.errors import JournalError
from keepfit.serving.project_facts import Entrance, ModelFacts, ProjectFacts
from keepfit.serving.project_service import ProjectService

if TYPE_CHECKING:
    from keepfit.reporting import Page

_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_HEADERS = {"vary": "accept", "cache-control": "no-store", "x-content-type-options": "nosniff"}


@dataclass(frozen=True, slots=True)
class ProjectDesk:
    """Tells what a project is and how it is asked.

    Attributes
    ----------
    service
        The project.
    asks_for_token
        Whether only those with a token are answered: then the page keeps from the others what `/api/model` says.
    """

    service: ProjectService
    asks_for_token: bool

    def routes(self) -> list[BaseRoute]:
        """Return the ways to it."""
        return [Route("/", self.home), Route("/card", self.card)]

    async def home(self, request: Request) -> Response:
        """Show the project, or tell its status."""
        bundle = self._bundle
        if not _wants_page(request):
            return _told(self._facts(request, bundle, None).status)
        model = None if self.asks_for_token else ModelFacts(bundle, await asyncio.to_thread(self._since, bundle))
        facts = self._facts(request, bundle, model)

        def page() -> Page:
            from keepfit.serving.project_page import project_page  # noqa: PLC0415 - the service starts without pages

            return project_page(facts)

        return await asyncio.to_thread(_shown, page)

    async def card(self, _: Request) -> Response:
        """Return the model card, which a browser shows as text."""
        return Response(self._bundle.card, headers=_HEADERS, media_type="text/plain; charset=utf-8")

    @property
    def _bundle(self) -> Bundle:
        return self.service.champion.scorer.bundle

    def _facts(self, request: Request, bundle: Bundle, model: ModelFacts | None) -> ProjectFacts:
        project, told, origin = self.service.project, bundle.facts, _origin(request)
        entrance = Entrance(
            project.name,
            f"{origin}{request.scope.get('root_path', '')}",
            f"{origin}/metrics",
            project.section.max_rows,
            project.section.max_body_bytes,
            project.section.entity_parameter,
            self.service.form.parts,
            self.asks_for_token,
        )
        return ProjectFacts(entrance, str(told.version), told.signature, " ".join(told.notices), model)

    def _since(self, bundle: Bundle) -> str:
        """Return when a model became champion; the page is shown though the journal be away."""
        try:
            ledger = self.service.project.journal.ledger(self.service.project.name)
        except JournalError:
            return ""
        return stamp(ledger[-1].at) if ledger and ledger[-1].facts.get("digest") == bundle.digest else ""


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    """Tells which projects a service of several has."""

    services: Sequence[ProjectService]

    async def home(self, request: Request) -> Response:
        """List the projects."""
        if not _wants_page(request):
            names = [service.project.name for service in self.services]
            at = _origin(request)
            links = {"metrics": f"{at}/metrics"}
            return _told({"projects": {name: f"{at}/{name}" for name in names}, "links": links})

        def page() -> Page:
            from keepfit.serving.project_page import projects_page  # noqa: PLC0415 - as above

            return projects_page([(service.project.name, _sentence(service)) for service in self.services])

        return await asyncio.to_thread(_shown, page)


def _sentence(service: ProjectService) -> str:
    scorer = service.champion.scorer
    return f"predicts {scorer.bundle.facts.signature.outcome.name}; version {scorer.version} answers"


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _origin(request: Request) -> str:
    """Return scheme and host as the caller names them; the bound address when what it names can be none."""
    scope = request.scope
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        name, port = scope.get("server") or ("127.0.0.1", 80)
        host = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    return f"{scope['scheme']}://{host}"


def _told(status: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(status), headers=_HEADERS, media_type="application/json")


def _shown(compose: Callable[[], Page]) -> Response:
    from keepfit.reporting import content_policy, render_html  # noqa: PLC0415 - as above

    html = render_html(compose())
    headers = {**_HEADERS, "content-security-policy": content_policy(html)}
    return Response(html, headers=headers, media_type="text/html; charset=utf-8")
