"""How the scores of a search were measured, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from keepfit.project.training_section import TrainingSection
from keepfit.training.candidates import CandidateResult
from keepfit.training.recipes import ENSEMBLE
from keepfit.training.search_rows import SearchRows
from keepfit.training.selection import Selection
from keepfit.training.tuning import StudyResult


def search_protocol(
    results: Sequence[CandidateResult],
    rows: SearchRows,
    section: TrainingSection,
    selection: Selection | None,
    studies: Sequence[StudyResult],
) -> str:
    """Say what was chosen, by which rows, and which rows the report is on.

    Parameters
    ----------
    results
        The candidates, the best first.
    rows, section
        What they were fitted on, and how.
    selection, studies
        What chose features and settings before them.
    """
    trials = sum(len(study.trials) for study in studies)
    parts = [_choice(results, rows, section, trials)]
    parts.append(f"reported on {len(rows.holdout)} held-out rows that had no say in it, with 95 % bootstrap intervals")
    if selection is not None:
        counts = f"{len(selection.chosen)} of {len(selection.considered)} features"
        how = f"selected ({selection.method}) on the same training rows" if selection.steps else "named by the project"
        parts.append(f"{counts} {how}")
    elif results[0].recipe.features:
        parts.append(f"the {len(results[0].recipe.features)} features that were selected for it before")
    if any(result.recipe.model == ENSEMBLE for result in results):
        parts.append("the ensemble's weights minimise the log-loss of its members' out-of-fold predictions")
    for way, direction in (("fall", "increasing"), ("rise", "decreasing")):
        if names := [name for name, declared in section.monotone.items() if declared == direction]:
            parts.append(f"its probability cannot {way} as {' or '.join(names)} grows")
    if section.class_weight is not None:
        parts.append("classes weighed in fitting, not in scores")
    if rows.times is not None:
        parts.append(
            "held-out rows are the latest of the table; folds are asked about later rows than they are fitted on"
        )
    if rows.groups is not None:
        parts.append("rows about the same entity are kept together in every split")
    return "; ".join(parts)


def decision_protocol(calibration: str, threshold: float, section: TrainingSection) -> str:
    """Say how one candidate's scores become probabilities and decisions.

    Parameters
    ----------
    calibration
        Name of its map.
    threshold
        Probability from which on it decides positive.
    section
        Says whether the threshold was chosen.
    """
    mapped = f"{calibration} calibration, fitted on out-of-fold predictions; " if calibration != "none" else ""
    how = ", chosen on out-of-fold predictions" if section.threshold == "best" else ""
    return f"{mapped}threshold {threshold:.4g}{how}"


def _choice(results: Sequence[CandidateResult], rows: SearchRows, section: TrainingSection, trials: int) -> str:
    """Say what the best is the best of."""
    if len(results) == 1 and not trials:
        return f"one recipe, fitted on {len(rows.train)} training rows"
    tried = f", after {trials} trials by the same," if trials else ""
    return (
        f"chosen among {len(results)}{tried} by {section.metric} of {section.folds}-fold out-of-fold predictions on "
        f"{len(rows.train)} training rows"
    )
