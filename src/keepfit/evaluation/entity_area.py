"""The area under the ROC curve for many weightings of entities, each of which has many cells.

The cells that were not taken are counted once between the probabilities of those that were: most lie below them all, or
in the same gap as others of the same entity, so that a weighting adds up far fewer numbers than there are cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats
from keepfit.evaluation.metrics import require_rows


@dataclass(frozen=True, slots=True)
class EntityArea:
    """Cells, counted.

    Attributes
    ----------
    steps
        How many different probabilities the taken cells have.
    takers, places
        The entity of each taken cell, and which of these probabilities it has, ascending.
    others, gaps, counts
        How many cells that were not taken an entity has in a gap: number 2i is below the probability i and above the
        one before it, number 2i + 1 is equal to it.
    """

    steps: int
    takers: NDArray[np.int64]
    places: NDArray[np.int64]
    others: NDArray[np.int64]
    gaps: NDArray[np.int64]
    counts: Floats

    @classmethod
    def of(cls, taken: NDArray[np.bool_], probability: Floats, entities: NDArray[np.int64]) -> EntityArea:
        """Count cells, `(n_cells,)` each.

        Parameters
        ----------
        taken
            Which were taken.
        probability
            That they are.
        entities
            A number from 0 for whom each is about.

        Raises
        ------
        ValueError
            When there are no cells, they do not fit, or a probability is none.
        """
        require_rows(taken.astype(np.int8), probability, 0.5)
        steps, places = np.unique(probability[taken], return_inverse=True)
        left = probability[~taken]
        gaps = np.searchsorted(steps, left, "left") + np.searchsorted(steps, left, "right")
        width = 2 * len(steps) + 1
        keys, counts = np.unique(entities[~taken] * width + gaps, return_counts=True)
        return cls(len(steps), entities[taken], places, keys // width, keys % width, counts.astype(np.float64))

    def under(self, weights: Floats) -> Floats:
        """Return the area for each weighting of the entities, `(n_weightings,)`; NaN where a side weighs nothing.

        Parameters
        ----------
        weights
            Non-negative, `(n_weightings, n_entities)`.

        References
        ----------
        Hanley, J. A. and McNeil, B. J. (1982). The meaning and use of the area under a receiver operating
        characteristic (ROC) curve. Radiology 143: the chance that a taken cell stands above another, a tie counting
        half.
        """
        found = np.full(len(weights), np.nan)
        for at, one in enumerate(weights):
            taken = np.bincount(self.places, one[self.takers], self.steps)
            others = np.bincount(self.gaps, self.counts * one[self.others], 2 * self.steps + 1)
            below = np.cumsum(others)
            pairs = taken.sum() * below[-1]
            if pairs:
                found[at] = taken @ (below[:-1:2] + others[1::2] / 2) / pairs
        return found
