"""Several processes over one journal, and processes that die."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from journal_contents import ids_of
from keepfit.journal import open_journal

_PROMOTER = """
import sys
from keepfit.errors import PromotionConflictError
from keepfit.journal import open_journal
print("ready", flush=True)
sys.stdin.readline()
with open_journal(sys.argv[1]) as journal:
    for epoch in range(1, 21):
        try:
            journal.record_event("credit", "promoted", sys.argv[2], {}, epoch=epoch)
            print(epoch)
        except PromotionConflictError:
            pass
"""
_WRITER = """
import sys
from datetime import UTC, datetime
from keepfit.journal import Prediction, PredictionIds, open_journal
new_id = PredictionIds()
with open_journal(sys.argv[1]) as journal:
    while True:
        rows = [Prediction(new_id(), datetime.now(UTC), "credit", 1, None, "{}", 0.5, "good", 0.0) for _ in range(3)]
        journal.record_predictions(rows)
        print(" ".join(row.id for row in rows), flush=True)
"""


def _started(script: str, *arguments: str) -> subprocess.Popen:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_processes_that_open_a_fresh_journal_and_race_for_the_ledger(any_url):
    """Eight processes make the journal at the same moment, then race for each of twenty epochs: one has each."""
    racers = [_started(_PROMOTER, any_url, str(number)) for number in range(8)]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [int(epoch) for racer in racers for epoch in racer.communicate(timeout=60)[0].split()]
    assert [racer.returncode for racer in racers] == [0] * 8
    assert sorted(won) == list(range(1, 21))
    with open_journal(any_url) as journal:
        assert [event.epoch for event in journal.ledger("credit")] == sorted(won)


def test_what_was_acknowledged_outlives_sigkill(any_url):
    """A writer that is killed at any moment loses none of the rows that it said were written."""
    moments = random.Random(7)
    acknowledged: set[str] = set()
    for _ in range(20):
        with _started(_WRITER, any_url) as writer:
            lines = [writer.stdout.readline()]
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(moments.uniform(0.0, 0.1))
            writer.kill()
            lines += writer.stdout.readlines()
        acknowledged.update(text for line in lines if line.endswith("\n") for text in line.split())
    with open_journal(any_url) as journal:
        recorded = ids_of(journal, "credit")
    assert acknowledged <= recorded
    assert len(recorded) % 3 == 0  # a transaction is whole or absent
    assert len(acknowledged) >= 20 * 3
