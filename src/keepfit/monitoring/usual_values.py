"""What training has shown of each column: values that are missing, unseen or out of range are counted against it.

Only of what is sent: what the door makes of the months before is no news of its own. The month of a panel's record lies
after those that taught by its nature, and is in range.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.signature import Kind, Signature

UnusualValues = list[tuple[str, str, int]]


class UsualValues:
    """What training has shown of each column.

    Parameters
    ----------
    signature
        Ranges and vocabularies.
    """

    def __init__(self, signature: Signature) -> None:
        self._columns = signature.sent_columns
        self._lows, self._highs = _limits(signature)

    def exceptions(self, matrix: NDArray[np.float32]) -> UnusualValues:
        """Count missing, unseen and out-of-range values of a matrix from the door, as (column, reason, count)."""
        matrix = matrix[:, : len(self._columns)]
        is_usual = (matrix >= self._lows) & (matrix <= self._highs)  # NaN is neither
        if is_usual.all():
            return []
        found: UnusualValues = []
        for at in np.flatnonzero(~is_usual.all(axis=0)).tolist():
            column, values = self._columns[at], matrix[:, at]
            missing = int(np.isnan(values).sum())
            outside = len(values) - int(is_usual[:, at].sum()) - missing
            reason = "unseen" if column.kind is Kind.CATEGORY else "out_of_range"
            found += [(column.name, "missing", missing)] if missing else []
            found += [(column.name, reason, outside)] if outside else []
        return found


def _limits(signature: Signature) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the least and the greatest usual value of each column of the matrix."""
    lows, highs = [], []
    month = signature.offers.panel.month if signature.offers is not None else None
    for column in signature.sent_columns:
        if column.name == month:
            lows.append(-np.inf)
            highs.append(np.inf)
        elif column.kind.is_ordered:
            lows.append(-np.inf if column.minimum is None else column.minimum)
            highs.append(np.inf if column.maximum is None else column.maximum)
        else:
            lows.append(0.0)
            highs.append(float(len(column.categories) - 1) if column.kind is Kind.CATEGORY else 1.0)
    return np.array(lows, dtype=np.float32), np.array(highs, dtype=np.float32)
