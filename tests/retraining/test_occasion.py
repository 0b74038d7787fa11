"""When to retrain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keepfit.project.declaration import RetrainingSection
from keepfit.retraining import occasion

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECTION = RetrainingSection(min_labels=100, cooldown_seconds=60)


def asked(labelled=500, new=500, last=None, failed=None):
    return occasion(
        SECTION, labelled_rows=labelled, new_labelled_rows=new, last_ended=last, last_tried=failed or last, now=NOW
    )


def test_enough_new_labels_are_an_occasion():
    """With enough labels and no retraining before, now is the time."""
    assert asked().is_given


def test_too_few_labels_say_how_many_more():
    """Below the minimum the missing number is told."""
    found = asked(labelled=60, new=60)
    assert (found.is_given, found.reason) == (
        False,
        "there are 60 labelled rows; 40 more are needed ([retraining] min_labels)",
    )


def test_the_last_retraining_cools_down():
    """Within the cool-down nothing is retrained; after it, it is."""
    found = asked(last=NOW - timedelta(seconds=20))
    assert (found.is_given, found.reason) == (False, "the last retraining cools down for 40 more seconds")
    assert asked(last=NOW - timedelta(seconds=60)).is_given


def test_a_failed_retraining_cools_down_too():
    """What fails is not tried again at once; but it has looked at nothing, so all its rows are still new."""
    assert not asked(failed=NOW - timedelta(seconds=20)).is_given
    assert asked(new=10, failed=NOW - timedelta(seconds=60)).is_given


def test_the_same_rows_are_not_learnt_from_twice():
    """Rows that a retraining has looked at are no occasion for the next."""
    found = asked(new=10, last=NOW - timedelta(days=1))
    assert (found.is_given, found.reason) == (
        False,
        "only 10 labelled rows are new since the last retraining; 100 are needed",
    )
