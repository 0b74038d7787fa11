"""Texts of digits that are no numbers: the reading and the report go by one rule."""

from __future__ import annotations

import polars as pl
import pytest

from keepfit.datasets import describe_columns
from keepfit.datasets.codes import is_code
from keepfit.datasets.table import read_table

CODES = ["007", "00", "01.5", "+4930123456", "9" * 45]
NUMBERS = ["7", "0", "0.5", "-7", "1e3", "9" * 30, "+1.5"]


@pytest.mark.parametrize(("text", "expected"), [*((code, True) for code in CODES), *((one, False) for one in NUMBERS)])
def test_a_code_is_told_from_a_number(text, expected):
    """A leading zero, a plus before digits, more digits than an integer has."""
    assert pl.select(is_code(pl.lit(text))).item() is expected


@pytest.mark.parametrize("code", CODES)
def test_a_column_that_a_code_keeps_text_is_said_to_have_one(tmp_path, code):
    """What the reading leaves text on purpose is not said to hold numbers by mistake."""
    (tmp_path / "mine.csv").write_text(f"x,y\n{code},1\n12,2\n")
    facts = describe_columns(read_table(tmp_path / "mine.csv"))[0]
    assert facts.dtype == "String"
    assert facts.oddities[0].startswith("codes, 1 text such as ")
