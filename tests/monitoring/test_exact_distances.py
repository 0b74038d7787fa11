"""Distances from raw values: what Evidently 0.6.7 published, and what our profiles make of the same rows."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from keepfit.errors import MonitoringError
from keepfit.evaluation import confusion, scores
from keepfit.monitoring.distances import wasserstein
from keepfit.monitoring.exact_distances import category_distance, exact_distance, normed_wasserstein
from keepfit.profiles import build_profile, count_window
from keepfit.signature import Column, Kind, Outcome, Signature

CODES = {  # the published ones; examples/credit-status/keepfit.toml has the vocabularies in the same order
    "Home": ("rent", "owner", "parents", "priv", "other", "ignore"),
    "Marital": ("married", "widow", "single", "separated", "divorced"),
    "Records": ("no", "yes"),
    "Job": ("freelance", "fixed", "partime", "others"),
}
MEASURED_AS = {"Wasserstein distance (normed)": "normed_wasserstein", "Jensen-Shannon distance": "jensen_shannon"}

NUMBERS = ("Age", "Amount", "Assets", "Debt", "Expenses", "Home", "Income", "Price", "Seniority", "Time")


@pytest.fixture(scope="module")
def published(datasets):
    """What Evidently 0.6.7 said of each column."""
    facts = json.loads((datasets / "reference" / "credit_datadrift.json").read_text())
    (table,) = (one["result"] for one in facts["metrics"] if one["metric"] == "DataDriftTable")
    return table["drift_by_columns"]


@pytest.fixture(scope="module")
def columns(datasets, published):
    """The values that it was given: reference and window by column, codes for words, 0 for what is missing."""
    table = pl.read_csv(datasets / "credit_data.csv", null_values="NA")
    coded = table.with_columns(pl.col(name).replace_strict(words, range(len(words))) for name, words in CODES.items())
    log = pl.read_csv(datasets / "credit_data_inferences_log.csv")
    tables = [frame.select(pl.col(list(published)).cast(pl.Float64).fill_null(0.0)) for frame in (coded, log)]
    return {name: tuple(frame[name].to_numpy() for frame in tables) for name in published}


def test_each_column_is_as_far_as_evidently_published(columns, published):
    """Method and score of all 13 columns are those of Evidently 0.6.7: Home is a number to it, with six values."""
    found = {name: exact_distance(*values, is_category=False) for name, values in columns.items()}
    assert {name: one.name for name, one in found.items()} == {
        name: MEASURED_AS[one["stattest_name"]] for name, one in published.items()
    }
    assert found["Home"].name == "normed_wasserstein"
    for name, one in found.items():
        assert one.value == pytest.approx(published[name]["drift_score"], abs=1e-6), name


@pytest.fixture(scope="module")
def profiled(columns):
    """The distance of each number by profiles, as a check sees it."""
    signature = Signature(tuple(Column(name, Kind.NUMBER) for name in NUMBERS), Outcome("y", "no", "yes"))
    old, new = (np.column_stack([columns[name][at] for name in NUMBERS]).astype(np.float32) for at in (0, 1))
    reference = build_profile(signature, old, np.zeros(len(old)))
    window = count_window(reference, new, np.zeros(len(new)))
    pairs = zip(reference.columns, window.columns, strict=True)
    return {before.name: wasserstein(before, now) / before.deviation for before, now in pairs}


@pytest.mark.parametrize("name", NUMBERS)
def test_profiles_are_within_a_thousandth_of_it(profiled, published, name):
    """A window counted into the reference's bins is as far as its raw values are, for every number."""
    assert profiled[name] == pytest.approx(published[name]["drift_score"], abs=1e-3)


def test_class_drift_is_as_published(datasets):
    """Accuracy, precision, recall, F1 and the confusion matrix of the 2000 inferences are Evidently's."""
    facts = json.loads((datasets / "reference" / "credit_classdrift.json").read_text())
    told = {one["metric"]: one["result"] for one in facts["metrics"]}
    log = pl.read_csv(datasets / "credit_data_inferences_log.csv")
    labels, decided = log["target"].cast(pl.Int8).to_numpy(), log["prediction"].cast(pl.Float64).to_numpy()
    found, cells = scores(labels, decided, 0.5), confusion(labels, decided, 0.5)
    assert (found["accuracy"], round(found["f1"], 4)) == (0.5045, 0.5319)
    then = told["ClassificationQualityMetric"]["current"]
    for name in ("accuracy", "precision", "recall", "f1"):
        assert found[name] == pytest.approx(then[name], abs=1e-15), name
    counts = [[cells.true_negative, cells.false_positive], [cells.false_negative, cells.true_positive]]
    assert counts == told["ClassificationConfusionMatrix"]["current_matrix"]["values"] == [[446, 548], [443, 563]]


def test_a_shift_is_as_far_as_it_is_long():
    """All values moved by 3 are 3 apart, whatever the numbers of rows; in units of the reference's deviation."""
    values = np.array([0.0, 2.0, 4.0, 6.0])
    assert normed_wasserstein(values, np.tile(values + 3, 5)) == pytest.approx(3 / values.std())


def test_the_same_rows_are_no_distance_apart():
    """Neither order nor repetition makes a distance, and what is missing or infinite is passed over."""
    values = np.array([5.0, 1.0, 1.0, np.nan, 9.0, 7.0, 3.0])
    again = np.concatenate([values[::-1], values, [np.inf]])
    assert normed_wasserstein(values, again) == 0.0
    assert category_distance(values, again) == pytest.approx(0.0, abs=1e-8)


def test_a_column_that_hardly_varies_is_measured_in_thousandths():
    """Evidently's unit is max(deviation, 0.001): a constant does not divide by zero."""
    assert normed_wasserstein(np.zeros(4), np.full(3, 0.5)) == pytest.approx(500.0)


def test_categories_without_a_common_one_are_farthest_apart():
    """The Jensen-Shannon distance is at most the root of ln 2 (Lin 1991)."""
    assert category_distance(np.array([0.0, 0.0]), np.array([1.0, 2.0, 3.0])) == pytest.approx(np.sqrt(np.log(2)))


@pytest.mark.parametrize(("levels", "is_category", "name"), [(5, False, "jensen_shannon"), (6, True, "jensen_shannon")])
def test_few_values_are_compared_as_categories(levels, is_category, name):
    """A number with at most five distinct values in both together is a category to Evidently."""
    reference, window = np.arange(levels - 1.0), np.arange(1.0, levels)
    assert exact_distance(reference, window, is_category=is_category).name == name


@pytest.mark.parametrize("side", ["reference", "window"])
def test_a_side_without_values_is_refused(side):
    """There is no distance to nothing, and the message says which side it is."""
    nothing, something = np.full(3, np.nan), np.arange(3.0)
    pair = (nothing, something) if side == "reference" else (something, nothing)
    with pytest.raises(MonitoringError, match=f"^{side}: none of its 3 values is known"):
        exact_distance(*pair, is_category=False)
