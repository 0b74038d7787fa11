"""The batches of a stream, a line for each: to write one costs the same however many there are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from keepfit.bundle.files import write_atomically
from keepfit.retraining.batch_facts import BatchFacts
from keepfit.workflows.stream.journey import MOST_BATCHES

_NAME = "history.jsonl"


class HistoryFile:
    """The file.

    A batch that stands there twice is as its last line says. Lines of batches that no state knows are those of an end
    between the two, and are dropped.

    Parameters
    ----------
    folder
        Where it lies.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    def read(self, batches: int) -> list[BatchFacts]:
        """Return the newest of so many batches, the oldest first, and leave the file with these alone."""
        found = {facts.number: facts for facts in self._lines() if facts.number <= batches}
        kept = [found[number] for number in sorted(found)][-MOST_BATCHES:]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, "".join(map(_line, kept)).encode())
        return kept

    def append(self, facts: BatchFacts) -> None:
        """Write a batch behind the others, durably."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(facts))
            file.flush()
            os.fsync(file.fileno())

    def clear(self) -> None:
        """Forget all batches."""
        self._path.unlink(missing_ok=True)

    def _lines(self) -> Iterator[BatchFacts]:
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            for line in file:
                with suppress(ValueError, KeyError, TypeError):  # half of a line, of an end while it was written
                    yield BatchFacts.from_dict(json.loads(line))


def _line(facts: BatchFacts) -> str:
    return json.dumps(facts.to_dict(), allow_nan=False) + "\n"
