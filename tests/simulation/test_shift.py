"""A changed population: identities first, then what weights, scales and rules do."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.errors import ProjectError
from keepfit.project.simulation_section import ShiftSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.simulation import shifted_customers

SIGNATURE = Signature(
    (
        Column("Row", Kind.INTEGER, minimum=0, maximum=7),
        Column("Income", Kind.INTEGER, minimum=0, maximum=300),
        Column("Balance", Kind.NUMBER, minimum=-5, maximum=5),
        Column("Home", Kind.CATEGORY, categories=("rent", "owner", "other")),
        Column("Phone", Kind.FLAG),
    ),
    Outcome("Status", "bad", "good"),
    entity="rownames",
)
FRAME = pl.DataFrame(
    {
        "Status": ["good", "bad"] * 4,
        "Row": range(8),
        "Income": [100.0, 200.0, math.nan, None, 0.0, 55.0, 300.0, 10.0],
        "Balance": [1.5, -2.5, None, 0.0, 5.0, -5.0, 1.0, 2.0],
        "Home": ["rent", "rent", "owner", "owner", "owner", "owner", "other", None],
        "Phone": [True, False, None, True, False, True, False, True],
    }
)
LABELS = FRAME["Status"].to_list()
TABLE = [
    {**row, "Income": None if row["Row"] in (2, 3) else int(row["Income"])}
    for row in FRAME.drop("Status").iter_rows(named=True)
]


def drawn(rows: int = 200, seed: int = 0, frame: pl.DataFrame = FRAME, **section) -> tuple[list[dict], list[str]]:
    declared = ShiftSection.model_validate(section)
    return shifted_customers(frame, LABELS, SIGNATURE, declared, rows=rows, rng=np.random.default_rng(seed))


def test_nothing_declared_changes_nothing():
    """Without weights, scales and rules the records are rows of the table, with their own labels."""
    records, labels = drawn()
    assert len(records) == len(labels) == 200
    for record, label in zip(records, labels, strict=True):
        assert record.pop("rownames") == f"shift-{record['Row']}"
        assert record == TABLE[record["Row"]]
        assert label == LABELS[record["Row"]]
    assert {record["Row"] for record in records} == set(range(8))


def test_a_customer_who_comes_twice_is_known_as_one():
    """The entity is the table's own, so that what judges and what teaches can be told apart by customer."""
    frame = FRAME.with_columns(pl.Series("rownames", [f"c{row}" for row in range(8)]))
    records, _ = drawn(frame=frame)
    assert {record["rownames"] for record in records} == {f"shift-c{row}" for row in range(8)}
    assert all(record["rownames"] == f"shift-c{record['Row']}" for record in records)


def test_a_seed_repeats():
    """The same seed draws the same records, another seed others."""
    assert drawn(seed=3) == drawn(seed=3) != drawn(seed=4)


def test_records_can_be_sent():
    """Missing is null, whole numbers are whole, categories are texts, whatever the table's own types are."""
    other = FRAME.with_columns(
        pl.col("Balance").cast(pl.Decimal(10, 2)),
        pl.Series("Home", [1, 2, None, 1, 1, 2, 2, 1]),
        pl.col("Row").cast(pl.Float64),
    )
    assert isinstance(other["Balance"][0], Decimal)
    records, _ = drawn(frame=other)
    assert json.loads(json.dumps(records, allow_nan=False)) == records
    assert {type(record["Row"]) for record in records} == {int}
    assert {record["Home"] for record in records} == {"1", "2", None}
    assert {record["Income"] for record in records if record["Row"] in (2, 3)} == {None}


@given(st.floats(0.05, 20))
def test_weights_shift_the_shares(weight):
    """A category of weight w and share s is drawn with the share ws / (ws + 1 - s), within five deviations."""
    rows, share = 2000, 2 / 8
    records, _ = drawn(rows=rows, weight={"Home": {"rent": weight}})
    expected = weight * share / (weight * share + 1 - share)
    found = sum(record["Home"] == "rent" for record in records) / rows
    assert abs(found - expected) <= 5 * math.sqrt(expected * (1 - expected) / rows) + 1e-12


def test_weights_of_several_columns_multiply():
    """Rows that two columns weigh get the product; weight 0 draws none."""
    records, _ = drawn(weight={"Home": {"rent": 0.0, "other": 2.0}, "Phone": {"true": 0.0}})
    assert {record["Row"] for record in records} == {2, 4, 6}
    rows = 4000
    records, _ = drawn(rows=rows, weight={"Home": {"rent": 3.0}, "Phone": {"true": 2.0}})
    found = sum(record["Row"] == 0 for record in records) / rows
    expected = 6 / (6 + 3 + 1 + 2 + 1 + 2 + 1 + 2)
    assert abs(found - expected) <= 5 * math.sqrt(expected * (1 - expected) / rows)


@given(st.floats(-3, 3))
def test_scales_multiply_numbers(factor):
    """Whole numbers are rounded and not below 0 where they never were; other numbers are multiplied; None stays."""
    records, _ = drawn(rows=50, scale={"Income": factor, "Balance": factor})
    for record in records:
        before = TABLE[record["Row"]]
        income, balance = before["Income"], before["Balance"]
        assert record["Income"] == (None if income is None else max(0, round(income * factor)))
        assert record["Balance"] == (None if balance is None else balance * factor)
        assert (record["Home"], record["Phone"]) == (before["Home"], before["Phone"])


BOUNDS = st.floats(-10, 310)
CONDITIONS = st.one_of(
    st.builds(lambda bound: {"column": "Income", "below": bound}, BOUNDS),
    st.builds(lambda bound: {"column": "Balance", "at_least": bound}, BOUNDS),
    st.builds(lambda low, high: {"column": "Income", "at_least": low, "below": high}, BOUNDS, BOUNDS),
    st.builds(
        lambda texts: {"column": "Home", "among": texts},
        st.lists(st.sampled_from(["rent", "owner", "other"]), min_size=1),
    ),
    st.just({"column": "Phone", "among": ["true"]}),
)
RULES = st.lists(
    st.fixed_dictionaries(
        {"label": st.sampled_from(["good", "bad"]), "when": st.lists(CONDITIONS, min_size=1, max_size=3)}
    ),
    max_size=3,
)


def meets(record: dict, when: list[dict]) -> bool:
    for condition in when:
        value = record[condition["column"]]
        if value is None:
            return False
        if (
            "among" in condition
            and (str(value).lower() if isinstance(value, bool) else value) not in condition["among"]
        ):
            return False
        if "below" in condition and not value < condition["below"]:
            return False
        if "at_least" in condition and not value >= condition["at_least"]:
            return False
    return True


@given(RULES)
def test_the_first_rule_that_a_record_meets_labels_it(rules):
    """Rules look at scaled values in their order; a record that meets none keeps its row's label."""
    scale = {"Income": 0.5}
    halved = [{**row, "Income": row["Income"] and round(row["Income"] / 2)} for row in TABLE]
    if not all(any(meets(row, rule["when"]) for row in halved) for rule in rules):
        with pytest.raises(ProjectError, match="no row meets it"):
            drawn(rows=30, scale=scale, rules=rules)
        return
    records, labels = drawn(rows=30, scale=scale, rules=rules)
    for record, label in zip(records, labels, strict=True):
        first = next((rule["label"] for rule in rules if meets(record, rule["when"])), LABELS[record["Row"]])
        assert label == first


def test_a_rule_that_some_row_meets_may_miss_a_small_draw():
    """A rule is at fault only when no row of the whole table meets it."""
    rules = [{"label": "bad", "when": [{"column": "Home", "among": ["other"]}]}]
    draws = [drawn(rows=1, seed=seed, rules=rules)[0][0]["Home"] for seed in range(20)]
    assert set(draws) > {"other"}


def test_without_an_entity_none_is_made():
    """A project without an entity column sends none."""
    records, _ = shifted_customers(
        FRAME, LABELS, replace(SIGNATURE, entity=None), ShiftSection(), rows=1, rng=np.random.default_rng(0)
    )
    assert set(records[0]) == set(SIGNATURE.names)


def rule(**condition) -> dict:
    return {"rules": [{"label": "bad", "when": [condition]}]}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"scale": {"Incom": 1.0}}, ' scale: there is no "Incom"; did you mean "Income"?'),
        ({"scale": {"Home": 1.0}}, ' scale: "Home" is of kind category; scale numbers only'),
        ({"weight": {"home": {}}}, ' weight: there is no "home"; did you mean "Home"?'),
        ({"weight": {"Income": {"1": 2.0}}}, ' weight: "Income" is of kind integer; weigh categories only'),
        ({"weight": {"Home": {"rents": 2.0}}}, ' weight.Home: there is no "rents"; did you mean "rent"?'),
        ({"weight": {"Phone": {"yes": 2.0}}}, ' weight.Phone: there is no "yes"; accepted: false, true'),
        ({"weight": {"Home": {"rent": -1.0}}}, " weight.Home.rent: -1.0 is no weight; write a number from 0 on"),
        (
            {"weight": {"Phone": {"true": 0.0, "false": 0.0}, "Home": {"owner": 0.0}}},
            " weight: no row is left to draw; weigh some category above 0",
        ),
        (rule(column="Incme", below=1.0), ' rules.0.when.0.column: there is no "Incme"; did you mean "Income"?'),
        (rule(column="Income", among=["1"]), ' rules.0.when.0: "Income" is of kind integer; use below or at_least'),
        (rule(column="Home", below=1.0, among=["rent"]), ' rules.0.when.0: "Home" is of kind category; use among'),
        (rule(column="Phone", at_least=1.0), ' rules.0.when.0: "Phone" is of kind flag; use among'),
        (rule(column="Home", among=["ownr"]), ' rules.0.when.0.among: there is no "ownr"; did you mean "owner"?'),
        (
            {"rules": [{"label": "god", "when": [{"column": "Income", "below": 1.0}]}]},
            ' rules.0.label: there is no "god"; did you mean "good"?',
        ),
        (rule(column="Income", below=-1.0), " rules.0: no row meets it; widen or remove it"),
    ],
)
def test_a_section_that_does_not_fit_is_told_by_its_key(section, said):
    """What the table has not, or cannot be, names the key and the way out."""
    with pytest.raises(ProjectError) as caught:
        drawn(**section)
    assert str(caught.value) == f"keepfit.toml: [simulation.shift]{said}"


@pytest.mark.parametrize("dtype", [pl.Date, pl.Datetime, pl.String])
def test_dates_are_sent_as_the_service_reads_them(dtype):
    """Whatever type the table has for them; no rule and no weight speaks of a date."""
    column = Column("Joined", Kind.DATE, format="%d-%m-%Y" if dtype != pl.String else "%Y-%m-%d")
    days = pl.Series("Joined", [dt.date(2016, 4, 28), None] * 4).cast(dtype)
    signature = replace(SIGNATURE, columns=(*SIGNATURE.columns, column))
    rng = np.random.default_rng(0)
    made, _ = shifted_customers(FRAME.with_columns(days), LABELS, signature, ShiftSection(), rows=50, rng=rng)
    assert {record["Joined"] for record in made} == {None, "28-04-2016" if dtype != pl.String else "2016-04-28"}
    for section in (
        {"weight": {"Joined": {"2016-04-28": 2.0}}},
        {"scale": {"Joined": 2.0}},
        {"rules": [{"label": "bad", "when": [{"column": "Joined", "below": 2.0}]}]},
    ):
        declared = ShiftSection.model_validate(section)
        with pytest.raises(ProjectError, match='"Joined" is of kind date'):
            shifted_customers(FRAME.with_columns(days), LABELS, signature, declared, rows=5, rng=rng)
