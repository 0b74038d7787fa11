"""Synthetic customers: what holds for every one of them, and for many together."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.simulation import synthetic_customers

OUTCOME = Outcome("Status", "bad", "good")
SIGNATURE = Signature(
    (
        Column("Age", Kind.INTEGER, minimum=18, maximum=68),
        Column("Rate", Kind.NUMBER, minimum=-1.5, maximum=2.5),
        Column("Home", Kind.CATEGORY, categories=("rent", "owner", "other")),
        Column("Phone", Kind.FLAG),
        Column("Joined", Kind.DATE, minimum=16919, maximum=16949, format="%d-%m-%Y"),
    ),
    OUTCOME,
    entity="rownames",
)
REFERENCE = pl.DataFrame(
    {
        "Age": [18, 68, None, 40],
        "Rate": [-1.5, 2.5, math.nan, None],
        "Home": ["rent", "rent", None, "owner"],
        "Phone": [True, None, True, True],
        "Joined": ["28-04-2016", None, "28-05-2016", "01-05-2016"],
    }
)


def drawn(
    rows: int, seed: int = 0, signature: Signature = SIGNATURE, reference: pl.DataFrame = REFERENCE
) -> list[dict]:
    return synthetic_customers(reference, signature, rows, np.random.default_rng(seed))


@given(st.integers(0, 200), st.integers(0, 2**32 - 1))
def test_every_customer_is_within_what_is_known(rows, seed):
    """Numbers are of their kind and in range, texts of the vocabulary, nothing is missing; a seed repeats."""
    made = drawn(rows, seed)
    assert len(made) == rows
    for customer in made:
        assert set(customer) == {*SIGNATURE.names, "rownames"}
        assert type(customer["Age"]) is int
        assert 18 <= customer["Age"] <= 68
        assert type(customer["Rate"]) is float
        assert -1.5 <= customer["Rate"] <= 2.5
        assert customer["Home"] in ("rent", "owner", "other")
        assert type(customer["Phone"]) is bool
        assert 0 <= (dt.datetime.strptime(customer["Joined"], "%d-%m-%Y") - dt.datetime(2016, 4, 28)).days <= 30  # noqa: DTZ001, DTZ007
    assert made == drawn(rows, seed)
    assert json.loads(json.dumps(made)) == made


def test_the_entity_is_numbered_where_there_is_one():
    """Simulated customers have names of their own, or none."""
    assert [customer["rownames"] for customer in drawn(3)] == ["sim-000001", "sim-000002", "sim-000003"]
    assert set(drawn(1, signature=replace(SIGNATURE, entity=None))[0]) == set(SIGNATURE.names)


def test_many_customers_have_the_reference_moments():
    """Unclipped numbers have the reference's mean and deviation, categories equal shares, within five deviations."""
    rows = 20_000
    columns = (replace(SIGNATURE.columns[1], minimum=-1e9, maximum=1e9), *SIGNATURE.columns[2:])
    made = drawn(rows, signature=replace(SIGNATURE, columns=columns))
    rates = np.array([customer["Rate"] for customer in made])
    mean, deviation = 0.5, 2.0  # of -1.5 and 2.5
    assert abs(rates.mean() - mean) < 5 * deviation / math.sqrt(rows)
    assert abs(rates.std() - deviation) < 5 * deviation / math.sqrt(2 * rows)
    for name, value, share in (("Home", "other", 1 / 3), ("Phone", True, 1 / 2)):
        found = np.mean([customer[name] == value for customer in made])
        assert abs(found - share) < 5 * math.sqrt(share * (1 - share) / rows)


def test_columns_hang_together_no_more():
    """Two equal columns of the reference are drawn independently."""
    reference = pl.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [0.0, 1.0, 2.0, 3.0]})
    columns = tuple(Column(name, Kind.NUMBER, minimum=-1e9, maximum=1e9) for name in "ab")
    made = drawn(10_000, signature=Signature(columns, OUTCOME), reference=reference)
    a, b = (np.array([customer[name] for customer in made]) for name in "ab")
    assert abs(np.corrcoef(a, b)[0, 1]) < 5 / math.sqrt(len(made))


def test_a_column_without_a_range_keeps_to_the_references():
    """Where the signature tells no range, the reference's own is kept."""
    columns = (Column("Rate", Kind.NUMBER), Column("Joined", Kind.DATE, format="%d-%m-%Y"))
    made = drawn(500, signature=Signature(columns, OUTCOME))
    assert {"28-04-2016", "28-05-2016"} <= {customer["Joined"] for customer in made}
    rates = [customer["Rate"] for customer in made]
    assert (min(rates), max(rates)) == (-1.5, 2.5)
