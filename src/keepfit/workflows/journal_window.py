"""The champion's newest predictions in the journal, counted in the bins of its reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import moment
from keepfit.journal import Journal, Window, WindowPart
from keepfit.monitoring.observed import ObservedWindow, Stretch, joined, observed
from keepfit.profiles import Profile, count_window
from keepfit.scoring import HistoryReader

_STRETCHES, _LEAST_ROWS = 20, 50
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
    done, first_seq = 0, None
    for part in journal.parts(window):
        first_seq = min(part.seqs)
        days.update(at // _DAY for at in part.at_microseconds)
        for stretch in _counted(part, reader, reference, first=rows - done % rows, rows=rows):
            if done % rows:
                stretches[-1] = joined(stretch, stretches[-1])
            else:
                stretches.append(stretch)
            done += stretch.profile.rows
    empty = count_window(reference, reader.matrix(()), np.empty(0))
    return replace(observed("the journal", stretches[::-1], empty), days=days, first_seq=first_seq)


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
