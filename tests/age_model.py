"""A model whose answers are known without scoring: the first column in percent, 0.5 where it is missing."""

from __future__ import annotations

import onnx


def age_in_percent(columns: int) -> bytes:
    """Return a graph: the first column divided by 100, between 0 and 1."""
    node, tensor, value = onnx.helper.make_node, onnx.helper.make_tensor, onnx.helper.make_tensor_value_info
    kind = onnx.TensorProto.FLOAT
    constants = {"hundred": 100.0, "zero": 0.0, "one": 1.0, "missing": 50.0}
    weights = [tensor(name, kind, [], [number]) for name, number in constants.items()]
    nodes = [
        node("Gather", ["x", "first"], ["age"], axis=1),
        node("IsNaN", ["age"], ["unknown"]),
        node("Where", ["unknown", "missing", "age"], ["known"]),
        node("Div", ["known", "hundred"], ["share"]),
        node("Clip", ["share", "zero", "one"], ["positive"]),
        node("Sub", ["one", "positive"], ["negative"]),
        node("Concat", ["negative", "positive"], ["probabilities"], axis=1),
    ]
    first = tensor("first", onnx.TensorProto.INT64, [1], [0])
    shapes = [value("x", kind, [None, columns])], [value("probabilities", kind, [None, 2])]
    graph = onnx.helper.make_graph(nodes, "age", *shapes, [*weights, first])
    return onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()
