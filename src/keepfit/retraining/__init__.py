"""The policy of the loop: when to retrain, on which rows, who wins, when to cool down.

It owns decisions, made from facts alone: it fits nothing, promotes nothing and reads no file. The workflows carry out
what it decides.
"""

from keepfit.retraining.occasion import Occasion, occasion
from keepfit.retraining.page import Rivals, retrain_page
from keepfit.retraining.policy import Decision, decide
from keepfit.retraining.rows import is_held_out

__all__ = [
    "Decision",
    "Occasion",
    "Rivals",
    "decide",
    "is_held_out",
    "occasion",
    "retrain_page",
]
