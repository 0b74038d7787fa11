"""The event `checked`: what a check leaves in the journal; `past_checks` reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from keepfit.clock import stamp, stamp_exactly
from keepfit.monitoring.check_facts import Checked
from keepfit.monitoring.findings import Findings
from keepfit.monitoring.past_checks import DRIFTED, is_now


class Asked(NamedTuple):
    """What a check was asked to look at.

    Attributes
    ----------
    since, until
        Of the journal, from which time on, and before which.
    windows
        Names of files, in place of the journal.
    reference
        Name of a profile, in place of the rows that taught; None for those.
    """

    since: datetime | None = None
    until: datetime | None = None
    windows: tuple[str, ...] = ()
    reference: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return what of it was given."""
        times = {name: stamp(at) for name, at in (("since", self.since), ("until", self.until)) if at is not None}
        files = {"window": list(self.windows), "reference": self.reference}
        return {**times, **{name: value for name, value in files.items() if value}}

    @property
    def is_now(self) -> bool:
        """Whether it is what is answered now: a verdict that stands until the next one."""
        return is_now(self.to_dict())


def event_facts(checked: Checked, findings: Findings, asked: Asked) -> dict[str, Any]:
    """Return what the journal is told of a check."""
    window = checked.window
    drifted = (*findings.drift.drifted, *findings.drift.drifted_outputs)
    ends = {"first_at": window.first_at, "last_at": window.last_at}
    return {
        "made_at": checked.made_at,
        "version": checked.version,
        "rows": window.profile.rows,
        "labelled": checked.labels,
        **{name: stamp_exactly(at) for name, at in ends.items() if at is not None},
        **asked.to_dict(),
        **{key: [one.name for one in drifted if one.subject == subject] for subject, key in DRIFTED.items()},
        **findings.verdict.to_dict(),
    }
