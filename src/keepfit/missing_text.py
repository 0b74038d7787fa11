"""The words and numbers that mean: no value; what a text stands for where some do and some are other spellings.

All lists of them are here. The door of the service asks this of a value, `datasets` of a whole column, so it imports no
table library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keepfit.number_text import BLANKS, text_number

MISSING_VALUES = ("", "NA", "NaN", "null")  # of a CSV, by default
BESIDE_NUMBERS = "NA"  # always, among texts that hold numbers
SUSPECTED_WORDS = frozenset({"unknown", "n/a", "na", "nan", "none", "null", "missing", "?", "-", "--", "undefined"})
SUSPECTED_NUMBERS = (-999999, -9999, -999, -99, -9, -1, 99, 999, 9999, 99999, 999999)


def missing_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words that mean: no value, without blanks at their ends, in the usual cases; numbers are no words.

    Examples
    --------
    >>> sorted(missing_words([" NA", "-1"]))
    ['NA', 'Na', 'na']
    """
    words = {word for word in (text.strip(BLANKS) for text in texts) if text_number(word) is None}
    return frozenset(form for word in words for form in (word, word.lower(), word.upper(), word.capitalize()))


def missing_numbers(texts: Iterable[str]) -> frozenset[float]:
    """Return the numbers among texts that mean: no value.

    Examples
    --------
    >>> missing_numbers(["unknown", "-1"])
    frozenset({-1.0})
    """
    found: set[float] = set()
    for text in texts:
        try:
            found.add(float(text))
        except ValueError:
            continue
    return frozenset(found)


def meanings(missing: Iterable[str], spellings: Mapping[str, str]) -> dict[str, str | None]:
    """Return what texts stand for: a category for another spelling of it, None for no value.

    A text is spelled first and judged then: another spelling of a word for missing means no value, and a word for
    missing that has another spelling is what it is spelled as.

    Examples
    --------
    >>> meanings(["unknown"], {"unk": "unknown", "Clerk": "clerk"})
    {'unk': None, 'Clerk': 'clerk', 'unknown': None}
    """
    words = frozenset(missing)
    spelled = {**spellings, **{word: spellings.get(word, word) for word in sorted(words)}}
    return {text: None if word in words else word for text, word in spelled.items()}
