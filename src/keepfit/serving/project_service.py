"""One project in the service: its champion, its ways to answer, its routes, its life."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from keepfit import __version__
from keepfit.bundle import BundleStore
from keepfit.clock import read_moment
from keepfit.errors import KeepfitError
from keepfit.journal import Journal, Recorder
from keepfit.journal.redaction import Redaction
from keepfit.monitoring.ignored_columns import UntoldColumns
from keepfit.monitoring.served_profiles import ServedProfiles
from keepfit.monitoring.service_meters import ServiceMeters
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.monitoring.statsd_push import StatsdPush
from keepfit.project.declaration import ServingSection
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.scoring import Reasons, Scorer
from keepfit.serving.administration import AdminDesk
from keepfit.serving.answer_form import AnswerForm
from keepfit.serving.answering import Answer, Answering
from keepfit.serving.assets import documentation_assets
from keepfit.serving.challenger import Challenger
from keepfit.serving.champion import Champion
from keepfit.serving.explaining import Explaining
from keepfit.serving.health import HealthDesk, Liveness, Readiness, ServedModel
from keepfit.serving.journal_look import JournalLook
from keepfit.serving.journal_watch import JournalWatch
from keepfit.serving.labels import LabelDesk
from keepfit.serving.open_inference import InferenceDesk
from keepfit.serving.openapi import Described, describe_routes
from keepfit.serving.predictions import Predictor
from keepfit.serving.problems import RequestProblemError, tell
from keepfit.serving.profile_desk import ProfileDesk, ServedProfile
from keepfit.serving.project_facts import purpose
from keepfit.serving.random_desk import Content, RandomDesk, Record
from keepfit.serving.recommendations import RecommendationDesk, named_content
from keepfit.serving.short_way import Headers, ShortWay

_ACTOR = "service"
_log = logging.getLogger(__name__)
_PREDICTION = "/api/prediction"
_DURABILITY = b"keepfit-durability"
_SECONDS_BETWEEN = 1.0
_STRICT = "Every answer is in the journal before it is sent."


@dataclass(frozen=True, slots=True)
class ServedProject:
    """What a project brings into the service.

    Attributes
    ----------
    name
        Of the project.
    section
        Its limits, and the form of its answers.
    monitoring
        How many of its newest rows count, and the floor of their F1.
    store
        Where its champion is; the pointer is watched.
    journal
        Open; whoever opened it closes it.
    recorder
        The journal's write path.
    redaction
        What of a record is kept.
    go_back
        Makes the champion before the present one champion again, and returns its version; None where nobody may.
    runs_pipelines
        Whether its models may be pipelines, answered by processes of their own.
    """

    name: str
    section: ServingSection
    monitoring: MonitoringSection
    store: BundleStore
    journal: Journal
    recorder: Recorder
    redaction: Redaction
    go_back: Callable[[], int] | None = None
    runs_pipelines: bool = False


class ProjectService:
    """A project, answered for.

    Parameters
    ----------
    project
        What it brings.
    meters
        What the whole service counts with.
    profiles
        Where its answers are added up, in the bins of the reference.
    speaks
        Whether this process writes down what all of the service's processes do alike.

    Raises
    ------
    BundleError
        When it has no champion to serve.
    """

    def __init__(
        self, project: ServedProject, meters: ServiceMeters, profiles: ServedProfiles, *, speaks: bool = True
    ) -> None:
        self.project = project
        self._speaks = speaks
        self.champion = Champion(project.store, runs_pipelines=project.runs_pipelines)
        statsd, untold = project.monitoring.statsd, UntoldColumns(project.redaction.dropped, project.monitoring)
        self._push = StatsdPush(statsd, project.name, tells_system=speaks) if statsd.address else None
        self.metrics = ServiceMetrics(project.name, meters, self._push, untold, profiles)
        self._show_champion()
        self.recorder = project.recorder
        section = project.section
        allowed = project.runs_pipelines
        self.challenger = Challenger(project.name, project.store, section.challenger, runs_pipelines=allowed)
        self._answering = answering = Answering(
            project.name, self.recorder, project.redaction, self.metrics, self.challenger
        )
        form = AnswerForm(section)
        self._explaining = explaining = Explaining(section)
        explaining.require_decisions(self.champion.scorer.decisions)
        predictor = Predictor(self.champion, answering, form, explaining, section)
        self._watch = JournalWatch(project.name, self.champion, project.journal, project.monitoring, self.metrics)
        look = JournalLook(project.journal)
        self.inference = InferenceDesk(project.name, predictor, look)
        self._admin = AdminDesk(self.champion, project.store, project.go_back)
        self._profiles = ProfileDesk(self.champion, self.metrics)
        self._labels = labels = LabelDesk(
            project.name, self.champion, project.journal, project.redaction, self.metrics, section
        )
        self.health = HealthDesk(project.name, self.champion, self.challenger, look)
        self.form = form
        said = self.recorder.statement.encode()
        self.further: Headers = ((_DURABILITY, said),) if said else ()
        self._has_short_way = not explaining.is_by_policy
        self._routes: list[BaseRoute] = [
            Route(_PREDICTION, predictor.prediction, methods=["POST"]),
            Route("/invocations", predictor.invocations, methods=["POST"]),
            Route("/api/labels", labels.labels, methods=["POST"]),
            *(RecommendationDesk(predictor).routes() if self._recommends else ()),
            *RandomDesk(predictor, named_content if self._recommends else _usual_content(form)).routes(),
            *self.inference.server_routes(),
            *self.inference.model_routes(),
        ]

    @property
    def _recommends(self) -> bool:
        return self.champion.scorer.recommending is not None

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Watch the champion until the end, then write what waits for the journal."""
        self.recorder.start()
        watches = [
            asyncio.create_task(self.champion.watch(self._swapped, self._refused)),
            asyncio.create_task(self.challenger.watch(self._challenged)),
            asyncio.create_task(self._show_regularly()),
            *([asyncio.create_task(self._watch.watch())] if self._speaks else []),  # one worker is enough
        ]
        try:
            yield
        finally:
            for watching in watches:
                watching.cancel()
            await asyncio.gather(*watches, return_exceptions=True)  # what waits is written whatever became of them
            await self._answering.close()
            await self.recorder.close()
            self.show_what_waits()
            self.metrics.profiles.keep()
            if self._push is not None:
                self._push.send(self._push.gathered())
                self._push.close()
            self._labels.close()
            self.project.journal.cut()  # nobody waits for an answer any more: a thread that does would keep us alive

    def ways(self, prefix: str = "") -> dict[bytes, ShortWay]:
        """Return the short ways, by their paths below a prefix."""
        if not self._has_short_way:
            return {}
        section = self.project.section
        limits = section.entity_parameter, section.max_body_bytes
        way = ShortWay(self.champion, self._answering, self.form, self.metrics, _PREDICTION, *limits, self.further)
        return {f"{prefix}{_PREDICTION}".encode(): way}

    def app(self, further: list[BaseRoute], **settings: Any) -> FastAPI:
        """Return the project's application.

        Parameters
        ----------
        further
            Routes beside those of the project.
        settings
            For FastAPI.
        """
        app = FastAPI(
            title=f"Keepfit: {self.project.name}",
            version=__version__,
            docs_url=None,
            redoc_url=None,
            routes=[
                *self._routes,
                *further,
                Route("/docs", self._documentation),
                Mount("/docs/assets", StaticFiles(directory=documentation_assets())),
            ],
            exception_handlers=dict.fromkeys((KeepfitError, RequestProblemError, HTTPException, Exception), tell),
            **settings,
        )
        for path, answer, model, summary in (
            ("/api/model", self.health.model, ServedModel, "Which model answers?"),
            ("/health", self.health.live, Liveness, "Is the process alive?"),
            ("/ready", self.health.ready, Readiness, "Can it answer?"),
        ):
            app.add_api_route(path, answer, response_model=model, summary=summary, tags=["service"])
        for path, change, summary in (
            ("/admin/reload", self._admin.reload, "Look at the champion's pointer again."),
            ("/admin/rollback", self._admin.rollback, "Go back to the champion before."),
        ):
            app.add_api_route(path, change, methods=["POST"], summary=summary, tags=["administration"])
        app.add_api_route(
            "/admin/profile",
            self._profiles.profile,
            response_model=ServedProfile,
            summary="What was asked and answered since the start, in the bins of the reference.",
            tags=["administration"],
        )
        app.openapi = lambda: self._document(app)  # type: ignore[method-assign]  # FastAPI's own way to replace it
        return app

    def show_what_waits(self) -> None:
        """Bring the metrics of this process up to this moment."""
        self.metrics.count_what_waits()
        self.metrics.show_journal(self.recorder)

    async def _show_regularly(self) -> None:
        """Do so again and again: a scrape asks one worker, and adds up what all of them have shown."""
        while True:
            try:
                self.show_what_waits()
                await asyncio.to_thread(self.metrics.profiles.keep)
                if self._push is not None:
                    await asyncio.to_thread(self._push.send, self._push.gathered())
            except Exception:  # noqa: BLE001 - whatever it is, answers go on, and the next try may be better
                _log.exception("what is counted could not be shown")
            await asyncio.sleep(_SECONDS_BETWEEN)

    def _show_champion(self) -> None:
        scorer = self.champion.scorer
        self.metrics.show_model("champion", scorer)
        self.metrics.expect(scorer)
        self.metrics.show_created(scorer.version, read_moment(scorer.bundle.facts.created_at))

    async def _swapped(self, old: int, new: int) -> None:
        self._show_champion()
        self._explaining.forget()
        if not self._speaks:
            return
        self.metrics.count_swap("done")
        project = self.project
        await asyncio.to_thread(project.journal.record_event, project.name, "swapped", _ACTOR, {"from": old, "to": new})

    def _challenged(self, challenger: Scorer | None) -> None:
        self.metrics.show_model("challenger", challenger)
        self._explaining.forget()

    def _refused(self, _: str) -> None:
        if self._speaks:
            self.metrics.count_swap("refused")

    async def _documentation(self, request: Request) -> Response:
        root = request.scope.get("root_path", "")
        assets = f"{root}/docs/assets"
        return get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title=f"{self.project.name}: API",
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url="data:,",
        )

    def _document(self, app: FastAPI) -> dict[str, Any]:
        scorer = self.champion.scorer
        signature = scorer.door.signature
        promise = f"An answer's durability: {self.recorder.statement}." if self.recorder.statement else _STRICT
        said = f"{purpose(signature)} "
        said += f"{promise} Version {scorer.version} answers."
        described = get_openapi(title=app.title, version=app.version, routes=app.routes, description=said)
        project = self.project
        return describe_routes(described, Described(project.name, signature, project.section, self.form.parts))


def _usual_content(form: AnswerForm) -> Content:
    def content(_: Record, answer: Answer, reasons: Reasons | None) -> Mapping[str, Any]:
        return form.explained(answer, reasons)

    return content
