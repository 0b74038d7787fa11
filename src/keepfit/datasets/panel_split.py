"""Which rows of a panel teach and which are held out: by time, as a model will be asked about months that come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keepfit.datasets.panel import Panel
from keepfit.errors import DatasetError, nearest
from keepfit.ownership import Places

_LEAST_MONTHS = 4
_NEEDED = "a panel needs at least two months that teach, one that is held out, and one that follows"


@dataclass(frozen=True, slots=True)
class PanelSplit:
    """Rows whose next month is known, before a month and from it on.

    Attributes
    ----------
    train, holdout
        Numbers of rows. What a row of `train` was to say was known when the first month of `holdout` had come.
    first, held
        Numbers of the first month that teaches, and of the first that is held out.
    products, never_added
        The products that a row of `train` adds, which can be learnt, and the others.
    """

    train: Places
    holdout: Places
    first: int
    held: int
    products: tuple[str, ...]
    never_added: tuple[str, ...]


def split_panel(panel: Panel, *, train_from: str | None, hold_from: str, where: str) -> PanelSplit:
    """Split the rows of a panel by their months.

    Parameters
    ----------
    panel
        The panel.
    train_from
        The first month that teaches, `2015-07`; None for the panel's first.
    hold_from
        The first month that is held out.
    where
        What an error names.

    Raises
    ------
    DatasetError
        When a month is none of the panel's, no month is left to teach or to be held out, or nothing is ever added.
    """
    first = 0 if train_from is None else _month(panel, train_from, f"{where} train_from")
    held = _month(panel, hold_from, f"{where} hold_from")
    if held == len(panel.month_names) - 1:
        said = f"{hold_from} is the last month: what the next one adds is not known"
        raise DatasetError(said, where=f"{where} hold_from", hint=_possible(panel, first))
    if first >= held:
        said = f"no month is left to teach between {panel.month_names[first]} and {hold_from}"
        raise DatasetError(said, where=f"{where} hold_from", hint=_possible(panel, first))
    added, is_known = panel.additions()
    train = np.flatnonzero(is_known & (panel.months >= first) & (panel.months < held))
    holdout = np.flatnonzero(is_known & (panel.months >= held))
    ever = np.bitwise_or.reduce(added[train], initial=np.uint64(0))
    is_added = panel.ownership.flags(np.array([ever]))[0] == 1
    if not is_added.any():
        said = "nothing is ever added in the months that teach"
        hint = "teach from an earlier month" if first else "hold out a later month, or add months in which something is"
        raise DatasetError(said, where=where, hint=hint)
    if not len(holdout):
        said = f"no row from {hold_from} on is followed by one of the next month"
        raise DatasetError(said, where=f"{where} hold_from", hint="hold out another month")
    names = np.array(panel.ownership.products, dtype=object)
    return PanelSplit(train, holdout, first, held, tuple(names[is_added]), tuple(names[~is_added]))


def _possible(panel: Panel, first: int) -> str:
    """Return which months could be held out, or what a panel of so few months lacks."""
    names = panel.month_names
    if len(names) < _LEAST_MONTHS:
        return _NEEDED
    if first > len(names) - _LEAST_MONTHS:
        return f"teach from {names[-_LEAST_MONTHS]} or before, and hold out {names[-2]}"
    return f"hold out a month from {names[first + 2]} to {names[-2]}"


def _month(panel: Panel, name: str, where: str) -> int:
    if name not in panel.month_names:
        said = f'"{name}" is no month of the panel, {panel.month_names[0]} to {panel.month_names[-1]}'
        raise DatasetError(said, where=where, hint=nearest(name, panel.month_names))
    return panel.month_names.index(name)
