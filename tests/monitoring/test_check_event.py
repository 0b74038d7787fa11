"""The event of a check: whatever it says, the next check reads it back as it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from keepfit.journal import open_journal
from keepfit.monitoring import compare_profiles, judge
from keepfit.monitoring.check_event import Asked, event_facts
from keepfit.monitoring.check_facts import Checked
from keepfit.monitoring.findings import Findings, QualityFindings, RowFindings
from keepfit.monitoring.observed_window import Stretch, window_of
from keepfit.monitoring.past_checks import CHECKED, PastCheck, past_checks
from keepfit.project.monitoring_section import MonitoringSection

BEGAN = datetime(2026, 11, 20, 9, 0, 0, 1, tzinfo=UTC)
ENDED = BEGAN + timedelta(hours=2, microseconds=5)
MADE = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECTION = MonitoringSection()


def income_fallen(matrix):
    matrix[:, 0] *= 0.5


@pytest.fixture
def checked(reference, window):
    """Compares a window, and returns what was checked and what was found."""

    def compared(rows, change=lambda matrix: None, lowered=0.0):
        profile = window(rows, change, lowered=lowered)
        times = (BEGAN, ENDED) if rows else (None, None)
        seen = window_of("the journal", [Stretch(profile, *times)], profile)
        drift = compare_profiles(reference, profile, SECTION)
        what = Checked("t", 3, "2026-11-21T09:00:00.000Z", seen, 3000, "t.csv", "file", "", ("no", "yes"), {}, labels=7)
        return what, Findings(drift, QualityFindings(), RowFindings(), judge(drift, None, SECTION))

    return compared


def test_the_next_check_reads_the_event_back(checked, tmp_path):
    """By way of the journal: when it was made, its states, its columns, and its moments to the microsecond."""
    what, findings = checked(1000, income_fallen, lowered=0.3)
    with open_journal(f"sqlite:///{tmp_path}/journal.db") as journal:
        journal.record_event("t", CHECKED, "ada", event_facts(what, findings, Asked()))
        (read,) = past_checks(journal, "t", 3)
        (event,) = journal.events("t", kinds=[CHECKED])
    verdict, drifted = findings.verdict, frozenset({("feature", "income"), ("score", "probability")})
    assert read == PastCheck(MADE, BEGAN, ENDED, verdict.state, verdict.found, verdict.quality, drifted)
    assert (event.facts["rows"], event.facts["labelled"]) == (1000, 7)
    assert event.facts["reasons"] == list(verdict.reasons)


def test_a_window_without_rows_has_no_moments(checked):
    """They are left out: nothing came, so nothing came first."""
    facts = event_facts(*checked(0), Asked())
    assert not {"first_at", "last_at"} & facts.keys()
    assert facts["drifted_columns"] == []
    json.dumps(facts, allow_nan=False)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Asked(), {}),
        (Asked(since=BEGAN), {"since": "2026-11-20T09:00:00.000Z"}),
        (Asked(BEGAN, ENDED), {"since": "2026-11-20T09:00:00.000Z", "until": "2026-11-20T11:00:00.000Z"}),
        (Asked(windows=("a.json", "b.json")), {"window": ["a.json", "b.json"]}),
        (Asked(reference="then.json"), {"reference": "then.json"}),
    ],
)
def test_what_was_asked_is_told_and_nothing_else(checked, asked, told):
    """A key that is there means that it was given: by the keys a reader knows whether a check was about now."""
    assert asked.to_dict() == told
    facts = event_facts(*checked(300), asked)
    assert {name: facts[name] for name in ("since", "until", "window", "reference") if name in facts} == told
