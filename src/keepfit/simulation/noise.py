"""Labels that agree with the prediction as often as declared, whatever is true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keepfit.client import Answer
from keepfit.errors import ServiceError, nearest
from keepfit.signature import Outcome


def noisy_labels(answers: Sequence[Answer], outcome: Outcome, accuracy: float, rng: np.random.Generator) -> list[str]:
    """Return a label for each answer; exactly the rounded share of them, drawn at random, agrees with it.

    Parameters
    ----------
    answers
        What the service decided.
    outcome
        The two labels.
    accuracy
        Share of labels that agree, between 0 and 1.
    rng
        Where the draw comes from.

    Raises
    ------
    ServiceError
        When a decision is neither label: the service is of another project.
    """
    other = {outcome.negative: outcome.positive, outcome.positive: outcome.negative}
    for answer in answers:
        if answer.decision not in other:
            raise ServiceError(
                f'decided "{answer.decision}", which is no {outcome.name}: it serves another project',
                where="the service",
                hint=nearest(answer.decision, outcome.labels),
            )
    agreeing = set(rng.permutation(len(answers))[: round(accuracy * len(answers))].tolist())
    return [answer.decision if number in agreeing else other[answer.decision] for number, answer in enumerate(answers)]
