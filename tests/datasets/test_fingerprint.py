"""The fingerprint of a table: equal for equal tables, and for no others."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.fingerprint import fingerprint
from keepfit.datasets.table import read_table

finite = st.floats(-1e6, 1e6).map(lambda number: number + 0.0)  # -0.0 equals 0.0, and has other bytes
CELLS = {
    pl.Int64: st.integers(-3, 3),
    pl.Float64: finite,
    pl.String: st.text("ab\x00:1", max_size=3),
    pl.Boolean: st.booleans(),
}


@st.composite
def frames(draw) -> pl.DataFrame:
    """Draw small tables of all types, with gaps, few names and few values, so that likeness is likely."""
    height = draw(st.integers(0, 3))
    names = draw(st.lists(st.text("ab:1", max_size=2), max_size=3, unique=True))
    columns = []
    for name in names:
        dtype = draw(st.sampled_from(list(CELLS)))
        values = draw(st.lists(st.none() | CELLS[dtype], min_size=height, max_size=height))
        columns.append(pl.Series(name, values, dtype=dtype))
    return pl.DataFrame(columns)


@given(frames(), frames())
def test_other_tables_have_other_fingerprints(one, other):
    """Two tables have one fingerprint when names, types and values agree, and only then."""
    same = one.schema == other.schema and one.equals(other)
    assert (fingerprint(one) == fingerprint(other)) is same


@given(frames().filter(lambda frame: frame.height and frame.width), st.data())
def test_layout_makes_no_difference(frame, data):
    """A table in several pieces of memory, or cut out of a larger one, has the fingerprint of the table."""
    cut = data.draw(st.integers(0, frame.height))
    pieces = pl.concat([frame[:cut], frame[cut:]], rechunk=False)
    slice_of_larger = pl.concat([frame, frame]).slice(cut, frame.height)
    in_order = pl.concat([frame[cut:], frame[:cut]])
    assert fingerprint(pieces) == fingerprint(frame)
    assert fingerprint(slice_of_larger) == fingerprint(in_order)


TABLE = pl.DataFrame({"n": [1, None, 3], "x": [0.5, 1.5, None], "t": ["a", None, "b"], "f": [True, None, False]})


def test_the_file_makes_no_difference(tmp_path):
    """A table has one fingerprint, whichever format, separator or line end it was read from."""
    TABLE.write_parquet(tmp_path / "table.parquet")
    TABLE.write_csv(tmp_path / "comma.csv")
    TABLE.write_csv(tmp_path / "windows.csv", separator=";", line_terminator="\r\n", include_bom=True)
    for path in tmp_path.iterdir():
        assert fingerprint(read_table(path)) == fingerprint(TABLE)


@pytest.mark.parametrize(
    "changed",
    [
        TABLE.rename({"n": "m"}),
        TABLE.cast({"n": pl.Int32}),
        TABLE.select("x", "n", "t", "f"),
        TABLE.reverse(),
        TABLE.head(2),
        TABLE.drop("f"),
        TABLE.with_columns(n=pl.Series([1, 3, None])),
        TABLE.with_columns(x=pl.Series([0.5, 1.5, float("nan")])),
        TABLE.with_columns(t=pl.Series(["a", "", "b"])),
        TABLE.with_columns(f=pl.Series([True, None, True])),
    ],
    ids=["name", "type", "columns", "rows", "fewer rows", "fewer columns", "gap", "NaN", "empty text", "value"],
)
def test_a_change_shows(changed):
    """A change of a name, a type, an order, a gap or a value changes the fingerprint."""
    assert fingerprint(changed) != fingerprint(TABLE)


def test_texts_do_not_run_together():
    """Texts of the same letters, cut elsewhere, are other texts."""
    assert fingerprint(pl.DataFrame({"t": ["ab", "c"]})) != fingerprint(pl.DataFrame({"t": ["a", "bc"]}))


OTHERS = {
    "date": [dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)],
    "time": [dt.datetime(2020, 1, 1, 12, tzinfo=dt.UTC), None, dt.datetime(2020, 1, 1, 13, tzinfo=dt.UTC)],
    "duration": [dt.timedelta(1), None, dt.timedelta(2)],
    "decimal": [Decimal("1.50"), None, Decimal("2.50")],
    "list": [[1], None, [1, 2]],
    "struct": [{"a": 1}, None, {"a": 2}],
    "bytes": [b"\x00", None, b"\x01"],
}


@pytest.mark.parametrize("values", OTHERS.values(), ids=OTHERS)
def test_every_type_has_a_fingerprint(values):
    """Dates, decimals, nested values and bytes count too: equal ones the same, others not."""
    frame = pl.DataFrame({"x": values})
    assert fingerprint(frame) == fingerprint(pl.DataFrame({"x": list(values)}))
    assert len({fingerprint(frame), fingerprint(frame.reverse()), fingerprint(frame.head(2))}) == 3


@pytest.mark.parametrize("dtype", [pl.Int128, pl.Float32, pl.Categorical, pl.Enum(["1", "2", "3"])])
def test_every_width_has_a_fingerprint(dtype):
    """Numbers of any width and texts of any storage count by their values."""
    values = ["1", "2"] if dtype in (pl.Categorical, pl.Enum) else [1, 2]
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype)})
    assert fingerprint(frame.clone()) == fingerprint(frame)
    assert fingerprint(frame.reverse()) != fingerprint(frame)


def test_a_fingerprint_is_a_sha_256():
    """A fingerprint is 64 hexadecimal digits, of a table of nothing too."""
    for frame in (TABLE, pl.DataFrame()):
        assert len(bytes.fromhex(fingerprint(frame))) == 32
