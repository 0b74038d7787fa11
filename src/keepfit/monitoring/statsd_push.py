"""What the service pushes to StatsD, and so to Graphite: never in a request's way, and of no weight.

It goes by UDP: what is lost is lost, and a daemon that is dead costs nothing. Counts that matter are Prometheus's and
the journal's. What came since the last time is sent at once, many lines in a datagram: of single lines in a burst most
are lost by the receiver.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from statsd import StatsClient

from keepfit.project.statsd_section import StatsdSection

_DATAGRAM_BYTES = 1432  # fits into a frame of Ethernet
_MOST_TIMINGS = 1000  # between two sendings; the others are like them
_log = logging.getLogger(__name__)


class Gathered(NamedTuple):
    """Counts by name, and how long requests took."""

    counts: Counter[str]
    milliseconds: list[float]


class StatsdPush:
    """Gathers what a worker does, in its event loop, and sends it from any thread.

    Counters: `requests`, `response_code.STATUS`, `target.DECISION`. Timer in milliseconds: `response_time`. Gauges, of
    the machine and the service: `system.cpu_load` (load of the last minute), `system.memory_free_mb` (10^6 bytes),
    `system.up_time` (seconds).

    Parameters
    ----------
    section
        Where to.
    project
        What names begin with when nothing else is declared.
    tells_system
        Whether the gauges are told: by one worker of a service.
    """

    def __init__(self, section: StatsdSection, project: str, *, tells_system: bool) -> None:
        host, _, port = section.address.rpartition(":")
        self._where, self._prefix = (host, int(port)), section.prefix or project
        self._tells_system = tells_system
        self._began = time.monotonic()
        self._client: StatsClient | None = None
        self._is_lost = False
        self._gathered = Gathered(Counter(), [])

    def count_request(self, status: int, seconds: float) -> None:
        """Take an answered request."""
        counts, milliseconds = self._gathered
        counts["requests"] += 1
        counts[f"response_code.{status}"] += 1
        if len(milliseconds) < _MOST_TIMINGS:
            milliseconds.append(seconds * 1000)

    def count_decisions(self, decisions: Iterable[str]) -> None:
        """Take what was decided."""
        for decision in decisions:
            self._gathered.counts[f"target.{_name(decision)}"] += 1

    def gathered(self) -> Gathered:
        """Return what has come since the last time."""
        taken, self._gathered = self._gathered, Gathered(Counter(), [])
        return taken

    def send(self, taken: Gathered) -> None:
        """Send what was gathered; it raises nothing, and may wait for the name of the daemon's host."""
        client = self._client or self._connected()
        if client is None:
            return
        with client.pipeline() as lines:
            for name, count in taken.counts.items():
                lines.incr(name, count)
            for value in taken.milliseconds:
                lines.timing("response_time", value)
            if self._tells_system:
                lines.gauge("system.cpu_load", round(os.getloadavg()[0], 2))
                lines.gauge("system.memory_free_mb", round(_free_bytes() / 1e6))
                lines.gauge("system.up_time", round(time.monotonic() - self._began))

    def close(self) -> None:
        """Send no more."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _connected(self) -> StatsClient | None:
        try:
            self._client = StatsClient(*self._where, prefix=self._prefix, maxudpsize=_DATAGRAM_BYTES)
        except (OSError, UnicodeError) as error:  # no such host, or no host's name
            if not self._is_lost:
                _log.warning("StatsD at %s:%d cannot be told: %s", *self._where, error)
            self._is_lost = True
        return self._client


def _name(text: str) -> str:
    """Return a text as a part of a name: Graphite's names have dots between their parts."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", text)


def _free_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
