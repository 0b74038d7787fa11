"""The making of a challenger: the table's training rows and journal rows, fitted, exported and registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Bundle, Pointer
from keepfit.datasets import Dataset, extend_signature
from keepfit.errors import ProjectError
from keepfit.journal import LabelledPrediction
from keepfit.scoring import history_door
from keepfit.signature import Signature
from keepfit.tracking import RunFacts
from keepfit.training import SearchResult, SearchRows, card_page, declared_spaces, expand_candidates, search
from keepfit.workflows.challenge import is_challenged
from keepfit.workflows.model_review import review
from keepfit.workflows.rooms import Progress, Rooms
from keepfit.workflows.tracking_attempts import Attempts
from keepfit.workflows.training_runs import candidate_run, dataset_facts, search_run, search_tables, trial_runs
from keepfit.workflows.versions import Fitted, export_fitted, store_version


@dataclass(frozen=True, slots=True)
class JournalRows:
    """Labelled journal rows as records and classes.

    Attributes
    ----------
    records
        The features as they were sent, by column.
    labels
        Classes 0 or 1, `(n_rows,)`.
    first_seq, last_seq
        The range of the journal that they were taken from.
    """

    records: list[dict[str, Any]]
    labels: NDArray[np.int8]
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Challenger:
    """A challenger's bundle, and what MLflow was not told of it, each with the reason."""

    bundle: Bundle
    not_logged: tuple[str, ...]


def journal_rows(labelled: Sequence[LabelledPrediction], signature: Signature) -> JournalRows:
    """Return the rows whose label is one of the signature's two classes."""
    coded = [(row, signature.outcome.code(row.label)) for row in labelled]
    known = [(row, code) for row, code in coded if code is not None]
    return JournalRows(
        [_chosen(row.prediction.features, signature) for row, _ in known],
        np.array([code for _, code in known], dtype=np.int8),
        labelled[0].seq if labelled else 0,
        labelled[-1].seq if labelled else 0,
    )


def require_kept(rooms: Rooms, signature: Signature) -> None:
    """Refuse to learn from rows of the journal that lack what a model looks at.

    Raises
    ------
    ProjectError
        With the columns that the journal does not keep.
    """
    dropped = sorted(rooms.redaction().dropped.intersection(signature.names))
    if dropped:
        raise ProjectError(
            f"the journal does not keep {', '.join(dropped)}: its rows cannot teach",
            where="keepfit.toml: [journal.sensitive]",
            hint="train on a table of your own with `keepfit train`",
        )


def _chosen(record: Mapping[str, Any], signature: Signature) -> dict[str, Any]:
    return {name: record.get(name) for name in signature.names}


def fit_challenger(
    rooms: Rooms,
    dataset: Dataset,
    champion: Bundle,
    taught: Sequence[JournalRows],
    *,
    judges: JournalRows,
    on_progress: Progress,
) -> Challenger:
    """Fit the champion's recipe, or the best of all candidates, and store it as challenger.

    Parameters
    ----------
    rooms, dataset, champion
        The project, its table, and whom it is to replace.
    taught, judges
        Rows of the journal that teach, and those that do not.
    on_progress
        Told what is done.

    Raises
    ------
    TrainingError
        When it cannot be fitted, or does not pass the parity gate.
    """
    signature = dataset.signature
    for part in taught:
        signature = extend_signature(signature, part.records)
    door = history_door(signature)
    table = door.table(dataset.frame)
    matrix = np.concatenate([table, *(door.rows(part.records) for part in taught)])
    labels = np.concatenate([dataset.target, *(part.labels for part in taught)])
    from_journal = np.arange(len(table), len(matrix))
    fit_rows = np.concatenate([dataset.split.train, from_journal])
    groups = None  # a journal row is about nobody of the table: which fold it is in only has a say in the choice
    if dataset.groups is not None:
        groups = np.concatenate([dataset.groups, dataset.groups.max() + 1 + np.arange(len(from_journal))])
    times = None  # journal rows are later than those of the table
    if dataset.times is not None:
        times = np.concatenate([dataset.times, dataset.times.max() + 1 + np.arange(len(from_journal))])
    weights = np.ones(len(matrix))
    weights[from_journal] = rooms.project.retraining.journal_weight
    section = rooms.project.training
    is_open = rooms.project.retraining.candidates == "all"
    recipes = expand_candidates(section.candidates) if is_open else [champion.facts.lineage.recipe]
    rows = SearchRows(matrix, labels, fit_rows, dataset.split.holdout, groups, weights, times)
    result = search(
        recipes,
        signature,
        rows,
        section=section,
        seed=rooms.project.project.seed,
        spaces=declared_spaces(section.candidates) if is_open else (),
        selection=section.selection if is_open else None,
        memory=rooms.workspace.studies,
        on_progress=on_progress,
    )
    on_progress("store the challenger", 0, 1)
    attempts = Attempts(rooms.log, "retrain")
    exported = export_fitted(
        Fitted(
            recipe=result.best.recipe,
            model=result.best.model,
            threshold=result.best.threshold,
            signature=signature,
            matrix=matrix,
            fit_rows=fit_rows,
            scores=result.best.holdout,
            protocol=result.protocol,
            run_id=_log(rooms, dataset, result, len(from_journal), attempts),
            journal_ranges=tuple((part.first_seq, part.last_seq) for part in taught),
            judges=(history_door(signature).rows(judges.records), judges.labels),
        ),
        keeps_pipelines=rooms.project.runs_pipelines,
    )
    told, diagnosis = review(rooms.project, dataset, result, exported, rows)
    bundle = store_version(
        rooms,
        dataset,
        exported,
        lambda facts: card_page(facts, told),
        importances=diagnosis.weights,
        attempts=attempts,
    )
    if not is_challenged(rooms):  # whom `keepfit challenge` has named answers on
        rooms.store.point("challenger", Pointer(bundle.facts.version, bundle.digest, epoch=0))
    attempts.make("the alias challenger", lambda: rooms.tracking.set_alias("challenger", bundle.facts.version), None)
    on_progress("store the challenger", 1, 1)
    return Challenger(bundle, tuple(attempts.not_logged))


def _log(rooms: Rooms, dataset: Dataset, result: SearchResult, rows_from_journal: int, attempts: Attempts) -> str:
    """Tell MLflow the search; return its run, or nothing where it could not be told."""
    told = search_run(rooms.project, dataset, result)
    run = RunFacts(
        f"retrain {rooms.project.name}",
        {**told.parameters, "journal_rows": rows_from_journal},
        told.metrics,
        {**told.tags, "keepfit.kind": "retrain"},
    )
    children = [*(candidate_run(candidate) for candidate in result.candidates), *trial_runs(result)]
    nothing: tuple[str, list[str]] = ("", [])
    run_id, _ = attempts.make(
        "the run of the challenger",
        lambda: rooms.tracking.log_search(run, children, dataset_facts(dataset), search_tables(result)),
        nothing,
    )
    return run_id
