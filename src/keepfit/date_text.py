"""Dates written as text, `"28-04-2016"`: which day such a text says, and how a day is written.

A day is a whole number: days since 1970-01-01, before it below 0. The door of the service reads a value with this,
`datasets` a whole column by the same function. So it imports no table library.

A format is that of `datetime.strptime`. One of numbers only, as most are, is read by a pattern of its own, which is
several times faster; there a day or month may lack its leading zero, unless nothing stands between it and the next
number.

A format may be several, with `|` between them: a text may be of any of them, and a day is written in the first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import permutations

from keepfit.number_text import BLANKS, BLANKS_PATTERN

ISO = "%Y-%m-%d"
_ISO_LENGTH = len("2016-04-28")
_OR = "|"
_FIRST_DAY = dt.date(1970, 1, 1).toordinal()
_ANY_DAYS = [  # of 2010 too: its digits are a day and a month, as in 20101213
    dt.date(year, month, month + 1).toordinal() - _FIRST_DAY for year in (2016, 2010) for month in range(1, 13)
]
_DAY, _MONTH, _HOUR = "0[1-9]|[12][0-9]|3[01]", "0[1-9]|1[0-2]", "[01][0-9]|2[0-3]"
_NUMERIC = {
    "Y": "[0-9]{4}",
    "m": _MONTH,
    "d": _DAY,
    "H": _HOUR,
    "M": "[0-5][0-9]",
    "S": "[0-5][0-9]|60",
    "f": "[0-9]{1,9}",
    "z": "Z|[+-][0-9]{2}:?[0-9]{2}",
}
_SHORT = {"m": f"{_MONTH}|[1-9]", "d": f"{_DAY}|[1-9]", "H": f"{_HOUR}|[0-9]"}
_COMMON_YEAR = "[02468][1235679]|[13579][01345789]"  # two digits that four does not divide
_NO_DAYS = (
    {"Y": ("0000", "0000")},
    {"m": ("02", "0?2"), "d": ("3[01]", "3[01]")},
    {"m": ("0[469]|11", "0?[469]|11"), "d": ("31", "31")},
    {"Y": (f"[0-9]{{2}}(?:{_COMMON_YEAR})|(?:{_COMMON_YEAR})00",) * 2, "m": ("02", "0?2"), "d": ("29", "29")},
)
_SPECIAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
_ZERO_TIME = {"H": "00", "M": "00", "S": "00", "f": "000000", "z": "+0000"}
_OTHER = ("y", "b", "B", "j", "p", "I", "a", "A")
_ACCEPTED = ", ".join(f"%{letter}" for letter in (*_NUMERIC, *_OTHER))
_NEEDED = {"year": ("Y", "y"), "month": ("m", "b", "B", "j"), "day": ("d", "j")}
_TOKEN = re.compile(r"%(.?)|([^%]+)", re.DOTALL)

Reader = Callable[[str], int | None]


def format_fault(form: str) -> str:
    """Return what is wrong with a format, in a clause; the empty text when it names a day.

    Examples
    --------
    >>> format_fault("%d-%m-%Y"), format_fault("%d-%m")
    ('', 'names no year')
    """
    forms = form.split(_OR)
    if len(forms) > 1:
        return next((fault for fault in map(format_fault, forms) if fault), "") or _disagreement(forms)
    letters = [letter for letter, literal in _tokens(form) if not literal and letter != "%"]
    for letter in letters:
        if letter not in (*_NUMERIC, *_OTHER):
            return f'holds "%{letter}"; accepted: {_ACCEPTED}, and %% for a percent sign'
        if letters.count(letter) > 1:
            return f"names %{letter} twice"
    lacking = [part for part, names in _NEEDED.items() if not set(names) & set(letters)]
    if lacking:
        return f"names no {' and no '.join(lacking)}"
    days = [dt.date(2016, 4, 28).toordinal() - _FIRST_DAY, dt.date(1999, 12, 31).toordinal() - _FIRST_DAY]
    return "" if [date_reader(form)(date_text(day, form)) for day in days] == days else "reads not what it writes"


def _disagreement(forms: Sequence[str]) -> str:
    """Return what is wrong with several formats, of which one text may mean two days."""
    for first, second in permutations(forms, 2):
        for day in _ANY_DAYS:
            if date_reader(second)(date_text(day, first)) not in (None, day):
                return f'reads "{date_text(day, first)}" in two ways'
    return ""


@lru_cache(maxsize=1024)
def date_reader(form: str) -> Reader:
    """Return the function from a text to its day, without the time of day; to None where the text is no such date.

    Parameters
    ----------
    form
        A format of dates.

    Examples
    --------
    >>> date_reader("%d-%m-%Y")("28-04-2016"), date_reader("%Y-%m-%d")("2016-13-45")
    (16919, None)
    """
    forms = form.split(_OR)
    if len(forms) > 1:
        readers = [date_reader(one) for one in forms]
        return lambda text: next((day for day in (read(text) for read in readers) if day is not None), None)
    pattern = _pattern(form)
    if pattern is None:
        return lambda text: _parsed(text.strip(BLANKS), form)
    fits = pattern.fullmatch

    def day(text: str) -> int | None:
        found = fits(text.strip(BLANKS))
        if found is None:
            return None
        try:
            return dt.date(int(found["Y"]), int(found["m"]), int(found["d"])).toordinal() - _FIRST_DAY
        except ValueError:  # not every month has 31 days, and no year is 0
            return None

    return _iso_first(day) if form == ISO else day


def date_pattern(form: str) -> str | None:
    """Return the pattern of all texts that say a day, as JSON Schema has patterns; None of a format with names.

    Every text that `date_reader` reads matches it, and no other: that of a leap day too.

    Examples
    --------
    >>> pattern = re.compile(date_pattern("%d.%m.%Y"))
    >>> [bool(pattern.search(text)) for text in ("29.2.2016", "29.2.2015", "31.04.2015", "1.1.0000")]
    [True, False, False, False]
    """
    forms = form.split(_OR)
    if len(forms) > 1:
        patterns = [date_pattern(one) for one in forms]
        return None if None in patterns else "|".join(f"(?:{pattern})" for pattern in patterns)
    if not _has_numbers_only(form):
        return None
    impossible = "|".join("".join(_parts(form, no_day)) for no_day in _NO_DAYS)
    end = rf"{BLANKS_PATTERN}$(?!\n)"
    return rf"^{BLANKS_PATTERN}(?!(?:{impossible}){end}){''.join(_parts(form, {}))}{end}"


def date_text(day: float, form: str = ISO) -> str:
    """Write a day, at midnight where the format has a time; a fraction of a day is cut off.

    Examples
    --------
    >>> date_text(16919.0), date_text(-1, "%d.%m.%Y")
    ('2016-04-28', '31.12.1969')
    """
    ordinal = min(max(int(day // 1) + _FIRST_DAY, dt.date.min.toordinal()), dt.date.max.toordinal())
    return _written(dt.date.fromordinal(ordinal), form.partition(_OR)[0])


def format_words(form: str) -> str:
    """Return how a date is written, for people.

    Examples
    --------
    >>> format_words("%Y-%m-%d|%d-%m-%Y")
    '%Y-%m-%d or %d-%m-%Y'
    """
    return form.replace(_OR, " or ")


def day_of(date: dt.date) -> int:
    """Return the day of a date, or of a moment as its own clock shows it."""
    return date.toordinal() - _FIRST_DAY


def fitting_formats(texts: Iterable[str], formats: Iterable[str]) -> list[str]:
    """Return the formats in which every text is a date, in their order; all of them where there is no text."""
    left = list(formats)
    for text in texts:
        left = [form for form in left if date_reader(form)(text) is not None]
        if not left:
            break
    return left


def _tokens(form: str) -> list[tuple[str, str]]:
    """Cut a format into its parts: the letter after a percent sign, or what stands there literally."""
    return [(found[1] or "", found[2] or "") for found in _TOKEN.finditer(form)]


def _pattern(form: str) -> re.Pattern[str] | None:
    """Return the pattern of a format of numbers only, None of another."""
    if not _has_numbers_only(form):
        return None
    return re.compile("".join(_parts(form, {}, group="(?P<{}>{})")))


def _has_numbers_only(form: str) -> bool:
    letters = {letter for letter, literal in _tokens(form) if not literal}
    return {"Y", "m", "d"} <= letters <= {*_NUMERIC, "%"}


def _parts(form: str, instead: Mapping[str, tuple[str, str]], group: str = "(?:{1})") -> list[str]:
    """Return the patterns of a format's parts.

    Parameters
    ----------
    form
        Of numbers only.
    instead
        Other patterns for some letters: where numbers follow each other, and where a leading zero may lack.
    group
        What a part is put into, with its letter and its pattern.
    """
    tokens, parts = _tokens(form), []
    for at, (letter, literal) in enumerate(tokens):
        neighbours = [tokens[near] for near in (at - 1, at + 1) if 0 <= near < len(tokens)]
        is_apart = all(text or other == "%" for other, text in neighbours)
        if literal or letter == "%":
            parts.append(_SPECIAL.sub(r"\\\g<0>", literal or "%"))
        else:
            usual = _NUMERIC[letter], _SHORT.get(letter, _NUMERIC[letter])
            parts.append(group.format(letter, instead.get(letter, usual)[is_apart]))
    return parts


def _iso_first(otherwise: Reader) -> Reader:
    """Return the reader of ISO dates that are written as nearly all are, and reads others with another."""
    from_iso = dt.date.fromisoformat

    def day(text: str) -> int | None:
        if len(text) == _ISO_LENGTH and text[4] == "-" == text[7]:  # which rules the other forms of ISO 8601 out
            try:
                return from_iso(text).toordinal() - _FIRST_DAY
            except ValueError:
                pass
        return otherwise(text)

    return day


def _parsed(text: str, form: str) -> int | None:
    try:
        return day_of(dt.datetime.strptime(text, form))  # noqa: DTZ007 - the day is as written, in whatever zone
    except ValueError:
        return None


def _written(date: dt.date, form: str) -> str:
    """Write a date; a year has four digits, which `strftime` does not give every one."""
    known = {"Y": f"{date.year:04}", "m": f"{date.month:02}", "d": f"{date.day:02}", "%": "%", **_ZERO_TIME}
    return "".join(literal or known.get(letter) or date.strftime(f"%{letter}") for letter, literal in _tokens(form))
