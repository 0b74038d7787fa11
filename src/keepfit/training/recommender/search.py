"""The choice among recommenders: by the last month that teaches, reported on months that had no say in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats, Matrix
from keepfit.bundle import Recipe
from keepfit.datasets import Additions
from keepfit.errors import TrainingError
from keepfit.evaluation import Estimate, Recommended, frequency_baseline, recommendation_points, recommendation_scores
from keepfit.project.panel_section import PanelCandidate
from keepfit.project.training_section import TrainingSection
from keepfit.signature import Offers, Signature
from keepfit.training.declared_features import require_features
from keepfit.training.fits import worker_count
from keepfit.training.recommender.fitted import FittedRecommender
from keepfit.training.recommender.front import build_front
from keepfit.training.recommender.learners import learn
from keepfit.training.thresholds import choose_threshold

Rows = NDArray[np.int64]
OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class RecommenderRows:
    """Rows of a panel.

    Attributes
    ----------
    matrix
        From the door, `(n_rows, n_columns)`.
    additions
        What they add.
    train, holdout
        Numbers of the rows that teach and choose, and of those that are reported on.
    """

    matrix: Matrix
    additions: Additions
    train: Rows
    holdout: Rows


@dataclass(frozen=True, slots=True)
class RecommenderCandidate:
    """What is known of one way to learn.

    Attributes
    ----------
    recipe
        The way, with its parameters.
    validation, holdout
        Scores on the last month that teaches, by a model of the months before, and on the held-out months, by one of
        all that teach; the latter with 95 % intervals.
    model
        Learnt of all months that teach.
    threshold
        Probability from which on a product is recommended; of whether anything is added `any_threshold`.
    seconds
        That it took.
    """

    recipe: Recipe
    validation: dict[str, float]
    holdout: dict[str, Estimate]
    model: FittedRecommender
    threshold: float
    any_threshold: float
    seconds: float


@dataclass(frozen=True, slots=True)
class RecommenderResult:
    """All candidates, the best first.

    Attributes
    ----------
    candidates
        By their validation score in `metric`.
    metric
        What the choice was made by.
    baselines
        What no skill scores on the held-out rows, by the name of the baseline.
    protocol
        How all of it was measured, in a sentence.
    """

    candidates: tuple[RecommenderCandidate, ...]
    metric: str
    baselines: dict[str, dict[str, Estimate]]
    protocol: str

    @property
    def best(self) -> RecommenderCandidate:
        """The candidate that the months that teach chose."""
        return self.candidates[0]


def search_recommenders(
    candidates: Sequence[PanelCandidate],
    signature: Signature,
    offers: Offers,
    rows: RecommenderRows,
    *,
    section: TrainingSection,
    metric: str,
    seed: int,
    on_progress: OnProgress | None = None,
) -> RecommenderResult:
    """Learn each candidate twice, without the last month that teaches to choose, and with it to report.

    Parameters
    ----------
    candidates
        The ways.
    signature, offers
        Columns of the matrix, and the products.
    rows
        The panel.
    section
        Feature steps, and workers.
    metric
        What is chosen by.
    seed
        Of all that is drawn.
    on_progress
        Told what is done.

    Raises
    ------
    TrainingError
        When only one month teaches, or a step does not fit the columns.
    """
    require_features(section, signature, [], takes_missing=True)
    owned = tuple(signature.names.index(product) for product in offers.products)
    learning = _Learning(signature, section, owned, seed, on_progress or _nobody)
    searching = _Searching(rows, learning)
    found = [searching.candidate(one) for one in candidates]
    found.sort(key=lambda one: -np.nan_to_num(one.validation[metric]))
    return RecommenderResult(tuple(found), metric, searching.baselines(), searching.protocol)


def _nobody(step: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class _Learning:
    """How a candidate is learnt.

    Attributes
    ----------
    signature, section
        Columns of the matrix; feature steps and workers.
    owned
        For each product the column that says whether it is owned.
    seed
        Of all that is drawn.
    on_progress
        Told what is done.
    """

    signature: Signature
    section: TrainingSection
    owned: tuple[int, ...]
    seed: int
    on_progress: OnProgress

    def learnt(self, one: PanelCandidate, rows: RecommenderRows, taught: Rows, verb: str) -> FittedRecommender:
        """Return a candidate after it has learnt of some rows."""
        front = build_front(self.signature, self.section, seed=self.seed)
        learned = learn(
            one,
            front.fit_transform(rows.matrix[taught]),
            rows.additions.added[taught],
            rows.additions.is_open[taught],
            seed=self.seed,
            workers=worker_count(self.section),
            on_model=lambda done, total: self.on_progress(f"{verb} {one.model}", done, total),
        )
        return FittedRecommender(front, learned, self.owned, rows.matrix.shape[1])


class _Searching:
    """The rows that choose, and what is done with each candidate."""

    def __init__(self, rows: RecommenderRows, learning: _Learning) -> None:
        self._rows, self._learning, self._on_progress = rows, learning, learning.on_progress
        months = rows.additions.months[rows.train]
        last = int(months.max())
        self._choosing, self._before = rows.train[months == last], rows.train[months < last]
        if not len(self._before):
            raise TrainingError(
                f"only {rows.additions.month_names[last]} teaches; the last month that teaches chooses",
                where="keepfit.toml: [panel] train_from",
                hint="teach from an earlier month, or hold out later ones",
            )
        self._adds = np.asarray(rows.additions.added[self._choosing].any(axis=1), dtype=np.int8)
        if not self._adds.any():
            raise TrainingError(
                f"nothing is added after {rows.additions.month_names[last]}, the last month that teaches, and chooses",
                where="keepfit.toml: [panel] hold_from",
                hint="hold out other months",
            )

    @property
    def protocol(self) -> str:
        """How all of it was measured, in a sentence."""
        names, months = self._rows.additions.month_names, self._rows.additions.months
        first, last = (names[int(months[self._rows.train].min())], names[int(months[self._rows.train].max())])
        held = sorted({int(month) for month in months[self._rows.holdout]})
        reported = names[held[0]] if len(held) == 1 else f"{names[held[0]]} to {names[held[-1]]}"
        return (
            f"learnt of the rows of {first} to {last}; chosen, and its thresholds set, on {last}, of which "
            f"{int(self._adds.sum()):,} rows add anything, by models of the months before; reported on "
            f"{reported}, which had no say in it; intervals are of resampled entities"
        )

    def candidate(self, one: PanelCandidate) -> RecommenderCandidate:
        """Learn a candidate without the month that chooses and with it, and score it on the months that follow."""
        began = time.perf_counter()
        chosen_by = self._learning.learnt(one, self._rows, self._before, "choose")
        anything, offers = chosen_by.chances(self._rows.matrix[self._choosing])
        threshold = offer_threshold(self._rows.additions, self._choosing, offers)
        any_threshold = choose_threshold(self._adds, anything, "f1")
        model = self._learning.learnt(one, self._rows, self._rows.train, "learn")
        seconds = time.perf_counter() - began
        self._on_progress(f"score {one.model}", 0, 1)
        said = recommended(self._rows.additions, self._choosing, offers, threshold)
        validation = recommendation_points(said)
        holdout = self._scores(self._rows.holdout, model.offers(self._rows.matrix[self._rows.holdout]), threshold)
        self._on_progress(f"score {one.model}", 1, 1)
        recipe = Recipe(one.model, one.model_dump(exclude={"model"}, exclude_none=True))
        return RecommenderCandidate(recipe, validation, holdout, model, threshold, any_threshold, seconds)

    def baselines(self) -> dict[str, dict[str, Estimate]]:
        """Return what the frequencies of products, and one number for all, score on the held-out rows."""
        added, is_open = self._rows.additions.added, self._rows.additions.is_open
        found: dict[str, dict[str, Estimate]] = {}
        known = frequency_baseline(added[self._rows.train], is_open[self._rows.train])
        for name, shares in known.items():
            self._on_progress("score the baselines", len(found), len(known))
            choosing, holdout = (
                np.where(is_open[rows], shares, np.nan) for rows in (self._choosing, self._rows.holdout)
            )
            threshold = offer_threshold(self._rows.additions, self._choosing, choosing)
            found[name] = self._scores(self._rows.holdout, holdout, threshold)
        self._on_progress("score the baselines", len(known), len(known))
        return found

    def _scores(self, rows: Rows, offers: Floats, threshold: float) -> dict[str, Estimate]:
        return recommendation_scores(
            recommended(self._rows.additions, rows, offers, threshold),
            np.unique(self._rows.additions.entities[rows], return_inverse=True)[1],
            seed=self._learning.seed,
        )


def offer_threshold(additions: Additions, rows: Rows, offers: Floats) -> float:
    """Return the threshold of all products with the best F1 over the open cells of some rows.

    Parameters
    ----------
    additions
        What the rows add.
    rows
        Their numbers.
    offers
        The probability of each product, `(n_rows, n_products)`.
    """
    is_open = additions.is_open[rows]
    return choose_threshold(additions.added[rows][is_open].astype(np.int8), offers[is_open], "f1")


def recommended(additions: Additions, rows: Rows, offers: Floats, threshold: float | Floats) -> Recommended:
    """Return what was said of rows of a panel, and what came of it.

    Parameters
    ----------
    additions
        What the rows add.
    rows
        Their numbers.
    offers
        The probability of each product, `(n_rows, n_products)`; NaN for what is owned.
    threshold
        From which probability on a product is recommended; of all, or of each, `(n_products,)`.
    """
    is_open = additions.is_open[rows]
    decided = is_open & (np.nan_to_num(offers, nan=-1.0) >= threshold)
    return Recommended(additions.added[rows], np.nan_to_num(offers, nan=0.0), is_open, decided)
