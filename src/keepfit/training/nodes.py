"""Nodes and constants of an ONNX graph in the making."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.scoring.graph import OUTPUT

INPUT = "features"
ROW_BY_ROW = "row_by_row"  # begins the name of a node that would take rows together, were it not written with care
OPSET = {"": 18, "ai.onnx.ml": 3}
_FORMAT = 8  # of the file, that of opset 18
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

    def filled(self, source: str, fillers: NDArray[np.float32]) -> str:
        """Put a number into the gaps of each column of a matrix, where it is one; the same matrix where none is."""
        if np.isnan(fillers).all():
            return source
        given = {"imputed_value_floats": fillers.tolist(), "replaced_value_float": float("nan")}
        return self.add("Imputer", source, domain="ai.onnx.ml", **given)

    def joined(self, sources: list[str]) -> str:
        """Put matrices beside each other."""
        return sources[0] if len(sources) == 1 else self.add("Concat", *sources, axis=1)

    def with_spare(self, source: str) -> str:
        """Put a row of zeros behind those of a matrix, for `product`."""
        return self.add("Pad", source, self.constant([0, 0, 1, 0], np.int64))

    def product(self, kind: str, source: str, *weights: Any) -> str:
        """Multiply a matrix that ends with a spare row: `MatMul`, or `Gemm` with an intercept.

        The runtime multiplies rows in pairs, and the last of an odd number with another kernel, which rounds otherwise
        in the last bit. With the spare row behind them, all others are in pairs in any company.
        """
        return self._row_by_row(kind, source, *[self.constant(values) for values in weights])

    def without_spare(self, source: str) -> str:
        """Take the last row away."""
        ends = [self.constant([value], np.int64) for value in (0, -1, 0)]
        return self.add("Slice", source, *ends)

    def logit(self, source: str) -> str:
        """Return `log(x / (1 - x))` of a column, `(n_rows, 1)`."""
        return self.columns(self._logits(source, 1.0, 1, 0), np.array([0]))

    def weighed_logits(self, source: str, total: float, weights: list[float]) -> str:
        """Return the sum of `weight * log(x / (total - x))` over the columns of a matrix, and a spare row."""
        padded = [*weights, *[0.0] * (-len(weights) % _LANES)]
        return self.product("MatMul", self._logits(source, total, len(weights), 1), [[weight] for weight in padded])

    def _logits(self, source: str, total: float, width: int, spare: int) -> str:
        """Return `log(x / (total - x))`, with columns that fill the runtime's lanes and so many spare rows.

        The runtime takes logarithms of so many numbers at once, and of the rest one by one, which rounds otherwise in
        the last bit. Rows that fill its lanes get the same logarithms in any company.
        """
        padding = self.constant([0, 0, spare, -width % _LANES], np.int64)
        filled = self.add("Pad", source, padding, self.constant(total / 2))
        against = self.add("Sub", self.number(total), filled)
        return self.add("Sub", self._row_by_row("Log", filled), self._row_by_row("Log", against))

    def _row_by_row(self, kind: str, *inputs: str) -> str:
        """Add a node whose answers for a row do not depend on the others."""
        found = self.add(kind, *inputs)
        self.nodes[-1].name = f"{ROW_BY_ROW}_{found}"
        return found

    def both_classes(self, positive: str, output: str) -> None:
        """Name the probabilities of both classes, given that of the positive one, `(n_rows, 1)`."""
        from onnx import helper  # noqa: PLC0415 - as above

        both = self.add("Mul", positive, self.constant([[-1.0, 1.0]]))
        self.nodes.append(helper.make_node("Add", [both, self.constant([[1.0, 0.0]])], [output]))

    def both_logits(self, positive: str, output: str) -> None:
        """Name the probabilities of both classes, given the logit of the positive one, `(n_rows, 1)`."""
        from onnx import helper  # noqa: PLC0415 - as above

        both = self.add("Mul", positive, self.constant([[-1.0, 1.0]]))
        self.nodes.append(helper.make_node("Sigmoid", [both], [output]))

    def model(self, width: int) -> Any:
        """Return all that was collected as a graph over the door's matrix, `(n_rows, width)`."""
        from onnx import TensorProto, helper  # noqa: PLC0415 - as above

        given = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, width])
        return helper.make_model(
            helper.make_graph(self.nodes, self._prefix, [given], [probabilities_output()], self.constants),
            opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSET.items()],
            ir_version=_FORMAT,
        )

    def append_to(self, graph: Any) -> None:
        """Add all that was collected to a graph."""
        graph.node.extend(self.nodes)
        graph.initializer.extend(self.constants)


def probabilities_output() -> Any:
    """Return the declaration of a graph's output: the probabilities of both classes, `(n_rows, 2)`."""
    from onnx import TensorProto, helper  # noqa: PLC0415 - heavy, and only for those who train

    return helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 2])


def rename_output(graph: Any, name: str, new: str) -> None:
    """Give a tensor within a graph another name, so that nodes may follow it."""
    for node in graph.node:
        node.output[:] = [new if one == name else one for one in node.output]
        node.input[:] = [new if one == name else one for one in node.input]
