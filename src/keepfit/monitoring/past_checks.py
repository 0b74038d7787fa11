"""Checks of before, as the events of the journal tell of them; `check_event` writes these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from keepfit.clock import read_moment
from keepfit.journal import Journal
from keepfit.monitoring.column_drift import Subject
from keepfit.monitoring.state import State

CHECKED, CHECKED_ELSE = "checked", "checked_else"  # what is answered now, and anything else
DRIFTED: Mapping[Subject, str] = {
    "feature": "drifted_columns",
    "score": "drifted_scores",
    "label": "drifted_labels",
}  # what they are called in an event
_NOT_NOW = frozenset(("until", "window", "reference"))
_LOOKED_AT = 200


def is_now(facts: Mapping[str, Any]) -> bool:
    """Say whether the facts of an event are of a check of what was answered then."""
    return not _NOT_NOW & facts.keys()


@dataclass(frozen=True, slots=True)
class PastCheck:
    """A check before this one, of the same version.

    Attributes
    ----------
    at
        When it was made.
    first_at, last_at
        When the first and the last prediction came that it looked at; None for none.
    state, found
        What it said, and what it would have said if there had been no checks before it.
    quality
        How the answers stood.
    drifted
        The features, scores and labels that had drifted.
    """

    at: datetime
    first_at: datetime | None
    last_at: datetime | None
    state: State
    found: State
    quality: State
    drifted: frozenset[tuple[Subject, str]]

    @classmethod
    def of(cls, at: datetime, facts: Mapping[str, Any]) -> PastCheck:
        """Return the check that an event of the journal tells of, which was written at a time."""
        times = [facts.get(name) for name in ("first_at", "last_at")]
        first_at, last_at = (read_moment(one) if one else None for one in times)
        return cls(
            read_moment(facts["made_at"]) if "made_at" in facts else at,
            first_at,
            last_at,
            State(facts["state"]),
            State(facts.get("found", facts["state"])),
            State(facts["quality"]),
            frozenset((subject, name) for subject, key in DRIFTED.items() for name in facts.get(key, ())),
        )


class NewestCheck(NamedTuple):
    """The newest check of a project.

    Attributes
    ----------
    version, at
        Of which model, and when.
    states
        `ok`, `warn`, `alarm` or `insufficient` of each: `verdict`, `drift`, `quality`.
    drifted_columns
        How many columns had drifted.
    """

    version: int
    at: datetime
    states: Mapping[str, str]
    drifted_columns: int


def newest_check(journal: Journal, project: str) -> NewestCheck | None:
    """Return what the newest check said of what is answered now; None when there was none."""
    for event in reversed(journal.events(project, kinds=[CHECKED], limit=_LOOKED_AT)):
        facts = event.facts
        if is_now(facts):
            states = {"verdict": facts["state"], "drift": facts["drift"], "quality": facts["quality"]}
            return NewestCheck(facts["version"], event.at, states, len(facts.get("drifted_columns", ())))
    return None


def past_checks(journal: Journal, project: str, version: int) -> tuple[PastCheck, ...]:
    """Return the checks of what a version answered when they were made, the newest first.

    Those that had too little to look at are left out: they ended nothing.
    """
    events = journal.events(project, kinds=[CHECKED], limit=_LOOKED_AT)
    of_version = [one for one in events if one.facts["version"] == version and is_now(one.facts)]
    found = [PastCheck.of(one.at, one.facts) for one in reversed(of_version)]
    return tuple(one for one in found if one.state is not State.INSUFFICIENT)
