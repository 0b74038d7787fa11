"""What a recommender's trees see: the declared features, and every other column as it is."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.errors import TrainingError
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.declared_features import require_features
from keepfit.training.recommender.front import build_front
from recommender_model import tiny_recommender

SIGNATURE = Signature(
    (
        Column("joined", Kind.DATE, minimum=0, maximum=100),
        Column("month", Kind.DATE, minimum=0, maximum=200),
        Column("city", Kind.CATEGORY, categories=("A", "B")),
        Column("age", Kind.INTEGER, minimum=0, maximum=90),
    ),
    Outcome("added", "nothing", "something"),
)
TENURE = FeatureStep(step="elapsed_days", columns=["joined", "month"], missing="as_is")
FREQUENCY = FeatureStep(step="frequency", columns=["city"])
MATRIX = np.array([[10, 40, 0, 30], [np.nan, 40, 0, np.nan], [0, 50, 1, 20], [5, 50, np.nan, 20]], dtype=np.float32)


def made(*steps):
    return build_front(SIGNATURE, TrainingSection(features=list(steps)), seed=0).fit(MATRIX).transform(MATRIX)


def test_without_steps_nothing_is_changed():
    """A missing value is one, and a category its code."""
    np.testing.assert_array_equal(made(), MATRIX)


def test_declared_features_come_first_and_the_other_columns_as_they_are():
    """The days since somebody joined are not known where the day is not."""
    found = made(TENURE)
    np.testing.assert_array_equal(found[:, 0], [30, np.nan, 50, 45])
    np.testing.assert_array_equal(found[:, 1:], MATRIX[:, 2:])


def test_a_step_is_fitted_on_the_rows_that_it_is_shown():
    """How frequent a city is: two of the three rows that name one, and whatever fills the gap."""
    found = made(FREQUENCY)
    assert found.shape == (4, 4)
    assert found[0, 0] == found[1, 0] > found[2, 0]
    np.testing.assert_array_equal(found[:, 1:], MATRIX[:, [0, 1, 3]])


def test_the_products_reach_the_trees():
    """Of a panel every column that no step names, the past among them, with its gaps."""
    tiny = tiny_recommender()
    signature, section = tiny.dataset.signature, tiny.project.training
    found = build_front(signature, section, seed=0).fit_transform(tiny.matrix)
    named = {"joined", "month", "city"}
    rest = [at for at, name in enumerate(signature.names) if name not in named]
    np.testing.assert_array_equal(found[:, -len(rest) :], tiny.matrix[:, rest])


def test_a_step_that_does_not_fit_is_refused():
    """With its number, when the search begins."""
    section = TrainingSection(features=[TENURE.model_copy(update={"columns": ["month", "age"]})])
    with pytest.raises(
        TrainingError, match=r"features.0 \(elapsed_days\): age is a integer; elapsed_days takes date there"
    ):
        require_features(section, SIGNATURE, [], takes_missing=True)
