"""Where a check cuts numbers that the project names no bands of: at the quartiles of the reference."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from keepfit.profiles import NumberProfile, Profile

_LEVELS = (0.25, 0.5, 0.75)


def reference_quartiles(reference: Profile, names: Collection[str]) -> dict[str, list[float]]:
    """Return the quartiles of columns that are numbers, by name, as `keepfit.evaluation.cut_rows` takes them.

    They are edges of the profile's bins, so within a bin of the training rows' own: values up to an edge are below it
    there and, where it is a cut, at it here.

    Parameters
    ----------
    reference
        The profile of the training rows.
    names
        Which columns; others than numbers are left out.
    """
    return {
        column.name: _quartiles(column)
        for column in reference.columns
        if column.name in names and isinstance(column, NumberProfile)
    }


def _quartiles(column: NumberProfile) -> list[float]:
    if not column.known or not column.edges:
        return []
    shares = np.cumsum(column.counts) / column.known
    places = np.searchsorted(shares, _LEVELS)  # the first bin that reaches the level
    cuts = np.unique([column.edges[place] for place in places.tolist() if place < len(column.edges)])
    return [float(cut) for cut in cuts if column.minimum is not None and cut > column.minimum]
