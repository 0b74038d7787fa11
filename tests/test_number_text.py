"""Numbers written as text: what is one."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.number_text import text_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("35", 35.0),
        ("-1.50", -1.5),
        ("+7", 7.0),
        ("007", 7.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        *((text, None) for text in ("", " 35", "1,5", "1_000", "inf", "-Infinity", "nan", "1e", ".", "0x1f", "٣", "P")),
    ],
)
def test_a_text_says_a_number_or_none(text, number):
    """What people write as a number is one; what only Python takes for one is not."""
    assert text_number(text) == number


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30))
def test_a_number_comes_back_from_its_text(number):
    """Every finite number as Python writes it is read as itself."""
    assert text_number(str(number)) == float(number)


def test_no_table_library_comes_along():
    """The service reads a number out of a text without polars."""
    code = "import sys, keepfit.number_text; print('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"
