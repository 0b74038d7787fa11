"""Whether a server that was started would answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import urllib3

from keepfit.errors import ServiceError
from keepfit.stack.processes import Running, last_words

SAYS = "log:"
"""Before the words that a server without an address says in its log once it is ready."""
_ANSWER_SECONDS = 2.0
_START_SECONDS = 90.0
_LOOK_SECONDS = 0.1
_OK = 200


def is_ready(running: Running) -> bool:
    """Return whether a server answers as one that is ready; without an address to ask it is ready while it lives."""
    if not running.is_alive:
        return False
    if running.ready.startswith(SAYS):
        return running.ready.removeprefix(SAYS) in Path(running.log).read_text(encoding="utf-8", errors="replace")
    return not running.ready or answers(running.ready)


def answers(url: str) -> bool:
    """Return whether a server answers as one that is ready, at an address of HTTP, of PostgreSQL, or of TCP alone."""
    asked = {"postgresql": _takes_connections, "tcp": _listens}.get(urlsplit(url).scheme, _answers)
    return asked(url)


def wait_until_ready(
    running: Running, clock: Callable[[], float] = time.monotonic, wait: Callable[[float], object] = time.sleep
) -> None:
    """Wait until a server is ready.

    Raises
    ------
    ServiceError
        When it ends instead, or takes longer than 90 seconds; with its last words.
    """
    deadline = clock() + _START_SECONDS
    while not is_ready(running):
        ended = not running.is_alive
        if ended or clock() > deadline:
            what = "it ended at once" if ended else f"it was not ready within {_START_SECONDS:g} seconds"
            raise ServiceError(f"{what}: {last_words(running.log)}", where=running.name, hint=f"see {running.log}")
        wait(_LOOK_SECONDS)


def wait_until_answering(
    urls: Mapping[str, str], clock: Callable[[], float] = time.monotonic, wait: Callable[[float], object] = time.sleep
) -> None:
    """Wait until each of some addresses answers.

    Parameters
    ----------
    urls
        By the name of the server.
    clock, wait
        Tell the time, and let it pass.

    Raises
    ------
    ServiceError
        When one does not within 90 seconds.
    """
    deadline = clock() + _START_SECONDS
    for name, url in urls.items():
        while not answers(url):
            if clock() > deadline:
                raise ServiceError(
                    f"{name} was not ready within {_START_SECONDS:g} seconds",
                    where=url,
                    hint="`keepfit status` tells of each, `keepfit down` ends them",
                )
            wait(_LOOK_SECONDS)


def _answers(url: str) -> bool:
    try:
        asked = urllib3.request("GET", url, timeout=_ANSWER_SECONDS, retries=False, redirect=False)
    except urllib3.exceptions.HTTPError:
        return False
    return asked.status == _OK


def _takes_connections(url: str) -> bool:
    from psycopg import pq  # noqa: PLC0415 - where there is no PostgreSQL, this is not installed

    at = urlsplit(url)
    return pq.PGconn.ping(f"host={at.hostname} port={at.port} connect_timeout=2".encode()) == pq.Ping.OK


def _listens(url: str) -> bool:
    at = urlsplit(url)
    try:
        socket.create_connection((at.hostname, at.port or 0), _ANSWER_SECONDS).close()
    except OSError:
        return False
    return True
