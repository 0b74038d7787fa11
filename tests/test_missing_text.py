"""Words and numbers that mean no value, and what texts stand for."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from keepfit.missing_text import meanings, missing_numbers, missing_words

WORDS = st.sampled_from(["a", "b", "c", "d"])


def test_words_for_missing_in_their_usual_cases():
    """Blanks around a word do not count; NA, na and Na are one; numbers among them stand aside."""
    assert missing_words([" NA", "", "-1 "]) == {"NA", "na", "Na", ""}
    assert missing_numbers(["unknown", "-1", " 999 "]) == {-1.0, 999.0}


@given(st.sets(WORDS), st.dictionaries(WORDS, WORDS))
def test_a_text_is_spelled_and_then_judged(missing, spellings):
    """As the two steps one after the other say; texts that are neither are not listed."""
    found = meanings(missing, spellings)
    assert set(found) == {*missing, *spellings}
    for text, meaning in found.items():
        spelled = spellings.get(text, text)
        assert meaning == (None if spelled in missing else spelled)


def test_no_table_library_comes_along():
    """The service judges a value without polars."""
    code = "import sys, keepfit.missing_text; print('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"
