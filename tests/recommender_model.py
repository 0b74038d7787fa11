"""A tiny recommender: a generated panel of three hundred customers and four products, learnt in a second.

How it is used:

- `make_recommender(folder)` writes a project there: `keepfit.toml`, the panel, and a champion that
  `Rooms.open(folder)`, `keepfit serve` and `running(rooms)` find. Its bundle has all that a service asks for: probes
  with the offers of each, a threshold for each product, and a reference profile. `more` adds to the project file.
- `tiny_recommender()` is the same without files, learnt once for all tests of a process: the dataset, the matrix of its
  rows, what was learnt. `Scorer(write_recommender(BundleStore(folder), tiny_recommender()))` answers.
- `record(**changes)` is a raw record as a request sends it, with a column that is dropped.
  `records_with_history(frame)` makes of each row of a panel the record whose months before are told beside it.

`bond` is owned by some and added by nobody: it can be sent and is never recommended. `fund` has no name in Russian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl

from keepfit.bundle import Bundle, BundleFacts, BundleStore, Lineage, Pointer, Probe
from keepfit.datasets import Additions, Dataset
from keepfit.profiles import build_profile
from keepfit.project.declaration import Project
from keepfit.scoring import Graph, history_door
from keepfit.scoring.probes import probe_rows
from keepfit.training.recommender.search import RecommenderResult, RecommenderRows, search_recommenders
from keepfit.workflows.data import load_dataset
from keepfit.workflows.rooms import Rooms

MONTHS = (*(f"2015-{month:02}-28" for month in range(6, 13)), "2016-01-28")
PRODUCTS = ("card", "loan", "bond", "fund", "plan")
RECOMMENDED = ("card", "loan", "fund", "plan")
CITIES = ("ALMERÍA", "MADRID", "SEVILLA")
PROJECT = """
[project]
name = "t"
seed = 1
[data]
source = "panel.csv"
target = "added"
entity = "who"
drop = ["note"]
numbers = ["age"]
[data.dates]
month = "%Y-%m-%d|%d-%m-%Y"
joined = "%Y-%m-%d|%d-%m-%Y"
[panel]
month = "month"
since = "joined"
products = ["card", "loan", "bond", "fund", "plan"]
train_from = "2015-07"
hold_from = "2015-12"
lags = [1, 2]
candidates = [{ model = "ranker", rounds = 10 }, { model = "per_product", rounds = 5 }]
[panel.names.ru]
card = "Карта"
loan = "Кредит"
bond = "Облигация"
plan = "Пенсионный план"
[panel.names.en]
card = "Card"
loan = "Loan"
bond = "Bond"
fund = "Fund"
plan = "Pension plan"
[request]
missing = "accept"
unseen = "accept"
dropped = "accept"
[training]
features = [
  { step = "elapsed_days", columns = ["joined", "month"], missing = "as_is" },
  { step = "frequency", columns = ["city"] },
]
"""


@dataclass(frozen=True, slots=True)
class TinyRecommender:
    """What was declared, prepared and learnt.

    Attributes
    ----------
    project, dataset
        As a training has them.
    matrix
        The dataset's rows from the door, `(n_rows, n_columns)`.
    result
        The candidates, the best first.
    """

    project: Project
    dataset: Dataset
    matrix: np.ndarray
    result: RecommenderResult


def panel(customers: int = 300, seed: int = 0) -> pl.DataFrame:
    """Return a row for each customer and month, as a bank would write it: blanks, gaps, two forms of dates.

    What is added next follows from the age and from what is owned, so that there is something to learn; one row in
    twenty is absent.
    """
    random = np.random.default_rng(seed)
    ages, cities = random.integers(18, 90, customers), random.integers(0, len(CITIES), customers)
    joined = random.integers(2000, 2015, customers)
    owned = random.random((customers, len(PRODUCTS))) < (0.4, 0.1, 0.1, 0.1, 0.2)
    rows: list[dict[str, Any]] = []
    for month in MONTHS:
        for who in np.flatnonzero(random.random(customers) < 0.95).tolist():
            flags = dict(zip(PRODUCTS, owned[who].astype(int).tolist(), strict=True))
            told = {"who": 1000 + who, "month": month, "joined": _day(int(joined[who]), who), "age": f" {ages[who]}"}
            city = None if who % 17 == 0 else CITIES[cities[who]]
            rows.append({**told, "city": city, "note": "x", **flags})
        owned = _next(owned, ages, random)
    return pl.DataFrame(rows).with_columns(age=pl.when(pl.col("who") % 19 == 0).then(pl.lit(" NA")).otherwise("age"))


def _day(year: int, who: int) -> str:
    return f"{year}-03-{who % 28 + 1:02}" if who % 2 else f"{who % 28 + 1:02}-03-{year}"


def _next(owned: np.ndarray, ages: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return what is owned a month later: the young take cards, their owners loans, the old funds and plans."""
    young, old = ages < 40, ages > 60
    chances = [0.02 + 0.3 * young, 0.02 + 0.2 * owned[:, 0], np.zeros(len(ages)), 0.02 + 0.15 * old, 0.02 + 0.2 * old]
    is_added = random.random(owned.shape) < np.column_stack(chances)
    return (owned | is_added) & (random.random(owned.shape) > 0.04)


def record(**changes: Any) -> dict[str, Any]:
    """Return a raw record of somebody who owns a card, with changes."""
    told = {"who": 7, "month": "28-12-2015", "joined": "01-03-2010", "age": " 35", "city": "MADRID", "note": "y"}
    return {**told, "card": 1, "loan": 0, "bond": 0, "fund": 0, "plan": None, **changes}


def records_with_history(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Return each row of a panel as a record with the months before it, in the table's order."""
    columns = ("month", *PRODUCTS)
    past: dict[Any, list[Mapping[str, Any]]] = {}
    rows = frame.to_dicts()
    for row in rows:
        past.setdefault(row["who"], []).append({name: row[name] for name in columns})
    return [{**row, "history": [month for month in past[row["who"]] if month["month"] < row["month"]]} for row in rows]


@cache
def tiny_recommender() -> TinyRecommender:
    """Return the recommender of `panel()`."""
    with TemporaryDirectory() as folder:
        rooms = _project(Path(folder), "")
        dataset = load_dataset(rooms)
    project, signature = rooms.project, dataset.signature
    assert project.panel is not None
    assert signature.offers is not None
    assert dataset.additions is not None
    matrix = history_door(signature).table(dataset.frame)
    rows = RecommenderRows(matrix, dataset.additions, dataset.split.train, dataset.split.holdout)
    result = search_recommenders(
        project.panel.candidates,
        signature,
        signature.offers,
        rows,
        section=project.training,
        metric=project.panel.metric,
        seed=project.project.seed,
    )
    return TinyRecommender(project, dataset, matrix, result)


def write_recommender(store: BundleStore, tiny: TinyRecommender) -> Bundle:
    """Write the best of a recommender as a store's next version."""
    best, signature = tiny.result.best, tiny.dataset.signature
    graph, rows, holdout = best.model.to_onnx(), probe_rows(signature), tiny.dataset.split.holdout
    offers, answers = best.model.offers(rows), best.model.probability(rows)
    asked = Graph(graph, where="tiny").probabilities(tiny.matrix[holdout])
    profile = build_profile(
        signature,
        tiny.matrix[tiny.dataset.split.train],
        asked,
        labels=tiny.dataset.target[holdout],
        thresholds=[best.any_threshold],
    )
    lineage = Lineage(
        source="panel.csv",
        origin="file",
        address="panel.csv",
        fingerprint=tiny.dataset.fingerprint,
        rows=len(tiny.dataset.split.train),
        recipe=best.recipe,
        seed=tiny.project.project.seed,
        code_version="0",
        environment_digest="e",
        holdout_digest=tiny.dataset.split.digest,
        taught_until=_additions(tiny).last_month(tiny.dataset.split.train),
    )
    probes = tuple(
        Probe(_or_none(row), answer, _or_none(offered))
        for row, answer, offered in zip(rows.tolist(), answers.tolist(), offers.tolist(), strict=True)
    )

    def facts(version: int) -> BundleFacts:
        return BundleFacts(
            name=tiny.project.name,
            version=version,
            created_at="2026-01-01T00:00:00.000Z",
            signature=signature,
            threshold=best.any_threshold,
            scores={name: (one.value, one.low, one.high) for name, one in best.holdout.items()},
            protocol=tiny.result.protocol,
            lineage=lineage,
            probes=probes,
            offer_thresholds=(best.threshold,) * len(RECOMMENDED),
        )

    return store.add(facts, model=graph, profile=profile.to_dict(), card=lambda told: f"# {told.name}\n")


def _additions(tiny: TinyRecommender) -> Additions:
    assert tiny.dataset.additions is not None
    return tiny.dataset.additions


def make_recommender(folder: Path, more: str = "") -> Rooms:
    """Write a project with its panel and its champion, and open it."""
    folder.mkdir(exist_ok=True)
    rooms = _project(folder, more)
    made = write_recommender(rooms.store, tiny_recommender())
    rooms.store.point("champion", Pointer(made.facts.version, made.digest, made.facts.version))
    return rooms


def _project(folder: Path, more: str) -> Rooms:
    (folder / "keepfit.toml").write_text(PROJECT + more, encoding="utf-8")
    panel().write_csv(folder / "panel.csv")
    return Rooms.open(folder)


def _or_none(values: list[float]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else value for value in values)
