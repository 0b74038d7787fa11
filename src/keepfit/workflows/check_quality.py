"""How good the champion's answers are: what the labels that came say, and what is expected of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle, BundleFacts
from keepfit.evaluation import Part, cut_rows
from keepfit.evaluation.metrics import DECISION_METRICS
from keepfit.journal import LabelledPrediction
from keepfit.monitoring import measure_quality
from keepfit.monitoring.concept_shift import ConceptShift, concept_shift
from keepfit.monitoring.expected_quality import expected_quality
from keepfit.monitoring.findings import QualityFindings
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.monitoring.quality import QualityContext
from keepfit.monitoring.recommended import Recommendations, recommendations
from keepfit.monitoring.slice_quartiles import reference_quartiles
from keepfit.profiles import OutputProfile, Profile
from keepfit.scoring import HistoryReader
from keepfit.signature import Signature
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.recommended import asked_again

_RANKED_BY = "roc_auc"  # parts of a recommender's rows: a metric of whether anything is added


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
    recommendations
        Of a recommender, the lists of decisions and labels; None where they are not known.
    """

    matrix: Matrix
    labels: NDArray[np.int8]
    probability: NDArray[np.float64]
    is_in_window: NDArray[np.bool_]
    at_seconds: NDArray[np.float64] | None = None
    recommendations: Recommendations | None = None


def labelled_rows(found: Sequence[LabelledPrediction], window: ObservedWindow, signature: Signature) -> LabelledRows:
    """Return predictions of the journal that have a label of the signature's."""
    first, last = window.seqs or (1, 0)  # what came while the window was read is not in it
    outcome = signature.outcome
    decisions, labels = [row.prediction.decision for row in found], [row.label for row in found]
    return LabelledRows(
        HistoryReader(signature).matrix([row.prediction.sent for row in found]),
        np.array([outcome.code(label) for label in labels], dtype=np.int8),
        np.array([row.prediction.probability for row in found], dtype=np.float64),
        np.array([first <= row.seq <= last for row in found], dtype=np.bool_),
        np.array([row.prediction.at.timestamp() for row in found], dtype=np.float64),
        recommendations(decisions, labels, outcome) if outcome.products else None,
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
    seen, is_recommender = window.profile.outputs[0], facts.signature.offers is not None
    expected = expected_quality(output, seen, seed=seed) if seen.score.known else None
    if expected is not None and is_recommender:
        expected = expected.without(DECISION_METRICS)
    if rows is None:
        return QualityFindings(None, expected, _shift(output, seen, facts, seed) if sum(seen.labelled) else None)
    if not len(rows.labels):
        return QualityFindings(None, expected, None)
    listed = None
    if is_recommender:
        listed = asked_again(champion, rows.matrix, rows.probability, rows.labels, rows.recommendations)
    context = QualityContext(
        held_out=facts.scores,
        costs=rooms.project.training.costs,
        parts=_parts(rooms, facts.signature, reference, rows.matrix, dropped),
        metric=_RANKED_BY if is_recommender else rooms.project.training.metric,
        at_seconds=rows.at_seconds,
        recommendations=listed,
    )
    section = rooms.project.monitoring
    quality = measure_quality(rows.labels, rows.probability, section, facts.threshold, seed=seed, context=context)
    return QualityFindings(quality, expected, _shift(output, output.count(rows.probability, rows.labels), facts, seed))


def _shift(reference: OutputProfile, seen: OutputProfile, facts: BundleFacts, seed: int) -> ConceptShift:
    """Say whether labels mean what they meant; of a recommender nothing of decisions, which are not of rows."""
    found = concept_shift(reference, seen, seed=seed)
    return found if facts.signature.offers is None else found.without(DECISION_METRICS)


def _parts(
    rooms: Rooms, signature: Signature, reference: Profile, matrix: Matrix, dropped: Collection[str]
) -> list[Part]:
    """Cut the rows as the project declares it."""
    section = rooms.project.evaluation
    names = [name for name in section.slices if name not in dropped]
    bands = {name: cuts for name, cuts in section.bands.items() if name not in dropped}
    return cut_rows(matrix, signature, names, bands, quartiles=reference_quartiles(reference, names))
