"""The worked examples: each can be unpacked, read and explored, on its twin and on the real table."""

from __future__ import annotations

import json

import pytest

from keepfit.errors import ProjectError
from keepfit.workflows.data import show_data
from keepfit.workflows.examples import example_names, unpack_example
from keepfit.workflows.explore import explore
from keepfit.workflows.rooms import Rooms

ROWS = {"bank-scoring": 4521, "credit-status": 4454, "heart-disease": 303, "wine-quality": 1599}


def test_the_examples_are_the_published_systems():
    """Each has a project file and a README."""
    assert set(ROWS) <= set(example_names())


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("origin", ["twin", "mirror"])
def test_an_example_is_explored(name, origin, tmp_path, request, monkeypatch):
    """The report has the table's rows and its findings; a twin says that it is one."""
    if origin == "mirror":
        monkeypatch.setenv("KEEPFIT_DATA_MIRROR", str(request.getfixturevalue("datasets")))
    unpack_example(name, tmp_path)
    report = explore(Rooms.open(tmp_path))
    facts = json.loads(report.facts.read_text())
    assert (facts["origin"], facts["rows"]) == (origin, ROWS[name])
    assert len(facts["findings"]) > 10
    assert ("Generated data" in report.page.read_text()) == (origin == "twin")


def test_the_panel_is_explored(tmp_path):
    """Two hundred thousand generated rows: those that are learnt from, 24 products beside each other, every month."""
    unpack_example("product-recommendation", tmp_path)
    report = explore(Rooms.open(tmp_path))
    found, facts = report.found, json.loads(report.facts.read_text())
    assert found.panel.rows == facts["panel"]["rows"] == 200_000
    assert found.rows + sum(part.rows for part in found.panel.left_out) == 200_000
    assert [column.name for column in found.columns][-1] == found.outcome.name == "added"
    assert not [column.name for column in found.columns if "_ago__" in column.name]
    assert len([name for name in found.flags.names if name.endswith("_ult1")]) == 24
    assert [found.panel.months[0].name, found.panel.months[-1].name] == ["2015-01", "2016-05"]
    page = report.page.read_text()
    assert "Left out of training, as no row of the months that teach adds it: Savings account" in page
    assert "Over time: fecha_dato" not in page  # all months are in the panel's own section


@pytest.mark.parametrize("name", ROWS)
def test_an_example_can_be_trained(name, tmp_path):
    """Its declaration fits its table: columns, kinds, categories, split; the cleaned table is kept."""
    unpack_example(name, tmp_path)
    report = show_data(Rooms.open(tmp_path))
    assert len(report.dataset.split.train) + len(report.dataset.split.holdout) == ROWS[name]
    assert report.kept.exists()


@pytest.mark.parametrize("name", ROWS)
def test_an_example_names_its_features(name, tmp_path):
    """Each feature has a label of its own, beside its description; nothing else has."""
    unpack_example(name, tmp_path)
    data = Rooms.open(tmp_path).project.data
    assert data.labels.keys() == data.descriptions.keys()
    assert len({*data.labels.values()}) == len(data.labels)


@pytest.mark.parametrize("name", ["bank-scoring", "heart-disease", "wine-quality"])
def test_the_published_recipe_comes_with_the_example(name, tmp_path):
    """It is a project of its own, on the same rows with the same split, and measures as published."""
    unpack_example(name, tmp_path)
    ours, published = (show_data(Rooms.open(folder)).dataset for folder in (tmp_path, tmp_path / "published"))
    assert published.fingerprint == ours.fingerprint
    assert published.split.digest == ours.split.digest
    assert Rooms.open(tmp_path / "published").project.evaluation.protocol == "published"


def test_a_name_that_is_none_lists_the_nearest(tmp_path):
    """A misspelled example is told."""
    with pytest.raises(ProjectError, match='there is no example "hart-disease"; did you mean "heart-disease"'):
        unpack_example("hart-disease", tmp_path)
