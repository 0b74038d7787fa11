"""A reference population, and windows that are drawn from it or changed."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.profiles import Profile, build_profile, count_window
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("income", Kind.NUMBER),
        Column("age", Kind.INTEGER),
        Column("debt", Kind.NUMBER),
        Column("job", Kind.CATEGORY, categories=("fixed", "freelance", "other", "rare")),
        Column("owner", Kind.FLAG),
    ),
    Outcome("Status", "bad", "good"),
)
REFERENCE_ROWS = 3000


class Population:
    """Draws customers: skewed incomes with missing values, debts that are mostly nil, a rare job."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def rows(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        rng = self._rng
        income = rng.lognormal(4.9, 0.5, count)
        income[rng.random(count) < 0.08] = np.nan
        debt = np.where(rng.random(count) < 0.8, 0.0, rng.exponential(300.0, count))
        job = rng.choice(4, count, p=[0.6, 0.25, 0.145, 0.005])
        columns = [income, rng.integers(18, 69, count), debt, job, rng.random(count) < 0.4]
        return np.column_stack(columns).astype(np.float32), rng.beta(4, 2, count)


@pytest.fixture(scope="session")
def reference() -> Profile:
    """What the model was trained on."""
    return build_profile(SIGNATURE, *Population(0).rows(REFERENCE_ROWS))


@pytest.fixture
def window(reference):
    """Draws a window, lets a function change its matrix, and counts it."""

    def drawn(count: int, change=lambda matrix: None, seed: int = 1, lowered: float = 0.0) -> Profile:
        matrix, probability = Population(seed).rows(count)
        change(matrix)
        return count_window(reference, matrix, np.maximum(probability - lowered, 0.0))

    return drawn


@pytest.fixture
def section() -> MonitoringSection:
    """The defaults."""
    return MonitoringSection()
