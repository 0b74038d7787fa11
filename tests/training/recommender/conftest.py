"""Rows whose additions follow from a feature, and a front that leaves them as they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer

FEATURES, PRODUCTS = 6, 4


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rows: features, then a flag for each product; and what they add."""

    matrix: np.ndarray
    added: np.ndarray
    is_open: np.ndarray

    @property
    def owned(self) -> tuple[int, ...]:
        """The columns of the flags."""
        return tuple(range(FEATURES, FEATURES + PRODUCTS))


@pytest.fixture(scope="package")
def drawn() -> Drawn:
    """The first feature says which product comes next, if any does; a tenth of the values is missing."""
    random = np.random.default_rng(0)
    features = random.normal(size=(3000, FEATURES))
    is_open = random.random((3000, PRODUCTS)) < 0.8
    chance = 0.02 + 0.3 * (np.digitize(features[:, 0], [-0.7, 0.0, 0.7])[:, None] == np.arange(PRODUCTS))
    added = is_open & (random.random(is_open.shape) < chance)
    features[random.random(features.shape) < 0.1] = np.nan
    flags = np.where(is_open, np.where(random.random(is_open.shape) < 0.5, 0, np.nan), 1)
    return Drawn(np.column_stack([features, flags]).astype(np.float32), added, is_open)


@pytest.fixture(scope="package")
def front(drawn):
    """A fitted transformer that changes nothing."""
    columns = list(range(drawn.matrix.shape[1]))
    return ColumnTransformer([("as_they_are", "passthrough", columns)], sparse_threshold=0.0).fit(drawn.matrix)
