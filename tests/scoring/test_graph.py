"""A graph, and how its rows are put to the runtime."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from onnx import TensorProto, helper

from keepfit.scoring.graph import INDEPENDENT, OUTPUT, ROWS, Graph


def shifted(**metadata: str) -> bytes:
    """Return a graph that adds the number of its rows to each: whoever sees two for one sees it in the answer."""
    nodes = [
        helper.make_node("Shape", ["features"], ["shape"], start=0, end=1),
        helper.make_node("Cast", ["shape"], ["rows"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["features", "rows"], [OUTPUT]),
    ]
    given, answered = (helper.make_tensor_value_info(name, 1, [None, 2]) for name in ("features", OUTPUT))
    model = helper.make_model(
        helper.make_graph(nodes, "shifted", [given], [answered]),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=8,
    )
    helper.set_model_props(model, metadata)
    return model.SerializeToString()


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [({}, [2, 2, 4, 4]), ({ROWS: "in pairs"}, [2, 2, 4, 4]), ({ROWS: INDEPENDENT}, [1, 2, 3, 4])],
    ids=str,
)
def test_the_last_of_an_odd_number_goes_in_twice_unless_the_graph_says_that_rows_are_independent(metadata, expected):
    """And the answers are as many as the rows."""
    graph = Graph(shifted(**metadata), where="graph")
    for rows, count in zip(range(1, 5), expected, strict=True):
        np.testing.assert_array_equal(graph.probabilities(np.zeros((rows, 2), np.float32)), [count] * rows)


def test_the_runtime_tells_nobody_of_its_use(tmp_path):
    """By itself it keeps a number of the device and a database of its use in the home."""
    model = tmp_path / "model.onnx"
    model.write_bytes(shifted())
    script = f"from keepfit.scoring import Graph; Graph(open({str(model)!r}, 'rb').read(), where='graph')"
    home = tmp_path / "home"
    home.mkdir()
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, env={**os.environ, "HOME": str(home)})
    assert list(home.iterdir()) == []
