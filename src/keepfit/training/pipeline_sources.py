"""What each feature of a fitted pipeline is of the door's matrix, where every one follows from one column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from keepfit.training.sources import Column, Source, never_falls


def pipeline_sources(front: Any) -> list[Source] | None:
    """Return what the features are that trees see; None where one is more than a function of a column.

    Parameters
    ----------
    front
        A fitted pipeline without its estimator: the columns' treatments, and the choice among the features.
    """
    from keepfit.training.steps.kept_features import KeptFeatures  # noqa: PLC0415 - heavy, only for those who train

    treated, *choices = (part for _, part in front.steps)
    sources: list[Source] = []
    for _, transformer, positions in treated.transformers_:
        found = _sources(transformer, list(positions))
        if found is None:
            return None
        sources += found
    for choice in choices:
        if not isinstance(choice, KeptFeatures):
            return None
        sources = [sources[at] for at in choice.positions]
    return sources


def _sources(transformer: Any, positions: Sequence[int]) -> list[Source] | None:
    """Return the features that a filler, and a step after it, make of some columns."""
    from sklearn.impute import SimpleImputer  # noqa: PLC0415 - heavy, and only for those who train
    from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder  # noqa: PLC0415 - as above

    from keepfit.training.steps.quantile_shares import QuantileShares  # noqa: PLC0415 - as above
    from keepfit.training.steps.signed_log import SignedLog  # noqa: PLC0415 - as above

    filler, *steps = [part for _, part in transformer.steps] if hasattr(transformer, "steps") else [transformer]
    if not isinstance(filler, SimpleImputer) or len(steps) > 1:
        return None
    plain = [Source(at, float(np.float32(value))) for at, value in zip(positions, filler.statistics_, strict=True)]
    if not steps:
        return plain
    (step,) = steps
    if isinstance(step, OneHotEncoder):
        return _levels(step, plain)
    is_rising = isinstance(step, (SignedLog, KBinsDiscretizer)) or (
        isinstance(step, QuantileShares)
        and all(never_falls(_curve(step, at, len(plain)), curve[0]) for at, curve in enumerate(step.curves_))
    )
    if not is_rising or getattr(step, "encode", "ordinal") != "ordinal":
        return None
    return [Source(one.column, one.filler, curve=_curve(step, at, len(plain))) for at, one in enumerate(plain)]


def _levels(encoder: Any, plain: Sequence[Source]) -> list[Source]:
    """Return the columns of 0 and 1, without those that are dropped."""
    dropped = encoder.drop_idx_ if encoder.drop_idx_ is not None else [None] * len(plain)
    return [
        Source(one.column, one.filler, level=float(level))
        for one, levels, without in zip(plain, encoder.categories_, dropped, strict=True)
        for at, level in enumerate(levels)
        if at != without
    ]


def _curve(step: Any, at: int, width: int) -> Callable[[Column], Column]:
    """Return what a step makes of numbers of one of its columns."""

    def curve(numbers: Column) -> Column:
        matrix = np.zeros((len(numbers), width), np.float32)
        matrix[:, at] = numbers
        made: Column = step.transform(matrix)[:, at]
        return made

    return curve
