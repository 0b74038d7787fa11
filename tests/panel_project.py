"""A recommender of two products whose answers are known: each is offered to whoever has it not, a loan first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx

from keepfit.bundle import Bundle, BundleFacts, Lineage, Pointer, Recipe
from keepfit.date_text import date_text
from keepfit.ownership import history_names
from keepfit.panel_columns import PanelColumns
from keepfit.profiles import build_profile
from keepfit.scoring import history_door
from keepfit.signature import Column, Kind, Offers, Outcome, Signature
from keepfit.workflows.rooms import Rooms

PRODUCTS = ("card", "loan")
PANEL = PanelColumns("id", "month", PRODUCTS, "%Y-%m-%d|%d-%m-%Y")
SIGNATURE = Signature(
    (
        Column("month", Kind.DATE, False, 16_648.0, 16_919.0, format=PANEL.date_format),
        Column("since", Kind.DATE, True, 10_000.0, 16_900.0, format="%d-%m-%Y"),
        *(Column(product, Kind.INTEGER, True, 0.0, 1.0) for product in PRODUCTS),
        *(Column(name, Kind.INTEGER, is_past=True) for name in history_names(PRODUCTS, PANEL.lags)),
    ),
    Outcome("added", "nothing", "something"),
    entity="id",
    offers=Offers(PANEL, PRODUCTS, {}, "since"),
)
PROJECT = '[project]\nname = "bank"\n[data]\nsource = "t.csv"\ntarget = "added"\nentity = "id"\n'


def make_panel_project(folder: Path) -> Rooms:
    """Write a project and its champion, a recommender whose reference is four hundred rows."""
    (folder / "keepfit.toml").write_text(PROJECT)
    rooms = Rooms.open(folder)
    made = _add_champion(rooms)
    rooms.store.point("champion", Pointer(made.facts.version, made.digest, 1))
    return rooms


def _add_champion(rooms: Rooms) -> Bundle:
    rng = np.random.default_rng(0)
    records = [
        {
            "month": date_text(day),
            "since": date_text(day - int(rng.integers(0, 5000)), "%d-%m-%Y"),
            "card": int(rng.integers(2)),
            "loan": int(rng.integers(2)),
        }
        for day in rng.choice([16_648, 16_769, 16_919], 400).tolist()
    ]
    matrix = history_door(SIGNATURE).rows(records)
    profile = build_profile(SIGNATURE, matrix, np.full(len(matrix), 0.5))
    lineage = Lineage("t.csv", "file", "t.csv", "f", 10, Recipe("by hand"), 0, "0", "e")

    def facts(version: int) -> BundleFacts:
        thresholds = {"offer_thresholds": (0.5, 0.5)}
        return BundleFacts("bank", version, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {}, "", lineage, **thresholds)

    return rooms.store.add(facts, model=_offers_what_is_not_owned(), profile=profile.to_dict(), card=lambda _: "")


def _offers_what_is_not_owned() -> bytes:
    """Return a graph: 0.6 for a card and 0.8 for a loan, NaN for what is owned; that anything is added is 0.5."""
    node, tensor, value = onnx.helper.make_node, onnx.helper.make_tensor, onnx.helper.make_tensor_value_info
    kind = onnx.TensorProto.FLOAT
    nodes = [
        node("Gather", ["x", "places"], ["flags"], axis=1),
        node("Greater", ["flags", "half"], ["owned"]),
        node("Where", ["owned", "unknown", "offered"], ["offers"]),
        node("Cast", ["owned"], ["ones"], to=kind),
        node("Mul", ["ones", "zero"], ["zeros"]),
        node("Add", ["zeros", "half"], ["probabilities"]),
    ]
    weights = [
        tensor("places", onnx.TensorProto.INT64, [2], [2, 3]),
        tensor("half", kind, [], [0.5]),
        tensor("zero", kind, [], [0.0]),
        tensor("unknown", kind, [], [np.nan]),
        tensor("offered", kind, [2], [0.6, 0.8]),
    ]
    told = [value(name, kind, [None, 2]) for name in ("probabilities", "offers")]
    shape = [value("x", kind, [None, len(SIGNATURE.columns)])]
    graph = onnx.helper.make_graph(nodes, "offers", shape, told, weights)
    return onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()
