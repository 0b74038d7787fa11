"""Parts of the rows on a page."""

from __future__ import annotations

import math

import numpy as np

from keepfit.evaluation import Estimate, Part, slice_scores
from keepfit.evaluation.slice_table import said_of_slices, scored, slice_table
from keepfit.reporting import Mark, Worded


def slices():
    rng = np.random.default_rng(0)
    probability = rng.random(1020)
    labels = (rng.random(1020) < probability).astype(np.int8)
    labels[:400] = 1 - labels[:400]
    at = np.arange(1020)
    parts = [Part("age", label, chosen) for label, chosen in (("old", at < 400), ("few", at >= 1000))]
    return slice_scores(labels, probability, 0.5, parts, metric="f1", seed=0)


def test_a_part_that_differs_is_marked():
    """By its gap, as far as it has rows enough; how many would by chance is told."""
    table = slice_table(slices(), "f1")
    assert [row[0:3] for row in table.rows] == [["age", "old", 400], ["age", "few", 20]]
    assert [row[-1] for row in table.rows] == [Mark("warn", "differs"), Mark("unknown", "few rows")]
    assert said_of_slices(slices()).startswith("1 of 2 parts differ")


def test_an_unknown_score_is_an_empty_cell():
    """Others have their interval, and sort by their value."""
    assert scored(Estimate(math.nan, math.nan, math.nan)) is None
    assert scored(Estimate(0.5, 0.25, 0.75)) == Worded("0.500 [0.250, 0.750]", 0.5)
