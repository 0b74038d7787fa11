"""Leakage, found without an exploration."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from keepfit.exploration import leak_findings
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome

OUTCOME = Outcome("bought", "no", "yes")
ROWS = 800


@pytest.fixture
def honest():
    """Return columns that say something of the classes, and the classes."""
    rng = np.random.default_rng(0)
    age = rng.normal(size=ROWS)
    labels = (age + rng.normal(size=ROWS) > 0.5).astype(np.int8)
    return pl.DataFrame({"age": age, "region": rng.choice(["north", "south"], ROWS)}), labels


def named(frame, labels, **declared):
    section = DataSection(source="t.csv", target="bought", **declared)
    return [finding.columns for finding in leak_findings(frame, labels, OUTCOME, section, seed=0)]


def test_an_honest_table_has_no_suspects(honest):
    """A good column is no leak."""
    assert named(*honest) == []


def test_a_copy_of_the_target_is_found(honest):
    """With noise on it, and as a category."""
    frame, labels = honest
    noise = np.random.default_rng(1).normal(scale=0.1, size=ROWS)
    frame = frame.with_columns(paid=pl.Series(labels + noise), status=pl.Series(labels).cast(pl.String))
    assert sorted(named(frame, labels)) == [("paid",), ("status",)]


def test_a_field_that_is_filled_in_afterwards_is_found(honest):
    """That a value is there tells the class, whatever the value."""
    frame, labels = honest
    when = pl.Series(np.random.default_rng(2).integers(1, 28, ROWS)).set(pl.Series(labels == 0), None)
    assert named(frame.with_columns(signed_on=when), labels) == [("signed_on",)]


def test_what_is_declared_is_named_if_it_is_a_feature(honest):
    """A column that is known only afterwards, however little it says; not one that is no feature."""
    frame, labels = honest
    assert named(frame, labels, known_after=["region", "absent"]) == [("region",)]
