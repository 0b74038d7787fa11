"""A score of several models over the batches of a stream."""

from __future__ import annotations

import math
from dataclasses import replace

from tests.retraining.test_batch_facts import batch_facts

from keepfit.retraining.score_chart import score_chart, score_line

HISTORY = [batch_facts(number) for number in (1, 2, 3)]


def test_a_line_is_the_faded_score_of_a_role():
    """Batch by batch; what is not defined is a gap, and not 0."""
    faded = {**HISTORY[1].faded, "champion": {**HISTORY[1].faded["champion"], "roc_auc": None}}
    history = [HISTORY[0], replace(HISTORY[1], faded=faded), HISTORY[2]]
    line = score_line("a", history, "champion", "roc_auc")
    assert [number for number, _ in line.points] == [1, 2, 3]
    assert line.points[0][1] == HISTORY[0].faded["champion"]["roc_auc"]
    assert math.isnan(line.points[1][1])


def test_a_log_loss_that_explodes_does_not_flatten_the_others():
    """It stands at the edge; its value is told in words."""
    faded = {**HISTORY[0].faded, "champion": {**HISTORY[0].faded["champion"], "log_loss": 50.0}}
    history = [replace(facts, faded=faded) for facts in HISTORY]
    drawn = score_chart("log_loss", [score_line("a", history, "champion", "log_loss")], history)
    assert drawn.description.startswith("Log-loss by batch, newest: a 50.000")
    assert ">50.0" not in drawn.svg
    assert score_chart("roc_auc", [], history).description.startswith("ROC AUC by batch")
