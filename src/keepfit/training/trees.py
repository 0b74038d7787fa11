"""Trees of any library in one form."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.arrays import Floats

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
LEAF = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary tree; a row goes left where its feature is at most the threshold, and right where it is missing.

    Attributes
    ----------
    feature
        Feature that each node asks for, -1 in a leaf, `(n_nodes,)`; node 0 is the root.
    threshold
        What it is compared with, float32, so that float32 rows go the same way as in the library.
    left, right
        Numbers of the two children.
    value
        What a leaf adds.
    is_level
        Nodes where a row goes left if its feature is another number than the threshold, or missing, `(n_nodes,)`; None
        for none.
    """

    feature: Integers
    threshold: NDArray[np.float32]
    left: Integers
    right: Integers
    value: Floats
    is_level: Flags | None = None


def merged(tree: Tree) -> Tree:
    """Return a tree without splits between equal leaves, or that lead to one place: smaller, with the same answers."""
    feature, value = tree.feature.copy(), tree.value.copy()
    goal = np.where((feature >= 0) & (tree.left == tree.right), tree.left, np.arange(len(feature)))
    while (goal[goal] != goal).any():
        goal = goal[goal]
    tree = replace(tree, left=goal[tree.left], right=goal[tree.right])
    while True:
        inner = np.flatnonzero(feature >= 0)
        left, right = tree.left[inner], tree.right[inner]
        is_idle = (feature[left] < 0) & (feature[right] < 0)
        is_idle &= value[left].astype(np.float32) == value[right].astype(np.float32)
        idle = inner[is_idle]
        if not len(idle):
            break
        value[idle], feature[idle] = value[tree.left[idle]], LEAF
    kept, waiting = [], [int(goal[0])]
    while waiting:
        node = waiting.pop()
        kept.append(node)
        if feature[node] >= 0:
            waiting += [int(tree.right[node]), int(tree.left[node])]
    numbers = np.zeros(len(feature), np.int64)
    numbers[kept] = np.arange(len(kept))
    return replace(
        tree,
        feature=feature[kept],
        threshold=tree.threshold[kept],
        left=numbers[tree.left[kept]],
        right=numbers[tree.right[kept]],
        value=value[kept],
        is_level=None if tree.is_level is None else tree.is_level[kept],
    )


def is_forest(estimator: Any) -> bool:
    """Whether an estimator is a forest of scikit-learn."""
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier  # noqa: PLC0415 - heavy, and for training

    return isinstance(estimator, (ExtraTreesClassifier, RandomForestClassifier))


def forest_trees(forest: Any) -> Iterator[Tree]:
    """Yield the trees of a scikit-learn forest; the leaves hold votes for class 1, which add up exactly when whole."""
    for estimator in forest.estimators_:
        tree = estimator.tree_
        feature = np.where(tree.children_left < 0, LEAF, tree.feature)
        value = tree.value[:, 0, 1]
        yield Tree(feature, _below(tree.threshold), tree.children_left, tree.children_right, value)


def lightgbm_trees(booster: Any, rounds: int) -> Iterator[Tree]:
    """Yield the first trees of a LightGBM booster; the leaves add up to the logit."""
    header, *texts = booster.model_to_string(num_iteration=rounds).split("\nTree=")
    share = 1 / len(texts) if "\naverage_output\n" in header else 1.0  # a forest of LightGBM
    for text in texts:
        facts = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        value = np.array(facts["leaf_value"].split(), np.float64) * share
        inner = len(value) - 1
        if not inner:
            yield Tree(np.array([LEAF]), np.zeros(1, np.float32), np.zeros(1, np.int64), np.zeros(1, np.int64), value)
            continue
        children = [np.array(facts[name].split(), np.int64) for name in ("left_child", "right_child")]
        left, right = (np.where(child < 0, inner + ~child, child) for child in children)  # leaves count from -1 down
        padding = np.zeros(len(value), np.int64)
        yield Tree(
            np.append(np.array(facts["split_feature"].split(), np.int64), padding + LEAF),
            np.append(_below(np.array(facts["threshold"].split(), np.float64)), padding).astype(np.float32),
            np.append(left, padding),
            np.append(right, padding),
            np.append(np.zeros(inner), value),
        )


def xgboost_trees(booster: Any, rounds: int) -> tuple[list[Tree], float]:
    """Return the first trees of an XGBoost booster, and what they add to; the leaves add up to the logit."""
    trees = []
    grown = json.loads(bytes(booster.save_raw("json")))["learner"]["gradient_booster"]
    model = grown["gbtree"]["model"] if "gbtree" in grown else grown["model"]
    shares = grown.get("weight_drop") or [1.0] * len(model["trees"])  # of DART, which weighs its trees
    for share, facts in list(zip(shares, model["trees"], strict=True))[:rounds]:
        left = np.array(facts["left_children"], np.int64)
        is_leaf = left < 0
        split = np.array(facts["split_conditions"], np.float32)
        trees.append(
            Tree(
                np.where(is_leaf, LEAF, np.array(facts["split_indices"], np.int64)),
                np.nextafter(split, np.float32(-np.inf)),  # it goes left below the threshold, and not at it
                np.where(is_leaf, 0, left),
                np.where(is_leaf, 0, np.array(facts["right_children"], np.int64)),
                np.where(is_leaf, split, 0).astype(np.float64) * share,
            )
        )
    told = json.loads(booster.save_config())["learner"]["learner_model_param"]["base_score"]
    share = float(str(told).strip("[]"))
    return trees, float(np.log(share / (1 - share)))


def catboost_trees(model: Any, rounds: int) -> tuple[list[Tree], float]:
    """Return the first trees of a CatBoost model, and what they add to; the leaves add up to the logit."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.json"
        model.save_model(str(file), format="json")
        facts = json.loads(file.read_text(encoding="utf-8"))
    scale, bias = facts["scale_and_bias"]
    trees = [_symmetric(tree, scale) for tree in facts["oblivious_trees"][:rounds]]
    return trees, float(bias[0] if isinstance(bias, list) else bias)


def _symmetric(facts: dict[str, Any], scale: float) -> Tree:
    """Return CatBoost's tree, which asks the same on each level; the first split is the lowest bit of the leaf."""
    splits = list(reversed(facts["splits"] or []))
    feature = [split["float_feature_index"] for level, split in enumerate(splits) for _ in range(2**level)]
    threshold = [split["border"] for level, split in enumerate(splits) for _ in range(2**level)]
    inner, leaves = 2 ** len(splits) - 1, 2 ** len(splits)
    children, padding = np.arange(inner), np.zeros(leaves, np.int64)
    return Tree(
        np.append(np.array(feature, np.int64), padding + LEAF),
        np.append(np.array(threshold, np.float32), padding).astype(np.float32),
        np.append(2 * children + 1, padding),
        np.append(2 * children + 2, padding),
        np.append(np.zeros(inner), np.array(facts["leaf_values"][:leaves]) * scale),
    )


def _below(threshold: Floats) -> NDArray[np.float32]:
    """Return the largest float32 that is not above: float32 rows go the same way as by the float64 threshold."""
    rounded = threshold.astype(np.float32)
    lower = np.nextafter(rounded, np.float32(-np.inf))
    found: NDArray[np.float32] = np.where(rounded.astype(np.float64) > threshold, lower, rounded)
    return found
