"""A share of rows, and how far it may lie from the share of all rows of the kind."""

from __future__ import annotations

import numpy as np

from keepfit.chance import TWO_SIDED
from keepfit.evaluation.intervals import Estimate


def share_of(positives: float, rows: float) -> Estimate:
    """Return a share with Wilson's 95 % interval; all NaN where there are no rows.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22, 209-212.
    """
    if not rows:
        return Estimate(np.nan, np.nan, np.nan)
    share, squared = positives / rows, TWO_SIDED**2
    middle = (share + squared / (2 * rows)) / (1 + squared / rows)
    reach = TWO_SIDED / (1 + squared / rows) * np.sqrt(share * (1 - share) / rows + squared / (4 * rows**2))
    return Estimate(float(share), float(max(middle - reach, 0.0)), float(min(middle + reach, 1.0)))
