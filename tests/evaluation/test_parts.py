"""Which rows belong together."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.errors import ProjectError
from keepfit.evaluation import cut_rows, quartiles_of
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER),
        Column("sex", Kind.CATEGORY, categories=("f", "m")),
        Column("smokes", Kind.FLAG),
    ),
    Outcome("ill", "no", "yes"),
)
MATRIX = np.array(
    [[20, 0, 1], [35, 1, 0], [35, 1, 1], [60, 2, 1], [np.nan, np.nan, np.nan], [80, 0, 0]], dtype=np.float32
)


def cut(columns, bands=None):
    quartiles = {"age": quartiles_of(MATRIX[:, 0])}
    parts = cut_rows(MATRIX, SIGNATURE, columns, bands or {}, quartiles=quartiles)
    return {(part.column, part.label): np.flatnonzero(part.chosen).tolist() for part in parts}


def test_every_row_is_in_one_part_of_each_column():
    """Categories, unseen ones, flags, bands and missing values together are all rows, each once."""
    for name in SIGNATURE.names:
        rows = [row for part in cut([name]).values() for row in part]
        assert sorted(rows) == list(range(len(MATRIX)))


def test_parts_are_named_as_the_reader_names_them():
    """By category, by flag, and missing."""
    found = cut(["sex", "smokes"])
    assert found["sex", "f"] == [0, 5]
    assert found["sex", "unseen"] == [3]
    assert found["smokes", "true"] == [0, 2, 3]
    assert found["sex", "missing"] == [4]


def test_numbers_are_cut_where_it_is_declared():
    """A cut belongs to the band above it."""
    found = cut(["age"], {"age": [35.0, 65.0]})
    assert found == {
        ("age", "below 35"): [0],
        ("age", "35 to 65"): [1, 2, 3],
        ("age", "65 and above"): [5],
        ("age", "missing"): [4],
    }


@pytest.mark.parametrize(
    ("columns", "bands", "said"),
    [
        (["Age"], {}, "no such feature: Age"),
        ([], {"weight": [1.0]}, "no such feature: weight"),
        (["age"], {"age": [65.0, 35.0]}, "do not ascend: 65, 35"),
    ],
)
def test_what_cannot_be_cut_is_refused(columns, bands, said):
    """A name with its nearest, and cuts out of order."""
    with pytest.raises(ProjectError, match=said):
        cut(columns, bands)


def test_dates_are_cut_at_quartiles_of_their_days():
    """Bands are named by dates; one between two days begins with the later."""
    signature = Signature((Column("joined", Kind.DATE),), SIGNATURE.outcome)
    days = np.array([[16919], [16920], [16921], [16922], [np.nan]], dtype=np.float32)
    parts = cut_rows(days, signature, ["joined"], {}, quartiles={"joined": quartiles_of(days[:, 0])})
    assert {part.label: np.flatnonzero(part.chosen).tolist() for part in parts} == {
        "below 2016-04-29": [0],
        "2016-04-29 to 2016-04-30": [1],
        "2016-04-30 to 2016-05-01": [2],
        "2016-05-01 and above": [3],
        "missing": [4],
    }


def test_numbers_without_a_cut_are_one_part():
    """All known values are together, whatever they are."""
    (every,) = (part for part in cut_rows(MATRIX, SIGNATURE, ["age"], {}, quartiles={}) if part.label != "missing")
    assert every.label == "any value"
    assert every.chosen.tolist() == [True, True, True, True, False, True]
