"""What a challenger would have answered: scored after the answer was given, journalled, never in a request's way."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from keepfit.journal import Prediction, Recorder, Shadow
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.scoring import Scorer
from keepfit.serving.asked import Asked, matrix_of
from keepfit.serving.challenger import Challenger, asked_of

_MOST_WAITING = 10_000
_ROWS_AT_ONCE = 256
_log = logging.getLogger(__name__)


class Shadowing:
    """Lets the challenger score copies of what was answered.

    All methods belong to one event loop. What it cannot keep up with is left out, and counted.

    Parameters
    ----------
    challenger
        Who scores.
    recorder
        Where its answers go.
    metrics
        What is counted.
    """

    def __init__(self, challenger: Challenger, recorder: Recorder, metrics: ServiceMetrics) -> None:
        self._challenger = challenger
        self._recorder = recorder
        self._metrics = metrics
        self._waiting: deque[tuple[Asked, Prediction]] = deque()
        self._working: asyncio.Task[None] | None = None
        self._is_failing = False

    def copy(self, asked: Sequence[Asked], made: Sequence[Prediction]) -> None:
        """Take records that were answered."""
        if self._challenger.shadow is None:
            return
        room = _MOST_WAITING - len(self._waiting)
        if len(asked) > room:
            self._metrics.count_shadows_left_out(len(asked) - room)
        self._waiting.extend(zip(asked[:room], made[:room], strict=True))
        if self._working is None:
            self._working = asyncio.create_task(self._work())

    async def close(self) -> None:
        """Score what waits."""
        while self._working is not None:
            await asyncio.shield(self._working)

    async def _work(self) -> None:
        try:
            while self._waiting and (scorer := self._challenger.shadow) is not None:
                part = [self._waiting.popleft() for _ in range(min(_ROWS_AT_ONCE, len(self._waiting)))]
                shadows = await self._recorded(scorer, part)
                self._metrics.count_shadows(scorer, shadows)
                self._metrics.count_shadows_left_out(len(part) - len(shadows))
        finally:
            self._metrics.count_shadows_left_out(len(self._waiting))
            self._waiting.clear()
            self._working = None

    async def _recorded(self, scorer: Scorer, part: Sequence[tuple[Asked, Prediction]]) -> list[Shadow]:
        """Return what a challenger said and the journal took, nothing when one of them fails: that is told once."""
        try:
            shadows = await asyncio.to_thread(_shadows, scorer, part)
            await self._recorder.record([], shadows)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody waits for a shadow
            if not self._is_failing:
                _log.error("what the challenger would have answered is left out: %s", error)
            self._is_failing = True
            return []
        self._is_failing = False
        return shadows


def _shadows(scorer: Scorer, part: Sequence[tuple[Asked, Prediction]]) -> list[Shadow]:
    """Return what a challenger says to records, of those that its door takes."""
    rows = [(asked_of(scorer, asked), made) for asked, made in part]
    taken = [(asked, made) for asked, made in rows if asked is not None]
    if not taken:
        return []
    answers = scorer.answers(matrix_of([asked for asked, _ in taken]))
    return [
        Shadow(made.id, made.at, made.project, scorer.version, probability, decision)
        for probability, decision, (_, made) in zip(answers.probability, answers.decision, taken, strict=True)
    ]
