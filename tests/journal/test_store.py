"""What every back end of the journal does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from journal_contents import ids_of, shadows_of
from keepfit.errors import JournalError, PromotionConflictError
from keepfit.journal import Label, LabelReceipt, Shadow, open_journal
from keepfit.journal.verification import verify

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def label(prediction, text="good"):
    return Label(prediction.id, text, NOW)


def test_a_prediction_is_read_as_it_was_written(journal, make_prediction):
    """Every field comes back, floats and texts to the last bit."""
    made = make_prediction()
    journal.record_predictions([made])
    (read,) = journal.window("credit", rows=10)
    assert read.prediction == made
    assert read.label is None


def test_a_window_holds_the_newest_the_oldest_first(journal, make_prediction):
    """A window is the newest rows of its project, in the order of their recording."""
    made = [make_prediction() for _ in range(5)]
    journal.record_predictions(made)
    journal.record_predictions([make_prediction("other")])
    assert [row.prediction.id for row in journal.window("credit", rows=3)] == [one.id for one in made[2:]]
    assert journal.count("credit") == 5
    assert ids_of(journal, "credit") == {one.id for one in made}


def test_a_window_may_be_of_one_version(journal, make_prediction):
    """The newest rows that a version answered, whatever others answered in between."""
    made = [make_prediction(model_version=1 + at % 2) for at in range(6)]
    journal.record_predictions(made)
    found = journal.window("credit", rows=2, model_version=1)
    assert [row.prediction.id for row in found] == [made[2].id, made[4].id]


def test_a_range_includes_both_ends(journal, make_prediction):
    """A range of sequence numbers names its rows."""
    journal.record_predictions([make_prediction() for _ in range(5)])
    rows = journal.window("credit", rows=5)
    assert journal.between("credit", rows[1].seq, rows[3].seq) == rows[1:4]


def test_the_newest_label_counts(journal, make_prediction):
    """A corrected label replaces the earlier one in every reading."""
    made = make_prediction()
    journal.record_predictions([made])
    assert journal.record_labels("credit", [label(made, "bad")]) == LabelReceipt(1, 1, 0)
    (first,) = journal.window("credit", rows=1)
    journal.record_labels("credit", [label(made, "good")])
    (second,) = journal.window("credit", rows=1)
    assert (first.label, second.label) == ("bad", "good")
    assert second.label_seq > first.label_seq


def test_a_label_may_come_before_its_prediction(journal, make_prediction):
    """A label for an unknown id is kept, and found when the prediction turns up."""
    made = make_prediction()
    assert journal.record_labels("credit", [label(made)]) == LabelReceipt(1, 0, 1)
    journal.record_predictions([made])
    assert journal.window("credit", rows=1)[0].label == "good"


def test_labelled_only_leaves_the_rest_out(journal, make_prediction):
    """A window of labelled rows counts labelled rows only."""
    made = [make_prediction() for _ in range(4)]
    journal.record_predictions(made)
    journal.record_labels("credit", [label(made[0]), label(made[2])])
    found = journal.window("credit", rows=2, labelled_only=True)
    assert [row.prediction.id for row in found] == [made[0].id, made[2].id]


def test_a_label_counts_for_its_own_prediction_only(journal, make_prediction):
    """A receipt counts matches one by one, however many labels come at once."""
    made = [make_prediction() for _ in range(1200)]
    journal.record_predictions(made[:1000])
    receipt = journal.record_labels("credit", [label(one, str(number)) for number, one in enumerate(made)])
    assert receipt == LabelReceipt(1200, 1000, 200)
    assert [row.label for row in journal.window("credit", rows=1000)] == [str(number) for number in range(1000)]


def test_another_projects_prediction_takes_no_label(journal, make_prediction):
    """A label belongs to the project that it was reported to; the same id in another one is unknown there."""
    made = make_prediction("other")
    journal.record_predictions([made])
    assert journal.record_labels("credit", [label(made)]) == LabelReceipt(1, 0, 1)
    assert journal.window("other", rows=1)[0].label is None


def test_nothing_is_nothing(journal):
    """Empty lists are written and read without a word."""
    journal.record_predictions([])
    assert journal.record_labels("credit", []) == LabelReceipt(0, 0, 0)
    assert journal.window("credit", rows=10) == journal.between("credit", 0, 10) == []
    assert journal.events("credit") == journal.ledger("credit") == []
    assert ids_of(journal, "credit") == set()


def test_all_or_none_are_written(journal, make_prediction):
    """A batch with a row that cannot be written leaves none behind."""
    twice = make_prediction()
    with pytest.raises(JournalError, match=r"UNIQUE|unique constraint"):
        journal.record_predictions([make_prediction(), twice, twice])
    assert journal.count("credit") == 0


def test_events_are_read_in_order(journal):
    """Events come back oldest first, by kind, and the newest of them with a limit."""
    for number in range(4):
        journal.record_event("credit", "even" if number % 2 == 0 else "odd", "ada", {"number": number})
    assert [event.facts["number"] for event in journal.events("credit")] == [0, 1, 2, 3]
    assert [event.facts["number"] for event in journal.events("credit", kinds=["odd"])] == [1, 3]
    assert [event.facts["number"] for event in journal.events("credit", limit=2)] == [2, 3]


def test_an_event_is_read_as_it_was_written(journal):
    """Every field of an event comes back, its own time too."""
    facts = {"from": None, "to": 2, "evidence": {"f1": 0.1 + 0.2, "Größe": ["ü"]}}
    written = journal.record_event("credit", "promoted", "ada", facts, epoch=3, at=NOW)
    assert (written.facts, written.epoch, written.at) == (facts, 3, NOW)
    assert journal.events("credit") == journal.ledger("credit") == [written]


def test_the_ledger_is_in_the_order_of_epochs(journal):
    """The ledger holds promotions only, by epoch, whatever their order of writing."""
    for epoch in (2, None, 1, 3):
        journal.record_event("credit", "any", "ada", {}, epoch=epoch)
    assert [event.epoch for event in journal.ledger("credit")] == [1, 2, 3]


def test_an_epoch_has_one_entry(journal):
    """The second promotion of the same epoch is turned away; another project's is not."""
    journal.record_event("credit", "promoted", "ada", {}, epoch=1)
    journal.record_event("other", "promoted", "ada", {}, epoch=1)
    with pytest.raises(PromotionConflictError, match="promotion 1 of credit was taken"):
        journal.record_event("credit", "promoted", "bob", {}, epoch=1)
    assert [event.actor for event in journal.ledger("credit")] == ["ada"]


def test_one_of_many_promotions_wins(any_url):
    """Twenty journals race for each of ten epochs: one entry an epoch, no gaps."""
    journals = [open_journal(any_url) for _ in range(20)]

    def promote(number: int) -> list[int]:
        won = []
        for epoch in range(1, 11):
            try:
                journals[number].record_event("credit", "promoted", str(number), {}, epoch=epoch)
                won.append(epoch)
            except PromotionConflictError:
                pass
        return won

    with ThreadPoolExecutor(20) as pool:
        won = sorted(epoch for wins in pool.map(promote, range(20)) for epoch in wins)
    assert won == list(range(1, 11))
    assert [event.epoch for event in journals[0].ledger("credit")] == won
    for journal in journals:
        journal.close()


def test_threads_share_a_journal(journal, make_prediction):
    """Twenty threads write and read one journal at once; nothing is lost, no window is torn."""

    def write(number: int) -> bool:
        made = [make_prediction(entity=f"{number}") for _ in range(5)]
        journal.record_predictions(made)
        journal.record_labels("credit", [label(one) for one in made])
        return {one.id for one in made} <= {row.prediction.id for row in journal.window("credit", rows=100)}

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(write, range(20)))
    rows = journal.window("credit", rows=100)
    assert len(rows) == 100
    batches = [[row.prediction.entity for row in rows[at : at + 5]] for at in range(0, 100, 5)]
    assert all(len(set(batch)) == 1 for batch in batches)


def test_a_failed_read_is_told(journal):
    """A read from tables that are gone is a journal's error, with the database's own words."""
    with journal.writing() as connection:
        connection.exec_driver_sql("DROP TABLE labels")
    with pytest.raises(
        JournalError, match=r"the journal cannot be used: (no such table: labels|relation .labels. does not exist)"
    ):
        journal.window("credit", rows=1)


def test_shadows_are_apart_from_predictions(journal, make_prediction):
    """What a challenger would have answered comes back as written, the newest last, and is no prediction."""
    made = [make_prediction() for _ in range(3)]
    shadows = [Shadow(one.id, one.at, "credit", 2, 0.1 + 0.2, "bad") for one in made]
    journal.record_predictions(made, shadows)
    assert shadows_of(journal, "credit") == shadows
    assert journal.count("credit") == 3
    assert [row.prediction for row in journal.window("credit", rows=5)] == made


def test_a_shadow_is_kept_only_beside_its_prediction(journal, make_prediction):
    """In one transaction or later; what a prediction was never written for is left out, and the rest is there."""
    first, second, never = (make_prediction() for _ in range(3))
    shadows = [Shadow(one.id, one.at, "credit", 2, 0.5, "bad") for one in (first, never, second)]
    journal.record_predictions([first])
    journal.record_predictions([second], shadows)
    journal.record_predictions([], shadows[1:2])
    assert shadows_of(journal, "credit") == [shadows[0], shadows[2]]


def test_opening_again_changes_nothing(any_url, make_prediction):
    """A journal that is opened a second time has its rows, and no step is carried out twice."""
    with open_journal(any_url) as journal:
        journal.record_predictions([make_prediction()])
    with open_journal(any_url) as journal:
        assert journal.count("credit") == 1


def test_whatever_is_written_at_once_is_sealed_in_one_chain(any_url, make_prediction):
    """Predictions, labels and events of four journals at once: no write fails, every seal carries the one before."""
    journals = [open_journal(any_url, is_sealed=True) for _ in range(4)]

    def write(journal) -> None:
        for _ in range(10):
            made = make_prediction()
            journal.record_predictions([made])
            journal.record_labels("credit", [label(made)])
            journal.record_event("credit", "any", "ada", {})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, [*journals, *journals]))
    found = verify(journals[0])
    assert (found.seals, found.predictions, found.faults) == (240, 80, ())
    for journal in journals:
        journal.close()
