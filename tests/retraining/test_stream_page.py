"""The page of a stream."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.retraining.test_batch_facts import batch_facts

from keepfit.evaluation.anytime import RunningMean
from keepfit.reporting import render_html, render_markdown
from keepfit.retraining.batch_facts import ROLES
from keepfit.retraining.stream_page import StreamSummary, stream_page

LOSSES = {"champion": 0.41, "challenger": 0.38, "frozen": 0.55, "prior": 0.66}


def losses():
    values = np.tile([1.0, -1.0], 500)
    return {role: RunningMean().with_values(LOSSES[role] + 0.1 * values).estimate() for role in ROLES}


SUMMARY = StreamSummary(
    project="wine",
    made_at="2026-11-29T00:00:00.000Z",
    learner="extra trees, fitted anew on the newest 2000 rows",
    batches=12,
    rows=1200,
    left_out=0,
    refused=0,
    champion=1,
    frozen=1,
    promotions=0,
    losses=losses(),
    fading=0.998,
    min_rows=200,
    significance=0.05,
    warning="",
)
QUIET = [batch_facts(number, gain=0.0) for number in range(1, 13)]


def told(summary=SUMMARY, history=QUIET):
    return render_markdown(stream_page(summary, history)).replace("\\", "")


def with_facts(at, **changes):
    """The quiet history, with other facts of one batch."""
    return [replace(facts, **changes) if facts.number == at else facts for facts in QUIET]


def test_it_tells_that_nothing_happened():
    """Why the challenger did not take over, the scores of all, and that each row was asked before it was learnt."""
    said = told()
    assert "wine: learnt batch by batch · **v1 is champion**" in said
    assert "12 batches, 1,200 rows. v1 is champion as at the beginning." in said
    assert f"No loss rose, and the challenger did not take over: {QUIET[-1].takeover.reason}." in said
    assert "None took over." in said
    assert "log-loss, as served: **0.410** (0.404 to 0.416)" in said
    assert "each row is predicted by every model before any learns it" in said
    assert "extra trees, fitted anew on the newest 2000 rows." in said
    assert "nan" not in said


def test_it_tells_who_took_over():
    """When, on what that rests, what it is now and was at the beginning; and marks it in the figures."""
    history = with_facts(5, promoted=3, takeover=batch_facts(5, gain=0.3).takeover, compared_rows=250)
    page = stream_page(replace(SUMMARY, champion=3, promotions=1), history)
    said = render_markdown(page).replace("\\", "")
    assert f"Batch 5: v3 takes over: {history[4].takeover.reason}." in said
    assert "v3 is champion since batch 5; at the beginning it was v1." in said
    assert "No loss rose" not in said
    assert "took over: **1**" in said
    row = next(line for line in said.splitlines() if line.startswith("| v3 "))
    assert f"{history[4].takeover.gain:.3f}" in row
    assert f"{history[4].takeover.bound:.3f}" in row
    html = render_html(page)
    assert html.count(">v3 takes over</text>") == 5  # each figure


def test_it_tells_what_another_has_promoted():
    """A champion that no batch of the history has made."""
    assert "v7 is champion; at the beginning it was v1." in told(replace(SUMMARY, champion=7))
    history = with_facts(5, promoted=3)
    said = told(replace(SUMMARY, champion=1), history)
    assert "v1 is champion as at the beginning." in said  # rolled back


def test_it_tells_whose_loss_rose():
    """Of either, and of both at one batch."""
    page = stream_page(SUMMARY, with_facts(7, drifted=("champion", "challenger")))
    said = render_markdown(page)
    for role in ("champion", "challenger"):
        assert f"Batch 7: the {role}'s loss has risen for good" in said
    assert "No loss rose" not in said
    assert render_html(page).count(">loss rises</text>") == 5


def test_it_tells_what_was_refused():
    """A challenger that is better and cannot take over, deliveries, and rows without a label."""
    said = told(replace(SUMMARY, left_out=1234, refused=2), with_facts(9, refusal="parity gate: it differs; report it"))
    assert "Batch 9: the challenger is better, and could not take over: parity gate: it differs; report it" in said
    assert "1,234 rows had no label; they were not learnt." in said
    assert "2 deliveries were refused; the run log says why." in said


def test_a_warning_of_the_table_stands_on_top():
    """As on every page."""
    assert "This table is generated." in told(replace(SUMMARY, warning="This table is generated."))


@pytest.mark.parametrize("positives", [0, 50])
@pytest.mark.parametrize("count", [1, 3])
def test_a_stream_of_one_class_has_a_page(positives, count):
    """Its areas under the curve are absent in tables and figures, and no 0."""
    history = [batch_facts(number, positives=positives) for number in range(1, count + 1)]
    page = stream_page(SUMMARY, history)
    html, said = render_html(page), render_markdown(page)
    assert "nan" not in said
    assert ">nan" not in html
    assert "champion: not known" in html


def test_a_batch_of_one_class_is_a_gap():
    """In the line of the area under the curve; that of the log-loss goes on."""
    history = [batch_facts(number, positives=50 if number == 4 else None) for number in range(1, 9)]
    html = render_html(stream_page(SUMMARY, history))
    area = html[html.index(">ROC AUC</text>") :]
    loss = html[html.index(">Log-loss</text>") : html.index(">ROC AUC</text>")]
    assert loss.count("<polyline") == 4
    assert area[: area.index("</svg>")].count("<polyline") == 6


def test_a_prior_that_is_almost_certain_breaks_nothing():
    """Its log-loss is near 0: what is far above it stands at the upper edge."""
    history = []
    for facts in QUIET:
        faded = {**facts.faded, "prior": {**facts.faded["prior"], "log_loss": 1e-6}}
        history.append(replace(facts, faded=faded))
    assert "<svg" in render_html(stream_page(SUMMARY, history))


def test_no_row_that_was_compared_breaks_nothing():
    """As after a promotion."""
    said = told(history=[batch_facts(1, compared=0)])
    assert "0 rows are compared, 200 are needed" in said
    assert "nan" not in said


def test_a_long_stream_shows_its_newest_batches():
    """The table is cut; figures show all that is known."""
    history = [replace(QUIET[number % 12], number=number + 1, name=f"part {number + 1}.") for number in range(230)]
    said = told(history=history)
    assert "the newest 200" in said
    assert "part 31." in said
    assert "part 30." not in said


def test_a_name_is_no_markup():
    """Where a batch came from is text of a stranger."""
    history = with_facts(3, name="<script>alert(1)</script>.csv", refusal="<b>no</b>")
    html = render_html(stream_page(SUMMARY, history))
    assert "<script>alert(1)" not in html
    assert "<b>no</b>" not in html
