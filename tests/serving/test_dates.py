"""A column of dates from its table to the service: trained with its parts, scored, refused by field."""

from __future__ import annotations

import datetime as dt
import json

import mlflow
import numpy as np
import pandas as pd
import polars as pl
import pytest

from keepfit.journal import Label, Prediction, PredictionIds
from keepfit.registry.pyfunc import BundleModel
from keepfit.scoring import Scorer
from keepfit.signature import Kind
from keepfit.simulation import synthetic_customers
from keepfit.workflows.check import check
from keepfit.workflows.data import load_dataset
from keepfit.workflows.retrain import retrain
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train

PROJECT = """
[project]
name = "visits"
[data]
source = "visits.csv"
target = "came"
positive = "yes"
[request]
missing = "accept"
[training]
candidates = [{ model = "logistic_regression", grid = { C = [1.0] } }]
folds = 2
[[training.features]]
step = "date_parts"
columns = ["booked"]
parameters = { parts = ["month", "weekday", "is_month_end"] }
[[training.features]]
step = "date_parts"
columns = ["booked"]
[[training.features]]
step = "keep"
columns = ["booked"]
"""
FIRST = dt.date(2015, 11, 1)
ROWS = 400


def write_table(path):
    """Write a table in which who books on a weekend rarely comes, some rows without a date."""
    rng = np.random.default_rng(1)
    days = [FIRST + dt.timedelta(days=int(at)) for at in rng.integers(0, 200, ROWS)]
    odds = [0.9 if day.weekday() < 5 else 0.1 for day in days]
    came = np.where(rng.random(ROWS) < odds, "yes", "no")
    texts = [None if at % 29 == 0 else day.strftime("%d-%m-%Y") for at, day in enumerate(days)]
    pl.DataFrame({"booked": texts, "age": rng.integers(18, 80, ROWS), "came": came}).write_csv(path)


@pytest.fixture(scope="module")
def visits(tmp_path_factory):
    """A trained project with a column of dates, and its champion."""
    folder = tmp_path_factory.mktemp("visits")
    write_table(folder / "visits.csv")
    (folder / "keepfit.toml").write_text(PROJECT)
    rooms = Rooms.open(folder)
    mlflow.set_tracking_uri(train(rooms).tracking_uri)
    return rooms


def test_the_bundle_keeps_kind_format_and_range(visits):
    """`bundle.json` has all that the door needs; an older one, without a format, is read too."""
    bundle = visits.store.champion()
    booked = bundle.facts.signature.columns[0]
    assert (booked.kind, booked.format) == (Kind.DATE, "%d-%m-%Y")
    assert dt.date(1970, 1, 1) + dt.timedelta(days=booked.minimum) >= FIRST
    kept = json.loads((bundle.path / "bundle.json").read_text())
    assert kept["signature"]["columns"][0]["format"] == "%d-%m-%Y"
    assert json.loads((bundle.path / "profile.json").read_text())["columns"][0]["is_date"] is True
    for column in kept["signature"]["columns"]:
        del column["format"]
    assert type(bundle.facts).from_dict(kept).signature.columns[0].date_format == "%Y-%m-%d"


def test_the_service_scores_dates_and_refuses_others(visits, serve):
    """A date is scored as it was learnt and journalled as it was sent; what is none is a 422 that names the field."""
    scorer = Scorer(visits.store.champion())
    with serve(visits) as service:
        sent = [{"booked": text, "age": 40} for text in ("04-05-2016", "07-05-2016", None, "")]
        answer = service.post("/api/prediction", sent)
        assert answer.status == 200, answer.data
        found = [one["probability"] for one in answer.json()["predictions"]]
        alone = [service.post("/api/prediction", record).json()["probability"] for record in sent]
        refused = service.post("/api/prediction", [sent[0], {"booked": "2016-13-45", "age": 40}])
        schema = service.get("/openapi.json").json()["components"]["schemas"]["Record"]["properties"]["booked"]
        example = service.get("/openapi.json").json()["components"]["schemas"]["Record"]["example"]
        assert service.post("/api/prediction", example).status == 200
    table = pl.DataFrame({"booked": [dt.date(2016, 5, 4), dt.date(2016, 5, 7), None, None], "age": [40] * 4})
    assert found == alone == scorer.probabilities(scorer.door.table(table)).tolist()
    assert found[0] > found[1] + 0.2  # Wednesday and Saturday
    assert refused.status == 422
    assert refused.headers["content-type"] == "application/problem+json"
    (violation,) = refused.json()["violations"]
    assert (violation["field"], violation["row"]) == ("booked", 1)
    assert violation["message"].endswith('(%d-%m-%Y), found "2016-13-45"')
    assert schema["type"] == ["string", "null"]
    assert "written as %d-%m-%Y" in schema["description"]
    with visits.journal() as journal:
        kept = journal.window(visits.project.name, rows=100)
    assert {row.prediction.features["booked"] for row in kept} >= {"04-05-2016", "07-05-2016", None, ""}


@pytest.mark.filterwarnings("ignore")  # MLflow's own
def test_pyfunc_takes_dates_as_texts(visits):
    """What MLflow loads answers as the scorer does; without MLflow's schema, pandas' dates are taken too."""
    scorer = Scorer(visits.store.champion())
    texts = ["04-05-2016", "07-05-2016", None]
    expected = scorer.probabilities(scorer.door.rows([{"booked": text, "age": 40} for text in texts]))
    model = mlflow.pyfunc.load_model("models:/visits@champion")
    asked = pd.DataFrame({"booked": texts, "age": [40.0] * 3})
    np.testing.assert_array_equal(model.predict(asked)["probability"].to_numpy(), expected)
    dates = asked.assign(booked=pd.to_datetime(asked["booked"], format="%d-%m-%Y"))
    found = BundleModel(scorer.bundle.path).predict(dates)
    np.testing.assert_array_equal(found["probability"].to_numpy(), expected)


def test_a_check_shows_dates(visits):
    """Synthetic customers are scored, and the page of the check has dates where it had days."""
    dataset = load_dataset(visits)
    customers = synthetic_customers(dataset.frame, dataset.signature, 300, np.random.default_rng(0))
    scorer = Scorer(visits.store.champion())
    later = [{**one, "booked": f"{one['booked'][:6]}2019"} for one in customers]
    probability = scorer.probabilities(scorer.door.rows(later)).tolist()
    new_id, now = PredictionIds(), dt.datetime.now(dt.UTC)
    made = [
        Prediction(
            new_id(), now, "visits", scorer.version, None, json.dumps(record), value, scorer.decision(value), 1e-5
        )
        for record, value in zip(later, probability, strict=True)
    ]
    with visits.journal() as journal:
        journal.record_predictions(made)
    report = check(visits)
    (booked,) = [column for column in report.findings.drift.columns if column.name == "booked"]
    assert booked.is_drifted
    assert booked.reasons[0].startswith("mean 2016-")
    assert ">2017-11-30<" in report.page.read_text()  # day 17500


def test_dates_of_the_journal_teach(visits):
    """A challenger reads the dates of requests by the same door, and knows a wider range of days than the champion."""
    with visits.journal() as journal:
        kept = [row.prediction for row in journal.window("visits", rows=300)]
        now = dt.datetime.now(dt.UTC)
        journal.record_labels("visits", [Label(one.id, "no" if at % 3 else "yes", now) for at, one in enumerate(kept)])
    report = retrain(visits)
    assert report.is_done
    champion = visits.store.read(report.champion).facts.signature.columns[0]
    challenger = visits.store.read(report.challenger).facts.signature.columns[0]
    assert challenger.minimum == champion.minimum
    assert challenger.maximum > (dt.date(2019, 1, 1) - dt.date(1970, 1, 1)).days
