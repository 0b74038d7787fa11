"""A version of what a stream has learnt: exported through the parity gate, stored and registered."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.errors import BundleError
from keepfit.evaluation import constant_baseline, score_intervals
from keepfit.retraining.batch_facts import BatchFacts
from keepfit.scoring import history_door
from keepfit.signature import Signature
from keepfit.tracking import RunFacts
from keepfit.training import CardFacts, SearchRows, card_page
from keepfit.workflows.model_review import card_table, column_weights
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.course import Course
from keepfit.workflows.tracking_attempts import Attempts
from keepfit.workflows.training_runs import dataset_facts
from keepfit.workflows.versions import Fitted, export_fitted, register, store_version


@dataclass(frozen=True, slots=True)
class Origin:
    """What a stream's versions come from.

    Attributes
    ----------
    stream
        Its name.
    signature
        Columns of its rows.
    dataset
        The table that it began with.
    """

    stream: str
    signature: Signature
    dataset: Dataset


def version_of_batch(rooms: Rooms, origin: Origin, batch: int) -> Bundle | None:
    """Return the version that was made after a batch already, before an end that nobody asked for; None for none."""
    for version in reversed(rooms.store.versions()):
        with suppress(BundleError):  # of one that is damaged nobody knows what it was
            bundle = rooms.store.read(version)
            lineage = bundle.facts.lineage
            if (lineage.stream, lineage.stream_batch) == (origin.stream, batch):
                return bundle
    return None


def make_version(rooms: Rooms, origin: Origin, course: Course, facts: BatchFacts, attempts: Attempts) -> Bundle:
    """Make a version of the challenger as it is after a batch.

    Its scores are prequential: of the newest rows, each asked before it was learnt. They are what its answers are
    compared with later, too.

    Raises
    ------
    TrainingError
        When it does not pass the parity gate.
    """
    project, dataset, learner = rooms.project, origin.dataset, course.learner
    asked = course.standing.answered.newest(facts.compared_rows)
    labels, answers = asked.labels, asked.answers["challenger"]
    taught, taught_labels = learner.rows.matrix, learner.rows.labels
    table = history_door(origin.signature).table(dataset.frame)
    scores = score_intervals(
        labels, answers, asked.thresholds["challenger"], seed=project.project.seed, costs=project.training.costs
    )
    fitted = Fitted(
        recipe=learner.recipe,
        model=learner.model(),
        threshold=course.standing.threshold,
        signature=origin.signature,
        matrix=np.concatenate([table, taught]),
        fit_rows=np.arange(len(table), len(table) + len(taught)),
        scores=scores,
        protocol=(
            f"prequential: the {len(labels)} newest rows up to batch {facts.number}, each asked and decided before it "
            f"was learnt, while {project.stream.strategy} went on learning; intervals resample the rows"
        ),
        run_id="",
        asked=(answers, labels),
        stream=origin.stream,
        stream_batch=facts.number,
    )
    exported = export_fitted(fitted, keeps_pipelines=project.runs_pipelines)
    exported = replace(exported, fitted=replace(fitted, run_id=_log(rooms, origin, facts, fitted, attempts)))
    judged = replace(
        card_table(dataset, project.data),
        holdout_rows=len(labels),
        holdout_positives=int(labels.sum()),
        judges="rows asked before they were learnt",
    )
    told = CardFacts(
        project=project.project,
        training=project.training,
        table=judged,
        baseline=constant_baseline(float(taught_labels.mean()), labels, exported.threshold, project.training.costs),
        calibration=learner.model().calibration.method,
    )
    rows = SearchRows(taught, taught_labels, np.arange(len(taught)), np.arange(len(taught)))
    return store_version(
        rooms,
        dataset,
        exported,
        lambda made: card_page(made, told),
        importances=column_weights(project, exported, rows),
        attempts=attempts,
    )


def register_again(rooms: Rooms, bundle: Bundle, attempts: Attempts) -> None:
    """Register a version that was made before an end that nobody asked for, where MLflow does not know it."""
    version = bundle.facts.version
    if not attempts.make(f"whether it has v{version}", lambda: rooms.tracking.is_registered(version), True):
        register(rooms, bundle, attempts)


def _log(rooms: Rooms, origin: Origin, facts: BatchFacts, fitted: Fitted, attempts: Attempts) -> str:
    """Tell MLflow the version's run; return it, or nothing where it could not be told."""
    section = rooms.project.stream
    run = RunFacts(
        f"stream {rooms.project.name}, batch {facts.number}",
        {"strategy": section.strategy, "batch": facts.number, "trees": facts.trees, **fitted.recipe.parameters},
        {f"prequential_{name}": score.value for name, score in fitted.scores.items() if np.isfinite(score.value)},
        {"keepfit.kind": "stream", "keepfit.stream": origin.stream},
    )
    nothing: tuple[str, list[str]] = ("", [])
    run_id, _ = attempts.make(
        "the run of the version", lambda: rooms.tracking.log_search(run, [], dataset_facts(origin.dataset), {}), nothing
    )
    return run_id
