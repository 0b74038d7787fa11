"""Rows whose labels have exactly the probability that is known of them."""

from __future__ import annotations

import numpy as np

from keepfit.profiles import OutputProfile
from keepfit.profiles.output import output_profile


def scored_rows(rows, seed, *, beta=(1, 1), change=lambda probability: probability):
    """Draw probabilities, and labels that come true as often as the changed probabilities say."""
    rng = np.random.default_rng(seed)
    probability = rng.beta(*beta, rows)
    return probability, (rng.random(rows) < change(probability)).astype(np.int8)


def reference_of(rows, seed=0, *, threshold=0.5, **draw) -> OutputProfile:
    """Profile held-out rows."""
    probability, labels = scored_rows(rows, seed, **draw)
    return output_profile("good", probability, labels, threshold=threshold)
