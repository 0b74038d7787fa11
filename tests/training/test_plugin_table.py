"""Models and steps of other packages."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from keepfit.bundle import Recipe
from keepfit.errors import TrainingError
from keepfit.project.training_section import FeatureStep, TrainingSection
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import FittedModel, check_parity
from keepfit.training.families import FAMILIES, Family
from keepfit.training.pipelines import build_pipeline
from keepfit.training.steps import STEPS, Step

SIGNATURE = Signature((Column("x", Kind.NUMBER), Column("z", Kind.NUMBER)), Outcome("y", "no", "yes"))


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(300, 2)).astype(np.float32)
    return matrix, (np.abs(matrix[:, 0]) + rng.normal(0, 0.3, 300) > 1).astype(np.int8)


def test_members_are_loaded_when_they_are_asked_for(example_package):
    """They are what their package made; built-in tables do not grow by looking at them."""
    assert STEPS["rings"].description.startswith("How far")
    assert not FAMILIES["naive_bayes"].count
    assert "naive_bayes" not in FAMILIES.built_in
    assert FAMILIES.get("nobody") is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("not_there", r'entry point "not_there" of keepfit.models \(keepfit_rings:not_there\): cannot be loaded'),
        ("not_one", "is a function, and no Family; see docs/extending.md"),
    ],
)
def test_a_member_that_is_none_is_told(example_package, name, said):
    """Whose it is, and what is wrong with it."""
    with pytest.raises(TrainingError, match=said):
        FAMILIES[name]


def test_a_model_that_the_exporter_knows_becomes_a_graph(example_package, rows):
    """Naive Bayes of scikit-learn, registered by another package, passes the gate as our own do."""
    fitted = build_pipeline(Recipe("naive_bayes", {}), SIGNATURE, TrainingSection(), seed=0).fit(*rows)
    graph = FittedModel("naive_bayes", fitted, 2).to_onnx()
    assert check_parity(fitted.predict_proba(rows[0])[:, 1], graph, rows[0], 2.0) <= 1e-5


def test_a_step_without_a_converter_is_told(example_package, rows):
    """No graph can hold it, and what to do."""
    section = TrainingSection(features=[FeatureStep(step="rings", columns=["x"], parameters={"width": 0.5})])
    fitted = build_pipeline(Recipe("logistic_regression", {}), SIGNATURE, section, seed=0).fit(*rows)
    with pytest.raises(TrainingError, match=r'no graph can hold it .*Rings.*declare \[project\] pipelines = "apart"'):
        FittedModel("logistic_regression", fitted, 2).to_onnx()


def test_the_example_of_the_docs_works(rows):
    """What docs/extending.md shows can be registered as it stands."""
    text = (Path(__file__).parents[2] / "docs" / "extending.md").read_text()
    code, _ = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    shown = {}
    exec(compile(code, "extending.md", "exec"), shown)
    assert isinstance(shown["rings"], Step)
    assert isinstance(shown["naive_bayes"], Family)
    made = shown["rings"].build(SIGNATURE.columns, {"width": 0.5}, 0).fit(*rows)
    assert made.transform(rows[0]).shape == rows[0].shape
    assert shown["naive_bayes"].build({}, 0).fit(*rows).predict_proba(rows[0]).shape == (300, 2)
