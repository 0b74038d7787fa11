"""Keepfit's learners among the contestants: with the course of `keepfit stream` around them, settings as by default."""

from __future__ import annotations

from typing import get_args

from wines import Rows  # the file beside this one

from keepfit.arrays import Floats, Labels, Matrix
from keepfit.project.stream_section import Strategy, StreamSection
from keepfit.project.training_section import TrainingSection
from keepfit.retraining.batch_facts import BatchFacts
from keepfit.scoring.graph import Graph
from keepfit.signature import Signature
from keepfit.training.incremental import Learner, LearnerTask, build_learner
from keepfit.workflows.stream.course import Answerer, Batch, Course

STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
DEFAULT: Strategy = StreamSection().strategy
_TRAINING = TrainingSection()
_HALF = 0.5


class OurLearner:
    """A strategy: the challenger of a course, whose drift detectors tell it of a change."""

    def __init__(self, strategy: Strategy, signature: Signature, begin: Rows, seed: int) -> None:
        section = StreamSection(strategy=strategy)
        task = LearnerTask(signature, section, _TRAINING, seed)
        learner = build_learner(task, begin.matrix, begin.labels)
        self.champion = _answerer(learner, 1)
        taught = (len(begin.labels), int(begin.labels.sum()))
        self.course = Course(learner, self.champion, section, _TRAINING, taught=taught)
        self.facts: BatchFacts | None = None

    def probability(self, matrix: Matrix) -> Floats:
        """Return what the challenger says."""
        return self.course.learner.probability(matrix)

    def learn(self, matrix: Matrix, labels: Labels) -> None:
        """Go through a batch as the stream does: ask all, score, learn, judge; who is shown to be better takes over."""
        facts = self.facts = self.course.take(Batch(matrix, labels, ""), self.champion)
        if facts.takeover.is_better:
            self.champion = _answerer(self.course.learner, self.champion.version + 1)
            self.course.follow(self.champion)


class OurChampion(OurLearner):
    """What is served: the version that took over last."""

    def probability(self, matrix: Matrix) -> Floats:
        """Return what the champion says."""
        return self.champion.probability(matrix)


def _answerer(learner: Learner, version: int) -> Answerer:
    """Return what is served of it from now on: the graph of what it has learnt so far."""
    return Answerer(version, _HALF, Graph(learner.model().to_onnx(), where=f"version {version}").probabilities)
