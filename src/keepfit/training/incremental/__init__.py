"""Learners that go on batch by batch: one interface, several ways, each bounded and able to go on after a stop."""

from keepfit.training.incremental.learner import Learner, LearnerState, LearnerTask
from keepfit.training.incremental.strategies import FREE, STRATEGIES, build_learner

__all__ = ["FREE", "STRATEGIES", "Learner", "LearnerState", "LearnerTask", "build_learner"]
