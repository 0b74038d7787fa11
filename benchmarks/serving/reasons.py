"""The reasons for a score: what they cost, and how near they are to the exact Shapley values.

Usage: KEEPFIT_DATA_MIRROR=... .venv/bin/python benchmarks/serving/reasons.py [--tables credit,bank,heart,wine]

Trains a forest of 141 trees, LightGBM of 200 and the default ensemble on each table, and explains held-out records one
by one, in process. The times are those of `Explainer.reasons` for one record, and of its score alone, in the quietest
of five passes. The errors are those of the effects against the exact ones, from all coalitions of the features that
differ from the typical record, as a share of the record's largest effect; records with up to six such features, which
are exact, are timed and not judged. Beside them are the errors of permutations and their reverses in the same number of
rows. Prints Markdown.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.bundle import Bundle, BundleFacts, Lineage, Recipe
from keepfit.datasets import Dataset, fetch_table, prepare_dataset
from keepfit.profiles import Profile, build_profile, typical_row
from keepfit.project.data_section import DataSection
from keepfit.project.declaration import RequestSection, SplitSection
from keepfit.project.training_section import TrainingSection
from keepfit.scoring import Explainer, Graph, Scorer, history_door
from keepfit.scoring.coalitions import ROWS
from keepfit.training import SearchRows, expand_candidates, search

Numbers = NDArray[np.float64]
TABLES: dict[str, dict[str, Any]] = {
    "credit": {"source": "credit", "target": "Status", "positive": "good", "entity": "rownames"},
    "bank": {"source": "bank-marketing", "target": "y", "drop": ["pdays", "previous", "poutcome"]},
    "heart": {"source": "heart", "target": "target"},
    "wine": {"source": "wine-red", "target": "quality", "positive_above": 6.5},
}
PLAIN, DEFAULT = TrainingSection(threshold=0.5, calibration="none"), TrainingSection()
MODELS = {
    "forest of 141 trees": ([Recipe("random_forest", {"n_estimators": 141})], PLAIN),
    "LightGBM of 200 trees": ([Recipe("lightgbm", {"n_estimators": 200})], PLAIN),
    "default ensemble": (expand_candidates(DEFAULT.candidates), DEFAULT),
}
SEED = 42
TIMED, JUDGED, PASSES = 300, 60, 5
ALL_UP_TO = 6


@dataclass(frozen=True)
class Judged:
    """How near effects are: as shares of the largest, and whether those that come first are the right ones."""

    mean: float
    largest: float
    first: tuple[bool, bool, bool]


@dataclass(frozen=True, order=True)
class Times:
    """Milliseconds of a pass: of one record's reasons, and of its score alone."""

    median: float
    slow: float
    alone: float


@dataclass(frozen=True)
class Measured:
    """What was measured of a model: scores, the quietest pass, errors of ours and of theirs."""

    table: str
    model: str
    baseline: float
    mean: float
    times: Times
    ours: tuple[Judged, ...]
    theirs: tuple[Judged, ...]


def judged(effects: Numbers, exact: Numbers) -> Judged:
    """Compare effects with the exact ones."""
    errors = np.abs(effects - exact) / np.abs(exact).max()
    orders = [set(np.argsort(-np.abs(one), kind="stable")[:count]) for count in (1, 3, 4) for one in (effects, exact)]
    return Judged(errors.mean(), errors.max(), (orders[0] == orders[1], orders[2] == orders[3], orders[4] == orders[5]))


def scored_coalitions(scorer: Scorer, row: Matrix, reference: Matrix) -> Numbers:
    """Return the score of every coalition of the features that differ, in binary order."""
    differs = np.flatnonzero(~((row == reference) | (np.isnan(row) & np.isnan(reference))))
    present = members(len(differs))
    rows = np.repeat(reference[None], len(present), axis=0)
    rows[:, differs] = np.where(present, row[differs], reference[differs])
    return scorer.probabilities(rows)


def members(features: int) -> NDArray[np.bool_]:
    """Return which features each coalition has, in binary order."""
    return (np.arange(2**features)[:, None] >> np.arange(features) & 1).astype(bool)


def exact_effects(scores: Numbers) -> Numbers:
    """Return Shapley's sum over all coalitions, `(n_features,)`."""
    features = len(scores).bit_length() - 1
    present = members(features)
    shares = np.array([1 / (features * comb(features - 1, size)) for size in range(features)])
    without = [np.flatnonzero(~present[:, feature]) for feature in range(features)]
    sizes = present.sum(axis=1)
    return np.array([shares[sizes[at]] @ (scores[at | 1 << one] - scores[at]) for one, at in enumerate(without)])


def permuted_effects(scores: Numbers, pairs: int, seed: int) -> Numbers:
    """Return effects by so many random permutations, each with its reverse."""
    features = len(scores).bit_length() - 1
    rng, effects = np.random.default_rng(seed), np.zeros(features)
    for _ in range(pairs):
        order = rng.permutation(features)
        for joining in (order, order[::-1]):
            passed = scores[np.concatenate([[0], np.cumsum(1 << joining)])]
            effects[joining] += np.diff(passed) / (2 * pairs)
    return effects


def trained(table: str, model: str) -> tuple[Dataset, Scorer]:
    """Return a table and a scorer of a model that was fitted on its training rows."""
    data = DataSection.model_validate(TABLES[table])
    with tempfile.TemporaryDirectory() as folder:
        source = fetch_table(data, folder=Path(folder), cache=Path(folder) / "cache", seed=SEED)
    dataset = prepare_dataset(source, data, SplitSection(), RequestSection(), seed=SEED)
    matrix = history_door(dataset.signature).table(dataset.frame)
    rows = SearchRows(matrix, dataset.target, dataset.split.train, dataset.split.holdout)
    recipes, section = MODELS[model]
    best = search(recipes, dataset.signature, rows, section=section, seed=SEED).best
    onnx = best.model.to_onnx()
    answers = Graph(onnx, where=model).probabilities(matrix[rows.holdout])
    profile = build_profile(dataset.signature, matrix[rows.train], answers)
    lineage = Lineage(table, str(dataset.source.origin), "", "", len(rows.train), best.recipe, SEED, "", "")
    facts = BundleFacts(table, 1, "", dataset.signature, best.threshold, {}, "", lineage)
    return dataset, Scorer(Bundle(Path(model), facts, onnx, profile.to_dict(), "", ""))


def measure(table: str, model: str) -> Measured:
    """Train, explain and judge."""
    dataset, scorer = trained(table, model)
    reference = typical_row(Profile.from_dict(scorer.bundle.profile))
    explainer = Explainer(scorer, reference)
    held_out = dataset.frame[np.random.default_rng(0).permutation(dataset.split.holdout)[:TIMED].tolist()]
    matrix, records = history_door(scorer.door.signature).table(held_out), held_out.to_dicts()
    found = explainer.reasons(matrix, records)  # and every number of features once
    passes = [timed(scorer, explainer, matrix, records) for _ in range(PASSES)]
    ours: list[Judged] = []
    theirs: list[Judged] = []
    for at, (row, told) in enumerate(zip(matrix, found, strict=True)):
        differs = np.flatnonzero(~((row == reference[0]) | (np.isnan(row) & np.isnan(reference[0]))))
        if len(differs) <= ALL_UP_TO or len(ours) == JUDGED:
            continue
        scores = scored_coalitions(scorer, row, reference[0])
        exact = exact_effects(scores)
        effects = {one.feature: one.effect for one in told.contributions}
        named = [scorer.door.signature.names[one] for one in differs]
        ours.append(judged(np.array([effects.get(name, 0.0) for name in named]), exact))
        pairs = round(ROWS / (2 * (len(differs) - 1)))
        theirs.append(judged(permuted_effects(scores, pairs, at), exact))
    mean = float(scorer.probabilities(matrix).mean())
    return Measured(table, model, explainer.baseline, mean, min(passes), tuple(ours), tuple(theirs))


def timed(scorer: Scorer, explainer: Explainer, matrix: Matrix, records: list[dict[str, Any]]) -> Times:
    """Return the milliseconds of one record's reasons, and of its score alone, by turns."""
    spent, alone = [], []
    for at, record in enumerate(records):
        row = matrix[at : at + 1]
        began = time.perf_counter()
        explainer.reasons(row, [record])
        between = time.perf_counter()
        scorer.probabilities(row)
        spent.append(1e3 * (between - began))
        alone.append(1e3 * (time.perf_counter() - between))
    return Times(statistics.median(spent), float(np.quantile(spent, 0.99)), statistics.median(alone))


def report(found: list[Measured]) -> str:
    """Return the tables of all that was measured, in Markdown."""
    costs = [
        "| table | model | typical record's score | mean score | reasons, median, ms | p99, ms | a score, ms | ratio |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    errors = [
        "| table | model | by | error, mean | of the worst feature, mean | worst | first 1, 3, 4 agree, % |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for one in found:
        head = f"| {one.table} | {one.model} |"
        times = f"{one.times.median:.2f} | {one.times.slow:.2f} | {one.times.alone:.3f}"
        ratio = one.times.median / one.times.alone
        costs.append(f"{head} {one.baseline:.3f} | {one.mean:.3f} | {times} | {ratio:.0f} |")
        errors.append(f"{head} Keepfit | {' | '.join(shares(one.ours))} |")
        errors.append(f"{head} permutations | {' | '.join(shares(one.theirs))} |")
    return "\n".join([*costs, "", *errors])


def shares(found: tuple[Judged, ...]) -> list[str]:
    """Return the errors of all records, and how often those that come first agree."""
    first = np.mean([one.first for one in found], axis=0)
    return [
        f"{statistics.fmean(one.mean for one in found):.1%}",
        f"{statistics.fmean(one.largest for one in found):.1%}",
        f"{max(one.largest for one in found):.0%}",
        ", ".join(f"{100 * share:.0f}" for share in first),
    ]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", default="credit")
    asked = parser.parse_args()
    found = []
    for table in asked.tables.split(","):
        for model in MODELS:
            print(f"{table}: {model}", file=sys.stderr, flush=True)
            found.append(measure(table, model))
    print(report(found))


if __name__ == "__main__":
    main()
