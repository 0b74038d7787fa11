"""The contrasts of the palette, in light and in dark, of every pair that the style makes."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from keepfit.reporting.figures import heatmap
from keepfit.reporting.page import STATES
from keepfit.reporting.palette import DARK, LIGHT

TEMPLATES = resources.files("keepfit.reporting").joinpath("templates")
STYLE = "".join(TEMPLATES.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "figure.css"))
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
AREA_OPACITY = 0.18
# Lines that guide the eye and tell nothing of their own, the paper behind a cell, and what is drawn in paper.
NOT_SHAPES = {"axis", "cell", "gap", "over"}
RULES = {
    selector.strip(): dict(re.findall(r"([\w-]+):\s*([^;]+)", body))
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]+)\}", re.sub(r"\{%.*?%\}|/\*.*?\*/|@media[^{]*\{", "", STYLE))
    for selector in selectors.split(",")
}

themes = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def channels(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(parts: list[float]) -> float:
    """Return the relative luminance (W3C, WCAG 2.2, "relative luminance")."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: list[float], other: list[float]) -> float:
    """Return the contrast ratio (W3C, WCAG 2.2, "contrast ratio")."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def laid(top: list[float], opacity: float, ground: list[float]) -> list[float]:
    return [opacity * one + (1 - opacity) * other for one, other in zip(top, ground, strict=True)]


def variable(value: str) -> str | None:
    named = re.search(r"var\(--([\w-]+)\)", value)
    return named[1] if named else None


def test_the_measure_is_the_standards():
    """Black on white is 21 to 1, a colour on itself 1 to 1, and #767676 is the lightest grey for text on white."""
    black, white = channels("#000000"), channels("#ffffff")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == 1
    assert contrast(channels("#767676"), white) >= TEXT_CONTRAST > contrast(channels("#777777"), white)


def test_both_themes_name_the_same_colours():
    """A figure finds its colours in light and in dark; each is written out in full."""
    assert LIGHT.keys() == DARK.keys()
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for palette in (LIGHT, DARK) for colour in palette.values())
    assert set(STATES) <= LIGHT.keys()


def test_the_style_has_no_colour_of_its_own():
    """The style speaks of colours by their names in the palette, and of no other."""
    assert set(re.findall(r"var\(--([\w-]+)\)", STYLE)) <= LIGHT.keys()
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", re.sub(r"/\*.*?\*/", "", STYLE))


@themes
def test_text_is_readable_where_it_stands(palette):
    """Every colour of a text has 4.5 to 1 on its own ground, or on paper and panel where it has none."""
    checked = 0
    for selector, rule in RULES.items():
        told = rule.get("color") or (rule.get("fill") if selector in {"svg text", "svg .soft"} else None)
        if told is None or (name := variable(told)) is None:
            continue
        own = variable(rule.get("background", ""))
        for ground in [own] if own else ["paper", "panel"]:
            assert contrast(channels(palette[name]), channels(palette[ground])) >= TEXT_CONTRAST, (selector, ground)
            checked += 1
    assert checked >= 12


@themes
def test_text_is_readable_on_what_is_drawn(palette):
    """Words over the area of a distribution and over the darkest cell of a heatmap have 4.5 to 1."""
    area = laid(channels(palette["first"]), AREA_OPACITY, channels(palette["paper"]))
    assert f"fill-opacity: {AREA_OPACITY}" in STYLE
    assert contrast(channels(palette["soft"]), area) >= TEXT_CONTRAST
    for tone in ("first", "second"):
        cell = laid(channels(palette[tone]), heatmap._DARKEST, channels(palette["panel"]))
        assert contrast(channels(palette["ink"]), cell) >= TEXT_CONTRAST, tone


@themes
def test_shapes_are_seen(palette):
    """Every shape that tells something has 3 to 1 on paper, in its line or, where it has none, in its fill."""
    checked = set()
    for selector, rule in RULES.items():
        name = selector.removeprefix("svg .")
        if not selector.startswith("svg .") or name in NOT_SHAPES or not {"fill", "stroke"} & rule.keys():
            continue
        if name == "first-area":  # it is outlined by a first-line
            continue
        colour = variable(rule.get("stroke", "")) or variable(rule["fill"])
        assert contrast(channels(palette[colour]), channels(palette["paper"])) >= SHAPE_CONTRAST, selector
        checked.add(name)
    assert checked >= {"first", "second", "first-line", "second-line", "mark-line", *(f"s-{state}" for state in STATES)}


def test_a_state_is_not_told_by_colour_alone():
    """No two states' bars have the same fill: solid, half, faint, and an empty one with a broken line."""
    fills = {
        (RULES[f"svg .s-{state}"]["fill"] == "none", RULES[f"svg .s-{state}"].get("fill-opacity")) for state in STATES
    }
    assert len(fills) == len(STATES)


@themes
def test_the_focus_is_seen(palette):
    """The ring around what the keyboard is on has 3 to 1 on paper and panel."""
    for ground in ("paper", "panel"):
        assert contrast(channels(palette["first"]), channels(palette[ground])) >= SHAPE_CONTRAST
