"""Windows in parts, by column: the same rows from every back end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from keepfit.clock import microseconds
from keepfit.errors import JournalError
from keepfit.journal import Label, Window
from keepfit.journal.windows import newest_parts

BEGAN = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def made(journal, make_prediction):
    """Twenty predictions a minute apart, every fifth of another version, and one of another project."""
    found = [
        make_prediction(at=BEGAN + timedelta(minutes=at), model_version=1 + (at % 5 == 4), probability=at / 20)
        for at in range(20)
    ]
    journal.record_predictions(found)
    journal.record_predictions([make_prediction("other")])
    return found


def read(journal, window, part_rows):
    """Return the rows of all parts, each a tuple, and the sizes of the parts."""
    parts = list(newest_parts(journal.reading, window, part_rows=part_rows))
    return [row for part in parts for row in zip(*part, strict=True)], [len(part.seqs) for part in parts]


@pytest.mark.parametrize("part_rows", [1, 3, 8, 16, 100])
def test_parts_are_the_window(journal, made, part_rows):
    """Whatever the parts, they are all rows of the window, once each, the newest first, with what was recorded."""
    rows, sizes = read(journal, Window("credit", model_version=1), part_rows)
    expected = [(microseconds(one.at), one.sent, one.probability) for one in reversed(made) if one.model_version == 1]
    assert [row[1:] for row in rows] == expected
    assert [row[0] for row in rows] == sorted({row[0] for row in rows}, reverse=True)
    assert max(sizes) == min(part_rows, 16)


@pytest.mark.parametrize("rows", [0, 1, 3, 4, 10, 100])
def test_the_newest_rows_of_a_time_are_read(journal, made, rows):
    """A number of rows and a time hold together; what has the `until` is not in it."""
    times = {"since": BEGAN + timedelta(minutes=2), "until": BEGAN + timedelta(minutes=12)}
    window = Window("credit", rows, **times)
    expected = [one.probability for one in reversed(made) if times["since"] <= one.at < times["until"]][:rows]
    assert [row[3] for row in read(journal, window, 4)[0]] == expected
    same = journal.labelled(window)
    assert [one.prediction.probability for one in reversed(same)] == expected


def test_only_what_a_label_came_for(journal, made):
    """A window of labelled predictions has each once, however many labels came for it."""
    journal.record_labels("credit", [Label(made[at].id, "good", BEGAN) for at in (3, 3, 7)])
    rows, _ = read(journal, Window("credit", labelled_only=True), 100)
    assert [row[3] for row in rows] == [7 / 20, 3 / 20]


def test_what_comes_meanwhile_is_not_read(journal, made, make_prediction):
    """Rows that are written while a window is read are newer than its first part."""
    parts = newest_parts(journal.reading, Window("credit"), part_rows=15)
    first = next(parts)
    journal.record_predictions([make_prediction()])
    assert len(first.seqs) + sum(len(part.seqs) for part in parts) == len(made)


def test_an_empty_window_has_no_parts(journal, made):
    """Nobody gets a part without rows."""
    assert read(journal, replace(Window("nobody"), rows=5), 3) == ([], [])


def test_a_failure_is_told_as_the_journal_tells_it(journal, made):
    """What the driver raises is a failure of the journal."""
    with journal.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE predictions RENAME TO elsewhere")
    with pytest.raises(JournalError, match="the journal cannot be used"):
        read(journal, Window("credit"), 5)
