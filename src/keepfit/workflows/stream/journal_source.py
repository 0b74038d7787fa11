"""The labelled rows of the journal as a source: each label is learnt once, in the order in which they came."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from keepfit.datasets.arrivals.delivery import Delivery
from keepfit.journal import Journal, LabelledPrediction
from keepfit.journal.label_order import count_labelled_after, labelled_after, labelled_among, waiting_after
from keepfit.signature import Signature

LOOK_SECONDS = 0.5
_AFTER, _AWAITED = "after", "awaited"  # the newest label that was learnt, and those before it that wait
_MOST_AWAITED = 10_000


class JournalSource:
    """The source that is the journal.

    A label that was corrected teaches again, as it is now: what was learnt cannot be unlearnt. One whose prediction
    turns up later, from a spill or another machine, is learnt then.

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
    place
        Where it is gone on with, as a delivery told; None at the beginning.
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
        place: Mapping[str, Any] | None,
    ) -> None:
        self._journal, self._project, self._signature = journal, project, signature
        self._batch_rows, self._is_followed, self._stop = batch_rows, is_followed, stop
        self._after = int(place[_AFTER]) if place else 0
        self._awaited = list(place[_AWAITED]) if place else []

    def deliveries(self) -> Iterator[Delivery]:
        """Yield the rows whose newest label came later, so many at a time.

        Raises
        ------
        JournalError
            When the journal cannot be read.
        """
        while not self._stop.is_set():
            self._journal.match_labels(self._project)
            waiting = waiting_after(self._journal, self._project, self._after)  # first: what comes meanwhile is found
            found = self._found()
            if len(found) == self._batch_rows or (found and not self._is_followed):
                yield self._delivery(found, waiting)
            elif self._is_followed:
                self._stop.wait(LOOK_SECONDS)
            else:
                return

    def _found(self) -> list[LabelledPrediction]:
        """Return the rows of the next batch: those whose prediction has turned up, then later labels."""
        rows = self._batch_rows
        late = labelled_among(self._journal, self._project, self._awaited, rows=rows)
        return late + labelled_after(self._journal, self._project, self._after, rows=rows)[: rows - len(late)]

    def _delivery(self, found: Sequence[LabelledPrediction], waiting: Sequence[int]) -> Delivery:
        seqs = [row.label_seq or 0 for row in found]
        last = max(self._after, *seqs)
        awaited = [*self._awaited, *(seq for seq in waiting if seq <= last)]
        self._awaited = [seq for seq in awaited if seq not in seqs][-_MOST_AWAITED:]
        self._after = last
        behind = count_labelled_after(self._journal, self._project, last)
        return Delivery(
            hashlib.sha256(repr(seqs).encode()).hexdigest(),
            f"labels {seqs[0]} to {seqs[-1]}",
            tuple(self._record(row) for row in found),
            waiting_rows=behind,
            place={_AFTER: last, _AWAITED: self._awaited},
        )

    def _record(self, row: LabelledPrediction) -> dict[str, Any]:
        """Return the columns that teach, and the label; one that is neither class is as good as none."""
        outcome = self._signature.outcome
        label = row.label if outcome.code(row.label) is not None else None
        return {**{name: row.prediction.features.get(name) for name in self._signature.names}, outcome.name: label}
