"""The model card."""

from __future__ import annotations

from keepfit.bundle import BundleFacts, Lineage, Recipe
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.training import model_card

SIGNATURE = Signature(
    (Column("Age", Kind.INTEGER, minimum=18, maximum=68), Column("Job", Kind.CATEGORY, categories=("fixed", "other"))),
    Outcome("Status", "bad", "good"),
)


def card(origin: str) -> str:
    lineage = Lineage(
        "credit",
        origin,
        "there",
        "f" * 64,
        3563,
        Recipe("xgboost", {"max_depth": 3}),
        42,
        "0.1.0",
        "e" * 64,
        "r1",
        journal_ranges=((5, 9),),
    )
    facts = BundleFacts(
        "credit", 7, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {"f1": (0.81, 0.78, 0.84)}, "chosen among 50", lineage
    )
    return model_card(facts, description="Good or bad credit.", baseline={"f1": 0.7})


def test_a_card_says_what_a_reviewer_asks():
    """Data, protocol, scores with interval and baseline, columns, recipe and limits stand in it."""
    text = card("mirror")
    for part in (
        "# credit, version 7",
        "Good or bad credit.",
        "`" + "f" * 64 + "`",
        "| journal rows learnt | 5 to 9 |",
        "Chosen among 50.",
        "| F1 | 0.8100 | 0.7800 to 0.8400 | 0.7000 |",
        "| Age | integer | yes | 18 to 68 |",
        "| Job | category | yes | fixed, other |",
        "xgboost max_depth=3; seed 42",
        "## Limits",
    ):
        assert part in text
    assert "Generated data" not in text


def test_a_twin_is_named_loudly():
    """A model of generated rows says that it must not decide anything."""
    assert "> **Generated data: " in card("twin")
