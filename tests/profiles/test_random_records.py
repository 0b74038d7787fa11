"""Random records: the door takes every one of them, and many of them look like the reference, column by column."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.date_text import date_reader, date_text
from keepfit.ownership import history_names
from keepfit.panel_columns import PanelColumns
from keepfit.profiles import CategoryProfile, NumberProfile, Profile, RandomRecords, build_profile, count_window
from keepfit.scoring import Door, history_door
from keepfit.signature import Column, Kind, Offers, Outcome, Signature

OUTCOME = Outcome("y", "no", "yes")
WORDS = ("a", "b", "unknown", "7", "")
FORMS = ("%d-%m-%Y", "%Y%m%d", "%d %b %y", "%Y-%m-%d|%d-%m-%Y", "%d.%m.%Y %H:%M")
DAYS = st.integers(0, 20_000)
SENTINELS = st.sampled_from([(), ("-1",), ("0", "7", "unknown")])
SEEDS = st.integers(0, 2**32 - 1)
A_DAY, LAST_MONTH = 16_500, 16_919


def number_columns(name: str, kind: Kind):
    """Return strategies of a column of numbers, and of its values."""
    values = st.integers(-(2**70), 2**70) if kind is Kind.INTEGER else st.floats(-3e38, 3e38)
    few = st.integers(-3, 9) if kind is Kind.INTEGER else st.floats(-3, 9)
    column = st.builds(
        Column,
        st.just(name),
        st.just(kind),
        st.booleans(),
        missing_values=SENTINELS,
        is_written_as_text=st.booleans(),
        out_of_range=st.sampled_from(["accept", "clip", "reject"]),
    )
    return column, st.one_of(st.none(), few, values)


def category_columns(name: str):
    column = st.builds(
        Column,
        st.just(name),
        st.just(Kind.CATEGORY),
        st.booleans(),
        categories=st.sampled_from([("a",), WORDS, tuple(f"w{at}" for at in range(300))]),
        missing_values=SENTINELS,
        spellings=st.sampled_from([(), (("b", "nobody knows"), ("w1", "a"), ("w2", "w3"))]),
    )
    return column, st.one_of(st.none(), st.sampled_from([*WORDS, "w1", "w2", "w299", "never seen"]))


def date_columns(name: str):
    column = st.builds(
        Column,
        st.just(name),
        st.just(Kind.DATE),
        st.booleans(),
        format=st.sampled_from(FORMS),
        missing_values=st.sampled_from([(), ("01-01-1970", "19700102", "03 Jan 70")]),
    )
    return column, st.none() | DAYS


@st.composite
def references(draw) -> tuple[Signature, Profile]:
    """Draw a signature with a column of every kind, and the profile of a table of it."""
    kinds = [
        number_columns("integer", Kind.INTEGER),
        number_columns("number", Kind.NUMBER),
        category_columns("category"),
        (st.builds(Column, st.just("flag"), st.just(Kind.FLAG), st.booleans()), st.none() | st.booleans()),
        date_columns("date"),
    ]
    rows = draw(st.integers(1, 40))
    columns, cells = [], []
    for column, values in kinds:
        columns.append(draw(column))
        cells.append([written(value, columns[-1]) for value in draw(st.lists(values, min_size=rows, max_size=rows))])
    entity = draw(st.sampled_from([None, "who"]))
    signature = Signature(tuple(columns), OUTCOME, entity, accepts_unseen=draw(st.booleans()))
    matrix = history_door(signature).rows(records_of(columns, cells))
    return with_ranges(signature, matrix), build_profile(signature, matrix, np.zeros(1))


def written(value, column: Column):
    return date_text(value, column.format) if column.kind is Kind.DATE and value is not None else value


def records_of(columns, cells) -> list[dict]:
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


def with_ranges(signature: Signature, matrix) -> Signature:
    """Return the signature with the ranges of a table, as training writes them; nothing is needed that nobody has."""
    columns = []
    for column, values in zip(signature.columns, matrix.astype(np.float64).T, strict=True):
        known = values[~np.isnan(values)]
        is_known = column.kind.is_ordered and len(known)
        ends = {"minimum": float(known.min()), "maximum": float(known.max())} if is_known else {}
        columns.append(replace(column, optional=column.optional or not len(known), **ends))
    return replace(signature, columns=tuple(columns))


@st.composite
def panels(draw) -> tuple[Signature, Profile]:
    """Draw a recommender's signature, and the profile of a panel."""
    form = draw(st.sampled_from(FORMS))
    products = ("card", "loan")
    kinds = draw(st.lists(st.sampled_from([Kind.INTEGER, Kind.NUMBER, Kind.FLAG]), min_size=2, max_size=2))
    panel = PanelColumns("who", "month", products, form)
    columns = (
        Column("month", Kind.DATE, optional=False, format=form),
        Column("since", Kind.DATE, format=draw(st.sampled_from(FORMS))),
        *(Column(product, kind, optional=True) for product, kind in zip(products, kinds, strict=True)),
        *(Column(name, Kind.INTEGER, is_past=True) for name in history_names(products, panel.lags)),
    )
    since = draw(st.sampled_from(["", "since"]))
    signature = Signature(columns, OUTCOME, "who", offers=Offers(panel, products, {}, since))
    told = [draw(panel_rows(signature)) for _ in range(draw(st.integers(1, 20)))]
    matrix = history_door(signature).rows(told)
    return with_ranges(signature, matrix), build_profile(signature, matrix, np.zeros(1))


@st.composite
def panel_rows(draw, signature):
    month, since, *products = signature.sent_columns
    day = draw(st.integers(A_DAY, LAST_MONTH))
    joined = draw(st.none() | st.integers(A_DAY - 5000, day))
    owned = {one.name: draw(st.sampled_from([None, False, True])) for one in products}
    numbers = {
        one.name: owned[one.name] if one.kind is Kind.FLAG or owned[one.name] is None else int(owned[one.name])
        for one in products
    }
    return {"month": written(day, month), "since": written(joined, since), **numbers}


def drawn(signature: Signature, profile: Profile, seed: int, count: int = 1) -> list[dict]:
    records, rng = RandomRecords(profile, signature), np.random.default_rng(seed)
    return [records.draw(rng) for _ in range(count)]


@given(references(), SEEDS)
def test_the_door_takes_every_record(reference, seed):
    """Whatever may be missing, unseen or out of range: values are of their kinds, and can be sent as JSON."""
    signature, profile = reference
    made = drawn(signature, profile, seed, 20)
    Door(signature).rows(made)
    assert json.loads(json.dumps(made, allow_nan=False)) == made == drawn(signature, profile, seed, 20)
    for record in made:
        assert set(record) == {*signature.names, *([signature.entity] if signature.entity else [])}
        for column, known in zip(signature.columns, profile.columns, strict=True):
            assert record[column.name] is not None or column.optional
            if known.missing == 0 and known.known and not (column.missing_values or column.categories):
                assert record[column.name] is not None


@given(panels(), SEEDS)
def test_the_door_takes_every_record_of_a_panel(reference, seed):
    """Each is of the last month that the reference has, has no past, and nobody has joined after it."""
    signature, profile = reference
    made = drawn(signature, profile, seed, 20)
    Door(signature).rows(made)
    month, since = signature.columns[:2]
    last = profile.columns[0].maximum
    for record in made:
        assert set(record) == {"month", "since", "card", "loan", "who"}
        assert date_reader(month.format)(record["month"]) == last
        if signature.offers.since and record["since"] is not None:
            assert date_reader(since.format)(record["since"]) <= last
        assert {record["card"], record["loan"]} <= {None, 0, 1}


def reference_of(columns: tuple[Column, ...], *cells) -> tuple[Signature, Profile]:
    signature = Signature(columns, OUTCOME, accepts_unseen=True)
    matrix = np.array(cells, dtype=np.float32).T
    return with_ranges(signature, matrix), build_profile(signature, matrix, np.zeros(1))


def test_many_records_look_like_the_reference():
    """Every bin, word and missing value comes as often as in the reference, within five deviations."""
    rng, rows, count = np.random.default_rng(0), 5000, 4000
    columns = (
        Column("income", Kind.NUMBER),
        Column("age", Kind.INTEGER),
        Column("job", Kind.CATEGORY, categories=("a", "b", "c")),
        Column("owner", Kind.FLAG),
        Column("since", Kind.DATE),
    )
    cells = [
        rng.lognormal(7, 1, rows),
        rng.integers(18, 90, rows),
        rng.choice(3, rows, p=[0.7, 0.2, 0.1]),
        rng.integers(0, 2, rows),
        rng.integers(10_000, 17_000, rows),
    ]
    for values in cells[:4]:
        values[:] = values.astype(np.float64)
    gone = rng.random((len(cells), rows)) < 0.2
    signature, profile = reference_of(columns, *np.where(gone, np.nan, np.array(cells)))
    made = drawn(signature, profile, 1, count)
    found = count_window(profile, Door(signature).rows(made), np.zeros(count))
    for one, other in zip(profile.columns, found.columns, strict=True):
        shares = np.array((*one.levels, one.missing)) / rows
        allowed = 5 * np.sqrt(shares * (1 - shares) / count) + 1 / count
        assert (np.abs(np.array((*other.levels, other.missing)) / count - shares) <= allowed).all(), one.name


def test_columns_hang_together_no_more():
    """Two equal columns are drawn for themselves: no record is a row of the table but by chance."""
    values = np.random.default_rng(0).normal(size=1000)
    signature, profile = reference_of((Column("a", Kind.NUMBER), Column("b", Kind.NUMBER)), values, values)
    made = drawn(signature, profile, 0, 4000)
    pairs = np.array([[record["a"], record["b"]] for record in made])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 5 / np.sqrt(len(made))


def test_a_number_lies_anywhere_in_its_bin():
    """Not at the values of the table only: of a wide bin the draws are even."""
    edges = (0.0, 10.0)
    known = NumberProfile("n", edges, (0, 1000, 0), (0.0, 5000.0, 0.0), 40_000.0, 0, 0.5, 10.0)
    signature = Signature((Column("n", Kind.NUMBER),), OUTCOME)
    made = np.array([record["n"] for record in drawn(signature, Profile(1000, (known,), ()), 0, 4000)])
    assert 0.5 <= made.min() < made.max() <= 10
    shares = np.histogram(made, bins=10, range=(0.5, 10))[0] / len(made)
    assert (np.abs(shares - 0.1) < 5 * np.sqrt(0.09 / len(made))).all()


def test_what_means_missing_is_not_drawn():
    """A number that stands for no value lies within a bin, and is drawn again."""
    column = Column("n", Kind.INTEGER, optional=False, missing_values=("5",))
    values = np.repeat([1.0, 9.0], 50)
    known = NumberProfile("n", (0.0, 9.0), (0, 100, 0), (0.0, values.sum(), 0.0), (values**2).sum(), 0, 1.0, 9.0)
    made = drawn(Signature((column,), OUTCOME), Profile(100, (known,), ()), 0, 2000)
    assert {record["n"] for record in made} == {1, 2, 3, 4, 6, 7, 8, 9}


def test_words_that_were_counted_together_are_drawn_alike():
    """Of a large vocabulary the rare words come too; what is no word of it never does."""
    words = tuple(f"w{at}" for at in range(400))
    codes = np.concatenate([np.repeat(np.arange(100.0), 20), np.arange(400.0), np.full(300, 400.0)])
    signature, profile = reference_of((Column("c", Kind.CATEGORY, categories=words),), codes)
    known = profile.columns[0]
    assert isinstance(known, CategoryProfile)
    assert (len(known.codes), known.unseen) == (100, 300)
    made = [record["c"] for record in drawn(signature, profile, 0, 4000)]
    assert set(made) <= set(words)
    share = 300 / 2400
    found = np.mean([int(word[1:]) >= 100 for word in made])
    assert abs(found - share) < 5 * np.sqrt(share * (1 - share) / len(made))
    assert len(set(made)) > 300


@pytest.mark.parametrize(("optional", "value"), [(True, None), (False, 7)])
def test_a_column_that_nobody_had_is_missing_where_it_may_be(optional, value):
    """Where it may not be, the example of the API's description stands in."""
    _, profile = reference_of((Column("n", Kind.INTEGER),), [np.nan, np.nan])
    column = Column("n", Kind.INTEGER, optional, minimum=5, maximum=9)
    assert drawn(Signature((column,), OUTCOME), profile, 0) == [{"n": value}]


def test_the_entity_is_nobodys():
    """It says that it is random, and is another each time."""
    signature, profile = reference_of((Column("n", Kind.INTEGER),), [1.0, 2.0])
    made = [record["who"] for record in drawn(replace(signature, entity="who"), profile, 0, 200)]
    assert all(re.fullmatch("random-[0-9a-f]{8}", name) for name in made)
    assert len(set(made)) > 190


def test_a_date_is_written_in_its_first_format():
    """As a request writes it."""
    column = Column("d", Kind.DATE, format="%d-%m-%Y|%Y-%m-%d")
    signature, profile = reference_of((column,), [16_919.0, 16_921.0])
    made = {record["d"] for record in drawn(signature, profile, 0, 200)}
    days = [dt.datetime.strptime(text, "%d-%m-%Y").date() for text in made]  # noqa: DTZ007 - days
    assert (min(days), max(days)) == (dt.date(2016, 4, 28), dt.date(2016, 4, 30))
