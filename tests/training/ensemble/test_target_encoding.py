"""Categories as shares of positives."""

from __future__ import annotations

import numpy as np
import pytest

from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training.ensemble.target_encoding import encode, fit_target_table
from keepfit.training.ensemble.views import learn_views


def test_no_row_has_a_say_in_its_own_encoding():
    """Where every row is its own category, the cross-fitted encoding tells nothing of the label."""
    count = 400
    signature = Signature(
        (Column("id", Kind.CATEGORY, categories=tuple(map(str, range(count)))),), Outcome("y", "0", "1")
    )
    matrix = np.arange(count, dtype=np.float32)[:, None]
    labels = np.random.default_rng(0).integers(0, 2, count).astype(np.int8)
    crossed, _ = fit_target_table(learn_views(matrix, signature), matrix, labels, seed=0)
    assert abs(np.corrcoef(crossed[:, 0], labels)[0, 1]) < 0.3
    assert crossed.std() < 0.02


def test_the_table_holds_shrunk_shares(mixed):
    """A frequent category lies near its share of positives; one that no row has, at the share of all rows."""
    make, signature = mixed
    rows = make(4000)
    views = learn_views(rows.matrix, signature)
    _, table = fit_target_table(views, rows.matrix, rows.labels, seed=0)
    asked = np.zeros((2, 5), np.float32)
    asked[:, 1] = [2, 4]
    known, unseen = encode(views, asked, table)[:, 0]
    is_it = rows.matrix[:, 1] == 2
    assert known == pytest.approx(rows.labels[is_it].mean(), abs=0.01)
    assert unseen == pytest.approx(rows.labels.mean())


def test_without_categories_there_is_nothing_to_encode(mixed):
    """A table of numbers has an encoding of no columns."""
    make, signature = mixed
    numbers = type(signature)(tuple(one for one in signature.columns if not one.categories), signature.outcome)
    matrix = make().matrix[:, [0, 2, 3]]
    views = learn_views(matrix, numbers)
    crossed, table = fit_target_table(views, matrix, make().labels, seed=0)
    assert crossed.shape == (200, 0)
    assert encode(views, matrix, table).shape == (200, 0)
