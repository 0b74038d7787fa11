"""What a check finds: what was not asked for is nothing, and none of it changes afterwards."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest

from keepfit.monitoring import State, Verdict, compare_profiles
from keepfit.monitoring.findings import Findings, QualityFindings, RowFindings

VERDICT = Verdict(State.OK, State.OK, State.OK, (), State.OK)


@pytest.fixture
def findings(reference, window, section):
    """What a check finds that was asked for nothing of its rows, and has no labels."""
    drift = compare_profiles(reference, window(300), section)
    return Findings(drift, QualityFindings(), RowFindings(), VERDICT)


def test_what_was_not_asked_for_is_nothing(findings):
    """Neither a number nor an obstacle: a page says nothing of it, and the facts say null."""
    assert (findings.rows.multivariate, dict(findings.rows.exact), findings.rows.obstacle) == (None, {}, "")
    assert (findings.quality.measured, findings.quality.expected, findings.quality.concept) == (None, None, None)
    assert dict(findings.since) == {}


def test_what_was_found_stays(findings):
    """A page and the facts are made of the same findings, one after the other."""
    for part, name in ((findings, "verdict"), (findings.rows, "exact"), (findings.quality, "measured")):
        with pytest.raises(FrozenInstanceError):
            setattr(part, name, None)


def test_findings_are_named_without_the_libraries_that_find_them():
    """A journal's event and a page need the names alone: a check that asks no rows learns nothing, and is quick."""
    heavy = "{'sklearn', 'pandas', 'polars', 'mlflow', 'lightgbm', 'xgboost'}"
    code = f"import sys, keepfit.monitoring.findings; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
