"""Text in figures: SVG breaks no lines, so a label that does not fit is shortened."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_CHARACTER = 7.3  # of a wide system font at 12 px; others are narrower
_WIDEST = "MWm%@"
_STRONG = 1.15
_ROUNDING = 0.01  # the room that was made for a text is enough for it


def text_width(text: str) -> float:
    """Return about how wide a text is, in units of the drawing."""
    return sum(_CHARACTER * _columns(character) for character in text)


def fitted(text: str, width: float, *, is_strong: bool = False) -> str:
    """Return a text in one line, cut with an ellipsis to fit a width; a strong text is wider."""
    width = width / _STRONG if is_strong else width
    line = " ".join(text.split())
    if text_width(line) <= width + _ROUNDING:
        return line
    kept, used = "", _CHARACTER
    for character in line:
        used += _CHARACTER * _columns(character)
        if used > width:
            break
        kept += character
    return f"{kept.rstrip()}…"


def fitted_title(text: str, width: float) -> str:
    """Return a figure's title, which is strong and larger than a label, cut to fit a width."""
    return fitted(text, width * 12 / 13, is_strong=True)


def label_width(labels: Iterable[str], *, least: float, most: float) -> float:
    """Return the room that a chart keeps for its row labels."""
    return min(max([least, *(_STRONG * text_width(label) + 10 for label in labels)]), most)


def inside(place: float, text: str, left: float, right: float) -> float:
    """Return where the middle of a text goes so that it stays between left and right."""
    half = text_width(text) / 2
    return round(min(max(place, left + half), max(right - half, left + half)), 1)


def _columns(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 2.0
    if character in _WIDEST:
        return 1.65
    if character.isupper() or character == "w":
        return 1.25
    return 1.05 if character.isdigit() else 1.0
