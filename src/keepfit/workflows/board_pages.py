"""The dashboards as pages of our own: what Prometheus and Graphite say now, drawn."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import urllib3

from keepfit.errors import ServiceError
from keepfit.monitoring.board import Panel, Query, Source
from keepfit.monitoring.board_page import Series, board_page
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.boards import boards
from keepfit.reporting import write_page
from keepfit.workflows.dashboards import SCRAPE_SECONDS, Addresses
from keepfit.workflows.rooms import Rooms

_TIMEOUT_SECONDS = 30.0
_POINTS = 240
_RATE_SCRAPES = 4
_OK = 200


def write_board_pages(
    rooms: Rooms, out: Path, addresses: Addresses, *, minutes: float, clock: Callable[[], float] = time.time
) -> list[Path]:
    """Draw every dashboard of a project, a page each; return the pages.

    Parameters
    ----------
    rooms
        The project.
    out
        The folder of the pages.
    addresses
        Where Prometheus answers, and Graphite where it is named.
    minutes
        The stretch of time until now that is shown.
    clock
        Tells the time, in seconds since 1970.

    Raises
    ------
    ServiceError
        When a server does not answer, or refuses a query.
    """
    project = rooms.project
    until = clock()
    begin = until - minutes * 60
    ask: dict[Source, _Prometheus | _Graphite] = {
        "prometheus": _Prometheus(addresses.prometheus, begin, until),
        "graphite": _Graphite(addresses.graphite, begin, until),
    }
    words = Words(project.project.language)
    for older in out.glob(f"keepfit-{project.name}-*.html"):
        older.unlink()
    written: list[Path] = []
    asked = {"has_graphite": bool(addresses.graphite), "has_stream": bool(addresses.stream)}
    for board in boards(project.name, project.monitoring, words, **asked):
        answers = {
            panel: [(query, one) for query in panel.queries for one in ask[query.source].series(query, panel)]
            for panel in board.panels
        }
        page = board_page(board, answers, words, span=(begin, until))
        written.append(out / f"{board.uid}.html")
        write_page(page, written[-1])
    return written


class _Prometheus:
    """Prometheus, asked for a stretch of time."""

    def __init__(self, address: str, begin: float, until: float) -> None:
        self._url, self._begin, self._until = f"http://{address}/api/v1", begin, until

    def series(self, query: Query, panel: Panel) -> list[Series]:
        """Return what it says, over time or of now."""
        span = self._until - self._begin
        scrapes = _RATE_SCRAPES * SCRAPE_SECONDS
        asked = query.expression.replace("$__rate_interval", f"{scrapes}s").replace("$__range", f"{round(span)}s")
        if panel.kind in ("lines", "heatmap"):
            step = max(span / _POINTS, SCRAPE_SECONDS)
            told = {"query": asked, "start": self._begin, "end": self._until, "step": step}
            found = ask_server(f"{self._url}/query_range", told)["data"]["result"]
            return [
                Series(one["metric"], _with_gaps([_point(*point) for point in one["values"]], step)) for one in found
            ]
        found = ask_server(f"{self._url}/query", {"query": asked, "time": self._until})["data"]["result"]
        return [Series(one["metric"], [_point(*one["value"])]) for one in found]


class _Graphite:
    """graphite-web, asked for a stretch of time."""

    def __init__(self, address: str, begin: float, until: float) -> None:
        self._url, self._begin, self._until = f"http://{address}/render", begin, until

    def series(self, query: Query, _: Panel) -> list[Series]:
        """Return what it says over time."""
        told = {"target": query.expression, "format": "json", "from": int(self._begin), "until": int(self._until)}
        return [
            Series(
                {"target": one["target"]},
                [(float(at), math.nan if value is None else float(value)) for value, at in one["datapoints"]],
            )
            for one in ask_server(self._url, told)
        ]


def ask_server(url: str, told: dict[str, Any]) -> Any:
    """Ask a server of Prometheus or Graphite; return its answer, as JSON.

    Raises
    ------
    ServiceError
        When it does not answer, or refuses.
    """
    fields = {name: str(value) for name, value in told.items()}
    try:
        answer = urllib3.request("GET", url, fields=fields, timeout=_TIMEOUT_SECONDS, retries=False)
    except urllib3.exceptions.HTTPError as error:
        raise ServiceError("nothing answers", where=url, hint="start it, or name another address") from error
    try:
        if answer.status == _OK:
            return answer.json()
    except ValueError:
        pass  # told below
    said = answer.data.decode(errors="replace")[:200]
    raise ServiceError(f"answers {answer.status}: {said}", where=url, hint="is it what its name says?")


def _point(at: float, value: str) -> tuple[float, float]:
    return float(at), float(value)


def _with_gaps(points: list[tuple[float, float]], step: float) -> list[tuple[float, float]]:
    """Put a gap where Prometheus leaves steps out: it says nothing of what it does not know."""
    whole = points[:1]
    for point in points[1:]:
        if point[0] - whole[-1][0] > 1.5 * step:
            whole.append((whole[-1][0] + step, math.nan))
        whole.append(point)
    return whole
