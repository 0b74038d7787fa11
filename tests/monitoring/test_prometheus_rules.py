"""The rules, by Prometheus's own tool: each alert with what it is for, and silent beside it."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from keepfit.monitoring.prometheus_rules import rules
from keepfit.project.monitoring_section import MonitoringSection

RULES = rules("credit", MonitoringSection(), has_stream=True)
ALERTS = [rule["alert"] for rule in RULES["groups"][2]["rules"]]
MINE = 'project="credit"'
VERSION = f'{MINE}, model_version="3"'
REQUESTS = f'keepfit_requests_total{{{MINE}, route="/api/prediction", method="POST", status="%s"}}'
BUCKET = f'keepfit_request_duration_seconds_bucket{{{MINE}, route="/api/prediction", le="%s"}}'
STATE = f'keepfit_check_state{{{VERSION}, subject="%s", state="alarm"}}'
CHAMPION = f'keepfit_model_info{{{VERSION}, role="champion", form="graph"}}'
CREATED = f"keepfit_champion_created_timestamp_seconds{{{VERSION}}}"
AWAITED = f"keepfit_labels_awaited_since_timestamp_seconds{{{MINE}}}"
STREAM = 'up{job="keepfit-credit-stream"}'
DRIFTS = 'keepfit_stream_drifts_total{{project="credit",role="{}"}}'
LOSS = 'keepfit_stream_log_loss{{project="credit",role="{}"}}'
WAITING = f"keepfit_stream_waiting_rows{{{MINE}}}"
BATCHES = f"keepfit_stream_batches_total{{{MINE}}}"
PREDICTIONS = f'keepfit_predictions_total{{{VERSION}, decision="good"}}'


def feature(column: str, bin_: str) -> str:
    return f'keepfit_feature_values_total{{{VERSION}, column="{column}", bin="{bin_}"}}'


def reference(column: str, bin_: str) -> str:
    return f'keepfit_feature_reference_ratio{{{VERSION}, column="{column}", bin="{bin_}"}}'


def bins(low: str, high: str) -> dict[str, str]:
    """Two columns whose reference is half and half, counted so; the second stays as it was."""
    return {
        feature("age", "40"): low,
        feature("age", "+Inf"): high,
        feature("job", "fixed"): "0+10x100",
        feature("job", "other"): "0+10x100",
        **{reference("age", bin_): "0.5x100" for bin_ in ("40", "+Inf")},
        **{reference("job", bin_): "0.5x100" for bin_ in ("fixed", "other")},
        **{reference(column, "missing"): "0x100" for column in ("age", "job")},
        **{feature(column, "missing"): "0x100" for column in ("age", "job")},
        CHAMPION: "1x100",
    }


def promtool(*arguments: str, **named: Any) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, **named)


_MANY_HOURS = 24  # with a sample a minute the tool runs out of its memory
CASES: dict[str, tuple[dict[str, str], dict[str, str], str]] = {
    # alert: series that raise it, series that do not, and when it is looked at
    "KeepfitServiceDown": ({'up{job="keepfit-credit"}': "0x10"}, {'up{job="keepfit-credit"}': "1x10"}, "5m"),
    "KeepfitErrorsFast": (
        {REQUESTS % 503: "0+2x100", REQUESTS % 200: "0+98x100"},
        {REQUESTS % 503: "0+1x100", REQUESTS % 422: "0+50x100", REQUESTS % 200: "0+99x100"},
        "70m",
    ),
    "KeepfitErrorsSlow": (
        {REQUESTS % 500: "0+7x400", REQUESTS % 200: "0+993x400"},
        {REQUESTS % 500: "0+5x400", REQUESTS % 200: "0+995x400"},
        "6h",
    ),
    "KeepfitSlow": (
        {BUCKET % "0.25": "0+90x30", BUCKET % "0.5": "0+100x30", BUCKET % "+Inf": "0+100x30"},
        {BUCKET % "0.25": "0+96x30", BUCKET % "0.5": "0+100x30", BUCKET % "+Inf": "0+100x30"},
        "20m",
    ),
    "KeepfitDrift": (
        {STATE % "drift": "1x5", CHAMPION: "1x5"},
        {STATE % "drift": "1x5", STATE % "quality": "1x5", CHAMPION: "0x5"},  # of a version that is champion no more
        "2m",
    ),
    "KeepfitQuality": (
        {STATE % "quality": "1x5", CHAMPION: "1x5"},
        {STATE % "quality": "0x5", STATE % "drift": "1x5", CHAMPION: "1x5"},
        "2m",
    ),
    "KeepfitLiveDrift": (
        {**bins("0+18x100", "0+2x100"), PREDICTIONS: "0+20x100"},
        {**bins("0+18x100", "0+2x100"), PREDICTIONS: "0+3x100"},  # too few rows
        "90m",
    ),
    "KeepfitNoLabels": (
        {PREDICTIONS: "0+5x200", AWAITED: "0x200"},
        {PREDICTIONS: "0+5x200", AWAITED: "0x20 360000x180"},
        "172h",
    ),
    "KeepfitJournalWaits": (
        {f"keepfit_journal_waiting_seconds{{{MINE}}}": "5x10"},
        {f"keepfit_journal_waiting_seconds{{{MINE}}}": "0.5x10"},
        "5m",
    ),
    "KeepfitJournalAway": (
        {f"keepfit_journal_spilled_rows{{{MINE}}}": "7x10"},
        {f"keepfit_journal_spilled_rows{{{MINE}}}": "0x10"},
        "8m",
    ),
    "KeepfitJournalLoses": (
        {f"keepfit_journal_dropped_rows_total{{{MINE}}}": "0+1x10"},
        {f"keepfit_journal_dropped_rows_total{{{MINE}}}": "7x10"},
        "8m",
    ),
    "KeepfitNoChecks": (
        {f"keepfit_check_timestamp_seconds{{{VERSION}}}": "0x200"},
        {f"keepfit_check_timestamp_seconds{{{VERSION}}}": "0x20 360000x180"},
        "172h",
    ),
    "KeepfitStreamDown": ({STREAM: "1x5 0x5"}, {STREAM: "0x10"}, "8m"),  # one that never ran is not missed
    "KeepfitStreamLags": (
        {WAITING: "200x30", BATCHES: "0+1x5 5x25"},
        {WAITING: "200x30", BATCHES: "0 1 1 1 1 2 2 2 2 3 3 3 3 4 4 4 4 5 5 5 5"},  # slow, and going on
        "18m",
    ),
    "KeepfitStreamDrift": (
        {DRIFTS.format("champion"): "0x5 1x10", DRIFTS.format("challenger"): "0x15"},
        {DRIFTS.format("champion"): "2x15", DRIFTS.format("challenger"): "0x5 1x10"},  # what learns has its own way
        "10m",
    ),
    "KeepfitStreamWorse": (
        {LOSS.format("champion"): "0.6x10", LOSS.format("prior"): "0.4x10", LOSS.format("challenger"): "0.3x10"},
        {LOSS.format("champion"): "0.3x10", LOSS.format("prior"): "0.4x10", LOSS.format("challenger"): "0.6x10"},
        "8m",
    ),
    "KeepfitStaleChampion": (
        {CREATED: "0x4500", CHAMPION: "1x4500"},
        {CREATED: "0x4500", CHAMPION: "0x4500"},  # it is another one's
        "4400h",
    ),
}


def alerts_of(tmp_path, series: dict[str, str], at: str, alert: str) -> str:
    """Return what the tool says when no alert is expected: which there were."""
    interval = "1h" if at.endswith("h") and int(at[:-1]) > _MANY_HOURS else "1m"
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(RULES, sort_keys=False))
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": interval,
        "tests": [
            {
                "interval": interval,
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [{"eval_time": at, "alertname": alert, "exp_alerts": []}],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test, sort_keys=False))
    done = promtool("test", "rules", "test.yml", cwd=tmp_path)
    return done.stdout + done.stderr


FURTHER: dict[str, tuple[dict[str, str], bool]] = {
    "a column is missing altogether": (
        {**bins("0x100", "0x100"), feature("age", "missing"): "0+20x100", PREDICTIONS: "0+20x100"},
        True,
    ),
    "nothing has changed": ({**bins("0+10x100", "0+10x100"), PREDICTIONS: "0+20x100"}, False),
    "another version is champion": (
        {**bins("0+18x100", "0+2x100"), PREDICTIONS: "0+20x100", CHAMPION: "0x100"},
        False,
    ),
}


@pytest.mark.parametrize("case", FURTHER)
def test_live_drift_beyond_the_usual(tmp_path, case):
    """What is missing altogether is drift; what has not changed, or is another version's, is none."""
    series, is_raised = FURTHER[case]
    told = alerts_of(tmp_path, series, "90m", "KeepfitLiveDrift")
    assert ('alertname="KeepfitLiveDrift"' in told) is is_raised, told


def test_a_stream_that_has_nothing_to_do_does_not_lag(tmp_path):
    """No batch comes, and no row waits; and it does not lag before ten minutes are over."""
    idle = alerts_of(tmp_path, {WAITING: "0x30", BATCHES: "5x30"}, "18m", "KeepfitStreamLags")
    early = alerts_of(tmp_path, {WAITING: "200x30", BATCHES: "0+1x5 5x25"}, "13m", "KeepfitStreamLags")
    assert "SUCCESS" in idle, idle
    assert "SUCCESS" in early, early


def test_nobody_is_told_of_a_stream_that_there_is_not():
    """Without one its alerts are left out, and the others are the same."""
    without = [rule["alert"] for rule in rules("credit", MonitoringSection())["groups"][2]["rules"]]
    assert without == [alert for alert in ALERTS if not alert.startswith("KeepfitStream")]


def test_every_alert_has_a_case():
    """An alert that nobody has seen is none."""
    assert sorted(CASES) == sorted(ALERTS)


def test_the_rules_are_good(tmp_path):
    """Prometheus reads them, whatever the limits."""
    section = MonitoringSection.model_validate(
        {"alerts": {"availability": 0.95, "window_hours": 24, "labels_days": 0.01}}
    )
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules("a-b_c", section, has_stream=True), sort_keys=False))
    done = promtool("check", "rules", str(tmp_path / "rules.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", CASES)
def test_an_alert_is_raised_by_what_it_is_for(tmp_path, alert):
    """With its severity and a summary whose values are filled in; and not by what looks like it."""
    raising, silent, at = CASES[alert]
    told = alerts_of(tmp_path, raising, at, alert)
    assert f'alertname="{alert}"' in told, told
    assert 'severity="' in told
    assert "<no value>" not in told
    quiet = alerts_of(tmp_path, silent, at, alert)
    assert "SUCCESS" in quiet, quiet
