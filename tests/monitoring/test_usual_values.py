"""Values that training has not shown."""

from __future__ import annotations

import numpy as np

from keepfit.monitoring.usual_values import UsualValues
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (
        Column("age", Kind.INTEGER, minimum=18, maximum=68),
        Column("job", Kind.CATEGORY, categories=("fixed", "other")),
        Column("owner", Kind.FLAG),
    ),
    Outcome("Status", "bad", "good"),
)


def test_unusual_values_are_told_by_reason():
    """Missing, unseen and out of range; the edges of the range are usual."""
    matrix = np.array([[18, 0, 1], [68, 2, 0], [17, 1, np.nan], [np.nan, 2, 1]], dtype=np.float32)
    assert UsualValues(SIGNATURE).exceptions(matrix) == [
        ("age", "missing", 1),
        ("age", "out_of_range", 1),
        ("job", "unseen", 2),
        ("owner", "missing", 1),
    ]
