"""The ensemble as one graph."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from keepfit.scoring.graph import INDEPENDENT, ROWS, Graph
from keepfit.training.ensemble import Plan, ensemble_graph, fit_ensemble

KINDS = ["linear", "network", "forest", "lightgbm", "xgboost", "catboost"]


def fitted(members, mixed):
    rows_of, signature = mixed
    rows = rows_of()
    folds = [[(np.arange(100), np.arange(100, 200)), (np.arange(100, 200), np.arange(100))]]
    return fit_ensemble(rows, signature, Plan(members, folds, seed=0))


@pytest.mark.parametrize("kinds", [KINDS, *([kind] for kind in KINDS), ["linear", "lightgbm"], ["network", "forest"]])
def test_the_graph_answers_as_the_ensemble_and_a_row_alone_as_in_any_company(kinds, members, mixed):
    """Whichever members count: the same probabilities, and the bits that are promised."""
    ensemble = fitted([member for member in members if member.kind in kinds], mixed)
    model = ensemble_graph(ensemble)
    told = {prop.key: prop.value for prop in onnx.load_from_string(model).metadata_props}
    assert told == {ROWS: INDEPENDENT}
    graph, matrix = Graph(model, where="ensemble"), mixed[0](300, seed=1).matrix
    matrix[:5, 1], matrix[:5, 4] = 4, 2  # unseen
    whole = graph.probabilities(matrix)
    np.testing.assert_allclose(whole, ensemble.predict_proba(matrix)[:, 1], rtol=0, atol=1e-5)
    for size in (1, 2, 3, 7, 50, 51, 129):
        parts = [graph.probabilities(matrix[at : at + size]) for at in range(0, len(matrix), size)]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
