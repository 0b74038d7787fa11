"""The rows behind a check: those that taught the champion, and those that it answered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answered_rows import BEGAN, LABELLED, ROWS
from keepfit.errors import DatasetError, MonitoringError
from keepfit.evaluation import scores
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.evidently_frames import held_out_table, window_tables
from keepfit.workflows.windows.rows import reference_dataset


@pytest.fixture
def rooms(answered):
    return answered


def tables_of(rooms, **between):
    champion = rooms.store.champion()
    return window_tables(rooms, champion, reference_dataset(rooms, champion), **between)


def test_the_reference_holds_the_training_rows(rooms):
    """Value by value they are the table's, with the columns of the signature in its order."""
    champion = rooms.store.champion()
    dataset, tables = reference_dataset(rooms, champion), tables_of(rooms)
    taught = dataset.frame[dataset.split.train.tolist()].select(champion.facts.signature.names)
    assert tables.reference.columns == tables.window.columns == taught.columns
    assert tables.reference.height == champion.facts.lineage.rows
    assert tables.reference.cast(taught.schema).equals(taught)


def test_the_window_holds_what_was_asked_the_oldest_first(rooms):
    """What was sent comes back as it was, and the answers with a label beside it."""
    dataset, tables = reference_dataset(rooms, rooms.store.champion()), tables_of(rooms)
    asked = dataset.frame[dataset.split.holdout[:ROWS].tolist()].select(tables.window.columns)
    assert tables.window.cast(asked.schema).equals(asked)
    assert tables.labelled.columns == ["label", "decision", "probability"]
    words = dataset.signature.outcome.labels
    assert tables.labelled["label"].to_list() == [
        words[code] for code in dataset.target[dataset.split.holdout[:LABELLED]]
    ]


def test_the_window_is_that_of_a_time(rooms):
    """Both ends bound the window and its labels, as they do for a check."""
    tables = tables_of(rooms, since=BEGAN + timedelta(minutes=10), until=BEGAN + timedelta(minutes=30))
    assert (tables.window.height, tables.labelled.height) == (20, 20)


def test_held_out_rows_score_as_the_champion_was_scored(rooms):
    """The table of held-out answers has the very F1 and accuracy that the bundle tells."""
    champion = rooms.store.champion()
    table = held_out_table(rooms, champion, reference_dataset(rooms, champion))
    positive = champion.facts.signature.outcome.positive
    labels = (table["label"] == positive).cast(int).to_numpy().astype("int8")
    found = scores(labels, table["probability"].to_numpy(), champion.facts.threshold)
    for name in ("f1", "accuracy"):
        assert found[name] == pytest.approx(champion.facts.scores[name][0], abs=1e-12)
    assert (table["decision"] == table["label"]).mean() == pytest.approx(found["accuracy"], abs=1e-12)


def test_what_the_journal_does_not_keep_is_in_neither_table(rooms):
    """A column that is dropped before it is written is not missing: it is not compared."""
    text = rooms.file.read_text()
    rooms.file.write_text(f'{text}\n[journal.sensitive]\nAge = "drop"\n')
    tables = tables_of(Rooms.open(rooms.folder))
    rooms.file.write_text(text)
    assert tables.not_kept == ("Age",)
    assert "Age" not in tables.reference.columns
    assert "Age" not in tables.window.columns


def test_what_the_project_ignores_is_in_neither_table(rooms):
    """It must change, and Evidently would call it drift; a column that is not kept either is named once."""
    text = rooms.file.read_text()
    assert "[monitoring]\n" in text
    more = text.replace("[monitoring]\n", '[monitoring]\nignored = ["Age", "Debt"]\n')
    rooms.file.write_text(f'{more}\n[journal.sensitive]\nAge = "drop"\n')
    tables = tables_of(Rooms.open(rooms.folder))
    rooms.file.write_text(text)
    assert (tables.not_kept, tables.ignored) == (("Age",), ("Debt",))
    assert not {"Age", "Debt"} & {*tables.reference.columns, *tables.window.columns}


def test_another_table_is_no_reference(rooms):
    """One changed cell makes it another table than the one that taught the champion; the message names it."""
    twin = next(rooms.workspace.cache.glob("credit-twin-*.csv"))
    whole = twin.read_text()
    twin.write_text(whole.replace(",60,", ",54,", 1))
    with pytest.raises(
        DatasetError, match=r"^credit, twin: .*: this is not the table that v1 learnt from .*put it back"
    ):
        reference_dataset(rooms, rooms.store.champion())
    twin.write_text(whole)


def test_a_time_without_answers_is_refused(rooms):
    """There is nothing to compare, and the message says of which version."""
    with pytest.raises(MonitoringError, match=r"^window: v1 has answered nothing then"):
        tables_of(rooms, until=BEGAN)


def test_a_time_that_ends_before_it_begins_is_refused(rooms):
    """There is nothing between the two: it was meant otherwise."""
    with pytest.raises(MonitoringError, match=r"^until: .* is not after "):
        tables_of(rooms, since=BEGAN, until=BEGAN)
