"""Nodes and constants of an ONNX graph in the making."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_FLOAT, _INT64 = 1, 7  # as ONNX numbers its types
_LANES = 16  # float32 numbers in the widest register


class Nodes:
    """Collects nodes and constants, and gives each output a name of its own.

    Parameters
    ----------
    prefix
        What the names begin with: two collections in one graph have two.

    Attributes
    ----------
    nodes, constants
        What was collected, in order.
    """

    def __init__(self, prefix: str) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._prefix = prefix

    def constant(self, values: Any, dtype: type = np.float32) -> str:
        """Add a constant, and return its name."""
        from onnx import numpy_helper  # noqa: PLC0415 - heavy, and only for those who train

        name = f"{self._prefix}_constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def number(self, value: float) -> str:
        """Add a single number that fits every matrix, and return its name."""
        return self.constant([[value]])

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node, and return the name of its output."""
        from onnx import helper  # noqa: PLC0415 - as above

        name = f"{self._prefix}_{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def columns(self, source: str, positions: NDArray[np.int64]) -> str:
        """Pick columns of a matrix."""
        return self.add("Gather", source, self.constant(positions, np.int64), axis=1)

    def floats(self, source: str) -> str:
        """Make float32 numbers."""
        return self.add("Cast", source, to=_FLOAT)

    def integers(self, source: str) -> str:
        """Make whole numbers, rounded towards zero."""
        return self.add("Cast", source, to=_INT64)

    def joined(self, sources: list[str]) -> str:
        """Put matrices beside each other."""
        return sources[0] if len(sources) == 1 else self.add("Concat", *sources, axis=1)

    def weighed_logits(self, source: str, total: float, weights: list[float]) -> str:
        """Return the sum of `weight * log(x / (total - x))` over the columns of a matrix, `(n_rows, 1)`.

        The runtime takes logarithms of so many numbers at once, and of the rest one by one, which rounds otherwise in
        the last bit. Rows that fill its lanes get the same logarithms in any company.
        """
        empty = -len(weights) % _LANES
        padding = self.constant([0, 0, 0, empty], np.int64)
        filled = self.add("Pad", source, padding, self.constant(total / 2))
        against = self.add("Sub", self.number(total), filled)
        logits = self.add("Sub", self.add("Log", filled), self.add("Log", against))
        return self.add("MatMul", logits, self.constant([[weight] for weight in [*weights, *[0.0] * empty]]))

    def both_classes(self, positive: str, output: str) -> None:
        """Name the probabilities of both classes, given that of the positive one, `(n_rows, 1)`."""
        from onnx import helper  # noqa: PLC0415 - as above

        negative = self.add("Sub", self.number(1.0), positive)
        self.nodes.append(helper.make_node("Concat", [negative, positive], [output], axis=1))

    def append_to(self, graph: Any) -> None:
        """Add all that was collected to a graph."""
        graph.node.extend(self.nodes)
        graph.initializer.extend(self.constants)


def rename_output(graph: Any, name: str, new: str) -> None:
    """Give a tensor within a graph another name, so that nodes may follow it."""
    for node in graph.node:
        node.output[:] = [new if one == name else one for one in node.output]
        node.input[:] = [new if one == name else one for one in node.input]
