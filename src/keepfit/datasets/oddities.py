"""What looks odd in a column of texts: numbers as texts, two kinds of values, two formats of dates, two spellings.

It looks at the different texts, each with its count, so a column costs what its vocabulary costs. Where there are more
than `MOST_TEXTS` different ones it looks at so many of the first rows instead, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from keepfit.datasets.codes import is_code
from keepfit.datasets.date_formats import date_formats, has_dates
from keepfit.missing_text import MISSING_VALUES
from keepfit.number_text import BLANKS

MOST_TEXTS = 100_000
_WORDS = sorted({word.lower() for word in MISSING_VALUES})
_COMMA = r"^[-+]?([0-9]*(\.[0-9]{3})*,[0-9]+|[0-9]{1,3}(,[0-9]{3})+\.[0-9]+)$"
_MOST = 0.5  # of the texts are of the kind that the others are not
_SHOWN_TEXTS = 3
_SHOWN_CHARACTERS = 30
_SHOWN_SPELLINGS = 3


@dataclass(frozen=True, slots=True)
class _Texts:
    """The different texts of a column.

    Attributes
    ----------
    frame
        `text`, `count`, `bare` (without blanks at its ends), `number` (null when it is none); no words for missing.
    words
        The words for missing, `bare` and `count`.
    """

    frame: pl.DataFrame
    words: pl.DataFrame

    @property
    def known(self) -> int:
        return int(self.frame["count"].sum())

    def rows(self, is_it: pl.Expr) -> int:
        return int(self.frame.filter(is_it)["count"].sum())


def text_oddities(known: pl.Series, counts: pl.DataFrame) -> tuple[str, ...]:
    """Return what looks odd, each in a clause with its counts; nothing where nothing does.

    Parameters
    ----------
    known
        The texts of a column, without missing ones.
    counts
        The different ones and how often each occurs: two columns.
    """
    is_cut = counts.height > MOST_TEXTS
    counts = known.head(MOST_TEXTS).value_counts() if is_cut else counts
    if _is_plain(counts.to_series(0).cast(pl.String)):
        return ()
    texts = _texts(counts)
    said = tuple(_oddities(texts)) if texts.known else ()
    return tuple(f"{clause} (among the first {MOST_TEXTS} texts)" for clause in said) if is_cut else said


def _is_plain(texts: pl.Series) -> bool:
    """Whether no text is like a number or a date, and no two are spelled alike: most columns, and quickly seen."""
    bare = texts.str.strip_chars(BLANKS)
    has_numbers = bare.cast(pl.Float64, strict=False).null_count() < bare.len()
    has_numbers = has_numbers or bool(bare.str.contains(_COMMA).any())
    return not (has_numbers or has_dates(bare) or _folded(bare).n_unique() < bare.len())


def _folded(bare: pl.Series) -> pl.Series:
    return bare.str.to_lowercase().str.replace_all("  ", " ", literal=True)


def _texts(counts: pl.DataFrame) -> _Texts:
    text, count = counts.to_series(0).cast(pl.String), counts.to_series(1).cast(pl.Int64)
    bare = text.str.strip_chars(BLANKS)
    number = bare.cast(pl.Float64, strict=False)
    frame = pl.DataFrame({"text": text, "count": count, "bare": bare, "number": number.set(~number.is_finite(), None)})
    is_word = pl.col("bare").str.to_lowercase().is_in(_WORDS)
    return _Texts(frame.filter(~is_word), frame.filter(is_word).group_by("bare").agg(pl.col("count").sum()))


def _oddities(texts: _Texts) -> Iterator[str]:
    is_comma = pl.col("bare").str.contains(_COMMA)
    is_number, is_a_code = pl.col("number").is_not_null(), pl.col("number").is_not_null() & is_code(pl.col("bare"))
    commas, numbers, codes = texts.rows(is_comma), texts.rows(is_number), texts.rows(is_a_code)
    if numbers == texts.known:
        yield _codes(texts, is_a_code) if codes else _numbers(texts, numbers)
        return
    if commas and numbers + commas >= _MOST * texts.known:
        yield (
            f"numbers with a comma, {_such_as(texts, is_comma)}: write them with a decimal point, and with nothing "
            "between thousands"
        )
    elif numbers >= _MOST * texts.known:
        yield f"numbers but for {_such_as(texts, ~is_number)}"
        if codes:
            yield _codes(texts, is_a_code)
    dates = date_formats(texts.frame)
    if dates.rows >= _MOST * texts.known:
        if dates.rows < texts.known:
            yield f"dates but for {_such_as(texts, ~dates.is_date)}"
        if len(dates.examples) > 1:
            yield dates.said
    yield from _spellings(texts.frame)


def _numbers(texts: _Texts, numbers: int) -> str:
    said = f"{_counted(numbers)} {'holds a number' if numbers == 1 else 'hold numbers'}"
    words = texts.words.sort("count", "bare", descending=[True, False])
    if words.height:
        shown = ", ".join(word or "blank" for word in words["bare"].head(_SHOWN_TEXTS))
        said += f", {words['count'].sum()} mean no value ({shown})"
    return f"{said}: declare [data] numbers"


def _codes(texts: _Texts, is_a_code: pl.Expr) -> str:
    return f"codes, {_such_as(texts, is_a_code)}, keep it text: declare [data] numbers if they are numbers"


def _such_as(texts: _Texts, is_it: pl.Expr | pl.Series) -> str:
    """Return how many texts are meant, and the most frequent of them."""
    found = texts.frame.filter(is_it).sort("count", "text", descending=[True, False])
    shown = ", ".join(_short(text) for text in found["bare"].head(_SHOWN_TEXTS))
    return f"{_counted(int(found['count'].sum()))} such as {shown}"


def _counted(rows: int) -> str:
    return "1 text" if rows == 1 else f"{rows:,} texts"


def _spellings(frame: pl.DataFrame) -> Iterator[str]:
    """Yield the texts that another text differs from by blanks, case, or how its number is written."""
    keys = frame.with_columns(key=pl.coalesce(pl.col("number").cast(pl.String), _folded(frame["bare"])))
    groups = keys.filter(pl.col("key").is_duplicated()).sort("count", "text", descending=[True, False])
    told = groups.group_by("key", maintain_order=True).all()
    for group in told.head(_SHOWN_SPELLINGS).iter_rows(named=True):
        shown = [f'"{_short(text)}" ({count:,})' for text, count in zip(group["text"], group["count"], strict=True)]
        yield f"{' and '.join([', '.join(shown[:-1]), shown[-1]])} {_difference(group)}"
    if told.height > _SHOWN_SPELLINGS:
        yield f"{told.height - _SHOWN_SPELLINGS} more texts are spelled in several ways"


def _difference(group: dict[str, list[str]]) -> str:
    if group["number"][0] is not None and len(set(group["bare"])) > 1:
        return "are one number"
    if len({text.lower() for text in group["text"]}) == 1:
        return "differ by case only"
    is_same_case = len({"".join(text.split()) for text in group["text"]}) == 1
    return "differ by blanks only" if is_same_case else "differ by blanks and case only"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
