"""The batches of a stream in a file of their own."""

from __future__ import annotations

from dataclasses import replace

from keepfit.retraining.batch_facts import BatchFacts
from keepfit.retraining.takeover import Takeover
from keepfit.workflows.stream import history_file
from keepfit.workflows.stream.history_file import HistoryFile


def facts_of(number: int) -> BatchFacts:
    takeover = Takeover(is_better=False, gain=0.1, bound=0.05, reason="")
    return BatchFacts(number, "b", "k", 20, 0, 0, 1, None, {}, {}, {}, 20, takeover)


def written(folder, *batches: BatchFacts) -> HistoryFile:
    kept = HistoryFile(folder)
    for facts in batches:
        kept.append(facts)
    return kept


def test_batches_come_back_in_their_order(tmp_path):
    """As they were."""
    batches = [facts_of(number) for number in (1, 2, 3)]
    assert written(tmp_path, *batches).read(3) == batches


def test_a_batch_is_as_its_last_line_says(tmp_path):
    """What became of it stands behind it."""
    settled = replace(facts_of(2), promoted=5)
    assert written(tmp_path, facts_of(1), facts_of(2), settled).read(2) == [facts_of(1), settled]


def test_batches_that_no_state_knows_are_dropped(tmp_path):
    """They were written before an end, and are learnt again; half of a line counts for nothing."""
    kept = written(tmp_path, facts_of(1), facts_of(2), facts_of(3))
    path = tmp_path / "history.jsonl"
    path.write_bytes(path.read_bytes() + b'\xff{"number": 4}\n{"number": 4, "na')
    assert kept.read(2) == [facts_of(1), facts_of(2)]
    kept.append(facts_of(3))
    assert HistoryFile(tmp_path).read(9) == [facts_of(1), facts_of(2), facts_of(3)]


def test_it_does_not_grow_without_end(tmp_path, monkeypatch):
    """A start leaves the newest alone."""
    monkeypatch.setattr(history_file, "MOST_BATCHES", 2)
    kept = written(tmp_path, *map(facts_of, range(1, 6)))
    assert [facts.number for facts in kept.read(5)] == [4, 5]
    assert len((tmp_path / "history.jsonl").read_text().splitlines()) == 2


def test_what_is_forgotten_is_gone(tmp_path):
    """And of nothing there is nothing."""
    kept = written(tmp_path, facts_of(1))
    kept.clear()
    assert kept.read(1) == []
