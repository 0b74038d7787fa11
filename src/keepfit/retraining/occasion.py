"""Whether now is an occasion to retrain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keepfit.project.declaration import RetrainingSection


@dataclass(frozen=True, slots=True)
class Occasion:
    """The answer, with its reason in a sentence."""

    is_given: bool
    reason: str


def occasion(
    section: RetrainingSection,
    *,
    labelled_rows: int,
    new_labelled_rows: int,
    last_ended: datetime | None,
    last_tried: datetime | None,
    now: datetime,
) -> Occasion:
    """Decide whether the journal holds enough that is new.

    Parameters
    ----------
    section
        The policy.
    labelled_rows
        The newest labelled rows.
    new_labelled_rows
        Those of them whose label no retraining has looked at yet.
    last_ended, last_tried
        When the last retraining was decided, and when the last one was decided or failed; None when there was none.
    now
        The present moment.
    """
    if labelled_rows < section.min_labels:
        more = section.min_labels - labelled_rows
        said = f"there are {labelled_rows} labelled rows; {more} more are needed ([retraining] min_labels)"
        return Occasion(is_given=False, reason=said)
    if last_tried is not None and (now - last_tried).total_seconds() < section.cooldown_seconds:
        left = section.cooldown_seconds - (now - last_tried).total_seconds()
        return Occasion(is_given=False, reason=f"the last retraining cools down for {left:.0f} more seconds")
    if last_ended is not None and new_labelled_rows < section.min_labels:
        said = (
            f"only {new_labelled_rows} labelled rows are new since the last retraining; {section.min_labels} are needed"
        )
        return Occasion(is_given=False, reason=said)
    return Occasion(is_given=True, reason=f"{new_labelled_rows} labelled rows are new")
