"""A challenger's copies of answers: each is counted once, whatever becomes of it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest

from keepfit.clock import utc_now
from keepfit.errors import JournalError
from keepfit.journal import Prediction
from keepfit.monitoring.service_meters import ServiceMeters
from keepfit.monitoring.service_metrics import ServiceMetrics
from keepfit.scoring import Scorer
from keepfit.serving.asked import Asked
from keepfit.serving.shadowing import Shadowing
from keepfit.workflows.rooms import Rooms


class Recorder:
    """Takes what it is given while the journal is well."""

    def __init__(self) -> None:
        self.is_well = True
        self.taken = 0

    async def record(self, _predictions, shadows=()) -> None:
        if not self.is_well:
            raise JournalError("the database is away")
        self.taken += len(shadows)


@pytest.fixture
def scorer(make_scoring_project, tmp_path):
    return Scorer(Rooms.open(make_scoring_project(tmp_path)).store.champion())


def counted(meters: ServiceMeters, name: str) -> float:
    """Return the sum of a counter over all of its labels."""
    families = (family for family in meters.registry.collect() if family.name == name)
    return sum(one.value for family in families for one in family.samples if one.name.endswith("_total"))


def test_what_the_journal_does_not_take_is_counted_and_told_once(scorer, caplog):
    """Nine hundred copies, a third of them while the database is away: none is in both counters, or in neither."""
    meters, recorder = ServiceMeters(), Recorder()
    shadowing = Shadowing(SimpleNamespace(shadow=scorer), recorder, ServiceMetrics("t", meters))
    asked = Asked(np.array([30, 1, 0], dtype=np.float32).tobytes(), '{"age": 30, "income": 1, "job": "fixed"}', None)
    made = Prediction("x", utc_now(), "t", 1, None, "{}", 0.3, "no", 1e-5)

    async def story() -> None:
        for is_well in (True, False, True):
            recorder.is_well = is_well
            for _ in range(3):
                shadowing.copy([asked] * 100, [made] * 100)
                await shadowing.close()

    asyncio.run(story())
    assert recorder.taken == counted(meters, "keepfit_shadow_predictions") == 600
    assert counted(meters, "keepfit_shadow_predictions_left_out") == 300
    assert caplog.text.count("what the challenger would have answered is left out: the database is away") == 1
