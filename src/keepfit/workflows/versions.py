"""Making a version: export, parity gate, bundle, and its registration in MLflow; for `train` and `retrain` alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

import numpy as np
from numpy.typing import NDArray

from keepfit import __version__
from keepfit.bundle import Bundle, BundleFacts, Lineage, Recipe
from keepfit.clock import stamp, utc_now
from keepfit.datasets import Dataset
from keepfit.evaluation import Estimate
from keepfit.profiles import build_profile
from keepfit.registry import is_staged
from keepfit.signature import Signature
from keepfit.training import FittedModel, check_parity, model_card, settle_threshold, stress_rows
from keepfit.workflows.rooms import Rooms

LOADER = "keepfit.registry.pyfunc"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted pipeline and what must be told of it.

    Attributes
    ----------
    recipe, model, threshold
        The candidate, what was fitted of it, and from which probability on it decides positive.
    signature
        Columns of the matrix.
    matrix, fit_rows
        All rows that the gate is held on `(n_rows, n_features)`, those of the table first; and which of them were
        fitted on.
    scores
        Scores on the held-out rows.
    baseline
        Scores of the constant prediction on the same rows.
    protocol
        How they were measured.
    run_id
        MLflow's run.
    journal_ranges
        Journal windows that were learnt.
    """

    recipe: Recipe
    model: FittedModel
    threshold: float
    signature: Signature
    matrix: NDArray[np.float32]
    fit_rows: NDArray[np.int64]
    scores: Mapping[str, Estimate]
    baseline: dict[str, float]
    protocol: str
    run_id: str
    journal_ranges: tuple[tuple[int, int], ...] = ()


def make_version(rooms: Rooms, dataset: Dataset, fitted: Fitted) -> Bundle:
    """Export a pipeline through the parity gate, write its bundle, and register it.

    Raises
    ------
    TrainingError
        When the exported graph answers differently; then nothing is written.
    """
    project = rooms.project
    model = fitted.model.to_onnx()
    gate_rows = np.concatenate([fitted.matrix, stress_rows(fitted.matrix, fitted.signature)])
    expected = fitted.model.probability(gate_rows)
    threshold = settle_threshold(fitted.threshold, expected)
    check_parity(expected, model, gate_rows, threshold)
    profile = build_profile(fitted.signature, fitted.matrix[fitted.fit_rows], expected[dataset.split.holdout]).to_dict()
    lineage = _lineage(rooms, dataset, fitted)

    def facts(version: int) -> BundleFacts:
        return BundleFacts(
            name=project.name,
            version=version,
            created_at=stamp(utc_now()),
            signature=fitted.signature,
            threshold=threshold,
            scores={name: (score.value, score.low, score.high) for name, score in fitted.scores.items()},
            protocol=fitted.protocol,
            lineage=lineage,
        )

    bundle = rooms.store.add(
        facts,
        model=model,
        profile=profile,
        card=lambda told: model_card(told, description=project.project.description, baseline=fitted.baseline),
    )
    staged = is_staged(fitted.scores[project.promotion.staging_metric].value, project.promotion)
    rooms.tracking.register(
        bundle.path,
        bundle.facts.version,
        fitted.run_id,
        signature=fitted.signature,
        loader=LOADER,
        tags={"staged": str(staged).lower(), "digest": bundle.digest, "recipe": fitted.recipe.title},
    )
    return bundle


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
    )


def _environment_digest() -> str:
    """Return SHA-256 over the names and versions of all installed distributions."""
    installed = sorted(f"{found.metadata['Name']}=={found.version}".lower() for found in metadata.distributions())
    return hashlib.sha256("\n".join(installed).encode()).hexdigest()
