"""The verdict over checks: what keeps it from flapping.

A check alone may be wrong once in a hundred times, and a column that is at its floor is over it now and under it then.
So a verdict looks back: at the checks of predictions before these, at what had drifted, and at when an alarm ended.
A check that is repeated on the same predictions says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from keepfit.clock import stamp
from keepfit.monitoring.past_checks import PastCheck
from keepfit.monitoring.state import State
from keepfit.monitoring.verdict import Verdict
from keepfit.project.monitoring_section import StabilitySection


def settled(
    verdict: Verdict, first_at: datetime | None, history: Sequence[PastCheck], section: StabilitySection, now: datetime
) -> Verdict:
    """Return the verdict that stands, after a look at the checks before.

    Parameters
    ----------
    verdict
        What this check found.
    first_at
        When the first prediction came that it looked at.
    history
        The checks before it of this version, the newest first.
    section
        How many checks must agree, and for how long an alarm that has ended is not raised again.
    now
        The time.
    """
    if verdict.state is State.ALARM and not (history and history[0].state is State.ALARM):
        held = 1 + sum(one.found is State.ALARM for one in _apart(first_at, history, section.windows - 1))
        ended = _alarm_ended(history)
        if held < section.needed:
            verdict = _softened(
                verdict, f"It is no alarm yet: {held} of the {section.needed} checks that one needs have found it."
            )
        elif ended is not None and (now - ended).total_seconds() < section.cooldown_seconds:
            said = f"for {section.cooldown_seconds:g} s the next one is a warning"
            verdict = _softened(verdict, f"It is no new alarm: one has ended at {stamp(ended)}, and {said}.")
    return replace(verdict, stands_since=stamp(_since(verdict.state, history) or now))


def _softened(verdict: Verdict, reason: str) -> Verdict:
    """Return a warning of what was found as an alarm; `found` still says so."""
    drift, quality = (State.WARN if one is State.ALARM else one for one in (verdict.drift, verdict.quality))
    return replace(verdict, state=State.WARN, drift=drift, quality=quality, reasons=(*verdict.reasons, reason))


def _apart(first_at: datetime | None, history: Sequence[PastCheck], most: int) -> list[PastCheck]:
    """Return the newest checks that share no prediction with this one, or with each other."""
    found: list[PastCheck] = []
    for one in history:
        if len(found) == most or first_at is None:
            break
        if one.last_at is not None and one.last_at < first_at:
            found.append(one)
            first_at = one.first_at
    return found


def _alarm_ended(history: Sequence[PastCheck]) -> datetime | None:
    """Return when the check was made that ended the newest alarm; None when there was none."""
    for later, earlier in pairwise(history):
        if earlier.state is State.ALARM and later.state is not State.ALARM:
            return later.at
    return None


def _since(state: State, history: Sequence[PastCheck]) -> datetime | None:
    """Return when the first of the checks was made that have said the same without a break."""
    since = None
    for one in history:
        if one.state is not state:
            break
        since = one.at
    return since
