"""Promotion and rollback."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from keepfit.bundle import Pointer
from keepfit.errors import BundleError, PromotionConflictError, RegistryError
from keepfit.journal import open_journal
from keepfit.registry import Registry, promotions


def promote(registry, version, expected, reason="because"):
    return registry.promote(version, actor="ada", reason=reason, evidence={"f1": 0.8}, expected=expected)


def test_a_promotion_is_in_the_ledger_the_pointer_and_the_alias(registry, journal, store, tracking):
    """Who, what, when and on which evidence stands in the ledger; pointer and alias say the same."""
    promoted = promote(registry, 2, None)
    (entry,) = promotions(journal, "credit")
    assert promoted.promotion == entry
    assert (entry.epoch, entry.kind, entry.version, entry.previous) == (1, "promoted", 2, None)
    assert (entry.actor, entry.reason, entry.evidence) == ("ada", "because", {"f1": 0.8})
    assert store.pointer("champion") == entry.pointer
    assert store.champion().facts.version == 2
    assert tracking.aliases == {"champion": 2}
    assert promoted.mirror_fault == ""


def test_an_expectation_that_is_outdated_is_refused(registry, store):
    """Who believes in another champion than there is does not promote."""
    promote(registry, 1, None)
    with pytest.raises(PromotionConflictError, match="the champion is v1, not no champion; look again"):
        promote(registry, 2, None)
    assert store.champion().facts.version == 1


def test_the_champion_is_not_promoted_again(registry):
    """Promoting the champion is an error that changes nothing."""
    promote(registry, 1, None)
    with pytest.raises(RegistryError, match="v1 is champion already; nothing was changed"):
        promote(registry, 1, 1)


def test_an_altered_bundle_is_not_promoted(registry, store, journal):
    """A bundle is verified before the ledger says anything."""
    (store.path(3) / "model.onnx").write_bytes(b"other")
    with pytest.raises(BundleError, match=r"model\.onnx was altered"):
        promote(registry, 3, None)
    assert promotions(journal, "credit") == []


def test_rollback_goes_back_one_champion_at_a_time(registry, store, journal):
    """Two rollbacks go back two champions; the ledger keeps all of it."""
    promote(registry, 1, None)
    promote(registry, 2, 1)
    promote(registry, 3, 2)
    assert registry.rollback(actor="bob", reason="it is worse").promotion.version == 2
    assert registry.rollback(actor="bob", reason="still").promotion.version == 1
    with pytest.raises(RegistryError, match="there is no champion to go back to"):
        registry.rollback(actor="bob", reason="again")
    told = [(entry.kind, entry.version, entry.previous) for entry in promotions(journal, "credit")]
    assert told == [
        ("promoted", 1, None),
        ("promoted", 2, 1),
        ("promoted", 3, 2),
        ("rolled_back", 2, 3),
        ("rolled_back", 1, 2),
    ]
    assert store.champion().facts.version == 1


def test_a_promotion_after_a_rollback_counts_from_there(registry):
    """After a rollback and a new promotion, rolling back leads to the champion that stood in between."""
    promote(registry, 1, None)
    promote(registry, 2, 1)
    registry.rollback(actor="ada", reason="")
    promote(registry, 3, 1)
    assert registry.rollback(actor="ada", reason="").promotion.version == 1


def test_mlflow_may_be_away(registry, store, tracking):
    """Without MLflow a promotion holds, says that the alias does not, and mirrors it later."""
    tracking.is_away = True
    assert "is away" in promote(registry, 1, None).mirror_fault
    assert store.champion().facts.version == 1
    tracking.is_away = False
    assert registry.mirror() == ""
    assert tracking.aliases == {"champion": 1}


def test_a_crash_between_ledger_and_pointer_is_made_good(registry, store, journal):
    """When the ledger is ahead of the pointer, the next look repairs the pointer."""
    promote(registry, 1, None)
    facts = {"version": 2, "digest": store.read(2).digest, "previous": 1, "reason": "", "evidence": {}}
    journal.record_event("credit", "promoted", "ada", facts, epoch=2)
    assert store.champion().facts.version == 1
    registry.repair()
    assert store.champion().facts.version == 2


def test_a_damaged_pointer_is_made_good(registry, store):
    """A pointer that cannot be read is written anew from the ledger."""
    promote(registry, 1, None)
    store.pointer_path("champion").write_text("{")
    registry.repair()
    assert store.pointer("champion") == Pointer(1, store.read(1).digest, 1)


def test_of_many_promotions_at_once_one_wins_each_epoch(url, store, tracking):
    """Sixteen registries promote at once: as many entries as winners, no gap, the pointer on the last."""

    def attempt(number: int) -> bool:
        with open_journal(url) as journal:
            registry = Registry(journal, store, "credit", lambda: tracking)
            now = registry.repair()
            try:
                promote(registry, number % 4 + 1, now.version if now else None)
            except RegistryError:
                return False
            return True

    with ThreadPoolExecutor(16) as pool:
        won = sum(pool.map(attempt, range(48)))
    with open_journal(url) as journal:
        ledger = promotions(journal, "credit")
        assert [entry.epoch for entry in ledger] == list(range(1, won + 1))
        for before, after in pairwise(ledger):
            assert after.previous == before.version
        Registry(journal, store, "credit", lambda: tracking).repair()
    assert store.pointer("champion") == ledger[-1].pointer
