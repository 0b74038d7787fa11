"""What every test begins with: no home, no project, no network of the person who runs them."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import onnx
import pytest

from keepfit.bundle import BundleFacts, BundleStore, Lineage, Pointer, Recipe
from keepfit.signature import Column, Kind, Outcome, Signature

hypothesis.settings.register_profile("keepfit", deadline=None)  # a machine may be slow: time is for benchmarks
hypothesis.settings.load_profile("keepfit")

DATASETS = Path(__file__).parents[1] / ".." / "shared" / "datasets"
OWN_SETTINGS = ("KEEPFIT_HOME", "KEEPFIT_PROJECT", "KEEPFIT_ACTOR", "KEEPFIT_DATA_MIRROR", "MLFLOW_TRACKING_URI")


@pytest.fixture(scope="session", autouse=True)
def _out_of_reach(tmp_path_factory):
    """Keep the real home, its settings and the network out of reach, of fixtures of every scope too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        for name in OWN_SETTINGS:
            patch.delenv(name, raising=False)
        patch.setenv("KEEPFIT_OFFLINE", "1")
        yield


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The folder of real tables; what needs it is skipped without it."""
    if not DATASETS.is_dir():
        pytest.skip("the real tables are not at hand (../shared/datasets)")
    return DATASETS


@pytest.fixture(scope="session")
def make_scoring_project():
    """Makes a project whose champion scores at once: the probability is age in percent, 0.5 where it is missing."""

    def make(folder: Path, *, data: str = "", unseen: bool = True, optional: bool = True) -> Path:
        columns = (
            Column("age", Kind.INTEGER, optional, minimum=0, maximum=90),
            Column("income", Kind.NUMBER, optional, minimum=0, maximum=1000),
            Column("job", Kind.CATEGORY, categories=("fixed", "partime")),
        )
        signature = Signature(columns, Outcome("y", "no", "yes"), entity="id", accepts_unseen=unseen)
        lineage = Lineage("t.csv", "file", "t.csv", "f", 10, Recipe("by hand"), 0, "0", "e")

        def facts(version: int) -> BundleFacts:
            return BundleFacts("t", version, "2026-01-01T00:00:00.000Z", signature, 0.5, {}, "", lineage)

        text = f'[project]\nname = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\nentity = "id"\n{data}\n'
        (folder / "keepfit.toml").write_text(text)
        store = BundleStore(folder / ".keepfit" / "bundles")
        made = store.add(facts, model=_age_in_percent(len(columns)), profile={}, card=lambda _: "")
        store.point("champion", Pointer(made.facts.version, made.digest, 1))
        return folder

    return make


def _age_in_percent(columns: int) -> bytes:
    """Return a graph: the first column divided by 100, between 0 and 1."""
    node, tensor, value = onnx.helper.make_node, onnx.helper.make_tensor, onnx.helper.make_tensor_value_info
    kind = onnx.TensorProto.FLOAT
    constants = {"hundred": 100.0, "zero": 0.0, "one": 1.0, "missing": 50.0}
    weights = [tensor(name, kind, [], [number]) for name, number in constants.items()]
    nodes = [
        node("Gather", ["x", "first"], ["age"], axis=1),
        node("IsNaN", ["age"], ["unknown"]),
        node("Where", ["unknown", "missing", "age"], ["known"]),
        node("Div", ["known", "hundred"], ["share"]),
        node("Clip", ["share", "zero", "one"], ["positive"]),
        node("Sub", ["one", "positive"], ["negative"]),
        node("Concat", ["negative", "positive"], ["probabilities"], axis=1),
    ]
    first = tensor("first", onnx.TensorProto.INT64, [1], [0])
    shapes = [value("x", kind, [None, columns])], [value("probabilities", kind, [None, 2])]
    graph = onnx.helper.make_graph(nodes, "age", *shapes, [*weights, first])
    return onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()
