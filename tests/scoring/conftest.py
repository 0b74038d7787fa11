"""A scorer of a model that takes every kind of column."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from keepfit.bundle import BundleFacts, Lineage, Recipe, read_bundle, write_bundle
from keepfit.project.training_section import TrainingSection
from keepfit.scoring import Scorer
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import SearchRows, search

EVERY_KIND = Signature(
    (
        Column("age", Kind.INTEGER, minimum=18, maximum=68, missing_values=("-1",)),
        Column("income", Kind.NUMBER, minimum=0, maximum=1000),
        Column("rooms", Kind.INTEGER, minimum=1, maximum=9, missing_values=("NA", "0"), is_written_as_text=True),
        Column("job", Kind.CATEGORY, categories=("fixed", "partime"), spellings=(("Fixed", "fixed"), ("?", "no"))),
        Column("zip", Kind.CATEGORY, categories=("1", "2.5", "07"), missing_values=("-1.0",), spellings=(("3", "1"),)),
        Column("known", Kind.CATEGORY, categories=("true",)),
        Column("owner", Kind.FLAG),
        Column("since", Kind.DATE, minimum=0, maximum=9999, format="%d-%m-%Y", missing_values=("never",)),
    ),
    Outcome("y", "no", "yes"),
    entity="id",
    accepts_unseen=True,
)


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    """A small forest on random rows."""
    rng = np.random.default_rng(0)
    ordered = rng.normal(40, 20, size=(300, 3))
    others = rng.integers(0, 2, size=(300, 5))
    matrix = np.column_stack([ordered, others]).astype(np.float32)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    labels = (np.nan_to_num(matrix[:, 0]) + 20 * rng.normal(size=300) > 40).astype(np.int8)
    rows = SearchRows(matrix, labels, np.arange(200), np.arange(200, 300))
    recipe = Recipe("random_forest", {"n_estimators": 20, "max_depth": 5})
    found = search([recipe], EVERY_KIND, rows, section=TrainingSection(folds=2, calibration="none"), seed=0)
    facts = BundleFacts(
        "t",
        7,
        "2026-01-01T00:00:00.000Z",
        EVERY_KIND,
        0.5,
        {},
        "",
        Lineage("t", "file", "t.csv", "f", 300, recipe, 0, "0", "e"),
    )
    path = tmp_path_factory.mktemp("bundles") / "v7"
    write_bundle(path, facts, model=found.best.model.to_onnx(), profile={}, card="")
    return read_bundle(path)


@pytest.fixture(scope="session")
def scorer_for(bundle):
    """Makes scorers of the same model under a stricter signature, each once."""
    made: dict[Signature, Scorer] = {}

    def scorer(optional=None, *, accepts_unseen: bool = True, out_of_range: str = "accept") -> Scorer:
        flags = optional or [True] * len(EVERY_KIND.columns)
        columns = tuple(
            replace(one, optional=is_so, out_of_range=out_of_range)
            for one, is_so in zip(EVERY_KIND.columns, flags, strict=True)
        )
        signature = replace(EVERY_KIND, columns=columns, accepts_unseen=accepts_unseen)
        if signature not in made:
            made[signature] = Scorer(replace(bundle, facts=replace(bundle.facts, signature=signature)))
        return made[signature]

    return scorer
