"""Categories as the share of positives among the training rows that have them, shrunk to the share of all rows.

The rows that it is learnt from get the encoding of the other folds (cross-fitting): no row has a say in its own.

References
----------
Micci-Barreca, D. (2001). A preprocessing scheme for high-cardinality categorical attributes in classification and
prediction problems. ACM SIGKDD Explorations 3, 27-32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Matrix
from keepfit.training.ensemble.views import MISSING_CODE, Views

_FOLDS = 5


def fit_target_table(views: Views, matrix: Matrix, labels: NDArray[np.int8], seed: int) -> tuple[Matrix, Matrix]:
    """Return the cross-fitted encoding of these rows, and the table for all others.

    Parameters
    ----------
    views
        Which columns are categories.
    matrix, labels
        Training rows `(n_rows, n_features)` and their classes.
    seed
        Seed of the folds.

    Returns
    -------
    Encodings `(n_rows, n_categories)`, and a value for each place of `Views.table_places`, `(n_places,)`; a category
    that these rows lack has the share of all rows.
    """
    if not len(views.categories):
        return np.zeros((len(matrix), 0), np.float32), np.zeros(0, np.float32)
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - heavy, and only for those who train
    from sklearn.preprocessing import TargetEncoder  # noqa: PLC0415 - as above

    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    encoder = TargetEncoder(smooth="auto", target_type="binary", cv=folds)
    crossed = encoder.fit_transform(views.codes(matrix), labels)
    table = np.full(views.places, encoder.target_mean_, np.float32)
    for offset, known, shares in zip(views.offsets, encoder.categories_, encoder.encodings_, strict=True):
        table[offset + (known - MISSING_CODE).astype(np.int64)] = shares
    return crossed.astype(np.float32), table


def encode(views: Views, matrix: Matrix, table: Matrix) -> Matrix:
    """Return the encodings of rows by a table, `(n_rows, n_categories)`."""
    encoded: Matrix = table[views.table_places(matrix)]
    return encoded
