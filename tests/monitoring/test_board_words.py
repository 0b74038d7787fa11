"""The words of the dashboards in each language."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from keepfit.monitoring.board import Board
from keepfit.monitoring.board_page import board_page
from keepfit.monitoring.board_words import TRANSLATIONS, Words
from keepfit.monitoring.boards import boards
from keepfit.project.dashboard_section import DashboardSection, Language, PanelName
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.project.statsd_section import StatsdSection

OTHERS = [language for language in get_args(Language) if language != "en"]
NEUTRAL = re.compile(r"F1|ROC AUC|p\d+|v\{\{ model_version \}\}|(\{\{ \w+ \}\}(: )?)+|p: Graphite|")
"""Names of metrics and what is data: the same in every language."""


class Asked(Words):
    """Words that remember what they were asked for."""

    def __init__(self) -> None:
        super().__init__("en")
        self.texts: set[str] = set()

    def __call__(self, english: str, **values: object) -> str:
        self.texts.add(english)
        return super().__call__(english, **values)


def made(words: Words) -> tuple[Board, ...]:
    """Return every board, with every panel."""
    section = MonitoringSection(
        dashboard=DashboardSection(panels=list(get_args(PanelName))), statsd=StatsdSection(address="127.0.0.1:8125")
    )
    return boards("p", section, words, has_graphite=True, has_stream=True)


def shown(words: Words) -> list[str]:
    """Return every text of every board, in order."""
    return [
        text
        for board in made(words)
        for texts in [[board.title], *([heading, *_panel_texts(panels)] for heading, panels in board.rows)]
        for text in texts
    ]


def _panel_texts(panels) -> list[str]:
    texts = [[panel.title, panel.description, *(query.legend for query in panel.queries)] for panel in panels]
    return [text for found in texts for text in found]


def test_every_text_has_a_translation_and_every_translation_a_text():
    """What the boards and their pages say is what the table has."""
    asked = Asked()
    for board in made(asked):
        board_page(board, {}, asked, span=(0.0, 1.0))
    assert asked.texts == set(TRANSLATIONS)


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_stays_english(language):
    """But names of metrics, and what is the same word."""
    same = {english for english, said in TRANSLATIONS.items() if getattr(said, language) == english}
    assert same <= {"drift", "Commits", "commits"}
    for english, said in zip(shown(Words()), shown(Words(language)), strict=True):
        word = english.removeprefix("p: ")
        assert NEUTRAL.fullmatch(english) or word in same or said != english


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_filled_in_everywhere(language):
    """A translation names the same values and labels as its text."""
    for english, said in TRANSLATIONS.items():
        translated = getattr(said, language)
        assert re.findall(r"\{+ ?\w+ ?\}+", translated) == re.findall(r"\{+ ?\w+ ?\}+", english)
        assert english.endswith(".") == translated.endswith(".")
    assert not [text for text in shown(Words(language)) if "{hours}" in text]


def test_russian_is_written_in_cyrillic_letters_alone():
    """No letter of a word is a Latin one that looks like it."""
    for said in TRANSLATIONS.values():
        for word in re.findall(r"\w+", said.ru):
            assert not (re.search(r"[\u0400-\u04ff]", word) and re.search("[A-Za-z]", word)), word
