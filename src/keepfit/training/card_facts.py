"""What a model card is made of besides the facts of its bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keepfit.project.declaration import ProjectSection
from keepfit.project.training_section import TrainingSection
from keepfit.training.candidates import MemberResult
from keepfit.training.diagnosis import Diagnosis
from keepfit.training.learning_curve import LearningCurve
from keepfit.training.suspects import Suspect


@dataclass(frozen=True, slots=True)
class CardTable:
    """What the card says of the table.

    Attributes
    ----------
    training_rows, training_positives
        Rows of the table that may be fitted on, and how many of them are positive.
    holdout_rows, holdout_positives
        Those that are held out; of a stream the rows that its scores rest on.
    rows_without_target
        Rows that are left out, as their target is missing.
    excluded
        Why a column is no feature, by column.
    known_after
        Features that are known only after the event.
    missing
        Share of the training rows that lack a feature, by feature, where some do.
    cleaning
        What was done to values and rows, each in a clause.
    judges
        What the rows are called that the scores rest on.
    """

    training_rows: int
    training_positives: int
    holdout_rows: int
    holdout_positives: int
    rows_without_target: int
    excluded: Mapping[str, str]
    known_after: tuple[str, ...]
    missing: Mapping[str, float]
    cleaning: tuple[str, ...]
    judges: str = "held-out rows"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What the card says.

    Attributes
    ----------
    project, training
        What is declared.
    table
        The table.
    baseline
        Scores of the constant prediction on the held-out rows, by metric.
    calibration
        Name of the calibration's method.
    members
        Of the ensemble, if it was tried.
    diagnosis
        What the held-out rows say; None where they were not asked.
    suspects
        Columns that may know the answer.
    learning
        Whether more rows would help; None where it was not asked.
    """

    project: ProjectSection
    training: TrainingSection
    table: CardTable
    baseline: Mapping[str, float]
    calibration: str
    members: tuple[MemberResult, ...] = ()
    diagnosis: Diagnosis | None = None
    suspects: tuple[Suspect, ...] = ()
    learning: LearningCurve | None = None
