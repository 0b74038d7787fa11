"""What a training says of the best beside its scores: where it errs, what may leak, what the table lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
import polars.selectors as cs

from keepfit.datasets import Dataset
from keepfit.exploration import leak_findings
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import Project
from keepfit.training import (
    CardFacts,
    CardTable,
    Diagnosis,
    SearchResult,
    SearchRows,
    Suspect,
    all_suspects,
    diagnose,
    importances,
    learning_curve,
)
from keepfit.workflows.versions import Exported


def review(
    project: Project,
    dataset: Dataset,
    result: SearchResult,
    exported: Exported,
    rows: SearchRows,
    *,
    shares: Sequence[float] = (),
    on_share: Callable[[int, int], None] | None = None,
) -> tuple[CardFacts, Diagnosis]:
    """Look at the best of a search, as it will be served; return what its card is made of, and the diagnosis in it.

    Parameters
    ----------
    project, dataset, result, rows
        The search.
    exported
        The best of it.
    shares
        Of the training rows, that it is fitted on again to see whether more rows would help.
    on_share
        Called with shares done and shares to do.
    """
    best, seed = result.best, project.project.seed
    diagnosis = diagnose(
        exported.probabilities,
        exported.threshold,
        rows,
        exported.fitted.signature,
        metric=project.training.metric,
        section=project.evaluation,
        seed=seed,
        costs=project.training.costs,
    )
    learning = None
    if shares:
        signature, section = exported.fitted.signature, project.training
        learning = learning_curve(best, signature, rows, shares, section=section, seed=seed, on_progress=on_share)
    told = CardFacts(
        project=project.project,
        training=project.training,
        table=card_table(dataset, project.data),
        baseline=result.baseline,
        calibration=best.model.calibration.method,
        members=result.members,
        diagnosis=diagnosis,
        suspects=all_suspects(_suspects(dataset, project.data, seed=seed), diagnosis, best.holdout["roc_auc"].value),
        learning=learning,
    )
    return told, diagnosis


def column_weights(project: Project, exported: Exported, rows: SearchRows) -> dict[str, float]:
    """Return how much a version rests on each column: what the training metric loses when it is shuffled."""
    found = importances(
        exported.probabilities,
        exported.threshold,
        rows,
        exported.fitted.signature,
        metric=project.training.metric,
        seed=project.project.seed,
        costs=project.training.costs,
    )
    return {one.column: one.loss for one in found}


def card_table(dataset: Dataset, section: DataSection) -> CardTable:
    """Return what the card says of the table."""
    train, holdout = dataset.target[dataset.split.train], dataset.target[dataset.split.holdout]
    features = _training_features(dataset)
    shares = {name: count / features.height for name, count in features.null_count().row(0, named=True).items()}
    cleaned = dataset.cleaned
    return CardTable(
        training_rows=len(train),
        training_positives=int(train.sum()),
        holdout_rows=len(holdout),
        holdout_positives=int(holdout.sum()),
        rows_without_target=dataset.rows_without_target,
        excluded=_excluded(dataset, section),
        known_after=tuple(name for name in section.known_after if name in dataset.signature.names),
        missing={name: share for name, share in shares.items() if share},
        cleaning=tuple(f"{step.said} ({step.cells:,} cells)" for step in cleaned.steps[len(cleaned.dropped) :]),
    )


def _suspects(dataset: Dataset, section: DataSection, *, seed: int) -> tuple[Suspect, ...]:
    """Return the features that may know the answer, by the training rows alone."""
    found = leak_findings(
        _training_features(dataset),
        dataset.target[dataset.split.train],
        dataset.signature.outcome,
        section,
        seed=seed,
    )
    return tuple(Suspect(finding.columns, finding.sentence, finding.evidence) for finding in found)


def _training_features(dataset: Dataset) -> pl.DataFrame:
    features = dataset.frame[dataset.split.train.tolist()].select(dataset.signature.names)
    without_nan: pl.DataFrame = features.with_columns(cs.float().fill_nan(None))
    return without_nan


def _excluded(dataset: Dataset, section: DataSection) -> dict[str, str]:
    """Return why columns are no features, in the table's order."""
    known = {name: section.drop_reasons.get(name) or "declared, without a reason" for name in section.drop}
    if section.entity:
        known[section.entity] = "says whom a row is about"
    taken = {*dataset.signature.names, section.target}
    return {name: known.get(name, "is no feature") for name in dataset.frame.columns if name not in taken}
