"""How good the champion's answers are: what the labels that came say, and what is expected of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle
from keepfit.evaluation import Part, cut_rows
from keepfit.journal import LabelledPrediction
from keepfit.monitoring import measure_quality
from keepfit.monitoring.concept_shift import concept_shift
from keepfit.monitoring.expected_quality import expected_quality
from keepfit.monitoring.findings import QualityFindings
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.monitoring.quality import QualityContext
from keepfit.monitoring.slice_quartiles import reference_quartiles
from keepfit.profiles import Profile
from keepfit.scoring import HistoryReader
from keepfit.signature import Signature
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Rows whose label is known.

    Attributes
    ----------
    matrix
        They from the door, `(n_labelled, n_features)`.
    labels, probability
        Their classes 0 or 1, and what was answered, `(n_labelled,)`.
    is_in_window
        Which of them the window has too, `(n_labelled,)`: labels come late.
    at_seconds
        When they were answered, seconds since 1970, `(n_labelled,)`; None where it is not known.
    """

    matrix: Matrix
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]
    is_in_window: NDArray[np.bool_]
    at_seconds: NDArray[np.float64] | None = None


def labelled_rows(found: Sequence[LabelledPrediction], window: ObservedWindow, signature: Signature) -> LabelledRows:
    """Return predictions of the journal that have a label of the signature's."""
    first, last = window.seqs or (1, 0)  # what came while the window was read is not in it
    return LabelledRows(
        HistoryReader(signature).matrix([row.prediction.sent for row in found]),
        np.array([signature.outcome.code(row.label) for row in found], dtype=np.int8),
        np.array([row.prediction.probability for row in found], dtype=np.float64),
        np.array([first <= row.seq <= last for row in found], dtype=np.bool_),
        np.array([row.prediction.at.timestamp() for row in found], dtype=np.float64),
    )


def quality_findings(
    rooms: Rooms,
    champion: Bundle,
    reference: Profile,
    window: ObservedWindow,
    rows: LabelledRows | None,
    *,
    dropped: Collection[str],
) -> QualityFindings:
    """Measure the labelled rows, and estimate what is to be expected of the answers without labels.

    Parameters
    ----------
    rooms, champion
        The project, and whose answers they are.
    reference
        The champion's own, whatever the window is compared with.
    window
        All answers.
    rows
        Those whose label is known; None where labels are in the window as counts alone.
    dropped
        Columns that are not kept, and so cut nothing.

    Raises
    ------
    ProjectError
        When a slice is declared that is none of the columns.
    """
    facts, seed = champion.facts, rooms.project.project.seed
    output = reference.outputs[0]
    if rows is not None:
        window = window.with_labels(rows.labels[rows.is_in_window], rows.probability[rows.is_in_window])
    seen = window.profile.outputs[0]
    expected = expected_quality(output, seen, seed=seed) if seen.score.known else None
    if rows is None:
        return QualityFindings(None, expected, concept_shift(output, seen, seed=seed) if sum(seen.labelled) else None)
    if not len(rows.labels):
        return QualityFindings(None, expected, None)
    context = QualityContext(
        held_out=facts.scores,
        costs=rooms.project.training.costs,
        parts=_parts(rooms, facts.signature, reference, rows.matrix, dropped),
        metric=rooms.project.training.metric,
        at_seconds=rows.at_seconds,
    )
    section = rooms.project.monitoring
    quality = measure_quality(rows.labels, rows.probability, section, facts.threshold, seed=seed, context=context)
    shift = concept_shift(output, output.count(rows.probability, rows.labels), seed=seed)
    return QualityFindings(quality, expected, shift)


def _parts(
    rooms: Rooms, signature: Signature, reference: Profile, matrix: Matrix, dropped: Collection[str]
) -> list[Part]:
    """Cut the rows as the project declares it."""
    section = rooms.project.evaluation
    names = [name for name in section.slices if name not in dropped]
    bands = {name: cuts for name, cuts in section.bands.items() if name not in dropped}
    return cut_rows(matrix, signature, names, bands, quartiles=reference_quartiles(reference, names))
