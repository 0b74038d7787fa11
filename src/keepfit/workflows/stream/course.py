"""The course of a stream: each batch is asked, scored, learnt, and the challenger judged, in this order."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.evaluation.anytime import RunningMean
from keepfit.evaluation.metrics import row_losses
from keepfit.evaluation.prequential import AnsweredRows, prequential_scores
from keepfit.monitoring.concept_drift import LossDetector
from keepfit.project.stream_section import StreamSection
from keepfit.project.training_section import TrainingSection
from keepfit.retraining.batch_facts import ROLES, BatchFacts, Role
from keepfit.retraining.takeover import Compared, judge_takeover
from keepfit.training.incremental import Learner
from keepfit.training.thresholds import decide

_LEAST_JUDGED = 1e-3  # probabilities nearer to 0 or 1 are taken for it where models are judged: no single row decides


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows that came together.

    Attributes
    ----------
    matrix, labels
        Rows from the door `(n_rows, n_features)`, and their classes 0 or 1 `(n_rows,)`.
    name, key
        Where they came from, and the key of the delivery that they came with.
    left_out
        How many rows came with them without a label.
    waiting_rows
        How many rows are known to wait behind them.
    """

    matrix: Matrix
    labels: Labels
    name: str
    key: str = ""
    left_out: int = 0
    waiting_rows: int = 0


@dataclass(frozen=True, slots=True)
class Answerer:
    """A version that answers, and stays as it is.

    Attributes
    ----------
    version
        Its number.
    threshold
        From which probability on it decides positive.
    probability
        Asks it for the probability of the positive class, `(n_rows,)`.
    """

    version: int
    threshold: float
    probability: Callable[[Matrix], Floats]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the models after some batches; all of it beside the learner.

    Attributes
    ----------
    batches, rows, positives
        What was learnt of the stream, and how many of its rows were positive.
    left_out
        Rows that came without a label.
    answered
        The newest rows and what each role answered.
    losses
        Log-loss of all rows, by role.
    compared
        The comparison of champion and challenger that goes on.
    threshold
        From which probability on the challenger decides positive.
    champion
        The version that was champion at the last batch.
    """

    champion: int
    threshold: float
    batches: int = 0
    rows: int = 0
    positives: int = 0
    left_out: int = 0
    answered: AnsweredRows = field(default_factory=lambda: AnsweredRows.none(ROLES))
    losses: Mapping[Role, RunningMean] = field(default_factory=lambda: dict.fromkeys(ROLES, RunningMean()))
    compared: Compared = field(default_factory=Compared)


class Course:
    """A learner among those that it is compared with, batch by batch.

    Parameters
    ----------
    learner
        What learns; the challenger.
    frozen
        The champion of the beginning, which nothing is taught.
    section, training
        `[stream]`, and how thresholds are chosen.
    taught
        How many rows taught the champion of the beginning, and how many of them are positive: where the share of
        positives begins.
    standing, detectors
        Where it goes on; the detectors of the champion's and the challenger's loss.
    """

    def __init__(
        self,
        learner: Learner,
        frozen: Answerer,
        section: StreamSection,
        training: TrainingSection,
        *,
        taught: tuple[int, int],
        standing: Standing | None = None,
        detectors: Mapping[Role, LossDetector] | None = None,
    ) -> None:
        self.learner, self._frozen, self._section, self._training = learner, frozen, section, training
        self._taught = taught
        self.standing = standing or Standing(frozen.version, frozen.threshold)
        self.detectors = dict(detectors or {role: self._detector() for role in ("champion", "challenger")})

    def take(self, batch: Batch, champion: Answerer) -> BatchFacts:
        """Ask all about a batch, score their answers, learn it, and judge the challenger.

        Parameters
        ----------
        batch
            The rows, at least one.
        champion
            Who is champion now.
        """
        if champion.version != self.standing.champion:
            self.follow(champion)
        answers = self._answers(batch.matrix, champion)
        thresholds = self._thresholds(champion)
        drifted = tuple(
            role for role, detector in self.detectors.items() if detector.update((answers[role] - batch.labels) ** 2)
        )
        self.standing = self._with_batch(batch, answers, thresholds)
        began = time.perf_counter()
        self.learner.learn(batch.matrix, batch.labels, has_changed="challenger" in drifted)
        seconds = time.perf_counter() - began
        facts = replace(self._facts(batch, answers, thresholds), drifted=drifted, learn_seconds=seconds)
        is_enough = self.standing.compared.rows >= self._section.min_rows
        if "champion" in drifted and is_enough and facts.takeover.bound <= 0:
            self.compare_anew()  # what it was good at is no longer asked
        return facts

    def follow(self, champion: Answerer) -> None:
        """Compare with another champion from now on."""
        self.standing = replace(self.standing, champion=champion.version, compared=Compared())
        self.detectors["champion"] = self._detector()

    def compare_anew(self) -> None:
        """Begin another comparison with the same champion, of rows that are still to come."""
        self.standing = replace(self.standing, compared=self.standing.compared.anew())

    def leave_out(self, rows: int) -> None:
        """Count rows that came without any that has a label."""
        self.standing = replace(self.standing, left_out=self.standing.left_out + rows)

    def _detector(self) -> LossDetector:
        return LossDetector(self._section.drift_significance)

    def _answers(self, matrix: Matrix, champion: Answerer) -> dict[Role, Floats]:
        rows, positives = self._taught
        share = (self.standing.positives + positives + 0.5) / (self.standing.rows + rows + 1)
        answered = champion.probability(matrix)
        return {
            "champion": answered,
            "challenger": self.learner.probability(matrix),
            "frozen": answered if champion.version == self._frozen.version else self._frozen.probability(matrix),
            "prior": np.full(len(matrix), share),
        }

    def _thresholds(self, champion: Answerer) -> dict[Role, float]:
        half = 0.5
        return {
            "champion": champion.threshold,
            "challenger": self.standing.threshold,
            "frozen": self._frozen.threshold,
            "prior": half,
        }

    def _with_batch(self, batch: Batch, answers: Mapping[Role, Floats], thresholds: Mapping[Role, float]) -> Standing:
        now = self.standing
        answered = now.answered.with_batch(batch.labels, answers, thresholds, self._section.fading)
        gains = row_losses(batch.labels, answers["champion"], _LEAST_JUDGED)
        gains = gains - row_losses(batch.labels, answers["challenger"], _LEAST_JUDGED)
        compared = now.compared.with_rows(batch.labels, gains)
        threshold = now.threshold
        known = answered.newest(max(compared.rows, self._section.min_rows))  # of the present concept, as far as is seen
        if len(known.labels) >= self._section.min_rows and len(np.unique(known.labels)) > 1:
            threshold, _ = decide(known.labels, known.answers["challenger"], self._training)
        return replace(
            now,
            batches=now.batches + 1,
            rows=now.rows + len(batch.labels),
            positives=now.positives + int(batch.labels.sum()),
            left_out=now.left_out + batch.left_out,
            answered=answered,
            losses={role: now.losses[role].with_values(row_losses(batch.labels, answers[role])) for role in ROLES},
            compared=compared,
            threshold=threshold,
        )

    def _facts(self, batch: Batch, answers: Mapping[Role, Floats], thresholds: Mapping[Role, float]) -> BatchFacts:
        now, section = self.standing, self._section
        newest = now.answered.newest(section.min_rows)
        loss, prior_loss = (
            float(row_losses(newest.labels, newest.answers[role]).mean()) for role in ("challenger", "prior")
        )
        return BatchFacts(
            number=now.batches,
            name=batch.name,
            key=batch.key,
            rows=len(batch.labels),
            left_out=batch.left_out,
            waiting_rows=batch.waiting_rows,
            champion=now.champion,
            trees=self.learner.trees,
            batch={role: prequential_scores(batch.labels, answers[role], thresholds[role]) for role in ROLES},
            faded={role: now.answered.faded(role, section.fading) for role in ROLES},
            windowed={role: now.answered.windowed(role, section.fading) for role in ROLES},
            compared_rows=now.compared.rows,
            takeover=judge_takeover(now.compared, section, loss=loss, prior_loss=prior_loss),
        )
