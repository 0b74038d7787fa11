"""The levels in which two profiles of a category are compared, so that chance falls on both sides alike.

A label that the reference has not seen has no level of its own: it is among the unseen ones, while a label that only
the reference has keeps its own. Compared as they stand, a column with many rare labels would differ from any other
sample of itself. So rare labels, rare in both together, are one level with the unseen ones. Where there are no rare
ones the unseen values are left to their own test.
"""

from __future__ import annotations

import numpy as np

from keepfit.arrays import Floats
from keepfit.profiles import CategoryProfile

_LEAST_EXPECTED = 5.0


def compared_levels(reference: CategoryProfile, window: CategoryProfile) -> tuple[Floats, Floats]:
    """Return the counts of both by level.

    Of a large vocabulary the levels are buckets by the hash of a code, without the unseen values.

    Parameters
    ----------
    reference, window
        Of one vocabulary; both have values.
    """
    if reference.codes:
        return reference.hashed, window.hashed
    sides = [np.array(side.counts, dtype=np.float64) for side in (reference, window)]
    sizes = reference.known, window.known
    is_rare = (sides[0] + sides[1]) * min(sizes) < _LEAST_EXPECTED * sum(sizes)
    if not is_rare.any():
        return sides[0], sides[1]
    pools = [side[is_rare].sum() + one.unseen for side, one in zip(sides, (reference, window), strict=True)]
    return np.append(sides[0][~is_rare], pools[0]), np.append(sides[1][~is_rare], pools[1])
