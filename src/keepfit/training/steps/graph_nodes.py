"""What our converters share: nodes and constants of a graph that skl2onnx is writing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class GraphNodes:
    """Adds nodes and constants under names of their own.

    Parameters
    ----------
    scope, operator, container
        What skl2onnx hands to a converter.
    """

    def __init__(self, scope: Any, operator: Any, container: Any) -> None:
        self._scope, self._container = scope, container
        self.source: str = operator.inputs[0].full_name
        self._target: str = operator.outputs[0].full_name

    def constant(self, name: str, values: Any, kind: type[np.generic]) -> str:
        """Add an array of a type, and return its name."""
        from onnx import helper  # noqa: PLC0415 - heavy, and only for those who train

        array = np.asarray(values, dtype=kind)
        unique: str = self._scope.get_unique_variable_name(name)
        flat = array.ravel().tolist()
        self._container.add_initializer(unique, helper.np_dtype_to_tensor_dtype(array.dtype), list(array.shape), flat)
        return unique

    def node(self, kind: str, inputs: Sequence[str], version: int = 13, **attributes: Any) -> str:
        """Add a node, and return the name of its output."""
        unique: str = self._scope.get_unique_variable_name(kind.lower())
        self._add(kind, inputs, unique, version, attributes)
        return unique

    def cast(self, source: str, kind: type[np.generic]) -> str:
        """Add a conversion to a type, and return the name of its output."""
        from onnx import helper  # noqa: PLC0415 - as above

        return self.node("Cast", [source], to=helper.np_dtype_to_tensor_dtype(np.dtype(kind)))

    def column(self, at: int) -> str:
        """Return one column of the input, `(n_rows, 1)`."""
        return self.node("Gather", [self.source, self.constant("position", [at], np.int64)], axis=1)

    def end(self, kind: str, inputs: Sequence[str], version: int = 13, **attributes: Any) -> None:
        """Add the node whose output is the operator's."""
        self._add(kind, inputs, self._target, version, attributes)

    def _add(self, kind: str, inputs: Sequence[str], output: str, version: int, attributes: dict[str, Any]) -> None:
        name = self._scope.get_unique_operator_name(kind)
        self._container.add_node(kind, list(inputs), output, op_version=version, name=name, **attributes)
