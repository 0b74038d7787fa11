"""What a feature step is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

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
        Makes the unfitted transformer from its columns, its parameters and a seed; its input has no missing value.
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


@dataclass(frozen=True, slots=True)
class Filler:
    """What stands in for a missing value: a statistic of the training rows, or a constant."""

    strategy: str
    value: float | None = None

    def build(self) -> Any:
        """Return the unfitted imputer."""
        from sklearn.impute import SimpleImputer  # noqa: PLC0415 - heavy, and only for those who train

        return SimpleImputer(strategy=self.strategy, fill_value=self.value, keep_empty_features=True)


MISSING_CODE = -1.0
FILLERS: dict[str, Filler] = {
    "median": Filler("median"),
    "mean": Filler("mean"),
    "most_frequent": Filler("most_frequent"),
    "zero": Filler("constant", 0.0),
    "own_level": Filler("constant", MISSING_CODE),
}
