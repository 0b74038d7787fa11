"""The labelled rows of the journal as a source: each label is learnt once, in the order in which they came."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.journal import Journal, LabelledPrediction
from keepfit.journal.label_order import count_labelled_after, labelled_after
from keepfit.signature import Signature

LOOK_SECONDS = 0.5


class JournalSource:
    """The source that is the journal.

    A label that was corrected teaches again, as it is now: what was learnt cannot be unlearnt.

    Parameters
    ----------
    journal, project
        Whose labels.
    signature
        The columns that teach.
    batch_rows
        Rows of a delivery.
    is_followed
        Whether more is waited for: then each delivery has all of its rows, and the last ones wait for the next.
    stop
        Set when no more is wanted.
    after
        The number of the newest label that was learnt; 0 for none.
    """

    def __init__(
        self,
        journal: Journal,
        project: str,
        signature: Signature,
        *,
        batch_rows: int,
        is_followed: bool,
        stop: threading.Event,
        after: int,
    ) -> None:
        self._journal, self._project, self._signature = journal, project, signature
        self._batch_rows, self._is_followed, self._stop, self._after = batch_rows, is_followed, stop, after

    def deliveries(self) -> Iterator[Delivery]:
        """Yield the rows whose newest label came later, so many at a time.

        Raises
        ------
        JournalError
            When the journal cannot be read.
        """
        while not self._stop.is_set():
            self._journal.match_labels(self._project)
            found = labelled_after(self._journal, self._project, self._after, rows=self._batch_rows)
            if len(found) == self._batch_rows or (found and not self._is_followed):
                yield self._delivery(found)
            elif self._is_followed:
                self._stop.wait(LOOK_SECONDS)
            else:
                return

    def _delivery(self, found: Sequence[LabelledPrediction]) -> Delivery:
        first, last = (row.label_seq or 0 for row in (found[0], found[-1]))
        self._after = last
        name = f"labels {first} to {last}"
        waiting = count_labelled_after(self._journal, self._project, last)
        return Delivery(name, name, tuple(self._record(row) for row in found), waiting_rows=waiting, after=last)

    def _record(self, row: LabelledPrediction) -> dict[str, Any]:
        """Return the columns that teach, and the label; one that is neither class is as good as none."""
        outcome = self._signature.outcome
        label = row.label if outcome.code(row.label) is not None else None
        return {**{name: row.prediction.features.get(name) for name in self._signature.names}, outcome.name: label}
