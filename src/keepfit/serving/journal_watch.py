"""What the journal says of the champion, shown again and again: its quality on late labels, and the newest verdict."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from keepfit.errors import KeepfitError
from keepfit.journal import Journal
from keepfit.monitoring.rolling import NewestCheck, RollingQuality, newest_check, rolling_quality
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.project.declaration import MonitoringSection
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
        version = self._champion.scorer.version
        try:
            quality, check = await asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        except KeepfitError as error:
            if not self._is_failing:
                _log.warning("quality and verdict are not shown: %s", error)
            self._is_failing = True
            return
        self._is_failing = False
        if quality is not None:
            self._metrics.show_quality(version, quality)
        if check is not None:
            self._metrics.show_check(check)

    def _read(self) -> tuple[RollingQuality | None, NewestCheck | None]:
        facts = self._champion.scorer.bundle.facts
        quality = rolling_quality(self._journal, facts, rows=self._section.window_rows)
        return quality, newest_check(self._journal, self._project)
