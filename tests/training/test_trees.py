"""Trees in one form."""

from __future__ import annotations

import numpy as np

from keepfit.training.trees import LEAF, Tree, merged


def test_splits_that_change_nothing_are_left_out():
    """Between equal leaves, and where both ways lead to one place, from the root on."""
    tree = Tree(
        feature=np.array([0, 1, LEAF, 2, LEAF, LEAF, LEAF]),
        threshold=np.array([1, 2, 0, 3, 0, 0, 0], np.float32),
        left=np.array([1, 3, 0, 4, 0, 0, 0]),
        right=np.array([1, 2, 0, 5, 0, 0, 0]),
        value=np.array([0, 0, 7.0, 0, 5.0, 5.0, 9.0]),
        is_level=np.array([False, True, False, False, False, False, False]),
    )
    found = merged(tree)
    assert found.feature.tolist() == [1, LEAF, LEAF]
    assert found.threshold[0] == 2
    assert found.value[[found.left[0], found.right[0]]].tolist() == [5, 7]
    assert found.is_level.tolist() == [True, False, False]
