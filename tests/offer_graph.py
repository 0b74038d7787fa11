"""A recommender's graph that answers otherwise for one product: what the parity gate is there for."""

from __future__ import annotations

import numpy as np
import onnx


def otherwise(model: bytes, product: int, by: float = 1e-3) -> bytes:
    """Return the graph with the offers of one product moved; whether anything is added is as it was."""
    graph = onnx.load_from_string(model)
    products = graph.graph.output[1].type.tensor_type.shape.dim[1].dim_value
    for node in graph.graph.node:
        node.output[:] = ["offers_before" if name == "offers" else name for name in node.output]
        node.input[:] = ["offers_before" if name == "offers" else name for name in node.input]
    moved = np.zeros(products, dtype=np.float32)
    moved[product] = by
    graph.graph.initializer.append(onnx.numpy_helper.from_array(moved, "moved"))
    graph.graph.node.append(onnx.helper.make_node("Add", ["offers_before", "moved"], ["offers"]))
    return graph.SerializeToString()
