"""The ensemble: what is trained where a project names no candidates of its own.

Members of several families look at the door's matrix in two views, are fitted on the folds, and are averaged on the
scale of the logit by weights that minimise the out-of-fold log-loss. The whole is one ONNX graph.
"""

from keepfit.training.ensemble.ensemble import Ensemble, MemberReport, Plan, fit_ensemble
from keepfit.training.ensemble.graph import ensemble_graph
from keepfit.training.ensemble.members import MEMBERS, Member
from keepfit.training.ensemble.rows import Rows

__all__ = ["MEMBERS", "Ensemble", "Member", "MemberReport", "Plan", "Rows", "ensemble_graph", "fit_ensemble"]
