"""Since when outcomes are waited for, on every back end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keepfit.journal import Label
from keepfit.journal.awaiting import AwaitedLabels, awaited_labels

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_outcomes_are_awaited_since_the_newest_label_or_the_first_answer(journal, make_prediction):
    """However labels come; of another project's nothing is known."""
    assert awaited_labels(journal, "credit") == AwaitedLabels(0, None)
    one = make_prediction(at=NOW)
    journal.record_predictions([one])
    assert awaited_labels(journal, "credit") == AwaitedLabels(0, NOW)
    journal.record_labels(
        "credit", [Label(one.id, label, NOW + timedelta(days=at)) for at, label in ((1, "yes"), (2, "no"))]
    )
    assert awaited_labels(journal, "credit") == AwaitedLabels(2, NOW + timedelta(days=2))
    assert awaited_labels(journal, "other") == AwaitedLabels(0, None)
