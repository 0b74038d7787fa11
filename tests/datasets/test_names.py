"""Columns that a project names."""

from __future__ import annotations

import pytest

from keepfit.datasets.names import nearest_column, require_columns
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection
from keepfit.signature import Kind


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("entity", "Agee"),
        ("known_after", ["Agee"]),
        ("drop", ["Agee"]),
        ("numbers", ["Agee"]),
        ("replace", {"Agee": {"a": "b"}}),
        ("missing", {"Agee": ["?"]}),
        ("kinds", {"Agee": Kind.NUMBER}),
        ("categories", {"Agee": ["a"]}),
        ("descriptions", {"Agee": "Years."}),
        ("labels", {"Agee": "Age"}),
    ],
)
def test_a_name_that_no_column_has_is_told(key, value):
    """Each key that names columns tells the one that is not there, and the nearest that is."""
    with pytest.raises(DatasetError) as caught:
        require_columns(["Age", "Home"], DataSection(source="mine.csv", target="Home", **{key: value}))
    assert str(caught.value) == (f'keepfit.toml: [data] {key}: no such column "Agee" in mine.csv; did you mean "Age"?')


def test_names_that_are_there_are_taken():
    """The target is looked for when it is built."""
    require_columns(["Age"], DataSection(source="mine.csv", target="y", drop=["Age"]))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["a:b:y"], 'is it separated by ":"? then set [data] separator'),
        (["fixed acidity"], "accepted: fixed acidity"),
        (["a:b", "c"], "accepted: a:b, c"),
    ],
)
def test_one_column_may_be_cut_wrong(columns, said):
    """Where its only name has a mark in it."""
    assert nearest_column("y", columns) == said
