"""The making of a challenger: the table's training rows and journal rows, fitted, exported and registered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle import Bundle, Pointer
from keepfit.datasets import Dataset, extend_signature
from keepfit.journal import LabelledPrediction
from keepfit.scoring import history_door
from keepfit.signature import Signature
from keepfit.tracking import RunFacts
from keepfit.training import SearchResult, SearchRows, expand_candidates, search
from keepfit.workflows.rooms import Progress, Rooms
from keepfit.workflows.train import candidates_table, dataset_facts
from keepfit.workflows.versions import Fitted, make_version


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


def journal_rows(labelled: Sequence[LabelledPrediction], signature: Signature) -> JournalRows:
    """Return the rows whose label is one of the signature's two classes."""
    coded = [(row, signature.outcome.code(row.label)) for row in labelled]
    known = [(row, code) for row, code in coded if code is not None]
    return JournalRows(
        [{name: row.prediction.features.get(name) for name in signature.names} for row, _ in known],
        np.array([code for _, code in known], dtype=np.int8),
        labelled[0].seq if labelled else 0,
        labelled[-1].seq if labelled else 0,
    )


def fit_challenger(
    rooms: Rooms, dataset: Dataset, champion: Bundle, taught: Sequence[JournalRows], *, on_progress: Progress
) -> Bundle:
    """Fit the champion's recipe, or the best of all candidates, and store it as challenger.

    Raises
    ------
    TrainingError
        When it cannot be fitted, or does not pass the parity gate.
    TrackingError
        When MLflow cannot be reached.
    """
    signature = dataset.signature
    for rows in taught:
        signature = extend_signature(signature, rows.records)
    door = history_door(signature)
    table = door.table(dataset.frame)
    matrix = np.concatenate([table, *(door.rows(rows.records) for rows in taught)])
    labels = np.concatenate([dataset.target, *(rows.labels for rows in taught)])
    from_journal = np.arange(len(table), len(matrix))
    fit_rows = np.concatenate([dataset.split.train, from_journal])
    groups = None  # a journal row is about nobody of the table: which fold it is in only has a say in the choice
    if dataset.groups is not None:
        groups = np.concatenate([dataset.groups, dataset.groups.max() + 1 + np.arange(len(from_journal))])
    weights = np.ones(len(matrix))
    weights[from_journal] = rooms.project.retraining.journal_weight
    recipes = [champion.facts.lineage.recipe]
    if rooms.project.retraining.candidates == "all":
        recipes = expand_candidates(rooms.project.training.candidates)
    result = search(
        recipes,
        signature,
        SearchRows(matrix, labels, fit_rows, dataset.split.holdout, groups, weights),
        section=rooms.project.training,
        seed=rooms.project.project.seed,
        on_progress=lambda done, total: on_progress("fit the challenger", done, total),
    )
    on_progress("store the challenger", 0, 1)
    bundle = make_version(
        rooms,
        dataset,
        Fitted(
            recipe=result.best.recipe,
            model=result.best.model,
            threshold=result.best.threshold,
            signature=signature,
            matrix=matrix,
            fit_rows=fit_rows,
            scores=result.best.holdout,
            baseline=result.baseline,
            protocol=result.protocol,
            run_id=_log(rooms, dataset, result, len(from_journal)),
            journal_ranges=tuple((rows.first_seq, rows.last_seq) for rows in taught),
        ),
    )
    rooms.store.point("challenger", Pointer(bundle.facts.version, bundle.digest, epoch=0))
    rooms.tracking.set_alias("challenger", bundle.facts.version)
    on_progress("store the challenger", 1, 1)
    return bundle


def _log(rooms: Rooms, dataset: Dataset, result: SearchResult, rows_from_journal: int) -> str:
    best = result.best
    metrics = {f"holdout_{name}": score.value for name, score in best.holdout.items()}
    parameters = {"model": best.recipe.model, **best.recipe.parameters, "journal_rows": rows_from_journal}
    run = RunFacts(f"retrain {rooms.project.name}", parameters, metrics, {"keepfit.kind": "retrain"})
    table = json.dumps(candidates_table(result), indent=1)
    run_id, _ = rooms.tracking.log_search(run, [], dataset_facts(dataset), {"candidates.json": table})
    return run_id
