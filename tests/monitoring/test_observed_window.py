"""A window and its stretches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from keepfit.monitoring.observed_window import Stretch, joined, window_of
from keepfit.profiles import merge

BEGAN = datetime(2026, 11, 28, tzinfo=UTC)


def test_the_whole_is_its_stretches_together(window):
    """Counts add up, and the ends are those of the first and the last."""
    parts = [window(100, seed=at) for at in (1, 2)]
    stretches = [
        Stretch(part, BEGAN + timedelta(hours=at), BEGAN + timedelta(hours=at + 1)) for at, part in enumerate(parts)
    ]
    whole = window_of("the journal", stretches, window(0))
    assert whole.profile == merge(*parts)
    assert (whole.first_at, whole.last_at) == (BEGAN, BEGAN + timedelta(hours=2))
    both = joined(*stretches)
    assert (both.profile, both.first_at, both.last_at) == (whole.profile, whole.first_at, whole.last_at)


def test_nothing_observed_is_an_empty_window(window):
    """It has a stretch of no rows, and no moments."""
    whole = window_of("the journal", [], window(0))
    assert (whole.profile.rows, len(whole.stretches), whole.first_at) == (0, 1, None)


def test_columns_are_left_out_of_the_whole_and_its_parts(window):
    """What is not compared is nowhere."""
    whole = window_of("the journal", [Stretch(window(50))], window(0)).without(["income"])
    assert "income" not in {
        column.name for one in (whole.profile, whole.stretches[0].profile) for column in one.columns
    }


def test_labels_of_other_rows_are_counted_beside_the_scores(window):
    """Late labels are of rows that need not be in the window: its scores stay as they are."""
    whole = window_of("the journal", [Stretch(window(50))], window(0))
    labelled = whole.with_labels(np.array([1, 0, 1], dtype=np.int8), np.array([0.9, 0.2, 0.6]))
    (output,) = labelled.profile.outputs
    assert (sum(output.labelled), sum(output.positives)) == (3, 2)
    assert output.score == whole.profile.outputs[0].score
