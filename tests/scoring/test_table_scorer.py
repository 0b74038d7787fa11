"""A table is scored as the service scores each of its records: the same answers, the same refusals."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.bundle import read_bundle
from keepfit.errors import DatasetError, RecordError
from keepfit.scoring import Scorer
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_scorer import TableScorer

INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 70)
FLOATS = st.floats() | st.sampled_from([-1.0, -0.0, 2.0, 2.5, 3.4028234663852886e38, 3.5e38, 1e300])
TEXTS = st.text(max_size=3)
DAYS = st.dates().map(lambda day: f"{day:%d-%m-}{day.year:04}") | st.sampled_from(
    ["", " ", "never", "01-13-2000", "1-2-2003", "x"]
)
# what a column may hold: a type of polars, and values of it
HELD = {
    "age": [(pl.Int64, INTEGERS), (pl.Float64, FLOATS), (pl.UInt8, st.integers(0, 255)), (pl.Null, st.none())],
    "income": [(pl.Float64, FLOATS), (pl.Int64, INTEGERS), (pl.Float32, st.floats(width=32))],
    "rooms": [
        (pl.String, st.sampled_from([" 3", "2.5", " NA", "na", "0", "0.0", "1e400", "inf", "1e39", ""]) | TEXTS),
        (pl.Int64, INTEGERS),
        (pl.Float64, FLOATS),
    ],
    "job": [
        (pl.String, st.sampled_from(["fixed", "Fixed", "?", "partime", "no"]) | TEXTS),
        (pl.Categorical, st.sampled_from(["fixed", "Fixed", "?", "other"])),
        (pl.Int64, st.integers(0, 3)),
        (pl.Boolean, st.booleans()),
    ],
    "zip": [
        (pl.String, st.sampled_from(["1", "1.0", "2.5", "07", "7", "3", "-1.0", "-1", "9"]) | TEXTS),
        (pl.Int64, st.sampled_from([-1, 0, 1, 3, 7, 2**60])),
        (pl.Float64, st.sampled_from([-1.0, 1.0, 2.5, 3.0, 1e20, 1e-7, math.nan, math.inf])),
        (pl.Boolean, st.booleans()),
    ],
    "known": [(pl.Boolean, st.booleans()), (pl.String, st.sampled_from(["true", "false", "True", "x"]))],
    "owner": [(pl.Boolean, st.booleans()), (pl.Null, st.none())],
    "since": [
        (pl.String, DAYS),
        (pl.Date, st.dates(dt.date(1000, 1, 1))),
        (pl.Int64, st.sampled_from([-1, 20160428])),
        (pl.Float64, st.floats()),
    ],
}


@st.composite
def tables(draw):
    rows = draw(st.integers(1, 6))
    columns = {}
    for name, forms in HELD.items():
        dtype, values = draw(st.sampled_from(forms))
        columns[name] = pl.Series(name, draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), dtype=dtype)
    return pl.DataFrame(columns).with_columns(extra=pl.lit(1))


def as_sent(value):
    """Return a value of a table as a record would bring it."""
    if isinstance(value, dt.date):
        return f"{value:%d-%m-}{value.year:04}"
    return value


def answers_alone(scorer, records):
    """Return the probabilities of the records that the service takes, and the violations of all others."""
    probabilities, violations = [], []
    for row, record in enumerate(records):
        try:
            probabilities.append(scorer.probabilities(scorer.door.row(record))[0])
        except RecordError as refused:
            violations += [(row, violation.field, violation.message) for violation in refused.violations]
    return probabilities, violations


def batches(frame, sizes):
    """Cut a table into batches of these sizes, over and over."""
    first = 0
    while first < frame.height:
        for size in sizes:
            yield frame.slice(first, size)
            first += size


@settings(max_examples=100)
@given(
    frame=tables(),
    optional=st.sampled_from([(True,) * 8, (False,) * 8, (True, False) * 4]),
    unseen=st.booleans(),
    policy=st.sampled_from(["accept", "clip", "reject"]),
    size=st.integers(1, 6),
)
def test_a_table_is_scored_as_its_records(scorer_for, frame, optional, unseen, policy, size):
    """Whatever types its columns have, and wherever it is cut: probabilities to the last bit, refusals to the word."""
    scorer = scorer_for(optional, accepts_unseen=unseen, out_of_range=policy)
    records = [
        {name: as_sent(value) for name, value in row.items() if name != "extra"} for row in frame.iter_rows(named=True)
    ]
    expected, violations = answers_alone(scorer, records)
    rows, reasons = TableScorer(scorer, frame.schema), Refusals(scorer.door.signature)
    found, refusals, first = [], [], 0
    for batch in batches(frame, [size]):
        scored = rows.score(batch)
        found += scored.answers["probability"].to_list()
        assert scored.answers["decision"].to_list() == [scorer.decision(one) for one in scored.answers["probability"]]
        refusals += [(first + row, *told) for row, *told in reasons.table(scored.refused).iter_rows()]
        first += batch.height
    assert found == expected
    assert [told[:2] for told in refusals] == [told[:2] for told in violations]
    assert refusals == violations


TEXT_CELLS = {
    "age": st.integers(-2, 70).map(str) | st.floats(-10, 1e40).map(repr),
    "income": st.floats(allow_infinity=False).map(repr) | st.integers(-(2**63), 2**63).map(str),
    "rooms": st.sampled_from([" 3", "2.5", " NA", "na", "0", "0.0", "1e400", "1e39"]),
    "job": st.sampled_from(["fixed", "Fixed", "?", "partime", "no", "7", "true"]),
    "zip": st.sampled_from(
        ["1", "1.0", "01", "+1", "1e0", "2.50", "07", "7", "007", "3", "3.0", "-1.0", "-1", "-1.00", "9", "9" * 60]
    ),
    "known": st.sampled_from(["true", "TRUE", "False", "1"]),
    "owner": st.sampled_from(["true", "TRUE", "False", "1", "yes"]),
    "since": DAYS | st.just("20160428"),
}
ODD = st.sampled_from(
    [
        "",
        "NA",
        "na",
        "NaN",
        "nan",
        "null",
        "inf",
        "-inf",
        " ",
        " 5",
        "5 ",
        "1_000",
        "1,5",
        "007",
        "+49",
        "-007",
        "x",
        "٣",
    ]
)
WORDS = ("", "NA", "NaN", "null")


@st.composite
def text_rows(draw):
    return draw(
        st.lists(
            st.fixed_dictionaries({name: st.none() | ODD | cells for name, cells in TEXT_CELLS.items()}),
            min_size=1,
            max_size=6,
        )
    )


def number_in(text):
    """Return the number that a cell of a CSV says to the reading of a training table; None when it says none."""
    is_code = re.match(r"0[0-9]|\+[0-9]+$", text) or (re.fullmatch("-?[0-9]+", text) and abs(int(text)) >= 2**127)
    if is_code or not re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", text, re.ASCII):
        return None
    return int(text) if re.fullmatch("-?[0-9]+", text) else float(text)


def said(column, text):
    """Return the value that a cell of a CSV says, as a record would bring it."""
    if text is None or text in WORDS:
        return None
    if column.name in ("age", "income"):
        number = number_in(text)
        return float(number) if number is not None and math.isfinite(number) else text
    if column.name == "zip" and text not in {"1", "2.5", "07", "3", "-1.0"}:
        number = number_in(text)
        return text if number is None else number
    if column.name in ("owner", "known") and text.lower() in ("true", "false"):
        return text.lower() if column.name == "known" else text.lower() == "true"
    return text


@settings(max_examples=100)
@given(
    sent=text_rows(),
    optional=st.sampled_from([(True,) * 8, (True, False) * 4]),
    unseen=st.booleans(),
    policy=st.sampled_from(["accept", "clip", "reject"]),
)
def test_texts_are_scored_as_what_they_say(scorer_for, sent, optional, unseen, policy):
    """The cells of a CSV are values of the kinds that the signature says, each by itself: numbers, flags, words."""
    scorer = scorer_for(optional, accepts_unseen=unseen, out_of_range=policy)
    columns = scorer.door.signature.columns
    records = [{column.name: said(column, row[column.name]) for column in columns} for row in sent]
    expected, violations = answers_alone(scorer, records)
    frame = pl.DataFrame(sent, schema=dict.fromkeys(TEXT_CELLS, pl.String))
    rows = TableScorer(scorer, frame.schema, missing_values=WORDS)
    scored = rows.score(frame)
    assert scored.answers["probability"].to_list() == expected
    assert Refusals(scorer.door.signature).table(scored.refused).rows() == violations
    alone = [rows.score(batch) for batch in batches(frame, [1])]
    assert pl.concat([one.answers for one in alone]).equals(scored.answers)


def test_an_optional_column_that_is_absent_is_missing(scorer_for):
    """As in a request; which ones these are is told."""
    scorer = scorer_for()
    frame = pl.DataFrame({"age": [30.0, 2.5], "extra": [1, 2]})
    rows = TableScorer(scorer, frame.schema)
    assert rows.absent == ("income", "rooms", "job", "zip", "known", "owner", "since")
    assert rows.columns == ["age"]
    scored = rows.score(frame)
    assert scored.answers["probability"].to_list() == scorer.probabilities(scorer.door.row({"age": 30})).tolist()
    assert scored.refused == [(1, 0, 2.5)]


def test_a_column_that_may_not_be_missing_must_be_there(scorer_for):
    """The nearest name is told."""
    scorer = scorer_for((True, False, *[True] * 6))
    with pytest.raises(DatasetError, match=r't\.csv: income: no such column, did you mean "Income"\?; mend the table'):
        TableScorer(scorer, {"age": pl.Int64(), "Income": pl.Int64()}, where="t.csv")


def test_a_table_of_something_else_is_refused(scorer_for):
    """One that has none of the model's columns, though each of them may be missing."""
    with pytest.raises(DatasetError, match="has none of the model's columns: accepted: age, income"):
        TableScorer(scorer_for(), {"Age": pl.Int64(), "x": pl.String()})


def test_columns_of_other_types_are_told_at_once(scorer_for):
    """Each with what is expected and what was found; the first five of them."""
    schema = {"age": pl.String(), "income": pl.Boolean(), "rooms": pl.String(), "job": pl.List(pl.String)}
    with pytest.raises(DatasetError) as refused:
        TableScorer(scorer_for(), {**schema, "owner": pl.Int8(), "since": pl.Struct([]), "zip": pl.Binary()})
    told = str(refused.value)
    assert "age: expected a whole number, found String; income: expected a number, found Boolean; job: " in told
    assert "and 1 more columns" in told
    assert "rooms" not in told


def test_no_row_gets_no_answer(scorer_for):
    """A batch without rows, and one of which all are refused, have answers of the same types."""
    rows = TableScorer(scorer_for(), {"age": pl.Float64()})
    for frame in (pl.DataFrame({"age": []}, schema={"age": pl.Float64}), pl.DataFrame({"age": [0.5]})):
        assert rows.score(frame).answers.schema == rows.answer_schema
        assert rows.score(frame).matrix.shape == (0, 8)


def test_a_decision_is_positive_from_the_threshold_on(scorer_for):
    """The threshold itself decides positive, as in the service."""
    scorer = scorer_for()
    frame = pl.DataFrame({"age": [20, 30, 40, 50, 60]})
    probabilities = scorer.probabilities(scorer.door.rows([{"age": age} for age in frame["age"]]))
    facts = replace(scorer.bundle.facts, threshold=float(probabilities[2]))
    strict = Scorer(replace(read_bundle(scorer.bundle.path), facts=facts))
    expected = [strict.decision(one) for one in probabilities]
    assert TableScorer(strict, frame.schema).score(frame).answers["decision"].to_list() == expected
    assert expected[2] == "yes"
