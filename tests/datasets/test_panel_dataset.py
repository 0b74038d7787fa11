"""The dataset of a panel: counted by hand, and blind to the future."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from keepfit.datasets import SourcedTable, prepare_panel
from keepfit.datasets import panel as panels
from keepfit.datasets.source import Origin
from keepfit.errors import DatasetError
from keepfit.ownership import history, history_names
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.project.panel_section import PanelSection
from keepfit.scoring import Door
from keepfit.signature import Kind, Outcome

PRODUCTS = ("card", "loan", "bond")
# customer 2 has no row of December; the bond is added by nobody
ROWS = [
    (1, "2015-11-28", 30, 0, 0, 1),
    (1, "2015-12-28", 30, 1, 0, 1),
    (1, "2016-01-28", 31, 1, 1, 1),
    (1, "2016-02-28", 31, 0, 1, 1),
    (2, "2015-11-28", 40, 0, None, 0),
    (2, "2016-01-28", 40, 1, None, 0),
    (2, "2016-02-28", 40, 1, 1, 0),
    (3, "2015-12-28", 50, 0, 1, 0),
    (3, "2016-01-28", 90, 1, 0, 0),
    (3, "2016-02-28", 90, 1, 0, 0),
]
NAMES = ("who", "month", "age", *PRODUCTS)


def table_of(frame: pl.DataFrame) -> SourcedTable:
    return SourcedTable(frame, "t.csv", Origin.FILE, "t.csv", Path("t.csv"), "0" * 64)


def prepare(frame=None, *, request=None, data=None, **panel):
    """Prepare the panel above, or another."""
    frame = pl.DataFrame(ROWS, schema=NAMES, orient="row") if frame is None else frame
    section = DataSection(**{"source": "t.csv", "target": "added", "entity": "who", **(data or {})})
    told = {"month": "month", "products": list(PRODUCTS), "hold_from": "2016-01", "lags": [1], **panel}
    return prepare_panel(table_of(frame), section, PanelSection(**told), request or RequestSection())


def frame_of(**changes) -> pl.DataFrame:
    """Return the panel above with other or more columns."""
    return pl.DataFrame(ROWS, schema=NAMES, orient="row").with_columns(
        **{name: pl.Series(values) for name, values in changes.items()}
    )


def test_rows_whose_next_month_is_known_are_kept():
    """Those before the held-out month teach; the last row of a customer, or one before a gap, says nothing."""
    dataset = prepare()
    kept = dataset.frame.select("who", "month").rows()
    train, holdout = ([kept[row] for row in rows.tolist()] for rows in (dataset.split.train, dataset.split.holdout))
    assert train == [(1, "2015-11-28"), (1, "2015-12-28"), (3, "2015-12-28")]
    assert holdout == [(1, "2016-01-28"), (2, "2016-01-28"), (3, "2016-01-28")]
    assert dataset.rows_without_target == 4
    assert (dataset.groups, dataset.times.tolist()) == (None, [0, 1, 2, 2, 1, 2])


def test_what_is_added_and_what_could_be_is_counted_by_hand():
    """Of products that somebody adds in the months that teach; the other is named."""
    dataset = prepare()
    additions = dataset.additions
    assert dataset.signature.offers.products == ("card", "loan")
    assert additions.never_added == ("bond",)
    assert additions.added.tolist() == [[1, 0], [0, 1], [0, 0], [0, 1], [1, 0], [0, 0]]
    assert additions.is_open.tolist() == [[1, 1], [0, 1], [0, 0], [0, 1], [1, 0], [0, 1]]
    assert additions.entities.tolist() == [0, 0, 0, 1, 2, 2]
    assert additions.months.tolist() == [0, 1, 2, 2, 1, 2]
    assert additions.month_names == ("2015-11", "2015-12", "2016-01", "2016-02")


def test_the_target_is_whether_anything_is_added():
    """A made column, with labels in words."""
    dataset = prepare()
    assert dataset.target.tolist() == [1, 1, 0, 1, 1, 0]
    assert dataset.signature.outcome == Outcome("added", "nothing", "something", products=PRODUCTS)
    labels = [dataset.signature.outcome.labels[code] for code in dataset.target.tolist()]
    assert dataset.frame["added"].to_list() == labels


def test_the_past_is_counted_by_hand():
    """What was there a month ago, and when it came and went; over a gap nothing is known."""
    dataset = prepare()
    names = history_names(PRODUCTS, [1])
    told = {(row["who"], row["month"]): [row[name] for name in names] for row in dataset.frame.to_dicts()}
    # products_owned, months_known, owned a month ago, months since added, months since dropped
    assert told[1, "2015-11-28"] == [1, 0, None, None, None, None, None, None, None, None, None]
    assert told[1, "2016-01-28"] == [3, 2, 1, 0, 1, 1, 0, None, None, None, None]
    assert told[2, "2016-01-28"] == [1, 1, None, None, None, None, None, None, None, None, None]
    assert told[3, "2016-01-28"] == [1, 1, 0, 1, 0, 0, None, None, None, 0, None]


def test_the_signature_has_what_is_sent_and_then_the_past():
    """A record needs its month; products and the past may be missing; ranges are of the rows that teach."""
    signature = prepare().signature
    assert [column.name for column in signature.sent_columns] == ["month", "age", *PRODUCTS]
    assert signature.names[5:] == history_names(PRODUCTS, [1])
    columns = {column.name: column for column in signature.columns}
    assert not columns["month"].optional
    assert columns["month"].kind is Kind.DATE
    assert all(column.optional for column in signature.columns if column.is_past or column.name in PRODUCTS)
    assert columns["age"].maximum == 50
    assert not columns["age"].optional
    assert signature.offers.panel.lags == (1,)


def test_a_product_takes_both_flags_though_one_was_seen():
    """Also where a number out of range is clipped or refused: owning is not a matter of range."""
    for policy in ("clip", "reject"):
        frame = frame_of(bond=[0] * 10)
        signature = prepare(frame, request=RequestSection(out_of_range=policy)).signature
        record = {"month": "2016-01-28", "age": 30, "card": 1, "loan": 0, "bond": 1}
        assert Door(signature).row(record)[0, 4] == 1
        assert {column.out_of_range for column in signature.columns if column.name in PRODUCTS} == {"accept"}


@pytest.mark.parametrize("written", [str, lambda flag: f" {flag}", bool, float])
def test_a_product_may_be_written_in_any_way(written):
    """As texts, with blanks or without, as numbers or as true and false: owned is 1 at the door."""
    columns = {
        name: [None if flag is None else written(flag) for flag in frame_of()[name].to_list()] for name in PRODUCTS
    }
    plain, dataset = prepare(), prepare(frame_of(**columns))
    np.testing.assert_array_equal(dataset.additions.added, plain.additions.added)
    matrix = Door(dataset.signature).table(dataset.frame)
    np.testing.assert_array_equal(matrix, Door(plain.signature).table(plain.frame))


def test_texts_that_all_say_one_are_ones():
    """Texts of which all that are there say 1: a vocabulary of them would give 1 the code 0."""
    texts = [None if flag in (0, None) else "1" for flag in frame_of()["card"].to_list()]
    dataset = prepare(frame_of(card=texts))
    matrix = Door(dataset.signature).table(dataset.frame)
    assert np.nan_to_num(matrix[:, dataset.signature.names.index("card")]).tolist() == [0, 1, 1, 1, 0, 1]


def test_names_are_those_of_what_can_be_recommended():
    """By language, in the order of the products; one without a name is called as its column."""
    offers = prepare(names={"ru": {"loan": "Кредит", "bond": "Облигация"}, "en": {"card": "Card"}}).signature.offers
    assert offers.names == {"ru": ("card", "Кредит"), "en": ("Card", "loan")}


JOINED = ["2010-01-01"] * 10


def test_a_day_that_cannot_be_is_refused_with_its_row():
    """Somebody is a customer before there is a row of him; the same day is in order."""
    days = [*JOINED[:4], "2015-11-29", *JOINED[:4], "2016-02-29"]
    with pytest.raises(DatasetError) as caught:
        prepare(frame_of(joined=days), since="joined")
    assert str(caught.value) == (
        "t.csv: row 5: joined 2015-11-29 is after month 2015-11-28, as in 2 rows; correct them, or declare [panel] "
        'impossible = "missing"'
    )
    assert prepare(frame_of(joined=frame_of()["month"].to_list()), since="joined").signature.offers.since == "joined"


def test_a_day_that_cannot_be_is_missing_where_that_is_declared():
    """Only it."""
    days = ["2015-11-29", *JOINED[1:]]
    dataset = prepare(frame_of(joined=days), since="joined", impossible="missing")
    assert dataset.frame["joined"].to_list() == [None, *JOINED[:5]]
    assert next(column for column in dataset.signature.columns if column.name == "joined").optional


def test_days_may_be_of_two_forms():
    """Declared with a bar between them; the past and the split are the same."""
    months = [
        month if row % 2 else "-".join(reversed(month.split("-"))) for row, month in enumerate(frame_of()["month"])
    ]
    dataset = prepare(frame_of(month=months), data={"dates": {"month": "%Y-%m-%d|%d-%m-%Y"}})
    np.testing.assert_array_equal(Door(dataset.signature).table(dataset.frame), _matrix(frame_of()))


def _matrix(frame: pl.DataFrame) -> np.ndarray:
    dataset = prepare(frame)
    return Door(dataset.signature).table(dataset.frame)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"month": "mont"}, '[panel]: no such column "mont" in t.csv; did you mean "month"'),
        ({"products": ["card", "lone"]}, '[panel]: no such column "lone" in t.csv; did you mean "loan"'),
        ({"since": "age_"}, '[panel]: no such column "age_" in t.csv; did you mean "age"'),
        ({"data": {"target": "age"}}, '[data] target: "age" is a column of t.csv; of a panel the target is made'),
        ({"data": {"entity": "whom"}}, '[data] entity: no such column "whom" in t.csv'),
        ({"data": {"drop": ["agee"]}}, "agee"),
    ],
)
def test_columns_that_are_not_there_are_refused(change, said):
    """With the nearest name."""
    with pytest.raises(DatasetError) as caught:
        prepare(**change)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["history", "months_known", "owned_1_ago__card"])
def test_a_column_is_not_called_as_the_past_is(name):
    """One of the two would be lost; dropped it does no harm."""
    with pytest.raises(DatasetError, match=f'"{name}" is a column of t.csv, and what a panel calls the past of a row'):
        prepare(frame_of(**{name: range(10)}))
    signature = prepare(frame_of(**{name: range(10)}), data={"drop": [name]}).signature
    assert signature == prepare().signature


def test_dropped_columns_may_be_sent_where_that_is_declared():
    """They are known to the door, and nothing else of them is."""
    kept = prepare(frame_of(note=["x"] * 10), data={"drop": ["note"]}, request=RequestSection(dropped="accept"))
    assert kept.signature.passed_over == ("note",)
    assert "note" not in kept.signature.names
    assert prepare(frame_of(note=["x"] * 10), data={"drop": ["note"]}).signature.passed_over == ()


def peeks(frame: pl.DataFrame, month: str) -> bool:
    """Whether what the rows before a month look like at the door depends on that month or a later one."""
    is_later, flags = pl.col("month") >= month, pl.col(*PRODUCTS)
    altered = frame.with_columns(
        pl.when(is_later).then(1 - flags.fill_null(0)).otherwise(flags).name.keep(),
        age=pl.when(is_later).then(77).otherwise("age"),
    )
    seen = []
    for one in (frame, altered):
        dataset = prepare(one, hold_from=month[:7])
        seen.append(Door(dataset.signature).table(dataset.frame)[dataset.split.train])
    return not np.array_equal(seen[0], seen[1], equal_nan=True)


def bank(customers: int = 60) -> pl.DataFrame:
    random = np.random.default_rng(3)
    months = [f"2015-{month:02}-28" for month in range(1, 8)]
    rows = [
        (who, month, int(random.integers(18, 70)), *random.integers(0, 2, 3).tolist())
        for who in range(customers)
        for month in months
        if random.random() < 0.9
    ]
    return pl.DataFrame(rows, schema=NAMES, orient="row")


def test_rows_that_teach_do_not_see_the_future():
    """Whatever comes after the last month that teaches: their numbers stay, bit for bit."""
    for month in ("2015-03-28", "2015-05-28", "2015-06-28"):
        assert not peeks(bank(), month)


def test_a_planted_leak_is_caught(monkeypatch):
    """A past that is asked one month too late: what is added next would be a feature."""

    def too_late(ownership, entities, months, lags, **settings):
        return history(ownership, entities, months + 1, lags, **settings)

    monkeypatch.setattr(panels, "history", too_late)
    assert peeks(bank(), "2015-05-28")


def test_no_column_is_what_comes_next():
    """The target is among the columns of the frame, as of any table, and never among the features."""
    dataset = prepare(bank(), hold_from="2015-06")
    matrix, added = Door(dataset.signature).table(dataset.frame), dataset.additions.added
    assert "added" not in dataset.signature.names
    for column in np.nan_to_num(matrix, nan=-1).T:
        for target in (dataset.target, *added.T):
            assert not np.array_equal(column, target)
            assert not np.array_equal(column, 1 - target)
