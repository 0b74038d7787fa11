"""Promotion and rollback: the ledger by compare-and-swap, then the pointer, then MLflow's alias."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keepfit.bundle import BundleStore
from keepfit.errors import BundleError, PromotionConflictError, RegistryError, TrackingError
from keepfit.journal import Journal
from keepfit.registry.ledger import Kind, Promotion, current_promotion, promotion_of, promotions
from keepfit.tracking import TrackingStore

ALIAS = "champion"


@dataclass(frozen=True, slots=True)
class Promoted:
    """What a promotion did.

    Attributes
    ----------
    promotion
        The new entry of the ledger.
    mirror_fault
        Why MLflow's alias does not say the same yet; empty when it does.
    """

    promotion: Promotion
    mirror_fault: str


class Registry:
    """The champion of one project.

    Several processes may promote at once: the ledger takes one entry an epoch, the others get
    `PromotionConflictError`. A process that dies between ledger and pointer is made good by the next `repair`, which
    every promotion begins with.

    Parameters
    ----------
    journal, store
        Where ledger and pointer are.
    project
        Name of the project.
    tracking
        Opens MLflow when an alias is to be mirrored; it may raise TrackingError.
    """

    def __init__(
        self, journal: Journal, store: BundleStore, project: str, tracking: Callable[[], TrackingStore]
    ) -> None:
        self._journal = journal
        self._store = store
        self._project = project
        self._tracking = tracking

    def promote(
        self,
        version: int,
        *,
        actor: str,
        reason: str,
        evidence: Mapping[str, Any],
        expected: int | None,
        kind: Kind = "promoted",
        digest: str | None = None,
    ) -> Promoted:
        """Make a version champion.

        Parameters
        ----------
        version
            Number of the bundle; it is verified first.
        actor, reason, evidence
            What the ledger keeps.
        expected
            The version that the caller believes to be champion, None for no champion.
        kind
            Name of the event.
        digest
            The bundle's own, where the caller knows it.

        Raises
        ------
        BundleError
            When the bundle is absent or altered, or has another digest.
        RegistryError
            When it is champion already.
        PromotionConflictError
            When another version is champion than was expected, or another process promoted in the meantime.
        """
        bundle = self._store.read(version)
        if digest not in (None, bundle.digest):
            raise BundleError(
                "is another one than was champion: the manifest's digest differs",
                where=f"bundle v{version}",
                hint="promote a version that you trust",
            )
        now = self.repair()
        champion = now.version if now else None
        if champion != expected:
            raise _conflict(expected, champion)
        if champion == version and now and now.digest == bundle.digest:
            raise RegistryError(f"v{version} is champion already", where=self._project, hint="nothing was changed")
        epoch = now.epoch + 1 if now else 1
        facts = {
            "version": version,
            "digest": bundle.digest,
            "previous": champion,
            "reason": reason,
            "evidence": dict(evidence),
        }
        entry = promotion_of(self._journal.record_event(self._project, kind, actor, facts, epoch=epoch))
        self.repair()
        return Promoted(entry, self.mirror())

    def rollback(self, *, actor: str, reason: str) -> Promoted:
        """Make the champion before the present one champion again.

        Going back twice goes back two champions: entries that were rolled back themselves are passed over.

        Raises
        ------
        RegistryError
            When there is none.
        """
        standing: list[Promotion] = []
        for entry in promotions(self._journal, self._project):
            if entry.kind == "rolled_back":
                standing.pop()
            else:
                standing.append(entry)
        if len(standing) < 2:  # noqa: PLR2004 - the present one and one before it
            raise RegistryError("there is no champion to go back to", where=self._project, hint="see `keepfit models`")
        present, before = standing[-1], standing[-2]
        return self.promote(
            before.version,
            actor=actor,
            reason=reason,
            evidence={"instead_of": present.version},
            expected=present.version,
            kind="rolled_back",
            digest=before.digest,
        )

    def repair(self) -> Promotion | None:
        """Make the pointer say what the ledger says; return the entry that holds.

        The ledger is read under the pointers' lock, so whoever writes last writes what is newest.
        """
        with self._store.lock_pointers():
            now = current_promotion(self._journal, self._project)
            try:
                pointer = self._store.pointer("champion")
            except BundleError:
                pointer = None
            if now is not None and pointer != now.pointer:
                self._store.point("champion", now.pointer)
        return now

    def mirror(self) -> str:
        """Make MLflow's alias say what the ledger says; return why it could not be done, or nothing."""
        now = current_promotion(self._journal, self._project)
        if now is None:
            return ""
        try:
            self._tracking().set_alias(ALIAS, now.version)
        except TrackingError as error:
            return str(error)
        return ""


def _conflict(expected: int | None, champion: int | None) -> PromotionConflictError:
    said = "no champion" if champion is None else f"v{champion}"
    believed = "no champion" if expected is None else f"v{expected}"
    return PromotionConflictError(
        f"the champion is {said}, not {believed}", where="promotion ledger", hint="look again, then promote"
    )
