"""Features of two columns from their table to the service: the days between dates, an income with its province's."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from keepfit.errors import TrainingError
from keepfit.scoring import Scorer
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

PROJECT = """
[project]
name = "tenure"
[data]
source = "customers.csv"
target = "stayed"
positive = "yes"
[request]
missing = "accept"
unseen = "accept"
[training]
candidates = [{ model = "logistic_regression" }, { model = "xgboost", grid = { n_estimators = [20] } }]
folds = 2
[[training.features]]
step = "elapsed_days"
columns = ["joined", "seen"]
[[training.features]]
step = "group_median_log"
columns = ["income", "province"]
"""
ROWS = 400


def write_table(path):
    """Write a table in which those who joined long ago stay; incomes differ by province, and a fifth is missing."""
    rng = np.random.default_rng(1)
    seen = [dt.date(2015, 1, 28) + dt.timedelta(days=int(at)) for at in rng.integers(0, 500, ROWS)]
    tenure = rng.integers(0, 6000, ROWS)
    joined = [
        None if at % 29 == 0 else day - dt.timedelta(days=int(days))
        for at, (day, days) in enumerate(zip(seen, tenure, strict=True))
    ]
    province = rng.choice(["Madrid", "Lugo"], ROWS)
    income = np.where(province == "Madrid", 140_000.0, 70_000.0) * rng.lognormal(0, 0.3, ROWS)
    known = [None if rng.random() < 0.2 else float(one) for one in income]
    stayed = np.where(rng.random(ROWS) < np.where(tenure > 3000, 0.9, 0.1), "yes", "no")
    table = {"seen": seen, "joined": joined, "income": known, "province": province, "stayed": stayed}
    pl.DataFrame(table).write_csv(path)


@pytest.fixture(scope="module")
def tenure(tmp_path_factory):
    """A trained project, and its champion."""
    folder = tmp_path_factory.mktemp("tenure")
    write_table(folder / "customers.csv")
    (folder / "keepfit.toml").write_text(PROJECT)
    rooms = Rooms.open(folder)
    train(rooms)
    return rooms


def test_the_service_answers_by_tenure(tenure, serve):
    """The longer the more likely, whatever the dates themselves; with what is missing or unseen there is an answer."""
    known = {"seen": "2016-04-28", "joined": "2015-04-28", "income": 9e4, "province": "Lugo"}
    sent = [
        known,
        {**known, "joined": "2003-04-28"},
        {**known, "joined": None},
        {**known, "income": None},
        {**known, "income": None, "province": None},
        {**known, "income": None, "province": "Soria"},
    ]
    with serve(tenure) as service:
        answer = service.post("/api/prediction", sent)
    assert answer.status == 200, answer.data
    found = [one["probability"] for one in answer.json()["predictions"]]
    scorer = Scorer(tenure.store.champion())
    assert found == [scorer.probabilities(scorer.door.rows([record]))[0] for record in sent]
    assert found[1] > found[0] + 0.3
    assert found[4] == found[5]


def test_a_wrong_declaration_is_told_before_anything_is_fitted(tenure, tmp_path):
    """By the step's place in the project file."""
    write_table(tmp_path / "customers.csv")
    (tmp_path / "keepfit.toml").write_text(PROJECT.replace('["joined", "seen"]', '["joined"]'))
    with pytest.raises(TrainingError, match=r"features.0 \(elapsed_days\): elapsed_days takes 2 different columns"):
        train(Rooms.open(tmp_path))
