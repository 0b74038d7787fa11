"""The reasons for a score: they add up, and leave out what moves nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from keepfit.profiles import Profile, typical_row
from keepfit.scoring import Explainer, Scorer
from keepfit.signature import Column, Kind, Outcome, Signature
from recommender_model import make_recommender, panel, records_with_history

RECORDS = st.fixed_dictionaries(
    {
        "age": st.one_of(st.none(), st.integers(18, 68), st.just(-1)),
        "income": st.one_of(st.none(), st.floats(0, 1000)),
        "rooms": st.sampled_from([None, 1, "7", " NA"]),
        "job": st.sampled_from([None, "fixed", "partime", "Fixed", "unheard of"]),
        "zip": st.sampled_from([None, "1", 2.5, "9"]),
        "known": st.sampled_from([None, "true"]),
        "owner": st.sampled_from([None, True, False]),
        "since": st.sampled_from([None, "28-04-1979", "never"]),
    }
)
REFERENCE = {
    "age": 40,
    "income": 100.0,
    "rooms": None,
    "job": "fixed",
    "zip": "1",
    "known": "true",
    "owner": False,
    "since": "01-01-1979",
}
numbers = st.floats(-2, 2, width=32)


@pytest.fixture(scope="module")
def forest(bundle):
    """A forest on every kind of column, and a record that others are compared with."""
    scorer = Scorer(bundle)
    return Explainer(scorer, scorer.door.row(REFERENCE))


def linear(bundle, weights, *, squashed):
    """Return the explainer of `0.5 + x @ weights`, or of its logistic function, against zeros; missing counts as 1."""
    columns = tuple(Column(f"x{at}", Kind.NUMBER, label=f"Number {at}") for at in range(len(weights)))
    facts = replace(bundle.facts, signature=Signature(columns, Outcome("y", "no", "yes")))
    scorer = Scorer(replace(bundle, facts=facts, model=linear_graph(weights, squashed=squashed)))
    return Explainer(scorer, np.zeros((1, len(weights)), dtype=np.float32))


def linear_graph(weights, *, squashed):
    weights = np.array(weights, dtype=np.float32)
    constants = {"w": weights[:, None], "half": [0.5], "one": [1.0], "both": [[-1.0, 1.0]], "zero": [[1.0, 0.0]]}
    nodes = [
        helper.make_node("IsNaN", ["x"], ["lacks"]),
        helper.make_node("Where", ["lacks", "one", "x"], ["known"]),
        helper.make_node("MatMul", ["known", "w"], ["sum"]),
        helper.make_node("Sigmoid", ["sum"], ["p"]) if squashed else helper.make_node("Add", ["sum", "half"], ["p"]),
        helper.make_node("MatMul", ["p", "both"], ["signed"]),
        helper.make_node("Add", ["signed", "zero"], ["probabilities"]),
    ]
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, len(weights)])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])],
        [numpy_helper.from_array(np.array(value, dtype=np.float32), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


def reasons_of(explainer, values):
    """Return the reasons for one row, and its effects by column."""
    row = np.array([values], dtype=np.float32)
    (found,) = explainer.reasons(row, [{f"x{at}": value for at, value in enumerate(values)}])
    effects = {told.feature: told.effect for told in found.contributions}
    return found, np.array([effects.get(f"x{at}", 0.0) for at in range(len(values))])


def exact(explainer, values):
    """Return the mean of what each feature changes when it joins, over all orders."""
    effects = np.zeros(len(values))
    for order in permutations(range(len(values))):
        rows = np.zeros((len(values) + 1, len(values)), dtype=np.float32)
        for step, feature in enumerate(order):
            rows[step + 1 :, feature] = values[feature]
        effects[list(order)] += np.diff(explainer._scorer.probabilities(rows))
    return effects / factorial(len(values))


@given(st.lists(RECORDS, min_size=1, max_size=5))
@settings(max_examples=50)
def test_effects_add_up_to_the_score(forest, records):
    """From the typical record's score to that of the record, which is the one it is answered with."""
    matrix = forest._scorer.door.rows(records)
    found = forest.reasons(matrix, records)
    assert [one.score for one in found] == forest._scorer.probabilities(matrix).tolist()
    for one in found:
        assert one.baseline == forest.baseline
        assert sum(told.effect for told in one.contributions) == pytest.approx(one.score - one.baseline, abs=1e-9)


@given(st.lists(RECORDS, min_size=2, max_size=5))
@settings(max_examples=30)
def test_a_record_has_the_same_reasons_in_any_company(forest, records):
    """To the last bit, and every time."""
    matrix = forest._scorer.door.rows(records)
    alone = [forest.reasons(matrix[at : at + 1], [record])[0] for at, record in enumerate(records)]
    assert forest.reasons(matrix, records) == alone == forest.reasons(matrix, records)


def test_more_records_than_are_scored_at_once(forest):
    """Six hundred of them get what each gets."""
    records = [REFERENCE | {"age": 18 + at % 50, "job": None} for at in range(600)]
    found = forest.reasons(forest._scorer.door.rows(records), records)
    assert found[:50] == found[50:100] == found[550:]
    assert len(found) == 600


def test_the_typical_record_has_no_reasons(forest):
    """Its score is the baseline."""
    (found,) = forest.reasons(forest._scorer.door.row(REFERENCE), [REFERENCE])
    assert (found.score, found.contributions) == (found.baseline, ())


def test_no_records_have_no_reasons(forest):
    """Nothing is scored."""
    assert forest.reasons(np.empty((0, 8), dtype=np.float32), []) == []


@given(RECORDS)
@settings(max_examples=50)
def test_features_like_the_typical_ones_are_left_out(forest, record):
    """The others come by size, each with its values in words; a missing value is a value like others."""
    row = forest._scorer.door.row(record)
    (found,) = forest.reasons(row, [record])
    same = (row == forest._reference) | (np.isnan(row) & np.isnan(forest._reference))
    differing = {name for name, is_same in zip(REFERENCE, same[0], strict=True) if not is_same}
    assert {told.feature for told in found.contributions} <= differing
    sizes = [abs(told.effect) for told in found.contributions]
    assert sizes == sorted(sizes, reverse=True)
    for told in found.contributions:
        assert told.effect
        assert (told.value, told.reference) == (record[told.feature], REFERENCE[told.feature])


def test_a_category_outside_of_the_vocabulary_is_a_reason(bundle):
    """It is told as it was sent, and so is a value that stands for missing."""
    scorer = Scorer(bundle)
    weights = np.array([0, 0.02, 0, 0.25, 0, 0, 0, 0])
    summing = Scorer(replace(bundle, model=linear_graph(weights, squashed=False)))
    explainer = Explainer(summing, scorer.door.row(REFERENCE))
    record = REFERENCE | {"job": "unheard of", "income": 90.0, "age": -1}
    (found,) = explainer.reasons(scorer.door.row(record), [record])
    told = [(one.feature, one.label, one.value, one.reference) for one in found.contributions]
    assert told == [("job", "job", "unheard of", "fixed"), ("income", "income", 90.0, 100.0)]
    assert [one.effect for one in found.contributions] == pytest.approx([0.5, -0.2], abs=1e-6)


@given(st.lists(numbers, min_size=1, max_size=6), st.data())
@settings(max_examples=40)
def test_few_features_are_exact(bundle, weights, data):
    """The mean over all orders in which the features can join, computed one by one."""
    explainer = linear(bundle, weights, squashed=True)
    values = data.draw(st.lists(numbers, min_size=len(weights), max_size=len(weights)))
    np.testing.assert_allclose(reasons_of(explainer, values)[1], exact(explainer, values), atol=1e-9)


@given(st.lists(numbers, min_size=8, max_size=16), st.data())
@settings(max_examples=40)
def test_additive_scores_are_exact(bundle, weights, data):
    """However many features there are: each has its weight times its value, in the precision of the graph."""
    explainer = linear(bundle, weights, squashed=False)
    values = data.draw(st.lists(numbers, min_size=len(weights), max_size=len(weights)))
    expected = np.array(weights, dtype=np.float32) * np.array(values, dtype=np.float32)
    np.testing.assert_allclose(reasons_of(explainer, values)[1], expected, atol=1e-5)


@given(st.lists(st.sampled_from([0.0, 0.5, -0.25]), min_size=2, max_size=16))
@settings(max_examples=40)
def test_what_the_model_ignores_is_no_reason(bundle, weights):
    """Not even with a very small effect, whether all coalitions are scored or some."""
    found, effects = reasons_of(linear(bundle, weights, squashed=True), np.ones(len(weights)))
    assert {told.feature for told in found.contributions} == {f"x{at}" for at, weight in enumerate(weights) if weight}
    assert effects.sum() == pytest.approx(found.score - found.baseline, abs=1e-9)


@example([1.0, 2.0, 2.0, 2.0, -2.0], float(np.finfo(np.float32).eps), -0.5)  # both next to idle: one was, to the bit
@example([-0.6622456, 0.60030824, -0.6622456, 1.7622235, 1.7622235], -0.23645993, float(np.finfo(np.float32).eps))
@given(st.lists(numbers, min_size=1, max_size=5), numbers, numbers)
@settings(max_examples=40)
def test_what_enters_alike_has_the_same_effect(bundle, weights, weight, value):
    """Two features with the same weight and the same value."""
    explainer = linear(bundle, [weight, *weights, weight], squashed=True)
    _, effects = reasons_of(explainer, [value, *([1.0] * len(weights)), value])
    assert effects[0] == pytest.approx(effects[-1], abs=1e-7)  # the graph adds in the order of the columns


def test_a_missing_value_is_a_reason(bundle):
    """Missing against known, and known against missing."""
    explainer = linear(bundle, [0.25, 0.125], squashed=False)
    found, effects = reasons_of(explainer, [np.nan, 1.0])
    assert effects.tolist() == [0.25, 0.125]
    lacking = Explainer(explainer._scorer, np.array([[np.nan, np.nan]], dtype=np.float32))
    found, effects = reasons_of(lacking, [0.0, np.nan])
    assert [(told.label, told.reference, told.effect) for told in found.contributions] == [("Number 0", None, -0.25)]


@pytest.fixture(scope="module")
def recommender(tmp_path_factory):
    """A tiny recommender, and the explainer of it."""
    scorer = Scorer(make_recommender(tmp_path_factory.mktemp("recommender") / "t").store.champion())
    reference = typical_row(Profile.from_dict(scorer.bundle.profile))
    return scorer, Explainer(scorer, np.ascontiguousarray(reference))


def test_a_recommender_tells_the_twenty_greatest(recommender, monkeypatch):
    """The others are one number, so that all add up; they are those that it would tell next."""
    scorer, explainer = recommender
    sent = records_with_history(panel())[-40:]
    rows = scorer.door.rows(sent)
    usual = explainer.reasons(rows, sent)
    assert all(len(one.contributions) <= 20 for one in usual)
    monkeypatch.setattr(explainer, "_most", 3)
    cut = explainer.reasons(rows, sent)
    for whole, part, score in zip(usual, cut, scorer.probabilities(rows).tolist(), strict=True):
        assert whole.others is None
        assert part.contributions == whole.contributions[:3]
        left = [one.effect for one in whole.contributions[3:]]
        assert part.others == (pytest.approx(sum(left)) if left else None)
        told = sum(one.effect for one in part.contributions)
        assert part.baseline + told + (part.others or 0.0) == pytest.approx(score, abs=1e-9)
    assert any(part.others for part in cut)


def test_the_past_is_told_by_what_the_history_says(recommender):
    """Nobody sent those columns: the value is that of the row, and None where it is not known."""
    scorer, explainer = recommender
    sent = records_with_history(panel())[-100:]
    rows = scorer.door.rows(sent)
    past = {column.name: at for at, column in enumerate(scorer.door.signature.columns) if column.is_past}
    told = 0
    for row, reasons in zip(rows, explainer.reasons(rows, sent), strict=True):
        for one in reasons.contributions:
            if one.feature in past:
                told += 1
                value = float(row[past[one.feature]])
                assert one.value == (None if np.isnan(value) else value)
    assert told
