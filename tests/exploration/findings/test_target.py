"""What columns say of the target."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.exploration.findings import Topic


def column_of(counts):
    """Return a column and its labels: rows and how many of them are positive, by level."""
    values = [level for level, (rows, _) in counts.items() for _ in range(rows)]
    return values, [at < positives for rows, positives in counts.values() for at in range(rows)]


@pytest.mark.parametrize("rows", [200, 2000])
@pytest.mark.parametrize("rate", [0.5, 0.1])
def test_noise_says_little(explored, said, rows, rate):
    """Of a hundred columns that have nothing to do with the target hardly one is told otherwise."""
    found = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        columns = {f"n{at}": rng.normal(size=rows) for at in range(10)}
        columns |= {f"c{at}": rng.choice(list("abcdefgh"), rows) for at in range(5)}
        columns |= {f"r{at}": rng.zipf(1.5, rows).astype(str) for at in range(5)}  # some values in a row or two
        told = said(explored(columns, rng.random(rows) < rate), Topic.FEATURE)
        assert len(told) == 20
        found += [sentence for sentence in told if "says little of y by itself." not in sentence]
    assert len(found) <= 1


def test_a_difference_matters_in_a_rare_class(explored, said):
    """Seven of a hundred against twelve are a weak association and worth saying."""
    values, labels = column_of({"no": (3830, 478), "yes": (691, 50)})
    found = explored({"loan": values}, labels)
    assert found.features[0].association.value < 0.1
    assert said(found, Topic.FEATURE) == [
        "y is most often yes where loan is no (12.5%), and least often where it is yes (7.2%)."
    ]


def test_a_difference_that_is_sure_and_small_says_little(explored, said):
    """In many rows the smallest difference is sure."""
    values, labels = column_of({"V": (60_000, 30_600), "H": (60_000, 29_400)})
    found = explored({"sex": values}, labels)
    assert found.features[0].association.p_value < 1e-6
    assert said(found, Topic.FEATURE) == ["sex says little of y by itself."]


def test_levels_of_few_rows_are_not_compared(explored, said):
    """Where no two values have enough rows, it is said that there is a difference, and not where."""
    values, labels = column_of({"a": (19, 15), "b": (19, 3), "c": (19, 16), "d": (19, 2)})
    found = explored({"x": values}, labels)
    assert found.features[0].extremes is None
    assert said(found, Topic.FEATURE) == ["y differs by x."]


def test_rare_values_are_no_extreme(explored, said):
    """What is left of a category of many values is no value, however often the target is positive there."""
    counts = {f"common {at}": (60, 20 if at % 2 else 30) for at in range(30)}
    values, labels = column_of(counts | {f"rare {at}": (5, 5) for at in range(20)})
    found = explored({"x": values}, labels)
    assert found.features[0].rates[-1].label == "20 rarer ones"
    assert found.features[0].rates[-1].rate.value == 1.0
    assert not any("rarer" in sentence for sentence in said(found))


def test_levels_that_tie_are_not_told_twice(explored):
    """Where every level has the same rate there is no most and no least."""
    values, labels = column_of({"a": (40, 20), "b": (60, 30)})
    (finding,) = (finding for finding in explored({"x": values}, labels).findings if finding.topic is Topic.FEATURE)
    assert finding.sentence == "x says little of y by itself."
    assert finding.evidence == "Cramér's V 0.000 [0.000, 0.000]" or "; a: " not in finding.evidence


def test_a_number_of_one_class_is_told_without_an_area(explored, said):
    """What is known for one class only has no median of the other; the order of the others stays."""
    rng = np.random.default_rng(0)
    labels = rng.random(1000) < 0.3
    columns = {f"x{at}": rng.normal(size=1000) + labels * at / 3 for at in range(4)}
    found = explored({"late": np.where(labels, rng.normal(size=1000), np.nan), **columns}, labels)
    strengths = [finding.strength for finding in found.relations]
    assert strengths == sorted(strengths, reverse=True)
    assert not any("nan" in finding.sentence + finding.evidence for finding in found.findings)
    late = next(feature for feature in found.features if feature.name == "late")
    assert (late.area, late.medians) == (None, None)


def test_rows_without_a_target_do_not_count(explored):
    """A column's area is that of the rows that have a label."""
    rng = np.random.default_rng(0)
    labels, values = rng.random(400) < 0.5, rng.normal(size=400)
    known = np.arange(400) < 300
    whole, part = explored({"x": values}, labels, known), explored({"x": values[:300]}, labels[:300])
    assert whole.features[0].area == part.features[0].area
    assert whole.features[0].medians == part.features[0].medians


def test_the_entity_is_no_feature(explored, said):
    """Who a row is about is not set against the target, nor against other columns."""
    rng = np.random.default_rng(0)
    who = rng.integers(0, 300, 1000)
    columns = {"who": who, "age": who + rng.normal(size=1000), "income": rng.normal(size=1000)}
    found = explored(columns, who > 200, entity="who")
    assert {feature.name for feature in found.features} == {"age", "income"}
    assert not any("who" in sentence for sentence in said(found))


def test_a_declared_category_is_one(explored):
    """As training sees it: values as levels, no ranges, no area."""
    rng = np.random.default_rng(0)
    labels, calls = rng.random(1000) < 0.5, rng.integers(1, 16, 1000)
    (as_number,) = explored({"calls": calls}, labels).features
    (as_category,) = explored({"calls": calls}, labels, kinds={"calls": "category"}).features
    assert as_number.area is not None
    assert as_category.area is None
    assert [rate.label for rate in as_category.rates] == [str(calls) for calls in range(1, 16)]


def test_an_outer_range_of_one_value_is_named_by_it(explored, said):
    """Not by where it ends."""
    rng = np.random.default_rng(0)
    labels = rng.random(2000) < 0.3
    calls = np.where(labels | (rng.random(2000) < 0.3), 1, rng.integers(2, 30, 2000))
    (sentence,) = said(explored({"calls": calls}, labels), Topic.FEATURE)
    assert sentence.startswith("calls is lower where y is yes: median 1 against ")
    assert sentence.endswith("; y is most often yes where calls is 1.")
