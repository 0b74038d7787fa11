"""What a window is compared with: all rows that taught, or those of its own seasons."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from keepfit.journal import Prediction, PredictionIds
from keepfit.monitoring.observed_window import Stretch, window_of
from keepfit.profiles import build_profile, count_window
from keepfit.profiles.seasons import SEASONS, SeasonalRows, season_numbers, seasonal_reference
from keepfit.project.monitoring_section import SeasonSection
from keepfit.scoring import Scorer, history_door
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.workflows.check import check
from keepfit.workflows.check_task import CheckTask
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train
from keepfit.workflows.windows.reference import Reference, reference_of

SIGNATURE = Signature(
    (Column("load", Kind.NUMBER), Column("c", Kind.CATEGORY, categories=("a", "b"))), Outcome("y", "n", "j")
)
BY_DAY = SeasonSection(by="weekday", column="day")
DAYS = np.arange(700)
MATRIX = np.column_stack([(DAYS + 3) % 7 * 10.0, np.where(DAYS == 0, 1, 0)]).astype(np.float32)
WHOLE = build_profile(SIGNATURE, MATRIX, np.full(700, 0.5))


@pytest.fixture
def champion():
    """A bundle whose profile has the weekdays; the load of a row is ten times its weekday."""
    known = SeasonalRows("weekday", season_numbers(DAYS, "weekday"), np.full(700, -1, dtype=np.int8))
    parts = seasonal_reference(WHOLE, MATRIX, np.full(700, 0.5), None, known)
    return SimpleNamespace(profile={**WHOLE.to_dict(), SEASONS: parts.to_dict()})


def window(days):
    profile = count_window(WHOLE, MATRIX[:10], np.full(10, 0.5))
    return replace(window_of("the journal", [Stretch(profile)], profile), days=days)


def test_a_window_of_a_day_has_the_reference_of_that_day(champion):
    """Its words name it; labels that were seen once keep the share that they have of all rows."""
    found, words, _ = reference_of(champion, window({4: 10}), BY_DAY)  # 1970-01-05 was a Monday
    assert found.columns[0].mean == 0
    assert words == "training rows of the same weekdays (Monday), which count as 100"
    assert found.columns[1].seen_once == round(WHOLE.columns[1].seen_once * 100 / 700)


@pytest.mark.parametrize(("days", "season"), [({4: 10}, None), ({}, BY_DAY)])
def test_without_seasons_or_days_it_is_all_rows(champion, days, season):
    """A file says no days."""
    assert reference_of(champion, window(days), season) == Reference(WHOLE)


def test_a_bundle_without_seasons_is_compared_as_a_whole():
    """It was trained before they were declared: it is said, and what to do."""
    champion = SimpleNamespace(profile=WHOLE.to_dict())
    words = "all 700 training rows, as the champion was trained without the weekdays: train it again"
    assert reference_of(champion, window({4: 10}), BY_DAY) == Reference(WHOLE, words)


def test_other_seasons_than_the_champions_are_compared_as_a_whole(champion):
    """A project that says months now has a champion that knows weekdays."""
    by_month = SeasonSection(by="month", column="day")
    assert "trained without the months" in reference_of(champion, window({4: 10}), by_month).words


def test_a_season_of_too_few_rows_is_compared_as_a_whole():
    """Nothing would ever be called drifted against them."""
    known = SeasonalRows("weekday", season_numbers(DAYS[:280], "weekday"), np.full(280, -1, dtype=np.int8))
    few = build_profile(SIGNATURE, MATRIX[:280], np.full(280, 0.5))
    parts = seasonal_reference(few, MATRIX[:280], np.full(280, 0.5), None, known)
    champion = SimpleNamespace(profile={**few.to_dict(), SEASONS: parts.to_dict()})
    words = "all 280 training rows, as those of the same weekdays (Monday) count as 40 only"
    assert reference_of(champion, window({4: 10}), BY_DAY) == Reference(few, words)


PROJECT = """
[project]
name = "t"
[data]
source = "t.parquet"
target = "y"
drop = ["day"]
[training]
folds = 2
[[training.candidates]]
model = "random_forest"
grid = { n_estimators = [10], max_depth = [4] }
[monitoring.season]
by = "weekday"
column = "day"
"""
SUNDAY, DAY, ASKED = datetime(2026, 1, 4, tzinfo=UTC), timedelta(days=1), 300


def loads(seed, days):
    """Return rows whose loads are twice as high on Sundays, and whose outcome goes by the load."""
    random = np.random.default_rng(seed)
    is_sunday = np.array([day.weekday() == SUNDAY.weekday() for day in days])
    load = random.gamma(4.0, 1.0, len(days)) * np.where(is_sunday, 2, 1)
    late = load + random.normal(0, 2, len(days)) > 5
    return pl.DataFrame({"day": days, "load": load, "size": random.normal(size=len(days)), "y": late})


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """A trained project whose champion has answered the rows of a Sunday: on a Sunday, and on the Monday after it."""
    folder = tmp_path_factory.mktemp("seasons")
    days = [(SUNDAY - DAY * (1 + at % 700)).date() for at in range(2800)]
    loads(0, days).write_parquet(folder / "t.parquet")
    (folder / "keepfit.toml").write_text(PROJECT)
    rooms, new_id = Rooms.open(folder), PredictionIds()
    train(rooms)
    champion = rooms.store.champion()
    asked = loads(1, [SUNDAY.date()] * ASKED).select(champion.facts.signature.names)
    scores = Scorer(champion).probabilities(history_door(champion.facts.signature).table(asked)).tolist()
    with rooms.journal() as journal:
        for day in (SUNDAY, SUNDAY + DAY):
            moments = [day + timedelta(minutes=at) for at in range(ASKED)]
            rows = zip(moments, asked.to_dicts(), scores, strict=True)
            made = [Prediction(new_id(), at, "t", 1, None, json.dumps(row), p, "true", 1e-5) for at, row, p in rows]
            journal.record_predictions(made)
    return rooms


def judged(rooms, day, **monitoring):
    """Return what a check says of a day, and what its report says that the day was compared with."""
    section = rooms.project.monitoring.model_copy(update=monitoring)
    other = replace(rooms, project=rooms.project.model_copy(update={"monitoring": section}))
    report = check(other, CheckTask(since=day, until=day + DAY))
    assert report.rows == ASKED
    drifted = [column.name for column in report.findings.drift.drifted]
    return report.verdict.state, drifted, json.loads(report.facts.read_text())["reference"]["other"]


def test_a_sunday_that_is_as_sundays_are_has_not_drifted(answered):
    """From training to verdict: compared with the Sundays of the training rows it is ok, with all days it is not."""
    state, drifted, words = judged(answered, SUNDAY)
    assert (state, drifted) == ("ok", [])
    assert words.startswith("training rows of the same weekdays (Sunday), which count as ")
    state, drifted, words = judged(answered, SUNDAY, season=None)
    assert (state, drifted, words) == ("alarm", ["load"], "")


def test_a_monday_that_is_as_sundays_are_has_drifted(answered):
    """The same rows a day later are judged by other training rows: seasons excuse nothing else."""
    state, drifted, words = judged(answered, SUNDAY + DAY)
    assert (state, drifted) == ("alarm", ["load"])
    assert "(Monday)" in words
