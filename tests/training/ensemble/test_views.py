"""What the members see of a matrix."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.ensemble.views import learn_views


def test_nothing_is_missing_in_a_view(mixed):
    """Numbers are filled with the median of the training rows, and a column says where they were missing."""
    make, signature = mixed
    rows = make()
    views = learn_views(rows.matrix, signature)
    for matrix in (rows.matrix, np.full((3, 5), np.nan, np.float32)):
        linear = views.linear(matrix, with_knots=True)
        assert np.isfinite(linear).all()
        assert linear.shape == (len(matrix), views.plain_width + len(views.knots.value))
    numbers, gaps = views.filled(np.full((1, 5), np.nan, np.float32))
    assert numbers[0].tolist() == np.nanmedian(rows.matrix[:, [0, 2, 3]], axis=0).tolist()
    assert gaps.tolist() == [[1.0, 1.0, 1.0]]


def test_standardised_numbers_have_mean_0_and_deviation_1(mixed):
    """On the training rows; a number that is constant is 0 everywhere."""
    make, signature = mixed
    matrix = make(1000).matrix
    matrix[:, 2] = 7
    views = learn_views(matrix, signature)
    seen = views.linear(matrix, with_knots=False)[:, :3]
    assert seen.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-4)
    assert seen.std(axis=0) == pytest.approx([1, 0, 1], abs=1e-4)


def test_every_category_has_a_place_of_its_own(mixed):
    """Missing, each of the vocabulary and unseen: no two of them share a place in the table."""
    make, signature = mixed
    views = learn_views(make().matrix, signature)
    codes = {1: [np.nan, 0, 1, 2, 3, 4], 4: [np.nan, 0, 1, 2]}
    places = []
    for at, (position, values) in enumerate(codes.items()):
        matrix = np.zeros((len(values), 5), np.float32)
        matrix[:, position] = values
        places += views.table_places(matrix)[:, at].tolist()
    assert sorted(places) == list(range(views.places))


def test_a_large_vocabulary_has_columns_for_its_most_frequent_categories():
    """Fifty columns of 0 and 1 at most; the others stand in the table only."""
    signature = Signature(
        (Column("city", Kind.CATEGORY, categories=tuple(map(str, range(300)))),), Outcome("y", "0", "1")
    )
    codes = np.minimum(np.random.default_rng(0).geometric(0.02, 5000) - 1, 299).astype(np.float32)
    views = learn_views(codes[:, None], signature)
    assert len(views.levels.value) == 50
    assert 0.0 in views.levels.value
    assert views.places == 302
