"""The page of a retraining."""

from __future__ import annotations

import pytest
from tests.retraining.test_policy import contest

from keepfit.project.declaration import RetrainingSection
from keepfit.reporting import render_markdown
from keepfit.retraining import Rivals, decide, retrain_page

RIVALS = Rivals(
    project="credit",
    made_at="2026-11-21T09:00:00.000Z",
    champion=1,
    challenger=5,
    taught_rows=1393,
    protocol="one recipe",
    warning="",
)


@pytest.mark.parametrize(
    ("skill", "subtitle", "badge"), [(2.0, "v5 replaces v1.", "promoted"), (0.2, "v1 stays champion.", "kept")]
)
def test_it_tells_who_serves_and_why(skill, subtitle, badge):
    """The reasons of the policy, both comparisons with intervals, the rows that taught."""
    recent, original = contest(1, 0.2, skill), contest(2, 2.0, 2.0)
    decision = decide(recent, original, RetrainingSection())
    said = render_markdown(retrain_page(RIVALS, recent, original, decision))
    assert f"credit: v5 against v1 · **{badge}**" in said
    assert subtitle in said
    assert all(reason.split(":")[0] in said for reason in decision.reasons)
    assert f"{recent.gain.value:+.3f}" in said.replace("\\", "")
    assert "journal rows learnt: **1,393**" in said
    assert f"F1 on {recent.rows} rows: v1 {recent.champion['f1'].value:.3f}" in said.replace("\\", "")


def test_a_metric_without_a_constant_has_no_line():
    """ROC AUC has no constant decision to beat: the chart is drawn without one."""
    recent = contest(1, 0.2, 2.0, metric="roc_auc")
    decision = decide(recent, recent, RetrainingSection())
    said = render_markdown(retrain_page(RIVALS, recent, recent, decision))
    assert "nan" not in said
