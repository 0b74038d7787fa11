"""The champion's newest predictions in the journal, counted in the bins of its reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import moment, stamp
from keepfit.errors import MonitoringError
from keepfit.journal import Journal, LabelledPrediction, Window, WindowPart
from keepfit.monitoring.observed_window import ObservedWindow, Stretch, joined, window_of
from keepfit.profiles import Profile, count_window
from keepfit.scoring import HistoryReader
from keepfit.workflows.rooms import Rooms

_STRETCHES, _LEAST_ROWS = 20, 50
_LABELS_AT_ONCE = 20_000
_DAY = 86_400_000_000  # microseconds


def journal_window(journal: Journal, window: Window, champion: Bundle) -> ObservedWindow:
    """Count a window part by part: however many rows it has, a part of them is in memory.

    Parameters
    ----------
    journal
        Where the predictions are.
    window
        Which of them.
    champion
        Whose reference profile has the bins.
    """
    reader, reference = HistoryReader(champion.facts.signature), Profile.from_dict(champion.profile)
    rows = max((window.rows or 0) // _STRETCHES, _LEAST_ROWS)
    stretches: list[Stretch] = []  # the newest first
    days: Counter[int] = Counter()
    done = 0
    seqs: tuple[int, int] | None = None
    for part in journal.parts(window):
        seqs = min(part.seqs), max(part.seqs) if seqs is None else seqs[1]
        days.update(at // _DAY for at in part.at_microseconds)
        for stretch in _counted(part, reader, reference, first=rows - done % rows, rows=rows):
            if done % rows:
                stretches[-1] = joined(stretch, stretches[-1])
            else:
                stretches.append(stretch)
            done += stretch.profile.rows
    empty = count_window(reference, reader.matrix(()), np.empty(0))
    return replace(window_of("the journal", stretches[::-1], empty), days=days, seqs=seqs)


def with_labels_of(journal: Journal, window: ObservedWindow, champion: Bundle, project: str) -> ObservedWindow:
    """Return a window of the journal with the labels of its own rows, counted."""
    labels, scores = [np.empty(0, dtype=np.int8)], [np.empty(0)]
    first, last = window.seqs or (1, 0)
    outcome, version = champion.facts.signature.outcome, champion.facts.version
    for begin in range(first, last + 1, _LABELS_AT_ONCE):
        end = min(begin + _LABELS_AT_ONCE - 1, last)
        found = journal.labelled(Window(project, model_version=version, labelled_only=True, seqs=(begin, end)))
        known = [(code, row.prediction.probability) for row in found if (code := outcome.code(row.label)) is not None]
        labels.append(np.array([code for code, _ in known], dtype=np.int8))
        scores.append(np.array([score for _, score in known], dtype=np.float64))
    return window.with_labels(np.concatenate(labels), np.concatenate(scores))


def labelled_window(
    rooms: Rooms,
    journal: Journal,
    champion: Bundle,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[LabelledPrediction, ...]:
    """Return the champion's newest predictions whose label has come, the oldest first.

    Labels may lag by more predictions than a window holds: so these are found apart from the newest predictions.
    """
    rows, version = rooms.project.monitoring.window_rows, champion.facts.version
    found = journal.labelled(Window(rooms.project.name, rows, since, until, version, labelled_only=True))
    outcome = champion.facts.signature.outcome
    return tuple(row for row in found if outcome.code(row.label) is not None)


def require_span(since: datetime | None, until: datetime | None) -> None:
    """Refuse a time that ends before it begins.

    Raises
    ------
    MonitoringError
        When it does.
    """
    if since is not None and until is not None and since >= until:
        hint = "what was answered between the two is looked at"
        raise MonitoringError(f"{stamp(until)} is not after {stamp(since)}", where="until", hint=hint)


def _counted(
    part: WindowPart, reader: HistoryReader, reference: Profile, *, first: int, rows: int
) -> Iterator[Stretch]:
    """Yield the rows of a part, the newest first, in stretches of so many; the first one may be shorter."""
    matrix, probability = reader.matrix(part.sent), np.array(part.probabilities)
    ends = [*range(first, len(matrix), rows), len(matrix)]
    for begin, end in zip([0, *ends], ends, strict=False):
        times = part.at_microseconds[begin:end]
        profile = count_window(reference, matrix[begin:end], probability[begin:end])
        yield Stretch(profile, moment(min(times)), moment(max(times)))
