"""A table of every kind of column, and members that are fitted fast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.ensemble import MEMBERS, Rows

OUTCOME = Outcome("y", "no", "yes")
MIXED = Signature(
    (
        Column("income", Kind.NUMBER),
        Column("job", Kind.CATEGORY, categories=("a", "b", "c", "d")),
        Column("children", Kind.INTEGER),
        Column("owner", Kind.FLAG),
        Column("home", Kind.CATEGORY, categories=("x", "y")),
    ),
    OUTCOME,
)


def mixed_rows(count: int = 200, seed: int = 0, skill: float = 1.5) -> Rows:
    """Return rows with missing values in every column, and labels that a number and a category tell of."""
    rng = np.random.default_rng(seed)
    matrix = np.column_stack(
        [
            rng.lognormal(5, 1, count),
            rng.integers(0, 4, count),
            rng.integers(0, 5, count),
            rng.integers(0, 2, count),
            rng.integers(0, 2, count),
        ]
    ).astype(np.float32)
    logit = skill * (np.log(matrix[:, 0]) - 5 + (matrix[:, 1] == 2) - 0.3)
    labels = (logit + rng.logistic(size=count) > 0).astype(np.int8)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    return Rows(matrix, labels)


@pytest.fixture
def members():
    """Return a member of each kind, and the linear one with hinges; boosters with few rounds."""
    first = {(member.kind, bool(member.parameters.get("hinges"))): member for member in reversed(MEMBERS)}
    return tuple(replace(member, rounds=(3, 8)) if member.rounds else member for member in first.values())


@pytest.fixture(scope="session")
def mixed():
    """Return the function that makes rows, and their signature."""
    return mixed_rows, MIXED
