"""The end of a training: the best of it is put before the policy, and promoted if the policy says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from keepfit.bundle import Bundle
from keepfit.datasets import Dataset
from keepfit.errors import BundleError, RecordError
from keepfit.evaluation import Comparison, Estimate
from keepfit.registry import Incumbent, Promotion, decide_succession
from keepfit.workflows.configuration import note_configuration
from keepfit.workflows.contest import holdout_obstacle
from keepfit.workflows.rooms import Rooms

Compare = Callable[[Bundle, Bundle], Comparison]


def settle_succession(
    rooms: Rooms, dataset: Dataset, holdout: Mapping[str, Estimate], bundles: tuple[Bundle, ...], compare: Compare
) -> tuple[Promotion | None, str]:
    """Put the best version before the policy, and promote it if the policy says so.

    Parameters
    ----------
    rooms, dataset
        The project and its table.
    holdout
        What the best scores on the held-out rows.
    bundles
        The versions that a training has made, the best first.
    compare
        Compares the champion with the best on rows that taught neither.

    Returns
    -------
    The promotion, None when there was none, and why in a sentence.
    """
    best, score = bundles[0], holdout[rooms.project.staging.metric]
    with rooms.journal() as journal:
        note_configuration(rooms, journal)
        facts = {
            "versions": [bundle.facts.version for bundle in bundles],
            "best": best.facts.version,
            "score": asdict(score),
        }
        journal.record_event(rooms.project.name, "trained", rooms.actor, facts)
        registry = rooms.registry(journal)
        now = registry.repair()
        incumbent = _incumbent(rooms, dataset, best, now.version, compare) if now else None
        decision = decide_succession(best.facts.version, score, incumbent, rooms.project.staging)
        if not decision.promotes:
            return None, decision.reason
        evidence: dict[str, Any] = {"holdout": {name: asdict(value) for name, value in holdout.items()}}
        if incumbent and incumbent.comparison:
            evidence["against_champion"] = incumbent.comparison.to_dict()
        promoted = registry.promote(
            best.facts.version,
            actor=rooms.actor,
            reason=decision.reason,
            evidence=evidence,
            expected=now.version if now else None,
        )
        return promoted.promotion, decision.reason + (f" ({promoted.mirror_fault})" if promoted.mirror_fault else "")


def _incumbent(rooms: Rooms, dataset: Dataset, best: Bundle, version: int, compare: Compare) -> Incumbent:
    """Compare the best candidate with the champion, if the held-out rows can judge that one."""
    try:
        champion = rooms.store.champion()
    except BundleError as error:
        return Incumbent(version, None, str(error), is_readable=False)
    obstacle = holdout_obstacle(dataset, champion)
    if champion.facts.lineage.journal_ranges:
        obstacle = "it has learnt from the journal, and the held-out rows of the table cannot judge that"
    if obstacle:
        return Incumbent(version, None, obstacle)
    try:
        return Incumbent(version, compare(champion, best))
    except RecordError as error:  # a column is of another kind now; what was trained is not lost by it
        return Incumbent(version, None, f"v{version} cannot read the held-out rows ({error})")
