"""When a challenger that learns batch by batch takes over."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.evaluation.anytime import RunningMean
from keepfit.project.stream_section import StreamSection


@dataclass(frozen=True, slots=True)
class Takeover:
    """Whether it is better, and what that rests on.

    Attributes
    ----------
    is_better
        Whether it is shown to be.
    gain, bound
        By how much its log-loss is below the champion's on the average of the rows, and what that is above however
        often one looks.
    reason
        The same in a sentence.
    """

    is_better: bool
    gain: float
    bound: float
    reason: str


def judge_takeover(gains: RunningMean, section: StreamSection) -> Takeover:
    """Judge from rows that both were asked about before either had learnt them.

    After each batch one looks whether to promote: a 95 % interval at each look would promote a challenger that is no
    better sooner or later. The bound holds at all looks together.

    Parameters
    ----------
    gains
        The champion's log-loss less the challenger's, row by row.
    section
        How many rows must have been compared, and the chance of being wrong that is taken.
    """
    bound = gains.lower_bound(significance=section.significance, tuned_for=section.min_rows)
    chance = f"{section.significance:g}"
    if gains.count < section.min_rows:
        said = f"{gains.count} rows are compared, {section.min_rows} are needed"
        return Takeover(is_better=False, gain=gains.mean, bound=bound, reason=said)
    word = "lower" if gains.mean >= 0 else "higher"
    shown = f"log-loss is {word} by {abs(gains.mean):.3g} on {gains.count} rows that neither had learnt"
    if bound > 0:
        said = f"{shown}, by more than {bound:.2g} but for a chance of {chance} over all looks"
        return Takeover(is_better=True, gain=gains.mean, bound=bound, reason=said)
    said = f"not shown to be better: {shown}, and the gain may be {bound:.2g} at a chance of {chance} over all looks"
    return Takeover(is_better=False, gain=gains.mean, bound=bound, reason=said)
