"""Columns that know the answer."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.exploration.findings import Topic

LABELS = np.random.default_rng(0).random(3000) < 0.2


def filled(rows, value="2026-01-01"):
    return np.where(rows, value, None).tolist()


@pytest.mark.parametrize("value", ["2026-01-01", "closed", 7, 1.5])
@pytest.mark.parametrize("part", [1.0, 0.6])
def test_a_field_that_is_filled_in_afterwards_is_found(explored, said, value, part):
    """Whatever is in it, for all who say yes or for some of them: nobody else has one."""
    rows = LABELS & (np.random.default_rng(1).random(3000) < part)
    found = explored({"closed": filled(rows, value)}, LABELS)
    (sentence,) = said(found, Topic.LEAKAGE)
    assert sentence == "closed is filled in almost only where y is yes: is it known before the event?"
    assert said(found, Topic.FEATURE) == []


def test_a_field_that_only_others_have_is_found(explored, said):
    """Filled in for who said no, and for some of who said yes."""
    rows = ~LABELS | (np.random.default_rng(1).random(3000) < 0.3)
    assert said(explored({"active": filled(rows)}, LABELS), Topic.LEAKAGE) == [
        "active is missing almost only where y is yes: is it known before the event?"
    ]


def test_a_few_missing_values_without_the_rare_class_are_no_leak(explored, said):
    """A hundred rows in which nobody says yes know little of the others."""
    rows = np.ones(3000, bool)
    rows[np.flatnonzero(~LABELS)[:100]] = False
    found = explored({"age": np.where(rows, 30.5, np.nan)}, LABELS)
    assert said(found, Topic.LEAKAGE) == []
    (sentence,) = (finding.sentence for finding in found.relations if finding.by_absence)
    assert sentence.startswith("y is less often yes where age is missing (0.0%) than where it is filled in (2")


def test_values_that_are_missing_by_chance_say_nothing(explored, said):
    """Of forty columns with gaps hardly one is told."""
    rng = np.random.default_rng(3)
    found = explored({f"x{at}": np.where(rng.random(3000) < 0.3, np.nan, 1.5) for at in range(40)}, LABELS)
    assert len(found.absences) == 40
    assert len(said(found, Topic.LEAKAGE, Topic.FEATURE)) <= 1


def test_columns_that_are_missing_together_are_told_once(explored, said):
    """As one finding, that names three of them."""
    columns = {name: filled(LABELS) for name in "abcde"}
    assert said(explored(columns, LABELS), Topic.LEAKAGE) == [
        "a, b, c and 2 more are filled in almost only where y is yes: are they known before the event?"
    ]


def test_what_ranks_the_rows_is_told_by_its_area(explored, said):
    """A number whose ranges are mixed, but whose order is nearly the target's; it is told once."""
    rng = np.random.default_rng(0)
    found = explored({"score": LABELS * 3.0 + rng.normal(size=3000)}, LABELS)
    (leak,) = found.leaks
    assert leak.sentence == "score alone nearly determines y: is it known before the event?"
    assert leak.evidence.startswith("ROC AUC of the column alone 0.98")
    assert said(found, Topic.FEATURE) == []


def test_what_is_declared_is_told_where_it_is_left(explored, said):
    """A column that is known afterwards is told, and described; one that is dropped already is not."""
    call = LABELS * 2.0 + np.random.default_rng(0).normal(size=3000)
    found = explored({"call": call}, LABELS, known_after=["call", "gone"], drop=["gone"])
    assert said(found, Topic.LEAKAGE) == [
        "call is known only after the event: a model that uses it cannot be used before."
    ]
    assert said(found, Topic.FEATURE)[0].startswith("call is higher where y is yes")
