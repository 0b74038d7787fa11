"""Text in figures is cut to fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.reporting.figures.label import fitted, fitted_title, inside, label_width, text_width

WIDTHS = st.floats(20, 600)


@given(st.text(max_size=80), WIDTHS, st.booleans())
def test_a_fitted_text_fits(text, width, is_strong):
    """A text is one line no wider than its room: itself, or its beginning and an ellipsis."""
    shown, line = fitted(text, width, is_strong=is_strong), " ".join(text.split())
    assert text_width(shown) <= width + 0.1
    assert shown == line or (shown.endswith("…") and line.startswith(shown[:-1]))
    assert len(shown.splitlines()) <= 1


@given(st.text(max_size=80), WIDTHS)
def test_strong_texts_and_titles_have_less_room(text, width):
    """What is drawn wider is cut earlier: a title is no longer than a strong label, that no longer than a plain one."""
    assert len(fitted_title(text, width)) <= len(fitted(text, width, is_strong=True)) <= len(fitted(text, width))


@given(st.text(max_size=40), st.text(max_size=40))
def test_widths_add_up(one, other):
    """Two texts beside each other are as wide as both."""
    assert text_width(one + other) == pytest.approx(text_width(one) + text_width(other))


def test_some_letters_are_wider():
    """Capitals are wider than small letters, the widest of all is M, and an ideogram takes two places."""
    assert text_width("a") < text_width("A") < text_width("M") < text_width("価")


@given(st.lists(st.text(max_size=60), max_size=6))
def test_labels_get_the_room_they_need(labels):
    """The room holds the widest label, strong or not, between the least and the most."""
    width = label_width(labels, least=90, most=260)
    assert 90 <= width <= 260
    if width < 260:
        assert [fitted(label, width - 10, is_strong=True) for label in labels] == [
            " ".join(label.split()) for label in labels
        ]


@pytest.mark.parametrize("labels", [[], iter([]), [""]])
def test_no_labels_get_the_least(labels):
    """Without labels there is the least room."""
    assert label_width(labels, least=90, most=260) == 90


@given(st.floats(-100, 800), st.text(max_size=30), st.floats(0, 100), st.floats(400, 700))
def test_a_text_stays_between_its_edges(place, text, left, right):
    """A centred text stays between left and right, at its place where it can; if it is too wide, it begins at left."""
    middle, half = inside(place, text, left, right), text_width(text) / 2
    assert middle - half >= left - 0.1
    if 2 * half <= right - left:
        assert middle + half <= right + 0.1
    if left + half <= place <= right - half:
        assert middle == pytest.approx(place, abs=0.1)
