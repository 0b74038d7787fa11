"""The domain classifier: awake to columns that go together in another way, silent on the same population."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.errors import MonitoringError
from keepfit.monitoring import compare_profiles
from keepfit.monitoring.domain_classifier import domain_shift
from keepfit.profiles import build_profile, count_window
from keepfit.signature import Column, Kind, Outcome, Signature

COLUMNS = (
    Column("income", Kind.NUMBER),
    Column("amount", Kind.NUMBER),
    Column("age", Kind.INTEGER),
    Column("job", Kind.CATEGORY, categories=("fixed", "freelance", "other")),
    Column("owner", Kind.FLAG),
)


def customers(rows, correlation=0.6, seed=0):
    """Incomes and amounts that go together, and three columns that go with nothing; some incomes are missing."""
    rng = np.random.default_rng(seed)
    income, other = rng.normal(size=(2, rows))
    amount = correlation * income + np.sqrt(1 - correlation**2) * other
    income[rng.random(rows) < 0.05] = np.nan
    rest = [rng.integers(18, 69, rows), rng.choice(3, rows, p=[0.6, 0.25, 0.15]), rng.random(rows) < 0.4]
    return np.column_stack([income, amount, *rest]).astype(np.float32)


@pytest.fixture
def told(section):
    """Asks the classifier."""

    def ask(reference, window, columns=COLUMNS, seed=0, **keys):
        return domain_shift(reference, window, columns, section.model_copy(update=keys), seed=seed)

    return ask


def test_a_flipped_correlation_is_found_by_its_two_columns(told, section):
    """Where every column by itself is as before, the pair that changed tells the window, and is named."""
    reference, window = customers(2000, 0.6), customers(2000, -0.6, seed=1)
    shift = told(reference, window)
    assert shift.is_shifted
    assert {column.name for column in shift.told_by} == {"income", "amount"}
    signature = Signature(COLUMNS, Outcome("Status", "bad", "good"))
    score = np.full(2000, 0.5)
    profile = build_profile(signature, reference, score)
    assert not compare_profiles(profile, count_window(profile, window, score), section).drifted


def test_a_shifted_column_is_named_alone(told):
    """Half a deviation more in one column is found, and told by that column."""
    window = customers(1000, seed=1)
    window[:, 2] += 7
    assert [column.name for column in told(customers(1000), window).told_by] == ["age"]


@pytest.mark.parametrize("rows", [200, 2000])
def test_the_same_population_is_not_told_apart(told, rows):
    """Of four unchanged windows none is shifted, and the interval of each but one at most holds 0.5."""
    found = [told(customers(rows, seed=2 * at), customers(rows, seed=2 * at + 1), seed=at) for at in range(4)]
    assert not any(shift.is_shifted or shift.told_by for shift in found)
    assert sum(shift.low <= 0.5 <= shift.high for shift in found) >= 3


def test_a_replay_in_random_order_is_not_told_apart(told):
    """The reference's own rows score as themselves: the AUC is 0.5 exactly."""
    reference = customers(1000)
    shift = told(reference, np.random.default_rng(3).permutation(reference))
    assert shift.auc == pytest.approx(0.5, abs=1e-12)
    assert not shift.is_shifted


def test_repeated_requests_are_no_shift(told):
    """A window whose every row came five times is not told apart by rows that the model knows by heart."""
    for seed in range(3):
        window = np.repeat(customers(60, seed=50 + seed), 5, axis=0)
        assert not told(customers(1000, seed=seed), window).is_shifted


def test_flags_that_go_together_otherwise_are_found(told):
    """Of two flags that were mostly equal and are mostly unequal there are only four rows; still it is found."""
    rng = np.random.default_rng(0)
    first, is_equal = rng.random((2, 600)) < 0.5, rng.random((2, 600)) < 0.8
    reference = np.column_stack([first[0], first[0] == is_equal[0]]).astype(np.float32)
    window = np.column_stack([first[1], first[1] != is_equal[1]]).astype(np.float32)
    flags = (Column("a", Kind.FLAG), Column("b", Kind.FLAG))
    assert {column.name for column in told(reference, window, flags).told_by} == {"a", "b"}


def test_sides_of_other_sizes(told):
    """The smaller side says how many rows are looked at, and an unchanged window stays one."""
    shift = told(customers(5000), customers(300, seed=1))
    assert shift.rows == 300
    assert not shift.is_shifted


def test_an_auc_below_the_floor_is_no_shift(told):
    """What is significant and small is left alone: the floor decides, and columns are not named."""
    reference, window = customers(2000), customers(2000, -0.6, seed=1)
    shift = told(reference, window, min_auc=0.9)
    assert shift.p_value < 1e-6
    assert not shift.is_shifted
    assert shift.told_by == ()


def test_the_same_seed_says_the_same(told):
    """Rows, folds, models and shuffles follow from the seed."""
    reference, window = customers(400), customers(400, -0.6, seed=1)
    assert told(reference, window, seed=5) == told(reference, window, seed=5)


def test_columns_without_values_and_with_many_categories(told):
    """A column that is missing in every row, and one of 300 categories, say nothing and hinder nothing."""
    job = Column("job", Kind.CATEGORY, categories=tuple(map(str, range(300))))
    columns = (*COLUMNS[:3], job, COLUMNS[4])
    sides = customers(1500), customers(1500, seed=1)
    for at, side in enumerate(sides):
        side[:, 3] = np.random.default_rng(at).integers(0, 301, 1500)
        side[:, 2] = np.nan
    assert not told(*sides, columns).is_shifted


def test_a_side_that_is_missing_is_told_by_it(told):
    """A column whose values have all gone tells every row."""
    window = customers(300, seed=1)
    window[:, 3] = np.nan
    shift = told(customers(300), window)
    assert shift.auc > 0.99
    assert shift.told_by[0].name == "job"


@pytest.mark.parametrize(
    ("reference", "window", "said"),
    [
        (
            customers(0),
            customers(300),
            "reference: no rows to learn from; 200 more are needed ([monitoring] min_window)",
        ),
        (customers(300), customers(199), "window: 199 rows to learn from; 1 more are needed ([monitoring] min_window)"),
        (
            customers(300),
            customers(300)[:, :4],
            "window: 4 columns where the signature has 5; read both sides through the champion's door",
        ),
        (
            customers(300),
            np.repeat(customers(10, seed=1), 30, axis=0),
            (
                "window: 300 rows are copies of 10, and 40 different ones are needed; "
                "look for a client that repeats its requests"
            ),
        ),
    ],
    ids=["empty", "small", "columns", "copies"],
)
def test_what_cannot_be_compared_is_refused(told, reference, window, said):
    """The error says which side, what was found, and what is needed."""
    with pytest.raises(MonitoringError) as refused:
        told(reference, window)
    assert str(refused.value) == said
