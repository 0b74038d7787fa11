"""What cleaning does to values, held as a whole or not."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from keepfit.datasets import clean_table
from keepfit.datasets.clean_values import clean_lazily
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection

SECTION = DataSection(
    source="mine.parquet",
    target="y",
    numbers=["age", "months"],
    missing={"age": ["-1", "unknown"], "rate": ["999"], "job": ["?"]},
    replace={"job": {"Clerk": "clerk"}},
)
rows = st.lists(
    st.tuples(
        st.sampled_from([" 35", "7.5", " NA", "-1", "unknown", None]),
        st.integers(0, 9),
        st.sampled_from([999.0, 0.5, None]),
        st.sampled_from(["Clerk", "boss", "?", None]),
        st.sampled_from(["yes", "no"]),
    ),
    min_size=1,
    max_size=12,
)


def table(cells) -> pl.DataFrame:
    return pl.DataFrame(cells, schema=["age", "months", "rate", "job", "y"], orient="row", infer_schema_length=None)


@given(rows)
def test_a_pass_cleans_as_the_whole_is_cleaned(cells):
    """Values that are cleaned while they stream by are those of the cleaned table."""
    frame = table(cells).cast({"age": pl.String, "rate": pl.Float64, "job": pl.String})
    found = clean_lazily(frame.lazy(), SECTION).collect(engine="streaming")
    expected = clean_table(frame, SECTION, is_sample=True).frame
    assert_frame_equal(found, expected.cast({"age": pl.Float64}))


def test_a_text_that_is_no_number_is_told_with_its_row():
    """The first of them, by its row in the whole table, and how many more there are."""
    frame = pl.DataFrame({"age": [" 1"] * 70_000 + ["abc", " 2", "P"], "months": 1, "rate": 1.0, "job": "a"})
    with pytest.raises(DatasetError) as caught:
        clean_lazily(frame.lazy(), SECTION)
    assert str(caught.value).startswith(
        'keepfit.toml: [data] numbers: row 70001 of column "age" holds "abc", which is no number (and 1 more); mend it'
    )


def test_a_column_that_is_not_there_is_told():
    """As when the table is held."""
    with pytest.raises(DatasetError, match=r'\[data\] numbers: no such column "age" in mine.parquet'):
        clean_lazily(pl.LazyFrame({"a": [1]}), SECTION)


def test_nothing_declared_is_nothing_done():
    """A table without a declared step streams by as it is."""
    frame = pl.DataFrame({"a": [" 1"], "y": ["b"]})
    assert_frame_equal(clean_lazily(frame.lazy(), DataSection(source="mine.parquet", target="y")).collect(), frame)
