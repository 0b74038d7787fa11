"""A table of columns and labels, explored."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from keepfit.datasets import Target
from keepfit.exploration import Exploration, explore
from keepfit.project.data_section import DataSection
from keepfit.signature import Outcome


@pytest.fixture(scope="session")
def explored():
    """Explores columns by name, with a target `y` of no and yes; keys are those of [data]."""

    def exploring(columns, labels, known=None, **keys) -> Exploration:
        labels = np.asarray(labels, dtype=np.int8)
        known = np.ones(len(labels), bool) if known is None else known
        words = pl.Series("y", np.where(labels == 1, "yes", "no")).set(pl.Series(~known), None)
        frame = pl.DataFrame(columns).with_columns(words)
        target = Target(labels[known], known, Outcome("y", "no", "yes"))
        return explore(frame, target, DataSection(source="mine.csv", target="y", **keys), seed=0)

    return exploring


@pytest.fixture(scope="session")
def said():
    """Returns the sentences of an exploration's findings on some topics, of all without one."""

    def saying(found, *topics) -> list[str]:
        return [finding.sentence for finding in found.findings if finding.topic in topics or not topics]

    return saying
