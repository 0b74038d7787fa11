"""Random load on a real service: what is sent is drawn from the champion's bundle, and what came back is told."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from keepfit.errors import BundleError, ServiceError
from keepfit.profiles import Profile, RandomRecords
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.simulate import SimulateTask, simulate
from panel_project import PRODUCTS, make_panel_project
from profiled_project import SIGNATURE, make_profiled


@pytest.fixture
def rooms(tmp_path):
    return make_profiled(tmp_path / "project")


def journalled(rooms):
    with rooms.journal() as journal:
        return [one.prediction for one in journal.window(rooms.project.project.name, rows=None)]


def test_random_records_are_answered_and_told(rooms, serve):
    """As many as asked for, drawn by the seed; the report is what the journal has. The project's table is not there."""
    told = []
    with serve(rooms) as service:
        task = SimulateTask(service.url, "random", requests=300, concurrency=4, seed=7)
        report = simulate(rooms, task, lambda step, done, total, note="": told.append((step, done, total)))
    kept = journalled(rooms)
    assert (report.mode, report.rows, report.failures, report.is_interrupted) == ("random", 300, (), False)
    assert (report.matched, report.agreeing) == (0, 0)
    assert report.decisions == Counter(one.decision for one in kept)
    assert report.versions == {"1": 300}
    assert 0 < report.seconds[0] <= report.seconds[1] < math.inf
    assert told == [("send customers", done, 300) for done in range(1, 301)]
    records, rng = RandomRecords(Profile.from_dict(rooms.store.champion().profile), SIGNATURE), np.random.default_rng(7)
    drawn = {record["id"]: record for record in (records.draw(rng) for _ in range(300))}
    assert {one.entity: one.features for one in kept} == drawn
    assert all(name.startswith("random-") for name in drawn)
    assert "simulate: random: 300 of 300 records drawn from v1 were answered by " in rooms.log.path.read_text()


def test_without_a_number_it_is_the_projects(rooms, serve):
    """`[simulation] rows`, as in the other modes."""
    (rooms.folder / "keepfit.toml").write_text(
        (rooms.folder / "keepfit.toml").read_text() + "[simulation]\nrows = 12\nconcurrency = 2\n"
    )
    rooms = Rooms.open(rooms.folder)
    with serve(rooms) as service:
        assert simulate(rooms, SimulateTask(service.url, "random")).rows == 12


def test_a_service_that_dies_leaves_what_it_answered(rooms, serve):
    """The requests after that are told as such, each with its reason."""
    with serve(rooms) as service:

        def show(step, done, total, note=""):
            if done == 50:
                service.kill()

        report = simulate(rooms, SimulateTask(service.url, "random", requests=200), show)
    assert report.rows >= 50
    assert report.rows + len(report.failures) == 200
    assert report.rows == sum(report.versions.values())
    assert all(service.url in said for said in report.failures)


def test_where_nothing_answers_it_ends(rooms):
    """At the first request: no service is no load."""
    with pytest.raises(ServiceError, match="nothing answers there"):
        simulate(rooms, SimulateTask("http://127.0.0.1:9", "random", requests=1000))


def test_without_a_profile_there_is_nothing_to_draw_from(make_scoring_project, tmp_path):
    """The bundle that lacks it is named."""
    rooms = Rooms.open(make_scoring_project(tmp_path))
    with pytest.raises(BundleError, match="bundle v1: has no profile to draw records from; train again"):
        simulate(rooms, SimulateTask("http://127.0.0.1:9", "random"))


def test_a_recommenders_products_are_counted(tmp_path, serve):
    """Each product by how often it was recommended, and how often nothing was."""
    rooms = make_panel_project(tmp_path)
    with serve(rooms) as service:
        report = simulate(rooms, SimulateTask(service.url, "random", requests=200))
        answer = service.get("/random").json()
    kept = journalled(rooms)
    assert report.rows == 200
    records = [one.features for one in kept[:-1]]
    expected = {product: sum(not record[product] for record in records) for product in PRODUCTS}
    expected["nothing"] = sum(record["card"] == record["loan"] == 1 for record in records)
    assert report.decisions == expected
    assert {record["month"] for record in records} == {"2016-04-28"}
    assert answer["record"] == kept[-1].features
