"""What columns say of each other."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.exploration.findings import Topic


@pytest.mark.parametrize("rows", [20, 60, 400])
def test_noise_goes_with_nothing(explored, said, rows):
    """Small tables of noise have strong correlations; in nine tables of ten or more none is a finding."""
    found = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        columns = {f"n{at}": rng.normal(size=rows) for at in range(6)}
        columns |= {f"c{at}": rng.choice(list("ab"), rows) for at in range(3)}
        found += said(explored(columns, np.arange(rows) % 2), Topic.NUMBERS, Topic.GROUPS)
    assert len(found) <= 5


def test_what_goes_together_is_told(explored, said):
    """Two numbers, and a number that is higher in one category."""
    rng = np.random.default_rng(0)
    kind, first = rng.choice(list("ab"), 300), rng.normal(size=300)
    columns = {"first": first, "second": -first + rng.normal(size=300), "third": rng.normal(size=300) + (kind == "a")}
    found = explored({**columns, "kind": kind}, np.arange(300) % 2)
    assert said(found, Topic.NUMBERS) == ["second falls with first."]
    assert said(found, Topic.GROUPS)[0].startswith("third is highest where kind is a (median ")


def test_rare_categories_are_no_extreme(explored, said):
    """What is left of a category of many values is not where a number is highest."""
    common = [f"common {at % 30}" for at in range(1200)]
    values = [at % 30 + 0.5 for at in range(1200)] + [1000.5] * 60
    found = explored({"x": [*common, *(f"rare {at}" for at in range(60))], "n": values}, np.arange(1260) % 2)
    (sentence,) = said(found, Topic.GROUPS)
    assert sentence.startswith("n is highest where x is common 29 (median 29.5)")
