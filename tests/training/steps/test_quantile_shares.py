"""A number as its place among those of the training rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import QuantileTransformer

from keepfit.training.steps.quantile_shares import QuantileShares

VALUES = st.lists(st.sampled_from([-3.0, -1.5, 0.0, 0.25, 1.0, 2.0, 10.0, 1e4]), min_size=2, max_size=40)


@given(VALUES, VALUES, st.integers(2, 12))
def test_it_is_what_scikit_learn_returns(taught, asked, quantiles):
    """With values that repeat, on knots and between them, below the least and above the greatest."""
    fitted, others = (np.array([values], dtype=np.float32).T for values in (taught, asked))
    expected = QuantileTransformer(n_quantiles=min(quantiles, len(taught))).fit(fitted).transform(others)
    found = QuantileShares(quantiles).fit(fitted).transform(others)
    assert found.dtype == np.float32
    assert found == pytest.approx(expected, abs=1e-6)


@given(VALUES)
def test_it_never_falls(taught):
    """A greater value has no smaller share."""
    fitted = np.array([taught], dtype=np.float32).T
    shares = QuantileShares(10).fit(fitted).transform(np.linspace(-5, 20, 200, dtype=np.float32)[:, None])
    assert (np.diff(shares[:, 0]) >= 0).all()
    assert shares.min() >= 0
    assert shares.max() <= 1
