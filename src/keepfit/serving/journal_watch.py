"""What the journal says of the champion, shown again and again: its quality on late labels, and the newest verdict."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from keepfit.bundle import BundleFacts
from keepfit.journal import Journal
from keepfit.journal.awaiting import awaited_labels
from keepfit.monitoring.past_checks import NewestCheck, newest_check
from keepfit.monitoring.rolling import RollingQuality, rolling_quality
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.serving.champion import Champion

_SECONDS_BETWEEN = 5.0
_log = logging.getLogger(__name__)


class JournalWatch:
    """Looks at the journal beside the answers, in a thread of its own; one that fails is told once, and tried again.

    Parameters
    ----------
    project
        Whose rows.
    champion
        Whose answers.
    journal
        Where they are.
    section
        How many rows count, and the floor of F1.
    metrics
        Where it is shown.
    """

    def __init__(
        self, project: str, champion: Champion, journal: Journal, section: MonitoringSection, metrics: ServiceMetrics
    ) -> None:
        self._project = project
        self._champion = champion
        self._journal = journal
        self._section = section
        self._metrics = metrics
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal-watch")
        self._is_failing = False
        self._seen: tuple[int, int] | None = None

    async def watch(self) -> None:
        """Show what there is, again and again, until cancelled."""
        self._metrics.show_floor(self._section.min_f1)
        try:
            while True:
                await self.look()
                await asyncio.sleep(_SECONDS_BETWEEN)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def look(self) -> None:
        """Show what there is now."""
        facts = self._champion.scorer.bundle.facts  # of one version, whatever is swapped meanwhile
        try:
            loop = asyncio.get_running_loop()
            quality, check, since = await loop.run_in_executor(self._thread, self._read, facts)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look may be better
            if not self._is_failing:
                _log.warning("quality and verdict are not shown: %s", error)
            self._is_failing = True
            return
        self._is_failing = False
        if quality is not None:
            self._metrics.show_quality(facts.version, quality)
        if since is not None:
            self._metrics.show_awaited(since)
        if check is not None:
            self._metrics.show_check(check)

    def _read(self, facts: BundleFacts) -> tuple[RollingQuality | None, NewestCheck | None, datetime | None]:
        """Return what there is to show; no quality while no label has come since the last time."""
        check = newest_check(self._journal, self._project)
        awaited = awaited_labels(self._journal, self._project)
        seen = facts.version, awaited.newest_seq
        if seen == self._seen:
            return None, check, awaited.since
        quality = rolling_quality(self._journal, facts, rows=self._section.window_rows)
        self._seen = seen
        return quality, check, awaited.since
