"""Concept drift: whether a model's loss has risen, as ADWIN sees it.

A detector is a function of the losses that it keeps: one that is restored from them says what the saved one would have
said. River's window cannot be saved without a pickle, and what it answers depends on all it was fed since its start. So
it is started anew, with the kept losses, whenever some of them are let go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from keepfit.arrays import Floats
from keepfit.errors import StreamError

MOST_ROWS = 20_000
"""Losses that are kept; when one more comes, the older half is let go."""
_MOST_SIGNIFICANCE = 0.5


class LossDetector:
    """Sees when the mean of a loss rises.

    A fall is no drift: the rows before it are let go all the same, so that a later rise is measured from the new level.
    How rows are cut into batches changes nothing.

    Parameters
    ----------
    significance
        ADWIN's delta, above 0 and below 0.5: the smaller, the fewer false alarms, and the later the true ones.

    References
    ----------
    Bifet, A. and Gavalda, R. (2007). Learning from time-changing data with adaptive windowing, SIAM International
    Conference on Data Mining; as River has it.
    """

    def __init__(self, significance: float) -> None:
        self._significance = significance
        self._kept = np.empty(0)
        self._window = self._fresh()

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> LossDetector:
        """Return the detector whose `state` this was.

        Raises
        ------
        StreamError
            When it is no such state.
        """
        try:
            significance, losses = float(state["significance"]), np.asarray(state["losses"], dtype=np.float64)
        except (KeyError, TypeError, ValueError) as error:
            raise _no_state("significance and losses are not in it") from error
        if not 0 < significance < _MOST_SIGNIFICANCE:
            raise _no_state(f"significance is {significance:g}")
        if not _are_losses(losses) or len(losses) > MOST_ROWS:
            raise _no_state(f"losses must be at the most {MOST_ROWS} numbers from 0 to 1")
        found = cls(significance)
        found.update(losses)
        return found

    def state(self) -> dict[str, Any]:
        """Return `significance`, and `losses`: the kept ones, the oldest first, `(width,)`."""
        return {"significance": self._significance, "losses": self._kept.copy()}

    @property
    def width(self) -> int:
        """Rows that are of the present concept, at most 20,000."""
        return len(self._kept)

    def update(self, losses: Floats) -> bool:
        """Take the losses of a batch; return whether the loss was seen to rise in it.

        Parameters
        ----------
        losses
            In the order of the rows, from 0 to 1: squared errors, or 1 for each wrong decision, `(n_rows,)`.

        Raises
        ------
        ValueError
            When they are not from 0 to 1.
        """
        if not _are_losses(losses):
            raise ValueError("losses must be a row of numbers from 0 to 1")
        rows = np.concatenate([self._kept, losses])
        begin, at, has_risen = 0, len(self._kept), False
        while at < len(rows):
            before = self._window.estimation
            self._window.update(float(rows[at]))
            at += 1
            if self._window.drift_detected:
                has_risen |= self._window.estimation > before
                begin = at - int(self._window.width)
            elif at - begin > MOST_ROWS:
                begin = at - MOST_ROWS // 2
            else:
                continue
            self._window, at = self._fresh(), begin  # ends: the beginning only moves on
        self._kept = rows[begin:]
        return has_risen

    def _fresh(self) -> Any:
        from river.drift import ADWIN  # noqa: PLC0415 - of the extra `stream`

        return ADWIN(delta=self._significance)


def _are_losses(losses: Floats) -> bool:
    return losses.ndim == 1 and bool(np.all((losses >= 0) & (losses <= 1)))


def _no_state(why: str) -> StreamError:
    return StreamError(f"cannot be gone on with: {why}", where="the drift detector's state", hint="begin a new one")
