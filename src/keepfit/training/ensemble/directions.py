"""Members that keep declared directions: the probability never falls, or never rises, as a number grows.

The members are averaged on the scale of the logit with weights that are not negative, and calibration never turns an
order round: so the ensemble keeps a direction that all its members keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keepfit.training.ensemble.members import Member
from keepfit.training.ensemble.views import Views
from keepfit.training.families import FAMILIES


def directed(member: Member, views: Views, directions: Sequence[int]) -> Member:
    """Return a member of trees with the parameters that make it keep the directions of the door's columns."""
    family = FAMILIES.get("random_forest" if member.kind == "forest" else member.kind)
    if family is None or family.monotone is None:
        raise ValueError(f"{member.name} keeps no direction")
    kept = family.monotone(views.tree_directions(directions, member.categories))
    return replace(member, parameters={**member.parameters, **kept})
