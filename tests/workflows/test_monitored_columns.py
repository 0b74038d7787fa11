"""What is wrong with floors and seasons is told before the first fit."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from keepfit.errors import KeepfitError
from keepfit.workflows import train as train_module
from keepfit.workflows.data import load_dataset
from keepfit.workflows.monitored_columns import require_monitored_columns
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

PROJECT = '[project]\nname = "t"\n[data]\nsource = "t.parquet"\ntarget = "y"\ndrop = ["day"]\n[monitoring]\n'
SEASON = '[monitoring.season]\nby = "weekday"\ncolumn = "{}"\n'
WRONG = [
    (
        "min_effects = { laod = 0.2 }\n",
        '[monitoring] min_effects = { laod = 0.2 }: no such column; did you mean "load"',
    ),
    ("min_effects = { job = 0.9 }\n", "min_effects = { job = 0.9 }: is never reached: jensen_shannon is below 0.8326"),
    ('ignored = ["laod"]\n', '[monitoring] ignored = ["laod"]: no such column; did you mean "load"'),
    (SEASON.format("dya"), '[monitoring.season] column: no such column "dya"; did you mean "day"?'),
    (SEASON.format("job"), "[monitoring.season] column = job: holds no dates"),
]


@pytest.fixture
def rooms(tmp_path):
    """Opens a project of a small table."""
    random = np.random.default_rng(0)
    table = {"load": random.gamma(2.0, 1.0, 100), "job": random.choice(["a", "b"], 100)}
    table |= {"day": [date(2026, 1, 5)] * 100, "y": random.choice(["no", "yes"], 100)}
    pl.DataFrame(table).write_parquet(tmp_path / "t.parquet")

    def opened(monitoring: str) -> Rooms:
        (tmp_path / "keepfit.toml").write_text(PROJECT + monitoring)
        return Rooms.open(tmp_path)

    return opened


@pytest.mark.parametrize(("monitoring", "said"), WRONG)
def test_a_training_is_refused_before_its_first_fit(rooms, monkeypatch, monitoring, said):
    """With the key in the project file, and the nearest name."""

    def search(*_, **__):
        pytest.fail("a candidate is fitted")

    monkeypatch.setattr(train_module, "search", search)
    with pytest.raises(KeepfitError) as caught:
        train(rooms(monitoring))
    assert said in str(caught.value)


def test_columns_that_there_are_pass(rooms):
    """The day of a season need not be a feature; the target and the score have floors of their own."""
    opened = rooms("min_effects = { load = 0.2, job = 0.3, y = 0.1, probability = 0.1 }\n" + SEASON.format("day"))
    require_monitored_columns(opened, load_dataset(opened))
