"""The profile of one column, whichever kind it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.profiles.category import CategoryProfile
from keepfit.profiles.number import NumberProfile

ColumnProfile = NumberProfile | CategoryProfile


def column_from_dict(facts: Mapping[str, Any]) -> ColumnProfile:
    """Rebuild a column's profile from `to_dict`'s form.

    Raises
    ------
    KeyError, TypeError
        When the facts have another form.
    """
    parts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return (NumberProfile if parts.pop("kind") == "number" else CategoryProfile)(**parts)


def level_counts(profile: ColumnProfile) -> NDArray[np.float64]:
    """Return counts by bin of a number, or by label of a category with the unseen last."""
    return np.array(profile.levels, dtype=np.float64)
