"""The counts of a journal, on every back end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from keepfit.journal import Label, Shadow, open_journal
from keepfit.journal.erasure import forget
from keepfit.journal.summary import Summary, VersionSummary, summarise

BEGAN = datetime(2026, 1, 2, tzinfo=UTC)


def test_a_journal_of_nothing_has_nothing(journal):
    """Every count is zero, and there is no version."""
    assert summarise(journal, "credit") == Summary((), 0, 0, 0, 0, 0, 0, {}, 0)


@pytest.mark.parametrize("is_sealed", [False, True])
def test_everything_is_counted_for_its_project_alone(any_url, make_prediction, is_sealed):
    """Versions with their times, the erased, corrections, what waits, challengers, events and seals."""
    made = [
        make_prediction(at=BEGAN + timedelta(minutes=at), model_version=1 + at // 4, entity=f"p{at % 3}")
        for at in range(6)
    ]
    with open_journal(any_url, is_sealed=is_sealed) as journal:
        journal.record_predictions(made, [Shadow(made[5].id, BEGAN, "credit", 3, 0.5, "bad")])
        journal.record_predictions([make_prediction("other", model_version=9)])
        said = [(made[5].id, "good"), (made[5].id, "bad"), (made[4].id, "bad"), ("unknown", "bad")]
        journal.record_labels("credit", [Label(whom, label, BEGAN) for whom, label in said])
        journal.record_labels("other", [Label(made[3].id, "bad", BEGAN)])
        for kind in ("trained", "promoted", "trained"):
            journal.record_event("credit", kind, "ada", {})
        forget(journal, "credit", "p0", actor="ada")
        found, other = summarise(journal, "credit"), summarise(journal, "other")
    assert found.versions == (
        VersionSummary(1, 4, made[0].at, made[3].at),
        VersionSummary(2, 2, made[4].at, made[5].at),
    )
    assert (found.predictions, found.erased, found.entities, found.shadows) == (6, 2, 2, 1)
    assert (found.labels, found.labelled, found.waiting) == (4, 2, 1)
    assert found.events == {"forgotten": 1, "promoted": 1, "trained": 2}
    assert found.seals == (8 if is_sealed else 0)  # two batches of predictions, two of labels, four events
    assert (other.predictions, other.labels, other.labelled, other.waiting) == (1, 1, 0, 1)
