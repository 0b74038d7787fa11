"""The search in a space: which settings of a family are worth a full look.

It owns the spaces, the trials with their pruning and budgets, and what is remembered of them after a kill. It leaves to
the search over candidates what the best of them are worth.
"""

from keepfit.training.tuning.spaces import Space, declared_spaces
from keepfit.training.tuning.study import StudyResult, Trial, run_study

__all__ = ["Space", "StudyResult", "Trial", "declared_spaces", "run_study"]
