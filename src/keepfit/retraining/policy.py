"""Who wins: the rule by which a challenger becomes champion, and its reasons in words."""

from __future__ import annotations

from dataclasses import dataclass

from keepfit.evaluation import Comparison
from keepfit.project.declaration import RetrainingSection

_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict of the policy.

    Attributes
    ----------
    promotes
        Whether the challenger becomes champion.
    reasons
        Why, a sentence for each rule, those against it first.
    """

    promotes: bool
    reasons: tuple[str, ...]


def decide(recent: Comparison, original: Comparison, section: RetrainingSection) -> Decision:
    """Decide between challenger and champion.

    Three rules, all of which must hold:

    1. On the recent rows the labels can be predicted at all: the challenger's ROC AUC is above 0.5 with its whole
       interval. Labels that are noise teach nothing, and on noise a model that says yes more often wins by F1.
    2. On the recent rows the challenger is better than the champion, with the whole interval of the paired
       difference.
    3. On the original held-out rows it loses no more than the project tolerates.

    Parameters
    ----------
    recent
        The comparison on held-out rows of the journal's window.
    original
        The comparison on the held-out rows of the original table.
    section
        The tolerance.
    """
    rules = [_has_skill(recent), _is_better(recent), _is_tolerable(original, section.tolerated_loss)]
    promotes = all(holds for holds, _ in rules)
    return Decision(promotes, tuple(said for holds, said in sorted(rules, key=lambda rule: rule[0])))


def _has_skill(recent: Comparison) -> tuple[bool, str]:
    skill = recent.challenger["roc_auc"]
    shown = f"ROC AUC {skill.value:.3f} [{skill.low:.3f}, {skill.high:.3f}] on {recent.rows} held-out recent rows"
    if skill.low > _CHANCE:
        return True, f"The recent labels can be predicted: the challenger has {shown}."
    return (
        False,
        f"To the challenger the recent labels are noise: {shown} is not above 0.5 with its whole interval.",
    )


def _is_better(recent: Comparison) -> tuple[bool, str]:
    gain, name = recent.gain, recent.metric
    before, after = recent.champion[name].value, recent.challenger[name].value
    shown = f"{name} {before:.3f} → {after:.3f}, difference {gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]"
    if gain.low > 0:
        return True, f"The challenger is better on the recent rows: {shown}."
    return False, f"The challenger is not shown to be better on the recent rows: {shown}."


def _is_tolerable(original: Comparison, tolerated: float) -> tuple[bool, str]:
    gain, name = original.gain, original.metric
    before, after = original.champion[name].value, original.challenger[name].value
    shown = f"{name} {before:.3f} → {after:.3f} on {original.rows} rows, at most {tolerated:g} may be lost"
    if gain.value >= -tolerated:
        return True, f"The original holdout stands: {shown}."
    return False, f"The challenger loses too much on the original holdout: {shown}."
