"""The succession after a training: whether the best candidate becomes champion."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.evaluation import Comparison, Estimate
from keepfit.project.declaration import Staging
from keepfit.registry.staging import is_gain, is_staged


@dataclass(frozen=True, slots=True)
class Incumbent:
    """The champion that is there, as far as it can be compared.

    Attributes
    ----------
    version
        Its number.
    comparison
        The candidate against it on held-out rows that taught neither; None when there are none such.
    obstacle
        Why there are none; empty when there are.
    is_readable
        Whether its bundle is whole.
    """

    version: int
    comparison: Comparison | None
    obstacle: str = ""
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Succession:
    """Whether the candidate becomes champion, and why, in a clause."""

    promotes: bool
    reason: str


def decide_succession(version: int, score: Estimate, incumbent: Incumbent | None, staging: Staging) -> Succession:
    """Decide: the candidate must pass the staging threshold, and be shown to be better than the champion.

    A champion that can be compared is succeeded when the whole interval of the paired difference is in the candidate's
    favour; one whose bundle is not whole serves nobody, and is succeeded without a comparison; any other one stays
    until a person decides.

    Parameters
    ----------
    version
        Number of the candidate.
    score
        Its score in the metric of staging on held-out rows.
    incumbent
        The champion; None when there is none.
    staging
        Metric and threshold.
    """
    shown = f"{staging.metric} {score.value:.4f} [{score.low:.4f}, {score.high:.4f}] on the held-out rows"
    side = "above" if is_gain(staging.metric) else "below"
    threshold = f"{side} the staging threshold {staging.threshold:g}"
    if not is_staged(score.value, staging):
        return Succession(promotes=False, reason=f"v{version} is not promoted: {shown} is not {threshold}")
    made = f"v{version} is champion: {shown}, {threshold}"
    if incumbent is None:
        return Succession(promotes=True, reason=made)
    if not incumbent.is_readable:
        said = f"v{incumbent.version} could not be compared: {incumbent.obstacle}"
        return Succession(promotes=True, reason=f"{made}; {said}")
    stays = f"v{incumbent.version} stays champion"
    if incumbent.comparison is None:
        by_hand = f"`keepfit promote {version}` makes v{version} champion all the same"
        return Succession(promotes=False, reason=f"{stays}: {incumbent.obstacle}; {by_hand}")
    gain = incumbent.comparison.gain
    difference = f"{incumbent.comparison.metric} differs by {gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"
    if gain.low <= 0:
        said = f"v{version} is not shown to be better ({difference} on the held-out rows)"
        return Succession(promotes=False, reason=f"{stays}: {said}")
    return Succession(promotes=True, reason=f"{made}, and better than v{incumbent.version}: {difference}")
