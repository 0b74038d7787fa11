"""What MLflow is told after the fits, and what is said when it fails."""

from __future__ import annotations

import pytest

from keepfit.errors import TrackingError
from keepfit.workflows.run_log import RunLog
from keepfit.workflows.tracking_attempts import Attempts


@pytest.fixture
def log(tmp_path):
    return RunLog(tmp_path / "run.log")


def fail():
    raise TrackingError("is away", where="http://127.0.0.1:9")


def test_what_succeeds_is_returned(log):
    """And nothing is noted."""
    attempts = Attempts(log, "train")
    assert attempts.make("the runs", lambda: "r1", "") == "r1"
    assert attempts.not_logged == []


def test_after_a_failure_nothing_more_is_tried(log):
    """The first says why, the others that it failed before: an absent server is waited for once."""
    attempts = Attempts(log, "train")
    asked = []
    assert attempts.make("the runs", fail, "none") == "none"
    assert attempts.make("the card", lambda: asked.append(1), None) is None
    assert not asked
    assert attempts.not_logged == ["the runs (http://127.0.0.1:9: is away)", "the card, as MLflow failed before"]
    assert "train: not in MLflow: the runs (http://127.0.0.1:9: is away)" in log.path.read_text()


def test_other_faults_are_not_hidden(log):
    """A mistake of our own stays a traceback."""
    with pytest.raises(ZeroDivisionError):
        Attempts(log, "train").make("the runs", lambda: 1 // 0, 0)
