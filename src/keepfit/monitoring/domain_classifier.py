"""The domain classifier: how well a model tells the window's rows from the reference's, by all columns together.

It finds what no test of single columns can: columns that go together in another way than before. The AUC of its
out-of-fold scores is 0.5 when nothing has changed.

References
----------
Lopez-Paz, D. and Oquab, M. (2017). Revisiting classifier two-sample tests. ICLR. Rabanser, S., Günnemann, S. and
Lipton, Z. C. (2019). Failing loudly: an empirical study of methods for detecting dataset shift. NeurIPS 32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.errors import MonitoringError
from keepfit.monitoring.domain_auc import domain_auc, fold_auc
from keepfit.monitoring.domain_rows import DomainRows, domain_rows
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.signature import Column, Kind

_FOLDS = 5
_LEAST_RECORDS = 40  # with 10 (200 rows), the false alarms of a level of 1 % were 10 %; with 40 they were 0.8 %
_LEAST_PART = 0.25  # of the largest drop: what is less is often chance, and its column is not named
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class TellingColumn:
    """A column that tells the window from the reference.

    Attributes
    ----------
    name
        The column.
    auc_drop
        What the AUC loses when the column's values are shuffled among the rows of a fold.
    """

    name: str
    auc_drop: float


@dataclass(frozen=True, slots=True)
class DomainShift:
    """How well a model tells a window from the reference.

    Attributes
    ----------
    rows
        How many of each side it was asked about.
    auc, low, high
        AUC of the out-of-fold scores with its 95 % interval; 0.5 tells nothing apart, 1 everything.
    p_value
        Chance of so large an AUC when nothing has changed.
    least_auc
        What the AUC must reach.
    is_shifted
        Whether it does, and is significant.
    told_by
        The columns that it tells them apart by, the most telling first; at most four, none unless shifted.
    """

    rows: int
    auc: float
    low: float
    high: float
    p_value: float
    least_auc: float
    is_shifted: bool
    told_by: tuple[TellingColumn, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain types."""
        return asdict(self)


def domain_shift(
    reference: Matrix,
    window: Matrix,
    columns: Sequence[Column],
    section: MonitoringSection,
    *,
    seed: int,
) -> DomainShift:
    """Train a model to tell the window's rows from the reference's, and say how well it does.

    As many rows of each side are drawn, at most 10 000. Five models each score a fifth of them that they have not
    seen. Dates that move on by themselves tell any window from its reference: leave such a column out.

    Parameters
    ----------
    reference, window
        Rows from the door, `(n_rows, n_features)`: NaN is missing, a category its code.
    columns
        What they hold, in this order.
    section
        Smallest window, level of significance, and the AUC below which rows told apart are no shift.
    seed
        Of the rows drawn, the folds and the models.

    Raises
    ------
    MonitoringError
        When a side has fewer rows than the smallest window, or other columns; when its rows are copies of so few that
        there is nothing to learn from.
    """
    import sklearn.ensemble  # noqa: F401, PLC0415 - heavy; before the limit, which holds for what is loaded by then
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn

    _require_columns(reference, window, columns)
    _require_rows(reference, window, section.min_window)
    rows = domain_rows(reference, window, columns, folds=_FOLDS, seed=seed)
    _require_variety(rows)
    with threadpool_limits(limits=1):  # beside other work, threads that wait for each other take many times as long
        models = [_fitted(rows, fold, columns, seed) for fold in range(_FOLDS)]
        scores = _out_of_fold(rows, models)
        auc = domain_auc(scores, rows.is_window, rows.folds, rows.records)
        is_shifted = auc.value >= section.min_auc and auc.p_value < section.significance
        told_by = _told_by(rows, scores, models, columns, seed) if is_shifted else ()
    count = int(rows.is_window.sum())
    return DomainShift(count, auc.value, auc.low, auc.high, auc.p_value, section.min_auc, is_shifted, told_by)


def _require_columns(reference: Matrix, window: Matrix, columns: Sequence[Column]) -> None:
    for side, name in ((reference, "reference"), (window, "window")):
        if side.ndim != 2 or side.shape[1] != len(columns):  # noqa: PLR2004 - rows by columns
            found = f"{side.shape[1]} columns" if side.ndim == 2 else f"{side.ndim} dimensions"  # noqa: PLR2004 - as above
            hint = "read both sides through the champion's door"
            raise MonitoringError(f"{found} where the signature has {len(columns)}", where=name, hint=hint)


def _require_rows(reference: Matrix, window: Matrix, least: int) -> None:
    for side, name in ((reference, "reference"), (window, "window")):
        if len(side) < least:
            hint = f"{least - len(side)} more are needed ([monitoring] min_window)"
            raise MonitoringError(f"{len(side) or 'no'} rows to learn from", where=name, hint=hint)


def _require_variety(rows: DomainRows) -> None:
    """Refuse a side of many rows that are copies of few records: the interval does not hold for so few."""
    for side, name in ((~rows.is_window, "reference"), (rows.is_window, "window")):
        count, records = int(side.sum()), len(np.unique(rows.records[side]))
        if records < min(count, _LEAST_RECORDS):
            found = f"{count} rows are copies of {records}, and {_LEAST_RECORDS} different ones are needed"
            raise MonitoringError(found, where=name, hint="look for a client that repeats its requests")


def _fitted(rows: DomainRows, fold: int, columns: Sequence[Column], seed: int) -> Any:
    """Fit a model on what is not of a fold: small trees, which see how columns go together."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - heavy, and not for the service

    model = HistGradientBoostingClassifier(
        max_iter=50,
        max_leaf_nodes=15,
        early_stopping=False,
        categorical_features=[column.kind is Kind.CATEGORY for column in columns],
        random_state=seed,
    )
    kept = rows.folds != fold
    matrix = rows.matrix[kept]
    matrix[:, np.isnan(matrix).all(axis=0)] = 0.0  # scikit-learn cannot bin a column without any value
    return model.fit(matrix, rows.is_window[kept])


def _out_of_fold(rows: DomainRows, models: Sequence[Any]) -> NDArray[np.float64]:
    """Return the score of each row by the model that has not seen its fold."""
    scores = np.empty(len(rows.matrix))
    for fold, model in enumerate(models):
        held_out = rows.folds == fold
        scores[held_out] = model.decision_function(rows.matrix[held_out])
    return scores


def _told_by(
    rows: DomainRows, scores: NDArray[np.float64], models: Sequence[Any], columns: Sequence[Column], seed: int
) -> tuple[TellingColumn, ...]:
    """Name the columns without whose values the AUC is lower, by a quarter of the largest drop at least.

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45(1), 5-32, section 10: shuffled values.
    """
    rng = np.random.default_rng(seed)
    drops = np.zeros(len(columns))
    for fold, model in enumerate(models):
        held_out = rows.folds == fold
        matrix, is_window = rows.matrix[held_out], rows.is_window[held_out]
        auc = fold_auc(scores[held_out], is_window)
        for at in range(len(columns)):
            shuffled = matrix.copy()
            shuffled[:, at] = rng.permutation(matrix[:, at])
            drops[at] += auc - fold_auc(model.decision_function(shuffled), is_window)
    order = [at for at in np.argsort(-drops)[:_MOST_NAMED] if drops[at] > 0 and drops[at] >= _LEAST_PART * drops.max()]
    return tuple(TellingColumn(columns[at].name, float(drops[at] / len(models))) for at in order)
