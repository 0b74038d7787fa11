"""The signature of a table: kinds from all rows, ranges and vocabularies from those that train."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.datasets.schema import infer_signature, refusals
from keepfit.errors import DatasetError
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection
from keepfit.signature import Column, Kind, Outcome

OUTCOME = Outcome("Status", "bad", "good")
NAN = float("nan")
INFINITE = float("inf")


def signature_of(columns, *, rows=None, request=None, **keys):
    """Infer the signature of a table with these columns and a target; all rows train unless some are named."""
    frame = pl.DataFrame(columns)
    frame = frame.with_columns(pl.Series("Status", ["bad", "good"] * frame.height).head(frame.height))
    return infer_signature(
        frame,
        DataSection(source="mine.csv", target="Status", **keys),
        request or RequestSection(),
        rows=np.arange(frame.height) if rows is None else np.array(rows),
        outcome=OUTCOME,
    )


def column_of(values, dtype=None, *, rows=None, request=None, **keys) -> Column:
    """Infer the one column `x`."""
    (column,) = signature_of({"x": pl.Series(values, dtype=dtype)}, rows=rows, request=request, **keys).columns
    return column


def told(call) -> tuple[str, str, str]:
    """Return where, what and hint of the refusal."""
    with pytest.raises(DatasetError) as caught:
        call()
    return caught.value.where, caught.value.what, caught.value.hint


# which columns


def test_features_are_what_is_left():
    """Target, entity and dropped columns are no features; the others stay in the table's order."""
    signature = signature_of({"d": [1, 2], "c": [1, 2], "b": [1, 2], "a": [1, 2]}, entity="c", drop=["b"])
    assert signature.names == ("d", "a")
    assert (signature.entity, signature.outcome) == ("c", OUTCOME)


@pytest.mark.parametrize("unseen", ["accept", "reject"])
def test_unseen_categories_are_the_projects_decision(unseen):
    """The signature takes unseen categories when the project does."""
    signature = signature_of({"x": ["a", "b"]}, request=RequestSection(unseen=unseen))
    assert signature.accepts_unseen is (unseen == "accept")


def test_a_column_has_its_description():
    """What the project says of a column stands in the signature."""
    signature = signature_of({"x": [1, 2], "y": ["a", "b"]}, descriptions={"x": "Years.", "y": "Home."})
    assert [column.description for column in signature.columns] == ["Years.", "Home."]


def test_a_column_has_its_label():
    """Of every kind, in any language; what has none goes by its name."""
    days = [f"2016-04-{day:02}" for day in range(1, 21)]
    columns = {"x": range(20), "y": ["a", "b"] * 10, "f": [True, False] * 10, "d": days, "z": range(20)}
    labels = {"x": "Years", "y": "Жильё", "f": "Owner?", "d": "Since"}
    signature = signature_of(columns, labels=labels)
    assert [column.title for column in signature.columns] == ["Years", "Жильё", "Owner?", "Since", "z"]


def test_no_feature_at_all_is_told():
    """A table of which nothing is left is told."""
    assert told(lambda: signature_of({"x": [1, 2]}, drop=["x"])) == (
        "keepfit.toml: [data] drop",
        "no column is left to predict from",
        "drop fewer",
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("entity", "Agee"),
        ("drop", ["Agee"]),
        ("known_after", ["Agee"]),
        ("kinds", {"Agee": Kind.NUMBER}),
        ("dates", {"Agee": "%d-%m-%Y"}),
        ("categories", {"Agee": ["a"]}),
        ("descriptions", {"Agee": "Years."}),
        ("labels", {"Agee": "Age"}),
    ],
)
def test_a_name_that_no_column_has_is_told(key, value):
    """Each key that names columns tells the one that is not there, and the nearest that is."""
    assert told(lambda: signature_of({"Age": [1, 2], "Home": ["a", "b"]}, **{key: value})) == (
        f"keepfit.toml: [data] {key}",
        'no such column "Agee" in mine.csv',
        'did you mean "Age"?',
    )


# kinds


@pytest.mark.parametrize(
    ("values", "dtype", "kind"),
    [
        ([1, -2], pl.Int8, Kind.INTEGER),
        ([1, 2], pl.UInt64, Kind.INTEGER),
        ([1, 10**25], pl.Int128, Kind.INTEGER),
        ([1.0, None, 2.0], pl.Float64, Kind.INTEGER),
        ([1.0, NAN, 2.0], pl.Float32, Kind.INTEGER),
        ([1.0, 2.5], pl.Float64, Kind.NUMBER),
        ([Decimal("1.00"), Decimal("2.00")], pl.Decimal(10, 2), Kind.INTEGER),
        ([Decimal("1.00"), Decimal("2.50")], pl.Decimal(10, 2), Kind.NUMBER),
        ([True, None, False], pl.Boolean, Kind.FLAG),
        (["rent", "owner"], pl.String, Kind.CATEGORY),
        (["rent", "owner"], pl.Categorical, Kind.CATEGORY),
        (["rent", "owner"], pl.Enum(["rent", "owner"]), Kind.CATEGORY),
    ],
)
def test_a_type_has_a_kind(values, dtype, kind):
    """Whole numbers are integers however they are stored, also with gaps; texts are categories."""
    assert column_of(values, dtype).kind is kind


def test_a_kind_comes_from_all_rows():
    """A fraction in a row that does not train makes a number of the column, with the range of those that do."""
    assert column_of([1.0, 3.0, 2.5], rows=[0, 1]) == Column("x", Kind.NUMBER, False, 1.0, 3.0)


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([10, 9], Kind.NUMBER, Column("x", Kind.NUMBER, False, 9.0, 10.0)),
        ([10, 9, None], Kind.CATEGORY, Column("x", Kind.CATEGORY, True, categories=("10", "9"))),
        ([True, False], Kind.CATEGORY, Column("x", Kind.CATEGORY, False, categories=("false", "true"))),
        (
            [dt.date(2020, 1, 2), dt.date(2020, 1, 1)],
            Kind.CATEGORY,
            Column("x", Kind.CATEGORY, False, categories=("2020-01-01", "2020-01-02")),
        ),
    ],
)
def test_a_declared_kind_goes_before_the_inferred(values, kind, expected):
    """A column is what the project says that it is, when its values can be that."""
    assert column_of(values, kinds={"x": kind}) == expected


@pytest.mark.parametrize(
    ("values", "kind", "row", "shown"),
    [
        ([1.0, 1.5], Kind.INTEGER, 2, "1.5"),
        ([1.0, None, INFINITE], Kind.NUMBER, 3, "inf"),
        (["1", "2", "many"], Kind.NUMBER, 3, "'many'"),
        (["1", "2"], Kind.INTEGER, 1, "'1'"),
        ([None, True], Kind.NUMBER, 2, "True"),
        ([0, 1], Kind.FLAG, 1, "0"),
        (["yes", "no"], Kind.FLAG, 1, "'yes'"),
    ],
)
def test_a_value_that_is_not_of_the_declared_kind_is_told(values, kind, row, shown):
    """The first value that a column of its declared kind cannot hold is told with its row, from 1."""
    assert told(lambda: column_of(values, kinds={"x": kind})) == (
        'mine.csv: column "x"',
        f"is declared as {kind}, but row {row} holds {shown}",
        "correct [data] kinds",
    )


@pytest.mark.parametrize("value", [INFINITE, -INFINITE])
def test_an_infinite_number_is_told(value):
    """An infinite number is told with its row, also in one that does not train."""
    assert told(lambda: column_of([1.5, 2.5, value], rows=[0, 1])) == (
        'mine.csv: column "x"',
        f"holds {value!r} in row 3, which is no finite number",
        "leave that cell empty",
    )


@pytest.mark.parametrize(
    ("value", "shown"), [(dt.timedelta(days=1), "Duration(time_unit='us')"), (dt.time(12, 30), "Time")]
)
def test_times_are_told(value, shown):
    """A duration or a time of day is no feature, and says what to make of it."""
    assert told(lambda: column_of([value, None])) == (
        'mine.csv: column "x"',
        f"holds {shown}; times and durations are not features",
        "drop it, or make it a number",
    )


@pytest.mark.parametrize("kinds", [{}, {"x": Kind.CATEGORY}], ids=["inferred", "declared"])
@pytest.mark.parametrize(
    ("value", "shown"), [([1], "List(Int64)"), ({"a": 1}, "Struct({'a': Int64})"), (b"\xff", "Binary")]
)
def test_values_of_no_kind_are_told(value, shown, kinds):
    """Lists, structs and bytes are no feature, and cannot be declared as one."""
    assert told(lambda: column_of([value, value], kinds=kinds)) == (
        'mine.csv: column "x"',
        f"holds {shown}, which is no kind of value",
        "drop it: [data] drop",
    )


# missing values


@pytest.mark.parametrize(("missing", "expected"), [("as_trained", None), ("accept", True), ("reject", False)])
def test_what_may_be_missing_is_the_projects_decision(missing, expected):
    """A value may be missing where the training rows lacked it, everywhere, or nowhere."""
    request = RequestSection(missing=missing)
    for values, has_missing in (([1, 2], False), ([1, None], True), ([1.5, NAN], True), (["a", None], True)):
        assert column_of(values, request=request).optional is (has_missing if expected is None else expected)


def test_only_training_rows_say_what_may_be_missing():
    """A gap in a row that is held out does not make a column optional."""
    assert column_of([1, 2, None], rows=[0, 1]).optional is False
    assert column_of([1, 2, None], rows=[0, 2]).optional is True


@pytest.mark.parametrize("values", [[None, None, 1], [NAN, None, 1.5], [None, None, "a"], [None, None, None]])
def test_a_column_that_no_training_row_fills_is_told(values):
    """A column that holds nothing where the model learns is told."""
    assert told(lambda: column_of(values, rows=[0, 1])) == (
        'mine.csv: column "x"',
        "has no value in the training rows",
        "drop it: [data] drop in keepfit.toml",
    )


# ranges and vocabularies


@given(
    values=st.lists(st.none() | st.floats(-1e9, 1e9), min_size=1, max_size=20),
    texts=st.lists(st.none() | st.text(max_size=3), min_size=1, max_size=20),
    data=st.data(),
)
def test_a_model_has_seen_what_trains(values, texts, data):
    """Range and vocabulary are those of the training rows, whichever these are."""
    height = min(len(values), len(texts))
    rows = data.draw(st.lists(st.integers(0, height - 1), min_size=1, unique=True))
    numbers = [values[row] for row in rows if values[row] is not None]
    words = {texts[row] for row in rows if texts[row] is not None}
    columns = {"n": pl.Series(values[:height], dtype=pl.Float64), "t": pl.Series(texts[:height], dtype=pl.String)}
    if not (numbers and words):
        with pytest.raises(DatasetError, match="has no value in the training rows"):
            signature_of(columns, rows=rows)
        return
    number, text = signature_of(columns, rows=rows).columns
    assert (number.minimum, number.maximum) == (min(numbers), max(numbers))
    assert number.optional is (len(numbers) < len(rows))
    assert text.categories == tuple(sorted(words))


def test_a_flag_has_neither_range_nor_vocabulary():
    """True and false need no description."""
    assert column_of([True, False]) == Column("x", Kind.FLAG, False)


def test_a_declared_vocabulary_keeps_its_order():
    """A vocabulary that the project declares stands in its order, unseen words included, and makes a category."""
    column = column_of([2, 1, None], categories={"x": ["2", "7", "1"]})
    assert column == Column("x", Kind.CATEGORY, True, categories=("2", "7", "1"))


def test_a_word_that_stands_twice_is_told():
    """A vocabulary that names a category twice would give it two codes."""
    assert told(lambda: column_of(["a", "b"], categories={"x": ["b", "a", "b"]})) == (
        "keepfit.toml: [data.categories] x",
        '"b" stands twice',
        "name each once",
    )


@pytest.mark.parametrize(
    ("words", "shown"), [("ab", "b"), ("afedcb", "b, c, d, e, f"), ("aihgfedcb", "b, c, d, e, f and 3 more")]
)
def test_a_vocabulary_that_lacks_words_is_told(words, shown):
    """Words that any row holds and the declared vocabulary lacks are told, at most five of them."""
    assert told(lambda: column_of(list(words), rows=[0], categories={"x": ["a"]})) == (
        "keepfit.toml: [data.categories] x",
        f"lacks {shown}: this occurs in mine.csv",
        "add it",
    )


def test_free_text_is_told():
    """A thousand texts may be a vocabulary, one more are an id or free text; declared, they are what they are."""
    texts = [f"{number:04}" for number in range(1001)]
    assert len(column_of(texts[:1000]).categories) == 1000
    assert column_of(texts, categories={"x": texts}).categories == tuple(texts)
    assert told(lambda: column_of(texts)) == (
        'mine.csv: column "x"',
        "has 1001 different texts: an id, or free text",
        "drop it, or make it the entity: [data] drop, [data] entity",
    )


def test_a_number_has_no_vocabulary():
    """A column that is declared a number and given a vocabulary says two things at once."""
    where, what, hint = told(lambda: column_of([1, 2], kinds={"x": Kind.INTEGER}, categories={"x": ["1", "2"]}))
    assert (where, what) == ("keepfit.toml: [data.categories] x", "has a vocabulary, but [data] kinds calls it integer")
    assert hint == "leave one of the two out"
    days = [dt.date(2020, 1, 1), dt.date(2020, 1, 2)]
    _, what, _ = told(lambda: column_of(days, kinds={"x": Kind.DATE}, categories={"x": ["2020-01-01"]}))
    assert what == "has a vocabulary, but [data] kinds calls it date"


def test_what_training_will_refuse_is_known_before():
    """Each column by its name, for the reasons that training gives; target, entity and dropped ones are no features."""
    texts = [f"{number:04}" for number in range(1001)]
    frame = pl.DataFrame({"y": ["a", "b"] * 500 + ["a"], "ok": range(1001)}).with_columns(
        pl.Series("id", texts),
        pl.Series("note", texts),
        pl.Series("gone", texts),
        pl.Series("joined", [f"{1 + at % 12}/{1 + at % 12}/{1000 + at}" for at in range(1001)]),
        pl.Series("mixed", [f"{1000 + at}-01-01" if at % 2 else f"01.01.{1000 + at}" for at in range(1001)]),
        pl.Series("left", [f"{1 + at % 28}/{1 + at % 12}/{1000 + at}" for at in range(1001)]),
        pl.Series("when", [dt.date(2020, 1, 1)] * 1001),
        pl.Series("took", [dt.timedelta(days=1)] * 1001),
        pl.Series("ratio", [1.5, INFINITE] * 500 + [None]),
        pl.Series("empty", [None] * 1001),
    )
    keys = DataSection(source="mine.csv", target="y", entity="id", drop=["gone"])
    assert {name: error.what for name, error in refusals(frame, keys).items()} == {
        "note": "has 1001 different texts: an id, or free text",
        "joined": "holds dates that fit %d/%m/%Y and %m/%d/%Y alike",
        "mixed": "holds dates in two formats: 01.01.1000 (501) and 1001-01-01 (500)",
        "took": "holds Duration(time_unit='us'); times and durations are not features",
        "ratio": "holds inf in row 2, which is no finite number",
        "empty": "has no value in the training rows",
    }
