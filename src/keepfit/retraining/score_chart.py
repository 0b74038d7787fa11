"""A score of several models over the batches of a stream, as both pages about streams draw it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from keepfit.evaluation import METRICS
from keepfit.reporting import Figure
from keepfit.reporting.figures import BatchEvent, BatchLine, batch_chart
from keepfit.retraining.batch_facts import BatchFacts, Role

_CUT = 1.6  # times the log-loss of the prior: a model beyond is wrong, and how wrong does not matter to the others


def score_line(name: str, history: Sequence[BatchFacts], role: Role, metric: str) -> BatchLine:
    """Return the faded score of a role batch by batch; a gap where it is not defined."""
    values = [(facts.number, facts.faded[role][metric]) for facts in history]
    return BatchLine(name, [(number, math.nan if value is None else value) for number, value in values])


def score_chart(
    metric: str, lines: Sequence[BatchLine], history: Sequence[BatchFacts], events: Sequence[BatchEvent] = ()
) -> Figure:
    """Draw a score of several models; of the log-loss what is far above that of the prior stands at the edge."""
    title, most = METRICS[metric].title, None
    if metric == "log_loss":
        most = max(facts.faded["prior"][metric] or 0.0 for facts in history) * _CUT
    return batch_chart(title[:1].upper() + title[1:], lines, events, most=most, write=lambda value: f"{value:.3f}")
