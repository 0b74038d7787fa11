"""The reference of a version: what taught it, and the same rows again by their seasons."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce

import numpy as np
import polars as pl
import pytest

from keepfit.errors import DatasetError
from keepfit.profiles import Profile, build_profile, merge
from keepfit.profiles.seasons import SEASONS, SeasonalReference
from keepfit.scoring import history_door
from keepfit.workflows.data import load_dataset
from keepfit.workflows.reference_profile import reference_profile
from keepfit.workflows.rooms import Rooms

ROWS, MORE = 700, 90
PROJECT = '[project]\nname = "t"\n[data]\nsource = "t.parquet"\ntarget = "y"\ndrop = ["day", "word"]\n'
SEASON = '[monitoring.season]\nby = "weekday"\ncolumn = "day"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A table whose days are known but for every tenth."""
    random, first = np.random.default_rng(0), date(2025, 1, 1)
    days = [None if at % 10 == 0 else first + timedelta(days=int(at)) for at in random.integers(0, 365, ROWS)]
    table = pl.DataFrame({"load": random.gamma(2.0, 1.0, ROWS), "y": random.choice(["no", "yes"], ROWS)})
    folder = tmp_path_factory.mktemp("reference")
    table.with_columns(day=pl.Series(days), word=pl.lit("x")).write_parquet(folder / "t.parquet")
    return folder


@pytest.fixture
def referenced(folder):
    """Makes the reference of a project: of its table alone, or of rows of the journal after it too."""

    def made(season="", more=0):
        (folder / "keepfit.toml").write_text(PROJECT + season)
        rooms = Rooms.open(folder)
        dataset = load_dataset(rooms)
        extra = np.random.default_rng(1).gamma(2.0, 1.0, (more, 1)).astype(np.float32)
        matrix = np.concatenate([history_door(dataset.signature).table(dataset.frame), extra])
        fit_rows = np.concatenate([dataset.split.train, np.arange(ROWS, ROWS + more)])
        labels = np.concatenate([dataset.target[dataset.split.holdout], np.ones(more, dtype=np.int8)])
        asked = np.linspace(0, 1, len(labels)), labels
        facts = reference_profile(
            rooms, dataset, dataset.signature, matrix=matrix, fit_rows=fit_rows, asked=asked, threshold=0.5
        )
        whole = build_profile(dataset.signature, matrix[fit_rows], asked[0], labels=labels, thresholds=[0.5])
        return dataset, whole, facts

    return made


def weekdays(dataset, rows):
    """Return how many of some rows were on which weekday, from Monday, by Python's calendar."""
    return [len(loads) for loads in loads_by_weekday(dataset, rows)]


def loads_by_weekday(dataset, rows):
    """Return the loads of some rows, by weekday."""
    days, loads = (dataset.frame[name][rows.tolist()].to_list() for name in ("day", "load"))
    known = [(day.weekday(), load) for day, load in zip(days, loads, strict=True) if day is not None]
    return [[load for day, load in known if day == one] for one in range(7)]


def test_without_seasons_it_is_the_profile_of_what_taught(referenced):
    """Rows that were held out are in it by their scores and labels alone."""
    dataset, whole, facts = referenced()
    assert facts == whole.to_dict()
    assert facts["rows"] == len(dataset.split.train)
    assert sum(facts["outputs"][0]["labelled"]) == len(dataset.split.holdout)
    assert SEASONS not in facts


def test_seasons_stand_beside_the_whole_and_leave_it_as_it_is(referenced):
    """Who knows nothing of them reads the same profile; they are of the rows that have a day."""
    dataset, whole, facts = referenced(SEASON)
    assert Profile.from_dict(facts) == whole
    found = SeasonalReference.from_dict(facts[SEASONS])
    assert found.by == "weekday"
    assert [found.parts[one].rows for one in range(7)] == weekdays(dataset, dataset.split.train)
    loads = [np.mean(one) for one in loads_by_weekday(dataset, dataset.split.train)]
    assert [found.parts[one].columns[0].mean for one in range(7)] == pytest.approx(loads, rel=1e-6)  # of float32
    labelled = [sum(found.parts[one].outputs[0].labelled) for one in range(7)]
    assert labelled == weekdays(dataset, dataset.split.holdout)
    together = reduce(merge, found.parts.values())
    assert together.bins == whole.bins
    assert together.rows < whole.rows


def test_rows_of_the_journal_are_in_no_season(referenced):
    """They teach too and come after the table's: the column of the seasons is not among what they sent."""
    dataset, _, facts = referenced(SEASON, MORE)
    found = SeasonalReference.from_dict(facts[SEASONS])
    assert facts["rows"] == len(dataset.split.train) + MORE
    assert [found.parts[one].rows for one in range(7)] == weekdays(dataset, dataset.split.train)
    labelled = [sum(found.parts[one].outputs[0].labelled) for one in range(7)]
    assert labelled == weekdays(dataset, dataset.split.holdout)


@pytest.mark.parametrize(
    ("column", "said"), [("dya", 'no such column "dya"; did you mean "day"?'), ("word", "word: holds no dates")]
)
def test_a_column_that_tells_no_day_is_refused(referenced, column, said):
    """With its key in the project file, and what to do."""
    with pytest.raises(DatasetError) as caught:
        referenced(SEASON.replace('"day"', f'"{column}"'))
    assert str(caught.value).startswith("keepfit.toml: [monitoring.season] column")
    assert said in str(caught.value)
