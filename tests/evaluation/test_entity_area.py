"""The area under the ROC curve of entities' cells, beside scikit-learn's of the cells themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from keepfit.evaluation.entity_area import EntityArea


@given(st.integers(0, 1000), st.integers(2, 50))
def test_it_is_that_of_cells_with_the_weight_of_their_entity(seed, probabilities):
    """Ties among them, and entities that weigh nothing."""
    random = np.random.default_rng(seed)
    taken = random.random(300) < 0.2
    taken[:2] = True, False
    probability = random.integers(0, probabilities, 300) / probabilities
    entities = random.integers(0, 40, 300)
    weights = random.integers(0, 3, (4, 40)).astype(float)
    weights[:, entities[:2]] += 1
    found = EntityArea.of(taken, probability, entities).under(weights)
    assert found == pytest.approx([roc_auc_score(taken, probability, sample_weight=one[entities]) for one in weights])


def test_a_side_that_weighs_nothing_has_no_area():
    """Whether nobody takes anything, or those who do are not drawn."""
    taken, probability, entities = np.array([True, False, False]), np.array([0.5, 0.2, 0.7]), np.array([0, 1, 1])
    weights = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert EntityArea.of(taken, probability, entities).under(weights) == pytest.approx(
        [np.nan, np.nan, 0.5], nan_ok=True
    )
    assert np.isnan(EntityArea.of(np.zeros(3, dtype=bool), probability, entities).under(weights)).all()


def test_a_probability_that_is_none_is_refused():
    """NaN has no place among the others."""
    with pytest.raises(ValueError, match="none is NaN"):
        EntityArea.of(np.array([True, False]), np.array([0.5, np.nan]), np.array([0, 1]))
