"""The formats that dates are written in, out of a short list: what is a date, and what a column of texts mixes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from keepfit.date_text import fitting_formats
from keepfit.number_text import BLANKS

_DAY, _MONTH = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
_TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_FORMATS = {
    "Y-m-d": f"[0-9]{{4}}-{_MONTH}-{_DAY}{_TIME}",
    "Y/m/d": f"[0-9]{{4}}/{_MONTH}/{_DAY}{_TIME}",
    "d/m/Y": f"{_DAY}/{_MONTH}/[0-9]{{4}}{_TIME}",
    "m/d/Y": f"{_MONTH}/{_DAY}/[0-9]{{4}}{_TIME}",
    "d-m-Y": f"{_DAY}-{_MONTH}-[0-9]{{4}}{_TIME}",
    "d.m.Y": f"{_DAY}\\.{_MONTH}\\.[0-9]{{4}}{_TIME}",
}
_TIMES = (
    "",
    *(f"{mark}{time}{zone}" for mark in " T" for time in ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f") for zone in ("", "%z")),
)
_EITHER = ("d/m/Y", "m/d/Y")
_LOOKS_LIKE_A_DATE = "^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"
_NUMERALS = {2: "two", 3: "three", 4: "four"}


@dataclass(frozen=True, slots=True)
class DateFormats:
    """Which texts are dates, and how they are written.

    Attributes
    ----------
    is_date
        Which of the texts are.
    rows
        How many rows hold one.
    examples
        The most frequent text of each format, with the rows of the format.
    either
        Rows whose date is one by day and month as by month and day, where the column has both.
    """

    is_date: pl.Series
    rows: int
    examples: Mapping[str, tuple[str, int]]
    either: int

    @property
    def said(self) -> str:
        """The formats in a clause, the most frequent first."""
        found = sorted(self.examples.values(), key=lambda example: -example[1])
        shown = [f"{text} ({rows:,})" for text, rows in found]
        also = f", and {self.either:,} that are day and month or month and day" if self.either else ""
        number = _NUMERALS.get(len(found), str(len(found)))
        return f"dates in {number} formats: {', '.join(shown[:-1])} and {shown[-1]}{also}"


def has_dates(bare: pl.Series) -> bool:
    """Whether some text looks like a date in one of the formats; it need be none."""
    return bool(bare.str.contains(_LOOKS_LIKE_A_DATE).any())


def are_dates(texts: pl.Series) -> bool:
    """Whether every text is a date in one of the formats."""
    any_form = "|".join(f"(?:{form})" for form in _FORMATS.values())
    return bool(texts.str.strip_chars(BLANKS).str.contains(f"^(?:{any_form})$").all())


def found_formats(texts: pl.Series) -> list[str]:
    """Return the formats, as `datetime.strptime` takes them, in which every text is a date; blank ones do not count.

    There are several where each may be day and month as well as month and day.
    """
    bare = texts.drop_nulls().unique(maintain_order=True).str.strip_chars(BLANKS)
    known = bare.filter(bare != "")
    formats = (f"{_parts(name)}{time}" for name in _FORMATS for time in _TIMES)
    return fitting_formats(known, formats) if known.len() else []


def dates_of(texts: pl.Series) -> pl.Series:
    """Return the dates that texts say, without their time, null where one says none.

    What may be day and month as well as month and day is what more of the texts are.
    """
    found = texts.str.extract(f"({_LOOKS_LIKE_A_DATE.removeprefix('^')})")
    read = {name: found.str.to_date(_parts(name), strict=False) for name in _FORMATS}
    first, second = sorted(_EITHER, key=lambda name: read[name].null_count())
    order = [name for name in _FORMATS if name not in _EITHER]
    return pl.select(pl.coalesce(*(read[name] for name in [*order, first, second])).alias(texts.name)).to_series()


def _parts(name: str) -> str:
    return "".join(f"%{letter}" if letter.isalpha() else letter for letter in name)


def date_formats(texts: pl.DataFrame) -> DateFormats:
    """Return how the dates among different texts are written.

    Parameters
    ----------
    texts
        `bare`, the texts without blanks at their ends, and `count`, how often each occurs.
    """
    bare = texts["bare"]
    if not has_dates(bare):
        return DateFormats(pl.repeat(value=False, n=bare.len(), eager=True), 0, {}, 0)
    fits = texts.select(
        "bare", "count", **{name: pl.col("bare").str.contains(f"^{form}$") for name, form in _FORMATS.items()}
    )
    is_date = fits.select(pl.any_horizontal(*_FORMATS)).to_series()
    fits = fits.with_columns(either=pl.all_horizontal(*_EITHER))
    certain = [name for name in _EITHER if fits.filter(pl.col(name) & ~pl.col("either")).height]
    examples = {}
    for name in _FORMATS:
        is_it = pl.col(name)
        if name in _EITHER and (len(certain) > 1 or name != [*certain, *_EITHER][0]):
            is_it = is_it & ~pl.col("either")
        found = fits.filter(is_it).sort("count", "bare", descending=[True, False])
        if found.height:
            examples[name] = (str(found["bare"][0]), int(found["count"].sum()))
    either = int(fits.filter("either")["count"].sum()) if len(certain) > 1 else 0
    return DateFormats(is_date, int(texts.filter(is_date)["count"].sum()), examples, either)
