"""The parts of a training's page that say what was chosen before the candidates: features, and settings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from keepfit.evaluation import METRICS
from keepfit.reporting import Bullets, Cell, Section, Table, TableColumn
from keepfit.reporting.figures import Curve, curve_chart
from keepfit.training.selection import Selection
from keepfit.training.tuning import StudyResult

_SHOWN_TRIALS = 10


def selection_sections(found: Selection | None) -> Iterator[Section]:
    """Draw the score by the number of features, and name those that are kept; nothing without a selection."""
    if found is None:
        return
    dropped = [name for name in found.considered if name not in found.chosen]
    said = Bullets([f"Kept: {', '.join(found.chosen)}.", f"Left out: {', '.join(dropped) or 'none'}."])
    if not found.steps:
        lead = f"{len(found.chosen)} of {len(found.considered)} features, named by the project."
        yield Section("Which features are kept", [said], lead=lead)
        return
    title = METRICS[found.metric].title
    points = [(float(len(step.features)), step.score) for step in found.steps]
    ends = [(step.score - step.error, step.score + step.error) for step in found.steps]
    chart = curve_chart(
        "Features", [Curve(found.method, points, ends)], x_name="features kept", y_name=title, is_share=False
    )
    lead = (
        f"{len(found.chosen)} of {len(found.considered)} features, chosen by {found.method} selection with "
        f"{found.model} on out-of-fold predictions of the training rows. Those rows fit the model too, so their scores "
        "are a little too good; held-out rows had no say. Whiskers are one standard error over the folds."
    )
    yield Section("Which features are kept", [chart, said], lead=lead)


def study_sections(studies: Sequence[StudyResult], metric: str) -> Iterator[Section]:
    """Draw the best score by the number of trials, and list the best of them; nothing without a search."""
    title = METRICS[metric].title
    for study in studies:
        states = [trial.state for trial in study.trials]
        counts = f"{len(states)} trials: {states.count('complete')} complete, {states.count('pruned')} pruned"
        counts += f", {states.count('failed')} failed" if "failed" in states else ""
        known = f" {study.remembered} were remembered of an earlier run." if study.remembered else ""
        out = " Its time was over before all its trials." if study.is_out_of_time else ""
        chart = curve_chart(
            "Best so far",
            [Curve(study.model, _best_so_far(study, metric))],
            x_name="trials",
            y_name=title,
            is_share=False,
        )
        lead = f"{counts}; a trial ends early when its first folds are worse than the median of those before it."
        yield Section(f"The search over {study.model}", [chart, _trials(study, metric)], lead=f"{lead}{known}{out}")


def _best_so_far(study: StudyResult, metric: str) -> list[tuple[float, float]]:
    better = max if METRICS[metric].higher_is_better else min
    best, points = math.nan, []
    for number, trial in enumerate(study.trials, start=1):
        if trial.state == "complete":
            best = trial.score if math.isnan(best) else better(best, trial.score)
        if not math.isnan(best):
            points.append((float(number), best))
    return points


def _trials(study: StudyResult, metric: str) -> Table:
    sign = -1 if METRICS[metric].higher_is_better else 1
    complete = [trial for trial in study.trials if trial.state == "complete"]
    shown = sorted(complete, key=lambda trial: sign * trial.score)[:_SHOWN_TRIALS]
    varied = [name for name in shown[0].parameters if len({str(trial.parameters[name]) for trial in complete}) > 1]
    columns = [
        TableColumn(f"{METRICS[metric].title}, out of fold", is_number=True, form=".4f"),
        *(TableColumn(name, is_number=True) for name in varied),
        TableColumn("seconds", is_number=True, form=".1f"),
    ]
    rows: list[list[Cell]] = [
        [trial.score, *(_short(trial.parameters[name]) for name in varied), trial.seconds] for trial in shown
    ]
    return Table(columns, rows)


def _short(value: object) -> Cell:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
