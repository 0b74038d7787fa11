"""A table at the door: what it takes of a column is what it takes of its values."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from keepfit.errors import RecordError
from keepfit.scoring import Door
from keepfit.scoring.columns import Cells, encode_table, misfit
from keepfit.signature import Column, Kind, Outcome, Signature

OUTCOME = Outcome("y", "no", "yes")
WORDS = Column("x", Kind.CATEGORY, categories=("a", "b"))


@pytest.mark.parametrize("values", [[1, None], [2.5, None], [True, None]])
def test_numbers_are_no_words_where_types_are_known(values):
    """Mistyped, as in a request; in a table of which only the reading knows the types, they are unseen words."""
    signature = Signature((WORDS,), OUTCOME, accepts_unseen=True)
    frame = pl.DataFrame({"x": values})
    assert encode_table(signature, [Cells(frame["x"])], 2).wrong[0].tolist() == [True, False]
    with pytest.raises(RecordError, match="expected one of a, b, found"):
        Door(signature).row({"x": values[0]})
    assert Door(signature).table(frame)[0] == 2.0


def test_wrong_cells_are_marked():
    """By column and row; the others have their numbers."""
    signature = Signature((WORDS, Column("n", Kind.INTEGER, optional=False)), OUTCOME)
    table = [Cells(pl.Series(["a", "c", None])), Cells(pl.Series([1.0, None, 2.5]))]
    encoded = encode_table(signature, table, 3)
    assert {at: wrong.tolist() for at, wrong in encoded.wrong.items()} == {
        0: [False, True, False],
        1: [False, True, True],
    }
    assert encoded.matrix[0].tolist() == [0.0, 1.0]
    assert np.isnan(encoded.matrix[2, 0])


def test_a_column_that_is_not_there_is_missing():
    """In every row; so it is wrong where it may not be missing."""
    signature = Signature((WORDS, Column("n", Kind.INTEGER, optional=False)), OUTCOME)
    encoded = encode_table(signature, [None, None], 2)
    assert np.isnan(encoded.matrix).all()
    assert {at: wrong.tolist() for at, wrong in encoded.wrong.items()} == {1: [True, True]}


@pytest.mark.parametrize("kind", list(Kind))
def test_nested_values_are_of_no_kind(kind):
    """A type of lists, of structs or of bytes fits no column; one without any value fits all."""
    column = Column("x", kind, categories=("a",) if kind is Kind.CATEGORY else ())
    for dtype in (pl.List(pl.Int64), pl.Struct({"a": pl.Int64}), pl.Binary()):
        assert misfit(column, dtype).endswith(f"found {dtype}")
    assert not misfit(column, pl.Null())
