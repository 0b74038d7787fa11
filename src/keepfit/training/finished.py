"""The last thing that is done to a graph: it says what it promises, and becomes bytes."""

from __future__ import annotations

from typing import Any

from keepfit.scoring.graph import INDEPENDENT, ROWS
from keepfit.training.nodes import ROW_BY_ROW

_ALONE = {
    *("Add", "ArrayFeatureExtractor", "Cast", "Clip", "Concat", "Div", "Equal", "Gather", "Identity", "IsNaN"),
    *("Less", "LessOrEqual", "Max", "Mul", "Pad", "Relu", "Reshape", "Sigmoid", "Slice", "Sub", "Sum", "Where"),
    *("Imputer", "OneHotEncoder", "TreeEnsembleRegressor"),
}


def finished(model: Any) -> bytes:
    """Return a graph as bytes that say whether a row's answer has the same bits in any company.

    It has where all nodes work on single numbers or on the trees of a row, or are written so that other rows do not
    matter. Products and logarithms as others write them take rows together: then nothing is promised.
    """
    promises = all(node.op_type in _ALONE or node.name.startswith(ROW_BY_ROW) for node in model.graph.node)
    kept = {prop.key: prop.value for prop in model.metadata_props if prop.key != ROWS}
    del model.metadata_props[:]
    for key, value in {**kept, **({ROWS: INDEPENDENT} if promises else {})}.items():
        model.metadata_props.add(key=key, value=value)
    serialized: bytes = model.SerializeToString()
    return serialized
