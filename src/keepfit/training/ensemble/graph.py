"""The ensemble as one ONNX graph: what its members share is computed once, and what can be added up is one node."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.training.ensemble.boosters import BoosterFit
from keepfit.training.ensemble.ensemble import Ensemble
from keepfit.training.ensemble.forest import TREES, UNDECIDED, ForestFit
from keepfit.training.ensemble.linear import LinearFit
from keepfit.training.ensemble.network import LARGEST_INPUT, NetworkFit
from keepfit.training.ensemble.trees import Tree, forest_trees, merged, tree_node
from keepfit.training.ensemble.views import MISSING_CODE, Columns, Views

OPSET = {"": 18, "ai.onnx.ml": 3}
_FORMAT = 8  # of the file, that of opset 18
INPUT, OUTPUT = "features", "probabilities"


def ensemble_graph(ensemble: Ensemble) -> bytes:
    """Return the graph: float32 rows `(n_rows, n_features)` in, probabilities `(n_rows, 2)` out."""
    from onnx import TensorProto, helper  # noqa: PLC0415 - heavy, and only for those who train

    views = ensemble.views
    graph = _Graph()
    seen = _Seen(graph, views)
    terms = [*_tree_terms(graph, seen, ensemble), *_linear_terms(graph, seen, ensemble)]
    pooled = graph.node("Sum", *terms)
    positive = graph.node("Sigmoid", pooled)
    graph.nodes.append(
        helper.make_node("Concat", [graph.node("Sub", graph.number(1.0), positive), positive], [OUTPUT], axis=1)
    )
    width = len(views.numbers) + len(views.categories)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "ensemble",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, width])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 2])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSET.items()],
        ir_version=_FORMAT,
    )
    serialized: bytes = model.SerializeToString()
    return serialized


class _Graph:
    """Nodes and constants, each with a name of its own."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: Any, dtype: type = np.float32) -> str:
        """Add a constant, and return its name."""
        from onnx import numpy_helper  # noqa: PLC0415 - heavy, and only for those who train

        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def number(self, value: float) -> str:
        """Add a single number that fits every shape, and return its name."""
        return self.constant([[value]])

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node, and return the name of its output."""
        from onnx import helper  # noqa: PLC0415 - as above

        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def columns(self, source: str, positions: NDArray[np.int64]) -> str:
        """Pick columns of a matrix."""
        return self.node("Gather", source, self.constant(positions, np.int64), axis=1)

    def floats(self, source: str) -> str:
        """Make float32 of what is true or false, or of whole numbers."""
        return self.node("Cast", source, to=1)

    def joined(self, sources: list[str]) -> str:
        """Put matrices beside each other."""
        return sources[0] if len(sources) == 1 else self.node("Concat", *sources, axis=1)


class _Seen:
    """The parts of the views as nodes, each made on first use."""

    def __init__(self, graph: _Graph, views: Views) -> None:
        self._graph, self._views = graph, views
        self._made: dict[str, str] = {}

    def numbers(self) -> str:
        """Return the numbers without gaps."""
        return self._once("numbers", self._numbers)

    def gaps(self) -> str:
        """Return the indicators of gaps."""
        return self._once("gaps", self._gaps)

    def codes(self) -> str:
        """Return the categories' codes, -1 for missing."""
        return self._once("codes", self._codes)

    def plain(self) -> str:
        """Return the linear view without hinges."""
        return self._once("plain", self._plain)

    def hinges(self) -> str:
        """Return the distances above the knots, not scaled."""
        graph, knots = self._graph, self._views.knots
        above = graph.node("Sub", graph.columns(self.numbers(), knots.position), graph.constant(knots.value[None]))
        return graph.node("Relu", above)

    def trees(self, tables: list[NDArray[np.float32]]) -> str:
        """Return the view for trees: numbers, indicators, then for each category its encoding by each table."""
        graph, views = self._graph, self._views
        parts = ([self.numbers()] if len(views.numbers) else []) + ([self.gaps()] if len(views.gaps) else [])
        if len(views.categories):
            shifted = graph.node("Add", self.codes(), graph.constant((views.offsets - MISSING_CODE)[None]))
            places = graph.node("Cast", shifted, to=7)
            encoded = graph.node("Gather", graph.constant(np.column_stack(tables)), places, axis=0)
            width = len(views.categories) * len(tables)
            parts.append(graph.node("Reshape", encoded, graph.constant([-1, width], np.int64)))
        return graph.joined(parts)

    def _once(self, name: str, make: Any) -> str:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def _missing(self) -> tuple[str, str]:
        raw = self._graph.columns(INPUT, self._views.numbers)
        return raw, self._graph.node("IsNaN", raw)

    def _numbers(self) -> str:
        raw, missing = self._missing()
        self._made["missing"] = missing
        return self._graph.node("Where", missing, self._graph.constant(self._views.medians[None]), raw)

    def _gaps(self) -> str:
        self.numbers()
        return self._graph.floats(self._graph.columns(self._made["missing"], self._views.gaps))

    def _codes(self) -> str:
        raw = self._graph.columns(INPUT, self._views.categories)
        missing = self._graph.node("IsNaN", raw)
        return self._graph.node("Where", missing, self._graph.number(MISSING_CODE), raw)

    def _plain(self) -> str:
        graph, views = self._graph, self._views
        parts = []
        if len(views.numbers):
            centred = graph.node("Sub", self.numbers(), graph.constant(views.mean[None]))
            parts.append(graph.node("Mul", centred, graph.constant(views.scale[None])))
        if len(views.gaps):
            parts.append(self.gaps())
        parts += [self._flags(self.codes(), views.levels)] if len(views.levels.value) else []
        parts += [self._flags(self.numbers(), views.few)] if len(views.few.value) else []
        return graph.joined(parts)

    def _flags(self, source: str, columns: Columns) -> str:
        graph = self._graph
        picked = graph.columns(source, columns.position)
        return graph.floats(graph.node("Equal", picked, graph.constant(columns.value[None])))


def _tree_terms(graph: _Graph, seen: _Seen, ensemble: Ensemble) -> list[str]:
    """Add up all boosters in one node, and all forests in another with an output for each."""
    fits = [
        (member.weight / len(member.fits), fit)
        for member in ensemble.members
        for fit in member.fits
        if isinstance(fit, (BoosterFit, ForestFit))
    ]
    if not fits:
        return []
    source = seen.trees([fit.table for _, fit in fits])
    boosted: list[tuple[int, float, Tree]] = []
    voted: list[tuple[int, float, Tree]] = []
    forest_shares: list[float] = []
    base = 0.0
    for table, (share, fit) in enumerate(fits):
        place = _Place(ensemble.views, table, len(fits))
        if isinstance(fit, BoosterFit):
            trees, begins = fit.trees()
            boosted += [(0, share, place(tree)) for tree in trees]
            base += share * begins
        else:
            voted += [(len(forest_shares), 1.0, place(tree)) for tree in forest_trees(fit.forest)]
            forest_shares.append(share)
    terms = []
    if boosted:
        graph.nodes.append(tree_node(boosted, [base], source, "boosted"))
        terms.append("boosted")
    if voted:
        graph.nodes.append(tree_node(voted, [UNDECIDED] * len(forest_shares), source, "votes"))
        against = graph.node("Sub", graph.number(TREES + 2 * UNDECIDED), "votes")
        logits = graph.node("Sub", graph.node("Log", "votes"), graph.node("Log", against))
        terms.append(graph.node("MatMul", logits, graph.constant(np.array(forest_shares)[:, None])))
    return terms


@dataclass(frozen=True, slots=True)
class _Place:
    """Turns a tree's features into columns of the view that holds the encodings by all tables.

    In that view all encodings of a category stand beside each other, one for each table.
    """

    views: Views
    table: int
    tables: int

    def __call__(self, tree: Tree) -> Tree:
        fixed = len(self.views.numbers) + len(self.views.gaps)
        category = tree.feature - fixed
        feature = np.where(category >= 0, fixed + category * self.tables + self.table, tree.feature)
        return merged(replace(tree, feature=feature))


def _linear_terms(graph: _Graph, seen: _Seen, ensemble: Ensemble) -> list[str]:
    """Add up all linear members in one form, and all networks in one; the intercepts are a term of their own."""
    views = ensemble.views
    shares = [(member.weight / len(member.fits), fit) for member in ensemble.members for fit in member.fits]
    linear = [(share, fit) for share, fit in shares if isinstance(fit, LinearFit)]
    networks = [(share, fit) for share, fit in shares if isinstance(fit, NetworkFit)]
    intercept = sum(share * fit.intercept for share, fit in linear) + sum(share * fit.bias for share, fit in networks)
    terms = [graph.number(intercept)]
    if linear:
        width = views.plain_width
        plain = sum((share * fit.coefficients[:width] for share, fit in linear), np.zeros(width))
        terms.append(graph.node("MatMul", seen.plain(), graph.constant(plain[:, None])))
        hinged = [(share, fit) for share, fit in linear if fit.has_hinges and len(views.knots.value)]
        if hinged:
            slopes = sum((share * fit.coefficients[width:] for share, fit in hinged), np.zeros(len(views.knots.value)))
            scaled = slopes * views.scale[views.knots.position]
            terms.append(graph.node("MatMul", seen.hinges(), graph.constant(scaled[:, None])))
    if networks:
        bounds = (graph.constant(-LARGEST_INPUT), graph.constant(LARGEST_INPUT))
        inputs = graph.node("Clip", seen.plain(), *bounds)
        hidden = graph.node(
            "Gemm",
            inputs,
            graph.constant(np.hstack([fit.hidden for _, fit in networks])),
            graph.constant(np.hstack([fit.hidden_bias for _, fit in networks])),
        )
        output = np.concatenate([share * fit.output for share, fit in networks])
        terms.append(graph.node("MatMul", graph.node("Relu", hidden), graph.constant(output[:, None])))
    return terms
