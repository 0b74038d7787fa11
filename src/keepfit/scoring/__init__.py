"""The door, and from a bundle to answers: one row, a batch, a table.

It owns the one way in which a raw record becomes float32 numbers, and the one way in which these become
probabilities and a decision. Training, serving, checks and simulation all go through it. It imports no training
library, and leaves to others what to do with an answer.
"""

from keepfit.scoring.door import Door, history_door
from keepfit.scoring.graph import Graph
from keepfit.scoring.history import HistoryReader
from keepfit.scoring.pipeline_process import PipelineProcess
from keepfit.scoring.reasons import Contribution, Explainer, Reasons
from keepfit.scoring.recommending import Answers
from keepfit.scoring.scorer import Scorer

__all__ = [
    "Answers",
    "Contribution",
    "Door",
    "Explainer",
    "Graph",
    "HistoryReader",
    "PipelineProcess",
    "Reasons",
    "Scorer",
    "history_door",
]
