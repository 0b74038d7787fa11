"""The ensemble as one ONNX graph: what its members share is computed once, and what can be added up is one node."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.scoring.graph import OUTPUT
from keepfit.training.ensemble.boosters import BoosterFit
from keepfit.training.ensemble.ensemble import Ensemble
from keepfit.training.ensemble.forest import TREES, UNDECIDED, ForestFit
from keepfit.training.ensemble.linear import LinearFit
from keepfit.training.ensemble.network import LARGEST_INPUT, NetworkFit
from keepfit.training.ensemble.views import MISSING_CODE, Categories, Columns, Views
from keepfit.training.export import OPSET
from keepfit.training.nodes import Nodes
from keepfit.training.trees import Tree, forest_trees, merged, tree_node

_FORMAT = 8  # of the file, that of opset 18
INPUT = "features"


def ensemble_graph(ensemble: Ensemble) -> bytes:
    """Return the graph: float32 rows `(n_rows, n_features)` in, probabilities `(n_rows, 2)` out."""
    from onnx import TensorProto, helper  # noqa: PLC0415 - heavy, and only for those who train

    views = ensemble.views
    nodes = Nodes("ensemble")
    seen = _Seen(nodes, views)
    terms = [*_tree_terms(nodes, seen, ensemble), *_linear_terms(nodes, seen, ensemble)]
    pooled = nodes.add("Sum", *terms)
    nodes.both_classes(nodes.add("Sigmoid", pooled), OUTPUT)
    width = len(views.numbers) + len(views.categories)
    model = helper.make_model(
        helper.make_graph(
            nodes.nodes,
            "ensemble",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, width])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 2])],
            nodes.constants,
        ),
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in OPSET.items()],
        ir_version=_FORMAT,
    )
    serialized: bytes = model.SerializeToString()
    return serialized


class _Seen:
    """The parts of the views as nodes, each made on first use."""

    def __init__(self, nodes: Nodes, views: Views) -> None:
        self._nodes, self._views = nodes, views
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

    def flags(self) -> str:
        """Return the categories' columns of 0 and 1."""
        return self._once("flags", lambda: self._flags(self.codes(), self._views.levels))

    def plain(self) -> str:
        """Return the linear view without hinges."""
        return self._once("plain", self._plain)

    def hinges(self) -> str:
        """Return the distances above the knots, not scaled."""
        nodes, knots = self._nodes, self._views.knots
        above = nodes.add("Sub", nodes.columns(self.numbers(), knots.position), nodes.constant(knots.value[None]))
        return nodes.add("Relu", above)

    def trees(self, tables: list[NDArray[np.float32]]) -> str:
        """Return the view for all trees: numbers, indicators, columns of 0 and 1, then each category by each table."""
        nodes, views = self._nodes, self._views
        parts = ([self.numbers()] if len(views.numbers) else []) + ([self.gaps()] if len(views.gaps) else [])
        if len(views.categories):
            parts.append(self.flags())
        if tables and len(views.categories):
            shifted = nodes.add("Add", self.codes(), nodes.constant((views.offsets - MISSING_CODE)[None]))
            places = nodes.integers(shifted)
            encoded = nodes.add("Gather", nodes.constant(np.column_stack(tables)), places, axis=0)
            width = len(views.categories) * len(tables)
            parts.append(nodes.add("Reshape", encoded, nodes.constant([-1, width], np.int64)))
        return nodes.joined(parts)

    def _once(self, name: str, make: Any) -> str:
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]

    def _missing(self) -> tuple[str, str]:
        raw = self._nodes.columns(INPUT, self._views.numbers)
        return raw, self._nodes.add("IsNaN", raw)

    def _numbers(self) -> str:
        raw, missing = self._missing()
        self._made["missing"] = missing
        return self._nodes.add("Where", missing, self._nodes.constant(self._views.medians[None]), raw)

    def _gaps(self) -> str:
        self.numbers()
        return self._nodes.floats(self._nodes.columns(self._made["missing"], self._views.gaps))

    def _codes(self) -> str:
        raw = self._nodes.columns(INPUT, self._views.categories)
        missing = self._nodes.add("IsNaN", raw)
        return self._nodes.add("Where", missing, self._nodes.number(MISSING_CODE), raw)

    def _plain(self) -> str:
        nodes, views = self._nodes, self._views
        parts = []
        if len(views.numbers):
            centred = nodes.add("Sub", self.numbers(), nodes.constant(views.mean[None]))
            parts.append(nodes.add("Mul", centred, nodes.constant(views.scale[None])))
        if len(views.gaps):
            parts.append(self.gaps())
        parts += [self.flags()] if len(views.levels.value) else []
        parts += [self._flags(self.numbers(), views.few)] if len(views.few.value) else []
        return nodes.joined(parts)

    def _flags(self, source: str, columns: Columns) -> str:
        nodes = self._nodes
        picked = nodes.columns(source, columns.position)
        return nodes.floats(nodes.add("Equal", picked, nodes.constant(columns.value[None])))


def _tree_terms(nodes: Nodes, seen: _Seen, ensemble: Ensemble) -> list[str]:
    """Add up all boosters in one node, and all forests in another with an output for each."""
    fits = [
        (member.weight / len(member.fits), fit)
        for member in ensemble.members
        for fit in member.fits
        if isinstance(fit, (BoosterFit, ForestFit))
    ]
    if not fits:
        return []
    tables = [fit.table for _, fit in fits if fit.categories != "one-hot"]
    source = seen.trees(tables)
    boosted: list[tuple[int, float, Tree]] = []
    voted: list[tuple[int, float, Tree]] = []
    forest_shares: list[float] = []
    base, table = 0.0, 0
    for share, fit in fits:
        place = _Place(ensemble.views, fit.categories, table, len(tables))
        table += fit.categories != "one-hot"
        if isinstance(fit, BoosterFit):
            trees, begins = fit.trees()
            boosted += [(0, share, place(tree)) for tree in trees]
            base += share * begins
        else:
            voted += [(len(forest_shares), 1.0, place(tree)) for tree in forest_trees(fit.forest)]
            forest_shares.append(share)
    terms = []
    if boosted:
        nodes.nodes.append(tree_node(boosted, [base], source, "boosted"))
        terms.append("boosted")
    if voted:
        nodes.nodes.append(tree_node(voted, [UNDECIDED] * len(forest_shares), source, "votes"))
        terms.append(nodes.weighed_logits("votes", TREES + 2 * UNDECIDED, forest_shares))
    return terms


@dataclass(frozen=True, slots=True)
class _Place:
    """Turns the features of a tree, columns of its own view, into columns of the view of all trees.

    Attributes
    ----------
    views
        How a matrix is looked at.
    categories
        In which form the tree sees the categories.
    table, tables
        Which of how many tables encodes them: in the view of all trees, each category stands once for each table.
    """

    views: Views
    categories: Categories
    table: int
    tables: int

    def __call__(self, tree: Tree) -> Tree:
        fixed = len(self.views.numbers) + len(self.views.gaps)
        flags = len(self.views.levels.value)
        own = tree.feature - fixed
        encoded = 0 if self.categories == "one-hot" else len(self.views.categories)
        feature = np.where(
            own < 0,
            tree.feature,
            np.where(own < encoded, fixed + flags + own * self.tables + self.table, fixed + own - encoded),
        )
        return merged(replace(tree, feature=feature))


def _linear_terms(nodes: Nodes, seen: _Seen, ensemble: Ensemble) -> list[str]:
    """Add up all linear members in one form, and all networks in one; the intercepts are a term of their own."""
    views = ensemble.views
    shares = [(member.weight / len(member.fits), fit) for member in ensemble.members for fit in member.fits]
    linear = [(share, fit) for share, fit in shares if isinstance(fit, LinearFit)]
    networks = [(share, fit) for share, fit in shares if isinstance(fit, NetworkFit)]
    intercept = sum(share * fit.intercept for share, fit in linear) + sum(share * fit.bias for share, fit in networks)
    terms = [nodes.number(intercept)]
    if linear:
        width = views.plain_width
        plain = sum((share * fit.coefficients[:width] for share, fit in linear), np.zeros(width))
        terms.append(nodes.add("MatMul", seen.plain(), nodes.constant(plain[:, None])))
        hinged = [(share, fit) for share, fit in linear if fit.has_hinges and len(views.knots.value)]
        if hinged:
            slopes = sum((share * fit.coefficients[width:] for share, fit in hinged), np.zeros(len(views.knots.value)))
            scaled = slopes * views.scale[views.knots.position]
            terms.append(nodes.add("MatMul", seen.hinges(), nodes.constant(scaled[:, None])))
    if networks:
        bounds = (nodes.constant(-LARGEST_INPUT), nodes.constant(LARGEST_INPUT))
        inputs = nodes.add("Clip", seen.plain(), *bounds)
        hidden = nodes.add(
            "Gemm",
            inputs,
            nodes.constant(np.hstack([fit.hidden for _, fit in networks])),
            nodes.constant(np.hstack([fit.hidden_bias for _, fit in networks])),
        )
        output = np.concatenate([share * fit.output for share, fit in networks])
        terms.append(nodes.add("MatMul", nodes.add("Relu", hidden), nodes.constant(output[:, None])))
    return terms
