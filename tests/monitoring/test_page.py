"""The page of a check: the facts of drift, quality and verdict, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.monitoring.test_quality import labelled

from keepfit.monitoring import compare_profiles, judge, measure_quality
from keepfit.monitoring.check_facts import Checked
from keepfit.monitoring.findings import Findings, QualityFindings, RowFindings
from keepfit.monitoring.observed_window import Stretch, window_of
from keepfit.monitoring.page import check_page
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting import render_html, render_markdown

BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECTION = MonitoringSection(min_f1=0.65)


@pytest.fixture
def page(reference, window):
    """Compose the page of a window."""

    def composed(rows, change=lambda matrix: None, agreeing=None, warning=""):
        counted = window(rows, change)
        times = (BEGAN, BEGAN + timedelta(hours=23)) if rows else (None, None)
        seen = window_of("the journal", [Stretch(counted, *times)], counted)
        drift = compare_profiles(reference, counted, SECTION)
        quality = None
        if agreeing is not None:
            quality = measure_quality(*labelled(rows, agreeing), SECTION, 0.5, seed=0)
        checked = Checked(
            project="credit <b>",
            version=7,
            made_at="2026-11-21T09:00:00.000Z",
            window=seen,
            reference_rows=3000,
            source="credit.csv",
            origin="file",
            warning=warning,
            classes=("bad", "good"),
            expected={"f1": (0.86, 0.84, 0.88)},
        )
        return check_page(
            checked,
            reference,
            Findings(drift, QualityFindings(quality), RowFindings(), judge(drift, quality, SECTION)),
            SECTION,
        )

    return composed


def income_fallen(matrix):
    matrix[:, 0] *= 0.5


def test_the_reasons_are_the_verdicts(page):
    """What the verdict says stands on the page, with its state as the badge."""
    said = render_markdown(page(1000, income_fallen, agreeing=0.5))
    assert "credit \\<b\\>: check of version 7 · **alarm**" in said
    assert "1 of 5 columns has drifted: income" in said
    assert "below the floor of 0.65 even at its upper end" in said


def test_every_column_is_in_the_table_and_drawn(page):
    """Five features and the scores: a row and a figure each, and the confusion by the classes' names."""
    html = render_html(page(1000, income_fallen, agreeing=0.7))
    for name in ("income", "age", "debt", "job", "owner", "probability"):
        assert f"Distribution of {name}" in html or f"Shares of {name}" in html or f">{name}<" in html
    assert html.count("<svg") == 6 + 3
    assert "good decided bad" in html


@pytest.mark.parametrize("rows", [0, 1, 150])
def test_a_window_of_any_size_has_a_page(page, rows):
    """No row, one row, too few rows: a page that says so."""
    said = render_markdown(page(rows))
    assert "Drift cannot be judged" in said
    assert "Nothing is measured: no labels have come yet." in said


def test_generated_data_are_announced(page):
    """A twin is told loudly; a real table is not."""
    assert "Generated data" in render_markdown(page(300, warning="Generated data: a twin"))
    assert "Generated data" not in render_markdown(page(300))
