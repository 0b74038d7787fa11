"""Making a version: export, parity gate, bundle, and its registration in MLflow; whoever fitted it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata

import numpy as np
from numpy.typing import NDArray

from keepfit import __version__
from keepfit.bundle import Bundle, BundleFacts, Form, Lineage, Probe, Recipe
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.errors import PipelineError, TrainingError
from keepfit.evaluation import Estimate
from keepfit.registry import is_staged
from keepfit.reporting import Page, render_markdown
from keepfit.scoring import Graph, PipelineProcess
from keepfit.scoring.probes import probe_rows
from keepfit.signature import Signature
from keepfit.training import (
    FittedModel,
    check_answers,
    check_offers,
    check_parity,
    pickled,
    settle_threshold,
    stress_rows,
)
from keepfit.training.recommender import FittedRecommender
from keepfit.workflows.reference_profile import reference_profile
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.tracking_attempts import Attempts

LOADER = "keepfit.registry.pyfunc"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted pipeline and what must be told of it.

    Attributes
    ----------
    recipe, model, threshold
        The candidate, what was fitted of it, and from which probability on it decides positive.
    offer_threshold
        Of a recommender, from which probability on it recommends a product; None of another model.
    signature
        Columns of the matrix.
    matrix, fit_rows
        All rows that the gate is held on `(n_rows, n_features)`, those of the table first; and which of them taught,
        of a stream those that it keeps.
    scores
        Scores on the held-out rows.
    protocol
        How they were measured.
    run_id
        MLflow's run; empty when there is none.
    journal_ranges
        Journal windows that were learnt.
    judges
        Rows of the journal that did not teach, `(n_rows, n_features)`, and their classes: with the held-out rows of
        the table they are what its answers are compared with later.
    asked
        Answers to rows before they were learnt, and their classes, `(n_rows,)`: they take the place of those to the
        held-out rows. None where nothing was learnt batch by batch.
    stream, stream_batch
        See `Lineage`.
    """

    recipe: Recipe
    model: FittedModel | FittedRecommender
    threshold: float
    signature: Signature
    matrix: NDArray[np.float32]
    fit_rows: NDArray[np.int64]
    scores: Mapping[str, Estimate]
    protocol: str
    run_id: str
    journal_ranges: tuple[tuple[int, int], ...] = ()
    judges: tuple[NDArray[np.float32], NDArray[np.int8]] | None = None
    offer_threshold: float | None = None
    asked: tuple[NDArray[np.float64], NDArray[np.int8]] | None = None
    stream: str = ""
    stream_batch: int = 0


@dataclass(frozen=True, slots=True)
class Exported:
    """A fitted pipeline in a form that answers as it does.

    Attributes
    ----------
    fitted
        What was fitted.
    model, form
        The ONNX graph; or the pickled pipeline, where no graph can hold it.
    obstacle
        Why no graph can; empty for a graph.
    threshold
        The candidate's, put into a gap between probabilities.
    offer_thresholds
        Of a recommender, that of each product.
    """

    fitted: Fitted
    model: bytes
    form: Form
    obstacle: str
    threshold: float
    offer_thresholds: tuple[float, ...] = ()

    def probabilities(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probability of each row of a matrix, as it will be served."""
        if self.form == "pipeline":
            return self.fitted.model.probability(matrix)
        return Graph(self.model, where="exported model").probabilities(matrix)


def export_fitted(fitted: Fitted, *, keeps_pipelines: bool) -> Exported:
    """Bring a pipeline into the form in which it is served, through the parity gate.

    Parameters
    ----------
    fitted
        What was fitted.
    keeps_pipelines
        Whether a pipeline that no graph can hold, or whose graph answers otherwise, is kept as it is.

    Raises
    ------
    TrainingError
        When there is no graph, or the graph answers otherwise, and pipelines are not kept; or when a pipeline cannot be
        kept.
    """
    if isinstance(fitted.model, FittedRecommender):
        return _export_recommender(fitted, fitted.model)
    gate_rows = _gate_rows(fitted)
    expected = fitted.model.probability(gate_rows)
    threshold = settle_threshold(fitted.threshold, expected)
    form: Form = "graph"
    obstacle = ""
    try:
        model = fitted.model.to_onnx()
        check_parity(expected, model, gate_rows, threshold)
    except TrainingError as error:
        if not keeps_pipelines:
            raise
        form, obstacle = "pipeline", error.what
        model = pickled(fitted.model)
        check_answers(expected, _answers_apart(model, gate_rows), threshold)
    return Exported(fitted, model, form, obstacle, threshold)


def _export_recommender(fitted: Fitted, model: FittedRecommender) -> Exported:
    """Bring a recommender into its graph, which is held to it product by product."""
    gate_rows = _gate_rows(fitted)
    expected, offers = model.chances(gate_rows)
    threshold = settle_threshold(fitted.threshold, expected)
    thresholds = [settle_threshold(fitted.offer_threshold or 1.0, one[~np.isnan(one)]) for one in offers.T]
    graph = model.to_onnx()
    answered, answered_offers = Graph(graph, where="exported model").offers(gate_rows)
    check_answers(expected, answered, threshold)
    check_offers(offers, answered_offers, thresholds)
    return Exported(fitted, graph, "graph", "", threshold, tuple(thresholds))


def _gate_rows(fitted: Fitted) -> NDArray[np.float32]:
    """Return the rows that the parity gate is held on: all, some with gaps, and made-up ones."""
    stress = stress_rows(fitted.matrix, fitted.signature)
    return np.concatenate([fitted.matrix, stress, probe_rows(fitted.signature)])


def _answers_apart(model: bytes, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Ask a pickled pipeline in a process of its own, as it will be served."""
    try:
        with closing(PipelineProcess(model, where="pickled pipeline")) as process:
            return process.probabilities(rows)
    except PipelineError as error:
        raise TrainingError(str(error), where="parity gate", hint="leave this candidate out") from error


def store_version(
    rooms: Rooms,
    dataset: Dataset,
    exported: Exported,
    card: Callable[[BundleFacts], Page],
    *,
    importances: Mapping[str, float],
    attempts: Attempts,
) -> Bundle:
    """Write the bundle of an exported pipeline, and register it.

    Parameters
    ----------
    rooms, dataset
        The project and its table.
    exported
        What passed the gate.
    card
        Composes the model card.
    importances
        How much it rests on each column.
    attempts
        Told what MLflow could not be.
    """
    project, fitted = rooms.project, exported.fitted
    profile = reference_profile(
        rooms,
        dataset,
        fitted.signature,
        matrix=fitted.matrix,
        fit_rows=fitted.fit_rows,
        asked=_asked(dataset, exported),
        threshold=exported.threshold,
        are_of_table=fitted.asked is None,
    )
    lineage = _lineage(rooms, dataset, fitted)
    probes = _probes(fitted)

    def facts(version: int) -> BundleFacts:
        return BundleFacts(
            name=project.name,
            version=version,
            created_at=stamp(utc_now()),
            signature=fitted.signature,
            threshold=exported.threshold,
            scores={name: (score.value, score.low, score.high) for name, score in fitted.scores.items()},
            protocol=fitted.protocol,
            lineage=lineage,
            probes=probes,
            form=exported.form,
            offer_thresholds=exported.offer_thresholds,
            importances=dict(importances),
        )

    bundle = rooms.store.add(
        facts, model=exported.model, profile=profile, card=lambda told: render_markdown(card(told))
    )
    register(rooms, bundle, attempts)
    return bundle


def register(rooms: Rooms, bundle: Bundle, attempts: Attempts) -> None:
    """Register a version with MLflow, as a model of its run."""
    facts, staging = bundle.facts, rooms.project.staging
    staged = is_staged(facts.scores[staging.metric][0], staging)
    attempts.make(
        f"v{facts.version} as a model version",
        lambda: rooms.tracking.register(
            bundle.path,
            facts.version,
            facts.lineage.run_id,
            signature=facts.signature,
            loader=LOADER,
            tags={
                "staged": str(staged).lower(),
                "digest": bundle.digest,
                "recipe": facts.lineage.recipe.title,
                "form": facts.form,
                **({"stream_batch": str(facts.lineage.stream_batch)} if facts.lineage.stream else {}),
            },
        ),
        "",
    )


def _asked(dataset: Dataset, exported: Exported) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Return the answers to rows that did not teach, those of the table first, and what is true of them.

    They are those of the exported form. The pipeline's differ in their last digits: where many rows have the same score
    it is the edge of a bin, and a window of the same answers would be counted beside it.
    """
    if exported.fitted.asked is not None:
        return exported.fitted.asked
    holdout, judges = dataset.split.holdout, exported.fitted.judges
    matrix, labels = exported.fitted.matrix[holdout], dataset.target[holdout]
    if judges is not None:
        matrix, labels = np.concatenate([matrix, judges[0]]), np.concatenate([labels, judges[1]])
    return exported.probabilities(matrix), labels


def _probes(fitted: Fitted) -> tuple[Probe, ...]:
    """Return made-up rows with the answers of the pipeline itself."""
    rows = probe_rows(fitted.signature)
    if isinstance(fitted.model, FittedRecommender):
        answers, offers = fitted.model.chances(rows)
        listed = offers.tolist()
    else:
        answers, listed = fitted.model.probability(rows), [[]] * len(rows)
    return tuple(
        Probe(_or_none(row), float(answer), _or_none(offered))
        for row, answer, offered in zip(rows.tolist(), answers, listed, strict=True)
    )


def _or_none(values: Sequence[float]) -> tuple[float | None, ...]:
    """Return numbers as JSON has them, which has no NaN."""
    return tuple(None if math.isnan(value) else value for value in values)


def _lineage(rooms: Rooms, dataset: Dataset, fitted: Fitted) -> Lineage:
    return Lineage(
        source=dataset.source.name,
        origin=str(dataset.source.origin),
        address=dataset.source.address,
        fingerprint=dataset.fingerprint,
        holdout_digest=dataset.split.digest,
        rows=len(fitted.fit_rows),
        recipe=fitted.recipe,
        seed=rooms.project.project.seed,
        code_version=__version__,
        environment_digest=_environment_digest(),
        run_id=fitted.run_id,
        journal_ranges=fitted.journal_ranges,
        journal_holdout=rooms.project.retraining.holdout if fitted.journal_ranges else None,
        journal_naming=rooms.redaction().naming if fitted.journal_ranges else None,
        taught_until=dataset.additions.last_month(fitted.fit_rows) if dataset.additions else "",
        stream=fitted.stream,
        stream_batch=fitted.stream_batch,
    )


def _environment_digest() -> str:
    """Return SHA-256 over the names and versions of all installed distributions."""
    installed = sorted(f"{found.metadata['Name']}=={found.version}".lower() for found in metadata.distributions())
    return hashlib.sha256("\n".join(installed).encode()).hexdigest()
