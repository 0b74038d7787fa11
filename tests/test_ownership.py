"""What a panel's past says: as it is counted by hand, for one record as for a panel, and nothing of the future."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keepfit.ownership import LONGEST, UNKNOWN, Ownership, history, history_names, pack

PRODUCTS = ("card", "loan", "fund")
LAGS = (1, 2)


@st.composite
def panels(draw):
    """Draw what a few entities have in a few months, some of which are not known."""
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 7)))
    is_known = draw(arrays(np.bool_, shape))
    bits = draw(arrays(np.uint64, shape, elements=st.integers(0, 2 ** len(PRODUCTS) - 1)))
    return Ownership(PRODUCTS, np.where(is_known, bits, 0).astype(np.uint64), is_known)


def rows_of(panel):
    return np.nonzero(panel.is_known)


def by_hand(panel, entity, month):
    """Return what the past of one entity says, month by month and product by product."""
    known = panel.is_known[entity]
    owned = [[bool(int(bits) >> place & 1) for place in range(len(PRODUCTS))] for bits in panel.bits[entity]]

    def since(place, before, now):
        for at in range(month, 0, -1):
            if known[at] and known[at - 1] and (owned[at - 1][place], owned[at][place]) == (before, now):
                return month - at
        return UNKNOWN

    places = range(len(PRODUCTS))
    lagged = [
        int(owned[month - lag][place]) if month >= lag and known[month - lag] else UNKNOWN
        for lag in LAGS
        for place in places
    ]
    added = [since(place, before=False, now=True) for place in places]
    dropped = [since(place, before=True, now=False) for place in places]
    return [sum(owned[month]), int(known[:month].sum()), *lagged, *added, *dropped]


@given(panels())
def test_the_past_is_what_is_counted_by_hand(panel):
    """Of every row of every panel."""
    entities, months = rows_of(panel)
    expected = [by_hand(panel, *place) for place in zip(entities, months, strict=True)]
    assert history(panel, entities, months, LAGS, memory=LONGEST).tolist() == expected


@given(panels())
def test_what_is_dropped_is_added_when_time_runs_backwards(panel):
    """Month by month, and nothing across a gap."""
    backwards = Ownership(PRODUCTS, panel.bits[:, ::-1], panel.is_known[:, ::-1])
    added, _ = backwards.additions()
    dropped = panel.drops()
    assert (dropped[:, :-1] == added[:, ::-1][:, 1:]).all()
    assert not dropped[:, -1].any()


@given(panels(), st.randoms())
def test_the_future_has_no_say(panel, random):
    """Whatever comes after the month of a row, what its past says is the same."""
    entities, months = rows_of(panel)
    for row in range(len(months)):
        after = months[row] + 1
        bits, is_known = panel.bits.copy(), panel.is_known.copy()
        bits[:, after:] = random.randrange(2 ** len(PRODUCTS))
        is_known[:, after:] = random.random() < 0.5
        altered = Ownership(PRODUCTS, bits, is_known)
        one = (entities[row : row + 1], months[row : row + 1], LAGS)
        assert history(altered, *one, memory=LONGEST).tolist() == history(panel, *one, memory=LONGEST).tolist()


@given(panels())
def test_one_record_with_its_past_is_the_row_of_the_panel(panel):
    """Serving knows one entity, its months up to now, and says the same."""
    entities, months = rows_of(panel)
    whole = history(panel, entities, months, LAGS, memory=LONGEST)
    for row, (entity, month) in enumerate(zip(entities, months, strict=True)):
        alone = Ownership(
            PRODUCTS, panel.bits[entity : entity + 1, : month + 1], panel.is_known[entity : entity + 1, : month + 1]
        )
        told = history(alone, np.array([0]), np.array([month]), LAGS, memory=LONGEST)
        assert told.tolist() == whole[row : row + 1].tolist()


@given(panels())
def test_what_is_added_was_not_there(panel):
    """And is there the month after; only where both months are known, and never in the last one."""
    added, is_known = panel.additions()
    assert not (added & panel.bits).any()
    assert (added[:, :-1] == (added[:, :-1] & panel.bits[:, 1:])).all()
    assert not is_known[:, -1].any()
    assert (is_known[:, :-1] == (panel.is_known[:, :-1] & panel.is_known[:, 1:])).all()
    assert not added[~is_known].any()


def test_without_a_past_the_present_is_known():
    """Of a record alone: how many products it has, and that no month before is known."""
    alone = Ownership(PRODUCTS, np.array([[0b101]], dtype=np.uint64), np.array([[True]]))
    told = dict(
        zip(
            history_names(PRODUCTS, LAGS),
            history(alone, np.array([0]), np.array([0]), LAGS, memory=LONGEST)[0].tolist(),
            strict=True,
        )
    )
    assert (told.pop("products_owned"), told.pop("months_known")) == (2, 0)
    assert set(told.values()) == {UNKNOWN}


@pytest.mark.parametrize("products", [1, 24, 64])
def test_flags_are_packed_and_unpacked(products):
    """As many as 64."""
    flags = np.random.default_rng(0).random((products, 50)) < 0.5
    names = tuple(map(str, range(products)))
    bits = pack(list(flags), 50)
    panel = Ownership(names, bits[:, None], np.ones((50, 1), dtype=np.bool_))
    assert (panel.flags(bits) == flags.T).all()


@pytest.mark.parametrize("memory", [1, 6, 127])
def test_what_is_older_than_the_memory_is_not_known(memory):
    """Neither that something was added, nor that the months were there: a row of any month is like one of another."""
    bits = np.ones((1, 300), dtype=np.uint64)
    bits[0, 0] = 0
    panel = Ownership(("card",), bits, np.ones((1, 300), dtype=np.bool_))
    told = history(panel, np.zeros(300, dtype=np.int64), np.arange(300), (), memory=memory)
    assert told[:, 1].tolist() == [min(month, memory) for month in range(300)]
    assert told[:, 2].tolist() == [UNKNOWN, *range(memory), *[UNKNOWN] * (299 - memory)]


@given(panels(), st.integers(1, 6))
def test_a_record_needs_no_more_months_than_the_memory(panel, memory):
    """With the older ones left out, what is known of a row is the same."""
    entities, months = rows_of(panel)
    whole = history(panel, entities, months, LAGS, memory=memory + max(LAGS))
    for entity, month, expected in zip(entities.tolist(), months.tolist(), whole.tolist(), strict=True):
        first = max(month - memory - max(LAGS), 0)
        part = Ownership(
            PRODUCTS,
            panel.bits[entity : entity + 1, first : month + 1],
            panel.is_known[entity : entity + 1, first : month + 1],
        )
        last = np.array([month - first])
        told = history(part, np.array([0]), last, LAGS, memory=memory + max(LAGS))
        assert told[0].tolist() == expected


@given(panels(), st.permutations(PRODUCTS), st.integers(1, len(PRODUCTS)))
def test_some_of_the_products_are_as_they_were(panel, names, count):
    """In the order that is asked for, in every month; and a month that is not known stays so."""
    part = panel.of(names[:count])
    places = [PRODUCTS.index(name) for name in names[:count]]
    assert part.products == tuple(names[:count])
    assert part.flags(part.bits).tolist() == panel.flags(panel.bits)[..., places].tolist()
    assert part.is_known.tolist() == panel.is_known.tolist()
