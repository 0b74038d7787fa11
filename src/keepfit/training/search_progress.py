"""What a search tells while it runs: what is done, how much of it, and the best score so far."""

from __future__ import annotations

import math
from collections.abc import Callable

from keepfit.evaluation import METRICS

OnProgress = Callable[[str, int, int, str], None]
"""SearchProgress what is being done, how much of it is done, how much there is, and the best so far in words."""


class SearchProgress:
    """Counts, and tells it; without anybody to tell it to, it only counts."""

    def __init__(self, on_progress: OnProgress | None) -> None:
        self._on_progress = on_progress or (lambda *_: None)
        self._done: dict[str, int] = {}

    def counted(self, step: str, to_do: int | None = None) -> Callable[[int], None]:
        """Return a function that is called with how many more are done; without an end, with one yet to do."""
        self._done[step] = 0

        def add(more: int) -> None:
            self._done[step] += more
            self._on_progress(step, self._done[step], to_do or self._done[step] + 1, "")

        add(0)
        return add

    def ended(self, step: str) -> None:
        """Tell that nothing is left to do of a step whose end was not known."""
        self._on_progress(step, self._done[step], self._done[step], "")

    def best(self, step: str, to_do: int, metric: str) -> Callable[[float], None]:
        """Return a function that is called after each of them with the best score so far."""
        done = 0

        def add(best: float) -> None:
            nonlocal done
            done += 1
            said = "" if math.isnan(best) else f"best {METRICS[metric].title} {best:.4f}"
            self._on_progress(step, done, to_do, said)

        return add
