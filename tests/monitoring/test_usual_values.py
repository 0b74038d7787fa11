"""Values that training has not shown."""

from __future__ import annotations

import numpy as np

from keepfit.monitoring.usual_values import UsualValues
from keepfit.scoring import history_door
from keepfit.signature import Column, Kind, Outcome, Signature
from recommender_model import record, tiny_recommender

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


def test_the_month_of_a_panel_is_never_out_of_range():
    """A record comes after the months that taught; another day that does is told."""
    signature = tiny_recommender().dataset.signature
    door = history_door(signature)
    later = door.rows([record(month="28-12-2025", joined="01-03-2025")])
    assert UsualValues(signature).exceptions(later) == [("joined", "out_of_range", 1)]
    assert UsualValues(signature).exceptions(door.rows([record(month="28-12-2025")])) == []


def test_the_past_of_a_record_is_not_counted():
    """Neither that nothing is known of it, nor that more is than training has seen."""
    signature = tiny_recommender().dataset.signature
    matrix = history_door(signature).rows([record(plan=0)])
    sent = len(signature.sent_columns)
    assert np.isnan(matrix[:, sent:]).any()
    assert UsualValues(signature).exceptions(matrix) == []
    matrix[:, sent:] = 1e6
    assert UsualValues(signature).exceptions(matrix) == []
