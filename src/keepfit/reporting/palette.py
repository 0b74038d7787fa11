"""The colours of pages and figures, by what they say, in light and in dark.

A template writes them as CSS variables (`--ink`, `--first`, …), so that a figure within a page follows the reader's
choice. No state is told by colour alone: a mark has its word, a bar its fill or outline. The tests hold every text to
a contrast of 4.5 to 1, and every shape that carries a value to 3 to 1 (W3C, "Web Content Accessibility Guidelines
2.2", 1.4.3 and 1.4.11).

References
----------
Okabe, M. and Ito, K. (2008), "Color Universal Design (CUD): How to make figures and presentations that are friendly
to colorblind people". Blue #0072b2, vermilion #d55e00 and sky blue #56b4e9 are theirs; the others keep their hues,
darker or lighter where the contrast asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#fdfdfb",
        "panel": "#f4f5f3",
        "line": "#dfe3e6",
        "ink": "#1c2024",
        "soft": "#5a626b",
        "first": "#0072b2",
        "second": "#d55e00",
        "third": "#00785a",
        "fourth": "#a8447f",
        "fifth": "#7d5f00",
        "sixth": "#5a626b",
        "ok": "#00704f",
        "warn": "#855600",
        "alarm": "#b3261e",
        "unknown": "#5a626b",
        "ok-paper": "#e2f3ed",
        "warn-paper": "#fbefd5",
        "alarm-paper": "#fbe4e1",
        "unknown-paper": "#eceeef",
    }
)

DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#15181b",
        "panel": "#1d2125",
        "line": "#33393f",
        "ink": "#e8eaec",
        "soft": "#a2abb3",
        "first": "#56b4e9",
        "second": "#f0915a",
        "third": "#4cc9a0",
        "fourth": "#e39ac4",
        "fifth": "#d9b44a",
        "sixth": "#a2abb3",
        "ok": "#4cc9a0",
        "warn": "#e8b14f",
        "alarm": "#ff8a80",
        "unknown": "#a2abb3",
        "ok-paper": "#12332a",
        "warn-paper": "#3a2c0e",
        "alarm-paper": "#421a17",
        "unknown-paper": "#282d32",
    }
)
