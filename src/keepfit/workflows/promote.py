"""`keepfit promote` and `keepfit rollback`: a person's word, kept in the ledger."""

from __future__ import annotations

from keepfit.registry import Promoted
from keepfit.workflows.rooms import Rooms


def promote(rooms: Rooms, version: int, reason: str = "") -> Promoted:
    """Make a version champion, whatever the policy says.

    Raises
    ------
    BundleError
        When there is no such version, or it was altered.
    RegistryError
        When it is champion already, or another promotion came first.
    """
    bundle = rooms.store.read(version)
    with rooms.journal() as journal:
        registry = rooms.registry(journal)
        now = registry.repair()
        promoted = registry.promote(
            version,
            actor=rooms.actor,
            reason=reason or "promoted by hand",
            evidence={"holdout": dict(bundle.facts.scores), "protocol": bundle.facts.protocol},
            expected=now.version if now else None,
        )
    rooms.log.add("promote", f"v{version} is champion (epoch {promoted.promotion.epoch}): {promoted.promotion.reason}")
    return promoted


def rollback(rooms: Rooms, reason: str = "") -> Promoted:
    """Make the champion before the present one champion again.

    Raises
    ------
    RegistryError
        When there is none.
    """
    with rooms.journal() as journal:
        promoted = rooms.registry(journal).rollback(actor=rooms.actor, reason=reason or "rolled back by hand")
    rooms.log.add("rollback", f"v{promoted.promotion.version} is champion again (epoch {promoted.promotion.epoch})")
    return promoted
