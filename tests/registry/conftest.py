"""Stores with whole bundles, and a journal for their ledger."""

from __future__ import annotations

import pytest

from keepfit.bundle import BundleFacts, BundleStore, Lineage, Recipe
from keepfit.errors import TrackingError
from keepfit.journal import open_journal
from keepfit.registry import Registry
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature((Column("x", Kind.NUMBER),), Outcome("y", "no", "yes"))


def facts(version: int) -> BundleFacts:
    lineage = Lineage("t", "file", "t.csv", "f", 10, Recipe("xgboost", {}), 42, "0", "e")
    return BundleFacts("credit", version, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {}, "", lineage)


class Tracking:
    """MLflow's place: it keeps aliases, and may be away."""

    def __init__(self) -> None:
        self.aliases: dict[str, int | None] = {}
        self.is_away = False

    def set_alias(self, alias: str, version: int | None) -> None:
        if self.is_away:
            raise TrackingError("is away", where="http://127.0.0.1:9")
        self.aliases[alias] = version


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'journal.db'}"


@pytest.fixture
def journal(url):
    with open_journal(url) as journal:
        yield journal


@pytest.fixture
def store(tmp_path):
    store = BundleStore(tmp_path / "bundles")
    for _ in range(4):
        store.add(facts, model=b"graph", profile={}, card=lambda _: "")
    return store


@pytest.fixture
def tracking():
    return Tracking()


@pytest.fixture
def registry(journal, store, tracking):
    return Registry(journal, store, "credit", lambda: tracking)
