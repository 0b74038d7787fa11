"""Batches of a table at the door: which columns are looked at, and that a batch is what its rows are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

from keepfit.errors import DatasetError
from keepfit.missing_text import MISSING_VALUES
from keepfit.scoring.table_door import TableDoor
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER),
        Column("income", Kind.NUMBER, optional=False),
        Column("job", Kind.CATEGORY, categories=("fixed", "partime")),
        Column("owner", Kind.FLAG),
    ),
    Outcome("y", "no", "yes"),
)
TYPED = pl.DataFrame(
    {
        "extra": ["x"] * 6,
        "owner": [True, None, False, True, False, None],
        "age": [30.0, 2.5, None, 41.0, 0.5, 7.0],
        "income": [1.0, 2.0, None, 4.0, 5.0, 6.0],
        "job": ["fixed", "partime", None, "cook", "fixed", "partime"],
    }
)
TEXTS = TYPED.with_columns(
    owner=pl.Series(["True", "NA", "false", "true", "no", ""]),
    age=pl.Series(["30", "2.5", "NA", "41", "old", "007"]),
    income=pl.Series(["1", "2.0", "", "4e0", "5", "6"]),
)
FORMS = pytest.mark.parametrize(("frame", "words"), [(TYPED, None), (TEXTS, MISSING_VALUES)], ids=["typed", "texts"])


def numbers(door, frame):
    """Return a table as numbers, and the values that are refused."""
    cells = door.cells(frame)
    encoded = door.encoded(cells, frame.height)
    return encoded.matrix, door.refused(frame, cells, encoded.wrong)


@FORMS
def test_a_row_is_the_same_alone_and_in_the_table(frame, words):
    """Numbers and refusals, wherever it is cut and whichever thread looks at it."""
    door = TableDoor(SIGNATURE, frame.schema, missing_values=words)
    whole, refused = numbers(door, frame)
    for size in (1, 2, 5):
        starts = range(0, frame.height, size)
        with ThreadPoolExecutor(4) as pool:
            parts = list(pool.map(lambda first, size=size: numbers(door, frame.slice(first, size)), starts))
        told = [
            one._replace(row=one.row + first) for first, (_, some) in zip(starts, parts, strict=True) for one in some
        ]
        assert told == refused
        right = [row for row in range(frame.height) if row not in {one.row for one in refused}]
        np.testing.assert_array_equal(np.concatenate([matrix for matrix, _ in parts])[right], whole[right])


@FORMS
def test_columns_are_those_of_the_signature_in_its_order(frame, words):
    """However the table orders them, and whatever else it has."""
    door = TableDoor(SIGNATURE, frame.schema, missing_values=words)
    assert door.columns == ["age", "income", "job", "owner"]
    assert door.absent == ()
    assert numbers(door, frame)[0][0].tolist() == [30.0, 1.0, 0.0, 1.0]


def test_an_absent_column_is_missing_in_every_row():
    """One that may be missing need not be there; the caller is told which these are."""
    frame = TYPED.select("income").filter(pl.col("income").is_not_null())
    door = TableDoor(SIGNATURE, frame.schema)
    assert (door.columns, door.absent) == (["income"], ("age", "job", "owner"))
    matrix, refused = numbers(door, frame)
    assert refused == []
    assert np.isnan(matrix[:, [0, 2, 3]]).all()
    assert matrix[:, 1].tolist() == [1.0, 2.0, 4.0, 5.0, 6.0]


def test_each_refused_value_is_told_as_it_was_given():
    """By rows and then by columns: a value that was read, and else the very text that could not be."""
    typed, texts = (
        numbers(TableDoor(SIGNATURE, frame.schema, missing_values=words), frame)[1]
        for frame, words in ((TYPED, None), (TEXTS, MISSING_VALUES))
    )
    assert typed == [(1, 0, 2.5), (2, 1, None), (3, 2, "cook"), (4, 0, 0.5)]
    assert texts == [(1, 0, 2.5), (2, 1, None), (3, 2, "cook"), (4, 0, "old"), (4, 3, "no"), (5, 0, "007")]


def test_a_table_that_does_not_fit_is_refused_as_a_whole():
    """Absent columns with the nearest name and columns of other types, all at once, with what to do."""
    with pytest.raises(DatasetError) as caught:
        TableDoor(SIGNATURE, {"Income": pl.Float64(), "age": pl.String(), "owner": pl.Int8()}, where="t.csv")
    assert str(caught.value) == (
        "t.csv: age: expected a whole number, found String; "
        'income: no such column, did you mean "Income"?; '
        "owner: expected true or false, found Int8; mend the table, or train on one of its form"
    )


def test_a_table_of_something_else_is_another_error():
    """None of the columns is there: then it is the wrong file."""
    with pytest.raises(DatasetError, match=r"^t\.csv: has none of the model's columns: .*; is it the right file\?$"):
        TableDoor(SIGNATURE, {"extra": pl.String()}, where="t.csv")


def test_texts_have_no_types_to_be_wrong():
    """Every column of a CSV is text: what it says, each cell tells."""
    schema = dict.fromkeys(SIGNATURE.names, pl.String())
    assert TableDoor(SIGNATURE, schema, missing_values=()).absent == ()
    with pytest.raises(DatasetError, match="age: expected a whole number, found String"):
        TableDoor(SIGNATURE, schema)
