"""`GET /admin/profile`: what was asked and answered since the start, as a profile that adds up with others."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import msgspec
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.profiles.profile_file import KeptProfile
from keepfit.serving.champion import Champion
from keepfit.serving.problems import RequestProblemError

VERSION_PATTERN = "[1-9][0-9]{0,8}"


class ServedProfile(BaseModel):
    """A profile, and what it is of: the file that `keepfit profile` writes."""

    kind: str
    project: str
    version: int
    source: str
    first_at: str | None
    last_at: str | None
    not_kept: list[str]
    bins: str
    profile: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProfileDesk:
    """Tells the profile of a version's answers.

    Attributes
    ----------
    champion
        Whose profile is told where no version is named.
    metrics
        What has counted them.
    """

    champion: Champion
    metrics: ServiceMetrics

    async def profile(self, request: Request) -> Response:
        """Return the profile of all workers together.

        What other workers have answered in the last second or so may be missing.

        Raises
        ------
        RequestProblemError
            400 when the version is no number, 409 when it has answered nothing.
        """
        version = self._version(request.query_params.get("version"))
        self.metrics.count_what_waits()
        kept = await asyncio.to_thread(self.metrics.profiles.together, version)
        if kept is None:
            said = f"v{version} has answered nothing since the service began, or its bundle has no profile"
            raise RequestProblemError(HTTPStatus.CONFLICT, said)
        told = replace(kept, not_kept=tuple(sorted(self.metrics.hidden)))
        return Response(await asyncio.to_thread(_encoded, told), media_type="application/json")

    def _version(self, asked: str | None) -> int:
        if asked is None:
            return self.champion.scorer.version
        if not re.fullmatch(VERSION_PATTERN, asked):
            raise RequestProblemError(HTTPStatus.BAD_REQUEST, "version is the number of a model, such as 3")
        return int(asked)


def _encoded(kept: KeptProfile) -> bytes:
    return msgspec.json.encode(kept.to_dict())
