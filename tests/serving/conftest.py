"""A small champion that was trained, and its service."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from keepfit.workflows.rooms import Rooms
from keepfit.workflows.train import train
from recommender_model import make_recommender

PROJECT = """
[project]
name = "credit"
[data]
source = "credit"
target = "Status"
positive = "good"
entity = "rownames"
[data.categories]
Records = ["no", "yes"]
[request]
{request}
[training]
candidates = [
  {{ model = "random_forest", grid = {{ n_estimators = [20], max_depth = [6] }} }},
  {{ model = "logistic_regression", grid = {{ C = [1.0] }} }},
]
folds = 2
[serving]
max_rows = 50
max_body_bytes = 65536
"""
LENIENT = 'missing = "accept"\nunseen = "accept"'
STRICT = 'missing = "as_trained"\nunseen = "reject"'


def make_project(folder: Path, request: str = LENIENT) -> Rooms:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keepfit.toml").write_text(PROJECT.format(request=request))
    os.environ["KEEPFIT_OFFLINE"] = "1"
    rooms = Rooms.open(folder)
    train(rooms)
    return rooms


@pytest.fixture
def strict_rooms(tmp_path):
    """A trained project with the defaults: nothing missing or unseen but what training showed."""
    return make_project(tmp_path / "strict", STRICT)


@pytest.fixture(scope="session")
def rooms(tmp_path_factory):
    """A trained project that accepts missing and unseen values."""
    return make_project(tmp_path_factory.mktemp("lenient"))


@pytest.fixture(scope="session")
def own_rooms(tmp_path_factory):
    """Makes a trained project of a test's own."""
    return lambda name: make_project(tmp_path_factory.mktemp(name))


@pytest.fixture(scope="session")
def service(rooms, serve):
    with serve(rooms) as service:
        yield service


@pytest.fixture
def record(rooms):
    """A record that any model takes."""
    return {
        "Seniority": 9,
        "Home": "rent",
        "Time": 60,
        "Age": 30,
        "Marital": "married",
        "Records": "no",
        "Job": "freelance",
        "Expenses": 73,
        "Income": 129,
        "Assets": 0,
        "Debt": 0,
        "Amount": 800,
        "Price": 846,
    }


@pytest.fixture(scope="session")
def panel_rooms(tmp_path_factory):
    """A small recommender of products with names in Russian and English."""
    return make_recommender(tmp_path_factory.mktemp("panel") / "project")


@pytest.fixture(scope="session")
def recommender(panel_rooms, serve):
    """Its service."""
    with serve(panel_rooms) as service:
        yield service
