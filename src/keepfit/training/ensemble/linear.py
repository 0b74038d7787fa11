"""Logistic regression over the linear view, its penalty chosen by cross-validation within the rows it is fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepfit.arrays import Floats, Matrix
from keepfit.training.ensemble.members import Member
from keepfit.training.ensemble.rows import Rows
from keepfit.training.ensemble.views import Views

_PENALTIES = np.logspace(-3, 1, 9)
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class LinearFit:
    """A fitted linear form: coefficients of the linear view, with or without hinges, and the intercept."""

    coefficients: Floats
    intercept: float
    has_hinges: bool

    def logits(self, views: Views, matrix: Matrix) -> Floats:
        """Return the logit of each row, `(n_rows, 1)`."""
        seen = views.linear(matrix, with_knots=self.has_hinges).astype(np.float64)
        return (seen @ self.coefficients + self.intercept)[:, None]


def fit_linear(member: Member, views: Views, rows: Rows, seed: int) -> LinearFit:
    """Fit a logistic regression; the seed draws the folds that choose its penalty."""
    from sklearn.linear_model import LogisticRegressionCV  # noqa: PLC0415 - heavy, and only for those who train
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - as above

    has_hinges = bool(member.parameters.get("hinges"))
    estimator = LogisticRegressionCV(
        Cs=_PENALTIES,
        l1_ratios=(0,),
        cv=StratifiedKFold(_FOLDS, shuffle=True, random_state=seed),
        scoring="neg_log_loss",
        solver="newton-cholesky",
        use_legacy_attributes=False,
    )
    seen = views.linear(rows.matrix, with_knots=has_hinges).astype(np.float64)
    estimator.fit(seen, rows.labels, sample_weight=rows.weights)
    return LinearFit(estimator.coef_.ravel(), float(estimator.intercept_[0]), has_hinges)
