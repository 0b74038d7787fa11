"""The part of a training's page that shows what the held-out rows say of the best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from keepfit.evaluation import METRICS
from keepfit.evaluation.slice_table import said_of_slices, slice_table
from keepfit.reporting import Figure, FigureGrid, Section, Worded
from keepfit.reporting.figures import Curve, Interval, confusion_matrix, curve_chart, interval_chart
from keepfit.signature import Outcome
from keepfit.training.diagnosis import Diagnosis

_SHOWN_COLUMNS = 25
_DIAGONAL = ((0.0, 0.0), (1.0, 1.0))


def diagnosis_sections(found: Diagnosis, outcome: Outcome) -> Iterator[Section]:
    """Compose curves and decisions, importances, and slices where there are any."""
    yield Section(
        "Where it errs",
        [FigureGrid([_roc(found), _precision(found), _reliability(found), _decisions(found, outcome)])],
        lead=f"On the held-out rows. Expected calibration error {found.calibration_error:.3f}: the mean distance of "
        "the predicted from the observed share over ten bins.",
    )
    yield Section("What it rests on", [_importances(found)], lead=_said_of_importances(found))
    yield from slice_sections(found)


def slice_sections(found: Diagnosis) -> Iterator[Section]:
    """Compose the slices; nothing where there are none."""
    if found.slices:
        yield Section("For whom", [slice_table(found.slices, found.metric)], lead=said_of_slices(found.slices))


def span(low: float, high: float) -> Worded:
    """Return the ends of an interval as a cell of a column of numbers, which is not broken."""
    return Worded(f"{low:.4f} to {high:.4f}", low)


def baseline_sentence(found: Diagnosis, scored: Mapping[str, tuple[float, float, float]]) -> str:
    """Say what the decisions gain over always deciding for the more frequent class.

    Parameters
    ----------
    found
        What the held-out rows say.
    scored
        The model's scores on them, by metric: value, low, high.
    """
    parts = [
        f"{METRICS[name].title} {scored[name][0]:.4f} against {frequent:.4f}"
        for name, frequent in found.frequent_scores.items()
        if name in ("accuracy", "f1", "cost") and name in scored
    ]
    return f"Against always deciding {found.frequent_class}, the more frequent class: {', '.join(parts)}."


def _roc(found: Diagnosis) -> Figure:
    points = zip(found.curves.false_positive_rate.tolist(), found.curves.recall.tolist(), strict=True)
    curve = Curve("model", [(0.0, 0.0), *points])
    return curve_chart("ROC", [curve], x_name="false positive rate", y_name="recall", guide=_DIAGONAL)


def _precision(found: Diagnosis) -> Figure:
    points = list(zip(found.curves.recall.tolist(), found.curves.precision.tolist(), strict=True))
    share = points[-1][1]
    guide = ((0.0, share), (1.0, share))
    return curve_chart(
        "Precision and recall", [Curve("model", points)], x_name="recall", y_name="precision", guide=guide
    )


def _reliability(found: Diagnosis) -> Figure:
    bins = found.reliability
    curve = Curve(
        "model",
        [(one.predicted, one.observed.value) for one in bins],
        [(one.observed.low, one.observed.high) for one in bins],
    )
    return curve_chart("Calibration", [curve], x_name="predicted probability", y_name="observed share", guide=_DIAGONAL)


def _decisions(found: Diagnosis, outcome: Outcome) -> Figure:
    counts = found.confusion
    rows = [[counts.true_negative, counts.false_positive], [counts.false_negative, counts.true_positive]]
    return confusion_matrix(outcome.labels, rows)


def _importances(found: Diagnosis) -> Figure:
    shown = found.importances[:_SHOWN_COLUMNS]
    rows = [Interval(one.column, one.loss, one.low, one.high) for one in shown]
    title = f"What is lost of {METRICS[found.metric].title} when a column is shuffled"
    return interval_chart(title, rows, line=0.0, line_name="nothing lost")


def _said_of_importances(found: Diagnosis) -> str:
    more = len(found.importances) - _SHOWN_COLUMNS
    left = f" {more} columns that matter less are in the JSON." if more > 0 else ""
    return (
        "Mean, least and greatest loss of five shuffles of the held-out rows (Breiman 2001). Of columns that say the "
        f"same, none may matter.{left}"
    )
