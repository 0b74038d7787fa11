"""What a file that is not UTF-8 looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.encoding import Misfit, misfit_of


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("encoding") / "table.csv"


@given(st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=50))
def test_utf_8_fits(scratch, text):
    """Any text in UTF-8 fits, with its mark or without."""
    for encoding in ("utf-8", "utf-8-sig"):
        scratch.write_bytes(text.encode(encoding))
        assert misfit_of(scratch) is None


@pytest.mark.parametrize(
    ("content", "misfit"),
    [
        ("a\nBelém\n".encode("latin-1"), Misfit(2, 0xE9, "Latin-1 or Windows-1252")),
        ("a\n“é”\n".encode("cp1252"), Misfit(2, 0x93, "Windows-1252")),
        ("a,b\n1,2\n".encode("utf-16"), Misfit(1, 0xFF, "UTF-16")),
        ("a,b\n1,2\n".encode("utf-16-be"), Misfit(1, 0, "UTF-16")),
        (b"a\nBel\xc3", Misfit(2, 0xC3, "Latin-1 or Windows-1252")),
    ],
)
def test_a_misfit_has_a_line_and_a_guess(scratch, content, misfit):
    """The first line that is not UTF-8, the byte, and what the file may be."""
    scratch.write_bytes(content)
    assert misfit_of(scratch) == misfit
