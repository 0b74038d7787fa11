"""Who is compared, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from ours import DEFAULT, STRATEGIES, OurChampion, OurLearner  # the files beside this one
from rivals import AdaptiveForest, ClassPrior, Frozen, PublishedRecipe
from wines import Rows

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.signature import Signature


class Contestant(Protocol):
    """Is asked about a batch, and then taught it."""

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of class 1, `(n_rows,)`."""

    def learn(self, matrix: Matrix, labels: Labels) -> None:
        """Learn a batch."""


Build = Callable[[Signature, Rows, int], Contestant]
RECIPE, FOREST, OURS = "published recipe", "River's adaptive random forest", f"**Keepfit, `{DEFAULT}`** (default)"
RIVALS = {RECIPE: "the published recipe", FOREST: "the adaptive forest"}
"""Those that were to be beaten, and what they are called in a sentence."""
CONTESTANTS: dict[str, Build] = {
    OURS: partial(OurLearner, DEFAULT),
    f"Keepfit, `{DEFAULT}`: what is served": partial(OurChampion, DEFAULT),
    **{f"Keepfit, `{name}`": partial(OurLearner, name) for name in STRATEGIES if name != DEFAULT},
    RECIPE: lambda _, begin, seed: PublishedRecipe(begin, seed),
    FOREST: lambda _, begin, seed: AdaptiveForest(begin, seed),
    f"`{DEFAULT}` of the beginning, frozen": lambda signature, begin, seed: Frozen(
        OurLearner(DEFAULT, signature, begin, seed)
    ),
    "share of good wines so far": lambda _, begin, __: ClassPrior(begin),
}
