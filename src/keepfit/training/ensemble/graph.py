"""The ensemble as one ONNX graph: what its members share is computed once, and what can be added up is one node."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from keepfit.scoring.graph import OUTPUT
from keepfit.training.ensemble.boosters import BoosterFit
from keepfit.training.ensemble.ensemble import Ensemble
from keepfit.training.ensemble.forest import TREES, UNDECIDED, ForestFit
from keepfit.training.ensemble.linear import LinearFit
from keepfit.training.ensemble.network import LARGEST_INPUT, NetworkFit
from keepfit.training.ensemble.views import MISSING_CODE, Categories, Views
from keepfit.training.finished import finished
from keepfit.training.nodes import INPUT, Nodes
from keepfit.training.tree_node import tree_node
from keepfit.training.trees import Tree, forest_trees, merged

T = TypeVar("T")


def ensemble_graph(ensemble: Ensemble) -> bytes:
    """Return the graph: float32 rows `(n_rows, n_features)` in, probabilities `(n_rows, 2)` out."""
    views = ensemble.views
    nodes = Nodes("ensemble")
    seen = _Seen(nodes, views)
    terms, spared = _tree_terms(nodes, seen, ensemble)
    spared += _linear_terms(nodes, seen, ensemble)
    if spared:
        terms.append(nodes.without_spare(nodes.add("Sum", *spared) if len(spared) > 1 else spared[0]))
    pooled = nodes.add("Sum", nodes.number(_intercept(ensemble)), *terms)
    nodes.both_logits(pooled, OUTPUT)
    return finished(nodes.model(len(views.numbers) + len(views.categories)))


class _Seen:
    """The parts of the views as nodes, each made on first use."""

    def __init__(self, nodes: Nodes, views: Views) -> None:
        self._nodes, self._views = nodes, views
        self._made: dict[str, str] = {}

    def numbers(self) -> str:
        """Return the numbers without gaps."""
        return self._once("numbers", lambda: self._nodes.columns(self._filled(), self._views.numbers))

    def gaps(self) -> str:
        """Return the indicators of gaps."""
        return self._once("gaps", self._gaps)

    def codes(self) -> str:
        """Return the categories' codes, -1 for missing."""
        return self._once("codes", lambda: self._nodes.columns(self._filled(), self._views.categories))

    def flags(self) -> str:
        """Return the categories' columns of 0 and 1."""
        levels = self._views.levels
        return self._once("flags", lambda: self._flags(self._views.categories[levels.position], levels.value))

    def plain(self) -> str:
        """Return the linear view without hinges, and a spare row."""
        return self._once("plain", self._plain)

    def hinges(self) -> str:
        """Return the distances above the knots, not scaled, and a spare row."""
        nodes, knots = self._nodes, self._views.knots
        numbers = nodes.with_spare(nodes.columns(self.numbers(), knots.position))
        return nodes.add("Relu", nodes.add("Sub", numbers, nodes.constant(knots.value[None])))

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

    def _filled(self) -> str:
        """Return the matrix without gaps: medians for numbers, -1 for categories."""
        views = self._views
        fillers = np.full(len(views.numbers) + len(views.categories), MISSING_CODE, np.float32)
        fillers[views.numbers] = views.medians
        return self._once("filled", lambda: self._nodes.filled(INPUT, fillers))

    def _gaps(self) -> str:
        nodes, views = self._nodes, self._views
        return nodes.floats(nodes.add("IsNaN", nodes.columns(INPUT, views.numbers[views.gaps])))

    def _plain(self) -> str:
        nodes, views = self._nodes, self._views
        parts = []
        if len(views.numbers):
            centred = nodes.add("Sub", self.numbers(), nodes.constant(views.mean[None]))
            parts.append(nodes.add("Mul", centred, nodes.constant(views.scale[None])))
        if len(views.gaps):
            parts.append(self.gaps())
        parts += [self.flags()] if len(views.levels.value) else []
        parts += [self._flags(views.numbers[views.few.position], views.few.value)] if len(views.few.value) else []
        return nodes.with_spare(nodes.joined(parts))

    def _flags(self, positions: NDArray[np.int64], values: NDArray[np.float32]) -> str:
        nodes = self._nodes
        picked = nodes.columns(self._filled(), positions)
        return nodes.floats(nodes.add("Equal", picked, nodes.constant(values[None])))


def _tree_terms(nodes: Nodes, seen: _Seen, ensemble: Ensemble) -> tuple[list[str], list[str]]:
    """Add up all boosters in one node, and all forests in another with an output for each: those have a spare row."""
    fits = [
        (member.weight / len(member.fits), fit)
        for member in ensemble.members
        for fit in member.fits
        if isinstance(fit, (BoosterFit, ForestFit))
    ]
    if not fits:
        return [], []
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
    if boosted:
        nodes.nodes.append(tree_node(boosted, [base], source, "boosted"))
    if voted:
        nodes.nodes.append(tree_node(voted, [UNDECIDED] * len(forest_shares), source, "votes"))
    spared = [nodes.weighed_logits("votes", TREES + 2 * UNDECIDED, forest_shares)] if voted else []
    return ["boosted"] if boosted else [], spared


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


def _fits_of(ensemble: Ensemble, kind: type[T]) -> list[tuple[float, T]]:
    shares = [(member.weight / len(member.fits), fit) for member in ensemble.members for fit in member.fits]
    return [(share, fit) for share, fit in shares if isinstance(fit, kind)]


def _intercept(ensemble: Ensemble) -> float:
    linear = sum(share * fit.intercept for share, fit in _fits_of(ensemble, LinearFit))
    return linear + sum(share * fit.bias for share, fit in _fits_of(ensemble, NetworkFit))


def _linear_terms(nodes: Nodes, seen: _Seen, ensemble: Ensemble) -> list[str]:
    """Add up all linear members in one form, and all networks in one, with a spare row each and no intercept."""
    views, terms = ensemble.views, []
    linear, networks = _fits_of(ensemble, LinearFit), _fits_of(ensemble, NetworkFit)
    if linear:
        width = views.plain_width
        plain = sum((share * fit.coefficients[:width] for share, fit in linear), np.zeros(width))
        terms.append(nodes.product("MatMul", seen.plain(), plain[:, None]))
        hinged = [(share, fit) for share, fit in linear if fit.has_hinges and len(views.knots.value)]
        if hinged:
            slopes = sum((share * fit.coefficients[width:] for share, fit in hinged), np.zeros(len(views.knots.value)))
            scaled = slopes * views.scale[views.knots.position]
            terms.append(nodes.product("MatMul", seen.hinges(), scaled[:, None]))
    if networks:
        bounds = (nodes.constant(-LARGEST_INPUT), nodes.constant(LARGEST_INPUT))
        inputs = nodes.add("Clip", seen.plain(), *bounds)
        weights = np.hstack([fit.hidden for _, fit in networks])
        hidden = nodes.product("Gemm", inputs, weights, np.hstack([fit.hidden_bias for _, fit in networks]))
        output = np.concatenate([share * fit.output for share, fit in networks])
        terms.append(nodes.product("MatMul", nodes.add("Relu", hidden), output[:, None]))
    return terms
