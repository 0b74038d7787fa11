"""What a feature step is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from keepfit.signature import Column, Kind

NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.FLAG)
ORDERED = (*NUMBERS, Kind.DATE)
DATES = (Kind.DATE,)
CATEGORIES = (Kind.CATEGORY, Kind.FLAG)


@dataclass(frozen=True, slots=True)
class Step:
    """One way to make features of columns.

    Attributes
    ----------
    build
        Makes the unfitted transformer from its columns, its parameters and a seed.
    takes
        Kinds of columns that it makes sense for.
    parameters
        Names of the parameters that a project may set.
    filler
        What stands in for a missing value where the project says nothing.
    is_scaled
        Whether linear models get what it makes standardised.
    description
        What it does, in a sentence, for the reference.
    is_one_to_one
        Whether it makes one feature of each column.
    is_monotone
        Whether that feature never falls as the number grows.
    words
        What a parameter may list, by its name, where it is a list of texts.
    places
        Kinds that each column may be of, in their order, where it takes so many and no others; empty where it takes
        any number of columns.
    missing
        What a missing value is to it: `refused`, where it takes none; `kept`, where it makes a missing value of it;
        `filled`, where it makes a number of it, and so takes no filler but `as_is`.
    """

    build: Callable[[Sequence[Column], Mapping[str, Any], int], Any]
    takes: tuple[Kind, ...]
    parameters: tuple[str, ...]
    filler: str
    is_scaled: bool
    description: str
    is_one_to_one: bool = True
    is_monotone: bool = False
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[tuple[Kind, ...], ...] = ()
    missing: Literal["refused", "kept", "filled"] = "refused"


@dataclass(frozen=True, slots=True)
class Filler:
    """What stands in for a missing value: a statistic of the training rows, a constant, or nothing (None)."""

    strategy: str | None
    value: float | None = None

    def build(self) -> Any:
        """Return the unfitted imputer, or what changes nothing."""
        from sklearn.impute import SimpleImputer  # noqa: PLC0415 - heavy, and only for those who train
        from sklearn.preprocessing import FunctionTransformer  # noqa: PLC0415 - as above

        if self.strategy is None:
            return FunctionTransformer(feature_names_out="one-to-one")
        return SimpleImputer(strategy=self.strategy, fill_value=self.value, keep_empty_features=True)


MISSING_CODE = -1.0
AS_IS = "as_is"
FILLERS: dict[str, Filler] = {
    "median": Filler("median"),
    "mean": Filler("mean"),
    "most_frequent": Filler("most_frequent"),
    "zero": Filler("constant", 0.0),
    "own_level": Filler("constant", MISSING_CODE),
    AS_IS: Filler(None),
}
