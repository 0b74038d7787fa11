"""The page's parts about labels that have not come."""

from __future__ import annotations

from tests.monitoring.scored_rows import reference_of, scored_rows

from keepfit.monitoring import concept_shift, expected_quality
from keepfit.monitoring.expected_sections import expected_section, shift_sections
from keepfit.reporting import Page, render_html, render_markdown

REFERENCE = reference_of(2000)


def read(*sections):
    page = Page("check", "", sections)
    assert "<script>alert" not in render_html(page)
    return render_markdown(page)


def shift_of(rows, change=lambda probability: probability):
    return concept_shift(REFERENCE, REFERENCE.count(*scored_rows(rows, 1, change=change)), seed=0)


def test_an_estimate_is_called_one():
    """With its interval, what it rests on, and what it cannot see."""
    expected = expected_quality(REFERENCE, REFERENCE.count(scored_rows(1000, 1)[0]), seed=0)
    said = read(expected_section(expected))
    assert "Quality to expect: an estimate" in said
    assert "Of the 1,000 predictions without a label, from their scores and what the 2,000 labels" in said
    assert f"{expected.scores['f1'].value:.4f}" in said
    assert "labels alone show that" in said


def test_no_estimate_says_why():
    """A reference with few labels."""
    few = reference_of(20)
    said = read(expected_section(expected_quality(few, few, seed=0)))
    assert "There is no estimate: the reference has 20 labelled rows, 30 more are needed." in said


def test_the_error_is_shown_once_labels_have_come():
    """What was estimated beside what turned out; what is far off, as where labels have turned over, is marked."""
    shift = shift_of(1000, lambda probability: 1 - probability)
    said = read(*shift_sections(shift))
    assert "Do labels mean what they meant?" in said
    assert "How wrong the estimate was" in said
    assert f"{shift.errors['f1'].realised:.4f}" in said
    assert shift.errors["f1"].is_outside
    assert said.count("| outside |") == sum(error.is_outside for error in shift.errors.values())


def test_without_labels_nothing_is_said():
    """No label, no section; too few of them, why."""
    assert list(shift_sections(shift_of(0))) == []
    said = read(*shift_sections(shift_of(3)))
    assert "This cannot be told: 3 labels have come, too few" in said
