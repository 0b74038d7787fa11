"""The profile of one column, whichever kind it is of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from keepfit.profiles.category import CategoryProfile
from keepfit.profiles.number import NumberProfile
from keepfit.profiles.soundness import require_sound

ColumnProfile = NumberProfile | CategoryProfile
_KINDS: Mapping[str, type[ColumnProfile]] = {"number": NumberProfile, "category": CategoryProfile}


def column_from_dict(facts: Mapping[str, Any]) -> ColumnProfile:
    """Rebuild a column's profile from `to_dict`'s form.

    Raises
    ------
    KeyError, TypeError, ValueError, msgspec.ValidationError
        When the facts have another form, or do not fit each other.
    """
    kind = _KINDS[facts["kind"]]
    require_keys(facts, ("kind", *kind.__dataclass_fields__))
    column: ColumnProfile = msgspec.convert(facts, kind)
    require_sound(column)
    return column


def require_keys(facts: Mapping[str, Any], keys: Collection[str]) -> None:
    """Refuse facts that lack a key or have another: they would be read as what they do not say.

    Raises
    ------
    ValueError
        With the keys that are too few or too many.
    """
    other = facts.keys() ^ {*keys}
    if other:
        raise ValueError(f"it lacks, or should not have: {', '.join(sorted(map(str, other)))}")


def level_counts(profile: ColumnProfile) -> NDArray[np.float64]:
    """Return counts by bin of a number, or by label of a category with the unseen last."""
    return np.array(profile.levels, dtype=np.float64)
