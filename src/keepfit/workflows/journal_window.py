"""The champion's newest predictions in the journal, counted in the bins of its reference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keepfit.bundle import Bundle
from keepfit.clock import moment
from keepfit.journal import Journal, Window
from keepfit.monitoring.observed import ObservedWindow, Stretch, joined, observed
from keepfit.profiles import Profile, count_window
from keepfit.scoring import HistoryReader

_STRETCHES, _LEAST_ROWS = 20, 50


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
    reference = Profile.from_dict(champion.profile)
    rows = max((window.rows or 0) // _STRETCHES, _LEAST_ROWS)
    stretches: list[Stretch] = []
    left = 0  # how many rows the newest of the stretches lacks
    for stretch in _counted(journal, window, champion, reference, rows):
        if left:
            stretches[-1] = joined(stretch, stretches[-1])
        else:
            stretches.append(stretch)
            left = rows
        left -= stretch.profile.rows
    empty = count_window(reference, HistoryReader(champion.facts.signature).matrix(()), np.empty(0))
    return observed("the journal", stretches[::-1], empty)


def _counted(journal: Journal, window: Window, champion: Bundle, reference: Profile, rows: int) -> Iterator[Stretch]:
    """Yield the newest rows first, in pieces none of which goes over a multiple of so many rows."""
    reader = HistoryReader(champion.facts.signature)
    done = 0
    for part in journal.parts(window):
        matrix, probability = reader.matrix(part.sent), np.array(part.probabilities)
        first = 0
        while first < len(matrix):
            end = min(first + rows - done % rows, len(matrix))
            times = part.at_microseconds[first:end]
            profile = count_window(reference, matrix[first:end], probability[first:end])
            yield Stretch(profile, moment(min(times)), moment(max(times)))
            done += end - first
            first = end
