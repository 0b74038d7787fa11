"""Random plausible records: each column drawn for itself from the bins of a reference, so that nobody's row comes out.

A drawn record is written as a request writes it, and the door takes it. Columns hang together no more: what a model
answers to such records says how it works under load, and nothing of how good it is.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from keepfit.date_text import date_text
from keepfit.missing_text import meanings, missing_numbers
from keepfit.profiles.category import CategoryProfile
from keepfit.profiles.column import ColumnProfile
from keepfit.profiles.number import NumberProfile
from keepfit.profiles.profile import Profile
from keepfit.signature import Column, Kind, Offers, Signature

Draw = Callable[[np.random.Generator], Any]
_ENTITY_BYTES = 4
_TRIES = 20  # a value that means missing is drawn again
_LARGEST_WHOLE = 2**53  # that every reader of JSON keeps


class RandomRecords:
    """Draws records.

    A number is drawn evenly within a bin that is chosen by its count, and kept within the range seen in training; a
    whole number, a product of a panel and a day stay whole. A category and a flag are drawn by their counts, a word of
    a large vocabulary evenly among those that were counted with it. A value that may be missing is so as often as in
    the reference. Of a panel every record is of the last month of the reference, without a history, and nobody has
    joined after it. The entity, where there is one, is `random-` and eight hexadecimal digits.

    Parameters
    ----------
    profile
        The reference of a bundle.
    signature
        Of the same bundle.
    """

    def __init__(self, profile: Profile, signature: Signature) -> None:
        known = {column.name: column for column in profile.columns}
        columns = signature.sent_columns
        self._entity = signature.entity
        self._draws = {column.name: _draw_of(column, known[column.name]) for column in columns}
        if signature.offers is not None:
            self._draws |= _panel_draws(columns, known, signature.offers)

    def draw(self, rng: np.random.Generator) -> dict[str, Any]:
        """Return one record, by the columns' own names.

        Parameters
        ----------
        rng
            Where the draws come from.
        """
        record = {name: draw(rng) for name, draw in self._draws.items()}
        if self._entity is not None:
            record[self._entity] = f"random-{rng.bytes(_ENTITY_BYTES).hex()}"
        return record


def _panel_draws(columns: Sequence[Column], known: Mapping[str, ColumnProfile], offers: Offers) -> dict[str, Draw]:
    """Return what draws the columns that the door looks at together: the days, and what an entity has."""
    months = known[offers.panel.month]
    month = months.maximum if isinstance(months, NumberProfile) else None
    found: dict[str, Draw] = {}
    for column in columns:
        if column.name == offers.panel.month and month is not None:
            found[column.name] = _always(date_text(month, column.date_format))
        elif column.name == offers.since:
            found[column.name] = _draw_of(column, known[column.name], latest=month)
        elif column.name in offers.panel.products:
            found[column.name] = _draw_of(column, known[column.name], is_whole=True)
    return found


def _draw_of(column: Column, profile: ColumnProfile, *, latest: float | None = None, is_whole: bool = False) -> Draw:
    """Return what draws the values of a column."""
    if isinstance(profile, CategoryProfile):
        return _word_draw(column, profile)
    if column.kind is Kind.DATE:
        return _day_draw(column, profile, latest)
    number = _number_draw(column, profile, latest, is_whole=is_whole or column.kind is Kind.INTEGER)
    means_missing = missing_numbers(column.missing_values)
    return _sound_draw(column, profile, number, lambda value: value not in means_missing)


def _day_draw(column: Column, profile: NumberProfile, latest: float | None) -> Draw:
    number, form = _number_draw(column, profile, latest, is_whole=True), column.date_format
    stands_for = meanings(column.missing_values, dict(column.spellings))

    def day(rng: np.random.Generator, place: int) -> str:
        return date_text(number(rng, place), form)

    return _sound_draw(column, profile, day, lambda text: text not in stands_for)


def _number_draw(
    column: Column, profile: NumberProfile, latest: float | None, *, is_whole: bool
) -> Callable[[np.random.Generator, int], float]:
    """Return what draws a number of a bin."""
    ends = (-math.inf, *profile.edges, math.inf)
    lows = [end for end in (profile.minimum, column.minimum) if end is not None]
    highs = [end for end in (profile.maximum, column.maximum, latest) if end is not None]
    most = min(highs, default=0.0)
    least = min(max(lows, default=0.0), most)

    def number(rng: np.random.Generator, place: int) -> float:
        low, high = max(ends[place], least), min(ends[place + 1], most)
        if not is_whole:
            return max(min(high - rng.random() * (high - low), most), least)  # above the lower end, up to the upper
        first = math.ceil(low) if low > ends[place] else math.floor(low) + 1
        drawn = first + int(rng.random() * max(math.floor(high) - first + 1, 1))
        whole = max(min(drawn, math.floor(high), math.floor(most)), math.ceil(least))
        return whole if abs(whole) <= _LARGEST_WHOLE else float(whole)

    return number


def _sound_draw(
    column: Column,
    profile: NumberProfile,
    value_of: Callable[[np.random.Generator, int], Any],
    is_value: Callable[[Any], bool],
) -> Draw:
    """Return what draws values of bins, again where one means that there is none."""
    choose = _choice(profile.counts, profile.missing if column.optional else 0)
    otherwise = None if column.optional else column.example

    def draw(rng: np.random.Generator) -> Any:
        place = choose(rng)
        if place is None:
            return otherwise
        drawn = (value_of(rng, place) for _ in range(_TRIES))
        return next((value for value in drawn if is_value(value)), otherwise)

    return draw


def _word_draw(column: Column, profile: CategoryProfile) -> Draw:
    """Return what draws categories, or flags; what is no word of the vocabulary is never drawn."""
    stands_for = meanings(column.missing_values, dict(column.spellings))
    values: Sequence[Any] = (False, True) if column.kind is Kind.FLAG else column.categories
    groups: list[list[Any]] = [[] for _ in profile.levels]
    for value, place in zip(values, profile.places.tolist(), strict=True):
        if stands_for.get(value, value) == value:
            groups[place].append(value)
    counts = [count if group else 0 for count, group in zip(profile.levels, groups, strict=True)]
    choose = _choice(counts, profile.missing if column.optional else 0)
    otherwise = None if column.optional else column.example

    def draw(rng: np.random.Generator) -> Any:
        place = choose(rng)
        if place is None:
            return otherwise
        group = groups[place]
        return group[_below(len(group), rng)]

    return draw


def _choice(counts: Sequence[int], missing: int) -> Callable[[np.random.Generator], int | None]:
    """Return what chooses a level by its count; None for a missing value, and where there is nothing to choose."""
    sums = list(accumulate(counts))
    known, rows = sums[-1], sums[-1] + missing

    def choose(rng: np.random.Generator) -> int | None:
        if not rows:
            return None
        drawn = _below(rows, rng)
        return bisect_right(sums, drawn) if drawn < known else None

    return choose


def _always(value: Any) -> Draw:
    return lambda _: value


def _below(count: int, rng: np.random.Generator) -> int:
    """Return a whole number from 0 to less than a count, quicker than the generator's own draw of a single one."""
    return int(rng.random() * count)
