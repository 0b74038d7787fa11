"""What a person reads of a column: its state, what changed, since when, and its picture; nothing is fetched."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.monitoring.conftest import SIGNATURE, Population

from keepfit.monitoring import compare_profiles, judge
from keepfit.monitoring.column_history import ColumnHistory
from keepfit.monitoring.domain_classifier import DomainShift, TellingColumn
from keepfit.monitoring.drift_sections import changes_section, columns_section, over_time_section, together_section
from keepfit.monitoring.findings import Findings, QualityFindings, RowFindings
from keepfit.monitoring.observed_window import Stretch, window_of
from keepfit.profiles import build_profile, count_window
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.reporting import Page, render_html, render_markdown
from keepfit.signature import Column, Kind, Outcome, Signature

BEGAN = datetime(2026, 11, 28, 9, tzinfo=UTC)
SECTION = MonitoringSection()
FETCHED = re.compile(r"""\b(?:src|href|srcset|action)\s*=\s*["']?(?!["'#]|data:)|url\((?!#)|@import""")


def found(reference, window, *, since=None):
    """Return what a check finds of a window, with no quality."""
    drift = compare_profiles(reference, window, SECTION)
    return Findings(drift, QualityFindings(), RowFindings(), judge(drift, None, SECTION), since or {})


def html(*sections):
    return render_html(Page("t", "", sections))


def lines(section):
    """Return the lines of the table of changes, by column: each with its cells by their headings."""
    table = section.blocks[1]
    titles = [column.title for column in table.columns]
    return {row[0]: dict(zip(titles, row, strict=True)) for row in table.rows}


def income_fallen(matrix):
    matrix[:, 0] *= 0.5


def ages_moved_a_little(matrix):
    matrix[:, 1] += 9


def both(matrix):
    income_fallen(matrix)
    ages_moved_a_little(matrix)


def no_debts(matrix):
    matrix[:, 2] = np.nan


def test_what_moved_most_is_read_first(reference, window):
    """A line for each feature and for the scores, by the size of the effect; a reader stops at the first stable one."""
    told = lines(changes_section(found(reference, window(1000, both)), SECTION))
    assert list(told)[:2] == ["income", "age"]
    assert sorted(told) == sorted([*SIGNATURE.names, "probability"])
    assert [told[name]["state"].text for name in told] == ["drifted"] * 2 + ["stable"] * 4
    assert "effect" in told["income"]["what changed"]
    assert told["job"]["what changed"] == ""


def test_a_column_without_values_has_no_effect_and_still_its_line(reference, window):
    """It is named by what it lacks; no number stands where none is."""
    section = changes_section(found(reference, window(1000, no_debts)), SECTION)
    debt = lines(section)["debt"]
    assert debt["effect"] is None
    assert debt["state"].state == "alarm"
    assert "missing" in debt["what changed"]
    assert not re.search(r"\bnan\b", render_markdown(Page("t", "", [section])), re.IGNORECASE)


def test_too_few_rows_are_no_state(reference, window):
    """Neither drifted nor stable: it is not known."""
    told = lines(changes_section(found(reference, window(50, income_fallen)), SECTION))
    assert {(line["state"].state, line["state"].text) for line in told.values()} == {("unknown", "too few rows")}


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (ColumnHistory(0, None, None), "the start or before"),
        (ColumnHistory(4, BEGAN, None), "2026-11-28 09:00"),
        (ColumnHistory(4, None, None), "part 5 of the window"),
        (ColumnHistory(4, BEGAN, BEGAN - timedelta(days=1)), "2026-11-28 09:00; checks since 2026-11-27 09:00"),
    ],
)
def test_since_when_is_said_in_words(reference, window, history, said):
    """By the clock where times are known, else by the part, which people count from one; only of what has drifted."""
    findings = found(reference, window(1000, income_fallen), since={"income": history})
    told = lines(changes_section(findings, SECTION))
    assert told["income"]["since"] == said
    assert {line["since"] for name, line in told.items() if name != "income"} == {""}


def test_only_so_many_columns_are_drawn_and_the_rest_is_counted():
    """A page of a wide table stays small; what is left out is said."""
    signature = Signature(tuple(Column(f"c{at}", Kind.NUMBER) for at in range(33)), Outcome("y", "no", "yes"))
    matrix = np.random.default_rng(0).normal(size=(300, 33)).astype(np.float32)
    reference = build_profile(signature, matrix, np.full(300, 0.5))
    section = columns_section(reference, reference, compare_profiles(reference, reference, SECTION))
    assert len(section.blocks[0].figures) == 30 + 1  # the scores besides
    assert section.lead.endswith("Of the columns that changed less, 3 are not drawn.")


@pytest.mark.parametrize(
    ("change", "times", "drawn"),
    [(income_fallen, [0, 1, 2], [1]), (income_fallen, [0, None, None], []), (lambda matrix: None, [0, 1, 2], [])],
    ids=["drifted", "one time", "nothing drifted"],
)
def test_the_course_is_drawn_of_what_has_drifted_where_times_are_known(reference, window, change, times, drawn):
    """One point is no course, and of stable columns nobody asks for one."""
    hours = [None if at is None else BEGAN + timedelta(hours=at) for at in times]
    stretches = [Stretch(window(400, change, seed=at + 1), hour, hour) for at, hour in enumerate(hours)]
    seen = window_of("the journal", stretches, window(0))
    sections = over_time_section(reference, seen, found(reference, seen.profile))
    assert [len(section.blocks[0].figures) for section in sections] == drawn


def test_all_columns_together_are_told_as_far_as_they_were_judged():
    """Nothing where it was not asked, the obstacle where there was one, else the figure and who tells."""
    assert together_section(RowFindings()) == []
    (hindered,) = together_section(RowFindings(obstacle="the window has 3 rows"))
    assert "They cannot be judged: the window has 3 rows." in html(hindered)
    shift = DomainShift(2000, 0.6, 0.57, 0.63, 1e-4, 0.55, is_shifted=True, told_by=(TellingColumn("a<b>", 0.125),))
    said = html(*together_section(RowFindings(shift)))
    assert "2,000 rows of each side" in said
    assert "ROC AUC of 0.600 [0.570, 0.630]" in said
    assert "a&lt;b&gt;: without it the AUC is 0.125 lower" in said


def test_names_are_shown_as_they_are_and_nothing_is_fetched():
    """Of columns, categories and outcomes: a name such as `<b>` is text, in tables and pictures, and no tag."""
    names = ("<b>income</b>", '" onload="x', "<script>alert(1)</script>", "a & b", "é<i>")
    columns = [
        Column(name, one.kind, categories=tuple(f"<u>{word}" for word in one.categories))
        for name, one in zip(names, SIGNATURE.columns, strict=True)
    ]
    matrix, probability = Population(0).rows(2000)
    reference = build_profile(Signature(tuple(columns), Outcome("<s>", "no", "yes")), matrix, probability)
    income_fallen(matrix)
    parts = [count_window(reference, half, scores) for half, scores in ((matrix[:999], probability[:999]),) * 2]
    stretches = [Stretch(one, BEGAN + timedelta(hours=at), BEGAN) for at, one in enumerate(parts)]
    seen = window_of("the journal", stretches, parts[0])
    findings = found(reference, seen.profile, since={names[0]: ColumnHistory(0, None, None)})
    sections = [
        changes_section(findings, SECTION),
        columns_section(reference, seen.profile, findings.drift),
        *over_time_section(reference, seen, findings),
    ]
    assert len(sections) == 3
    page = html(*sections)
    for tag in ("<b>", "<script>alert", "<u>", "<i>", '" onload="'):
        assert tag not in page
    assert "&lt;b&gt;income&lt;/b&gt;" in page
    assert "a &amp; b" in page
    assert not FETCHED.search(page)
