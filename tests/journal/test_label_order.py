"""Predictions in the order of their labels: the same rows from every back end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from keepfit.journal import Label
from keepfit.journal.erasure import forget
from keepfit.journal.label_order import count_labelled_after, labelled_after, labelled_among, waiting_after

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def made(journal, make_prediction):
    """Five predictions, whose labels come in another order: of the fifth, the first and the third."""
    found = [make_prediction() for _ in range(5)]
    journal.record_predictions(found)
    for at in (4, 0, 2):
        journal.record_labels("credit", [Label(found[at].id, "good", NOW)])
    return found


def ids(rows):
    return [row.prediction.id for row in rows]


def test_the_order_is_that_of_the_labels(journal, made):
    """Who was labelled first comes first; what has no label does not come."""
    rows = labelled_after(journal, "credit", 0, rows=10)
    assert [row.prediction for row in rows] == [made[4], made[0], made[2]]
    assert [row.label for row in rows] == ["good"] * 3
    assert rows == sorted(journal.window("credit", rows=5, labelled_only=True), key=lambda row: row.label_seq)


def test_it_goes_on_after_a_number(journal, made):
    """Part by part they are all rows, once each, and the count says how many are left."""
    seen, after = [], 0
    while part := labelled_after(journal, "credit", after, rows=2):
        assert count_labelled_after(journal, "credit", after) == 3 - len(seen)
        seen += part
        after = part[-1].label_seq
    assert ids(seen) == [made[4].id, made[0].id, made[2].id]
    assert count_labelled_after(journal, "credit", after) == 0


def test_a_correction_counts_at_its_own_time(journal, made):
    """A prediction comes once, with its newest label; and once more to who has seen the one before."""
    last = labelled_after(journal, "credit", 0, rows=10)[-1].label_seq
    journal.record_labels("credit", [Label(made[4].id, "bad", NOW)])
    rows = labelled_after(journal, "credit", 0, rows=10)
    assert ids(rows) == [made[0].id, made[2].id, made[4].id]
    assert [row.label for row in labelled_after(journal, "credit", last, rows=10)] == ["bad"]


def test_others_are_left_out(journal, made, make_prediction):
    """A label of another project, of no known prediction, or of an entity that waits, brings no row."""
    other = make_prediction("other")
    journal.record_predictions([other])
    journal.record_labels("other", [Label(other.id, "good", NOW)])
    journal.record_labels("credit", [Label(other.id, "good", NOW), Label("", "good", NOW, "nobody", NOW)])
    assert len(labelled_after(journal, "credit", 0, rows=10)) == count_labelled_after(journal, "credit", 0) == 3
    assert ids(labelled_after(journal, "other", 0, rows=10)) == [other.id]


def test_what_was_erased_does_not_come(journal, made):
    """A person who is forgotten teaches nothing."""
    forget(journal, "credit", "7", actor="ada")
    assert labelled_after(journal, "credit", 0, rows=10) == []
    assert count_labelled_after(journal, "credit", 0) == 0


def test_labels_whose_prediction_is_not_there_are_known(journal, made, make_prediction):
    """By their numbers; when it turns up they are found among them."""
    late = make_prediction()
    journal.record_labels("credit", [Label(late.id, "bad", NOW)])
    last = labelled_after(journal, "credit", 0, rows=10)[-1].label_seq
    (waiting,) = waiting_after(journal, "credit", 0)
    assert waiting == last + 1
    assert waiting_after(journal, "credit", last + 1) == []
    assert labelled_among(journal, "credit", [waiting], rows=10) == []
    journal.record_predictions([late])
    assert waiting_after(journal, "credit", 0) == []
    assert ids(labelled_among(journal, "credit", [waiting], rows=10)) == [late.id]
    assert labelled_among(journal, "credit", [], rows=10) == []
