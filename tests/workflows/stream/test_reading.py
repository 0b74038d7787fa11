"""The rows of a delivery: what is learnt, what is left out, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.datasets.arrivals.file import FileSource
from keepfit.errors import DatasetError, KeepfitError
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.workflows.stream.reading import read_delivery
from stream_project import records

COLUMNS = (
    Column("a", Kind.NUMBER),
    Column("n", Kind.INTEGER),
    Column("job", Kind.CATEGORY, categories=("fixed", "free")),
)
SIGNATURE = Signature(COLUMNS, Outcome("y", "no", "yes"), entity="id")
ROWS = [
    {"a": 0.5, "n": 1, "job": "fixed", "y": "yes"},
    {"a": None, "n": 2, "job": "other", "y": "no"},
    {"a": 1.5, "n": None, "job": None, "y": None},
    {"a": -9e9, "n": 4, "job": "free", "y": "yes"},
]
MISSING = ("", "NA")


def table(path: Path, content: str) -> Delivery:
    path.write_text(content)
    (delivery,) = FileSource(path, None).deliveries()
    return delivery


def read(delivery: Delivery, *passed_over: str):
    return read_delivery(delivery, SIGNATURE, MISSING, passed_over=passed_over)


def refused(delivery: Delivery) -> str:
    """Return what is told of a delivery that is refused; where it is, comes first."""
    with pytest.raises(KeepfitError) as told:
        read(delivery)
    assert Path(told.value.where).name == delivery.name
    return str(told.value)


def lines(*records) -> Delivery:
    return Delivery("k", "lines 1 to 4", records)


def test_records_and_tables_teach_the_same(tmp_path):
    """CSV, Parquet and records: the same matrix, the same classes; a row without a label is left out, and counted."""
    frame = pl.DataFrame(ROWS)
    frame.write_parquet(tmp_path / "t.parquet")
    (parquet,) = FileSource(tmp_path / "t.parquet", None).deliveries()
    found = [read(lines(*ROWS)), read(table(tmp_path / "t.csv", frame.write_csv())), read(parquet)]
    for one in found:
        np.testing.assert_array_equal(one.matrix, found[0].matrix)
        assert one.labels.tolist() == [1, 0, 1]
        assert one.left_out_behind(0) == 1
    assert found[0].matrix[:, 0].tolist()[0] == 0.5
    assert np.isnan(found[0].matrix[1, 0])


def test_missing_values_are_those_of_the_project(tmp_path):
    """Of features and of the target."""
    read_rows = read(table(tmp_path / "t.csv", "a,n,job,y\nNA,1,fixed,yes\n1,2,free,NA\n"))
    assert np.isnan(read_rows.matrix[0, 0])
    assert read_rows.left_out_behind(0) == 1


def test_columns_that_are_passed_over_may_be_there(tmp_path):
    """The entity, and those that the project drops."""
    assert len(read(table(tmp_path / "t.csv", "id,note,a,n,job,y\n7,x,1,2,free,no\n"), "note").labels) == 1
    assert len(read(lines({**ROWS[0], "id": "7", "note": 3}), "note").labels) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,n,job\n1,2,free\n", 'has no column "y": there is nothing to learn'),
        ("a,n,job,Y\n1,2,free,no\n", 'did you mean "Y"?'),
        ("a,n,job,y,new,newer\n1,2,free,no,3,4\n", "has columns that the model does not know: new, newer"),
        ("a,job,y\n1,free,no\n", "lacks n"),
        ("a,n,job,y\n1,2,free,no\nfar,2,free,no\n", "far"),
        ("a,n,job,y\n1,2.5,free,no\n", "2.5"),
        ("a,n,job,y\n1,2,free,maybe\n", "maybe"),
        ("a,n,job,y\n1,2,free,no\n1,2,free,maybe\n", "maybe"),
    ],
)
def test_a_table_that_is_wrong_is_refused_as_a_whole(tmp_path, content, said):
    """Which file, what is wrong; nothing of it is learnt, though it is wrong at its end."""
    assert said in refused(table(tmp_path / "new.csv", content))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"a": "far"}, "record 2, a: "),
        ({"n": 2.5}, "record 2, n: "),
        ({"new": 1}, "record 2, new: "),
        ({"y": "maybe"}, 'record 2, y: expected "no" or "yes", found "maybe"'),
        ({"job": 3}, "record 2, job: "),
    ],
)
def test_a_record_that_is_wrong_is_told_by_its_number(change, said):
    """And by its column."""
    assert said in refused(lines(ROWS[0], {**ROWS[1], **change}, ROWS[2]))


def test_a_record_without_the_target_is_wrong():
    """Null is an outcome that is not known; none at all is a mistake of whoever sends them."""
    without = {name: value for name, value in ROWS[0].items() if name != "y"}
    assert "record 1, y: is not there" in refused(lines(without, ROWS[1]))


def test_many_wrong_records_are_counted():
    """The first ones are shown, in their order."""
    said = refused(lines(*({**ROWS[0], "y": "maybe", "a": "far"} for _ in range(4))))
    assert said.count("record ") == 5
    assert said.index("record 1") < said.index("record 2")
    assert "; and 3 more" in said


def test_a_delivery_of_one_class_or_of_none_is_read(tmp_path):
    """What can be learnt is learnt."""
    assert read(lines(ROWS[0], ROWS[3])).labels.tolist() == [1, 1]
    nothing = read(lines(ROWS[2]))
    assert (nothing.matrix.shape, nothing.left_out_behind(0)) == ((0, 3), 1)
    none = read(table(tmp_path / "t.csv", "a,n,job,y\n1,2,free,\n"))
    assert (none.matrix.shape, none.left_out_behind(0)) == ((0, 3), 1)


def test_a_table_that_is_written_to_meanwhile_is_refused(tmp_path):
    """Its rows would not be those of its key."""
    delivery = table(tmp_path / "t.csv", "a,n,job,y\n1,2,free,no\n")
    (tmp_path / "t.csv").write_text("a,n,job,y\n1,2,free,no\n3,4,free,yes\n")
    with pytest.raises(DatasetError):
        read(delivery)


def test_rows_without_a_label_are_counted_where_they_are(rooms):
    """Behind so many rows that have one: of a file that has grown, those that are new."""
    told = records(10, 1)
    for at in (0, 4, 9):
        told[at] = {**told[at], "y": None}
    read = read_delivery(Delivery("k", "n", tuple(told)), rooms.store.champion().facts.signature, [])
    assert [read.left_out_behind(begin) for begin in (0, 1, 3, 4, 7, 8)] == [3, 2, 2, 1, 1, 0]
