"""`keepfit models`: the versions that there are, which is champion, and how it came to be."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.bundle import BundleFacts
from keepfit.errors import BundleError
from keepfit.registry import Promotion, is_staged, promotions
from keepfit.workflows.rooms import Rooms


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One version.

    Attributes
    ----------
    version
        Its number.
    facts
        What its bundle says; None when the bundle is not whole.
    fault
        Why it cannot be used; empty when it can.
    is_staged
        Whether its score passes the staging threshold.
    role
        `champion`, `challenger` or empty.
    """

    version: int
    facts: BundleFacts | None
    fault: str
    is_staged: bool
    role: str


@dataclass(frozen=True, slots=True)
class ModelsReport:
    """All versions, and the ledger, the oldest first."""

    metric: str
    models: tuple[ModelRow, ...]
    ledger: tuple[Promotion, ...]


def list_models(rooms: Rooms) -> ModelsReport:
    """Read every version and the promotion ledger."""
    roles = {}
    for role in ("challenger", "champion"):
        pointer = rooms.store.pointer(role)
        if pointer:
            roles[pointer.version] = role
    rows = tuple(_row(rooms, version, roles.get(version, "")) for version in rooms.store.versions())
    with rooms.journal() as journal:
        ledger = tuple(promotions(journal, rooms.project.name))
    return ModelsReport(rooms.project.staging.metric, rows, ledger)


def _row(rooms: Rooms, version: int, role: str) -> ModelRow:
    staging = rooms.project.staging
    try:
        facts = rooms.store.read(version).facts
    except BundleError as error:
        return ModelRow(version, None, str(error), is_staged=False, role=role)
    staged = staging.metric in facts.scores and is_staged(facts.scores[staging.metric][0], staging)
    return ModelRow(version, facts, "", is_staged=staged, role=role)
