"""Rates that rise with the score: isotonic regression of counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats

Counts = NDArray[np.int64]


class Blocks(NamedTuple):
    """Neighbouring bins that share a rate.

    Attributes
    ----------
    positives, rows
        Of all bins of a block, `(n_blocks,)`.
    lengths
        Bins by block, `(n_blocks,)`.
    """

    positives: Counts
    rows: Counts
    lengths: Counts

    @property
    def rates(self) -> Floats:
        """The share of positives of each bin's block, never falling, `(n_bins,)`."""
        return np.repeat(self.positives / self.rows, self.lengths)

    @property
    def cautious_rates(self) -> Floats:
        """The same with one row of each class more in every block: a rate that was never seen is not impossible.

        References
        ----------
        Laplace, P.-S. (1774). Mémoire sur la probabilité des causes par les événements (the rule of succession).
        """
        return np.repeat((self.positives + 1) / (self.rows + 2), self.lengths)


def isotonic_blocks(positives: Counts, rows: Counts) -> Blocks:
    """Return the blocks whose rates are the never falling ones that are closest to the shares by bin.

    Closest by squares weighted with the rows, and by likelihood too. Bins are pooled with their neighbours below as
    long as these have no lower share.

    Parameters
    ----------
    positives, rows
        By bin of rising score, `(n_bins,)`; each bin has rows.

    References
    ----------
    Ayer, M., Brunk, H. D., Ewing, G. M., Reid, W. T. and Silverman, E. (1955). An empirical distribution function for
    sampling with incomplete information. Annals of Mathematical Statistics 26(4), 641-647 (pool adjacent violators).
    """
    blocks: list[tuple[int, int, int]] = []
    for hits, count in zip(positives.tolist(), rows.tolist(), strict=True):
        block = (hits, count, 1)
        while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:
            below = blocks.pop()
            block = (below[0] + block[0], below[1] + block[1], below[2] + block[2])
        blocks.append(block)
    return Blocks(*np.array(blocks, dtype=np.int64).reshape(len(blocks), 3).T)
