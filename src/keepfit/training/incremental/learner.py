"""What learns batch by batch, whatever its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.bundle import Recipe
from keepfit.project.stream_section import StreamSection
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Signature
from keepfit.training.incremental.kept_rows import KeptRows
from keepfit.training.model import FittedModel

LearnerState = Mapping[str, NDArray[Any]]
"""What a learner knows, as arrays that NumPy keeps without pickling."""


@dataclass(frozen=True, slots=True)
class LearnerTask:
    """What a learner is made for.

    Attributes
    ----------
    signature
        Columns of the matrix.
    section, training
        `[stream]`, and how `[training]` treats the columns.
    seed
        The project's.
    """

    signature: Signature
    section: StreamSection
    training: TrainingSection
    seed: int


class Learner(Protocol):
    """Learns batch by batch.

    It is deterministic: what it answers follows from the rows that it began with and the batches, in their order. One
    that goes on from its state answers as one that was never interrupted.
    """

    @property
    def rows(self) -> KeptRows:
        """The rows that it keeps: what it knows follows from them, or has last been learnt from them."""

    @property
    def recipe(self) -> Recipe:
        """The family, with every parameter that it is not left to choose."""

    @property
    def trees(self) -> int | None:
        """How many trees it has, which do not grow without end; None of one that has none."""

    def probability(self, matrix: Matrix) -> Floats:
        """Return the probability of the positive class, `(n_rows,)`."""

    def learn(self, matrix: Matrix, labels: Labels, *, has_changed: bool) -> None:
        """Learn a batch, of one class too.

        Parameters
        ----------
        matrix, labels
            Rows from the door `(n_rows, n_features)`, and their classes 0 or 1 `(n_rows,)`.
        has_changed
            Whether what is to be learnt is no longer what it was: older rows may mislead.
        """

    def model(self) -> FittedModel:
        """Return what it has learnt so far, as it will be served."""

    def state(self) -> LearnerState:
        """Return what it needs to go on, beside the rows that it began with."""
