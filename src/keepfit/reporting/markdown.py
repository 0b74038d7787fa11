"""A page as Markdown: the same facts for a terminal, a pull request or a run's notes; figures as their words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from keepfit.reporting.cells import cell_text
from keepfit.reporting.page import Block, Bullets, Details, Figure, FigureGrid, KeyFigure, Page, Paragraph, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")
_LIST_MARK = re.compile(r"^(\s*)(=|[-+](?=\s|-|$)|\d+[.)](?=\s|$))")


def render_markdown(page: Page) -> str:
    """Return a page as Markdown (GitHub's flavour), its texts escaped."""
    badge = f" · **{_escaped(page.badge.text)}**" if page.badge else ""
    parts = [f"# {_escaped(page.title)}{badge}"]
    if page.notice:
        parts.append(f"> **{_escaped(page.notice)}**")
    parts.append(_escaped(page.subtitle))
    if page.key_figures:
        parts.append("\n".join(_key_figure(figure) for figure in page.key_figures))
    for section in page.sections:
        parts += [f"## {_escaped(section.title)}", _escaped(section.lead), *_blocks(section.blocks)]
    if page.footer:
        parts += ["---", _escaped(page.footer)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _key_figure(figure: KeyFigure) -> str:
    note = f" ({_escaped(figure.note)})" if figure.note else ""
    return f"- {_escaped(figure.label)}: **{_escaped(figure.value)}**{note}"


def _blocks(blocks: Iterable[Block]) -> list[str]:
    return [part for block in blocks for part in _block(block)]


def _block(block: Block) -> list[str]:
    match block:
        case Paragraph():
            return [_escaped(block.text)]
        case Bullets():
            return ["\n".join(f"- {_escaped(item)}" for item in block.items)]
        case Table():
            return _table(block)
        case Figure():
            return [_figure(block)]
        case FigureGrid():
            return [_figure(figure) for figure in block.figures]
        case Details():
            return [f"**{_escaped(block.summary)}**", *_blocks(block.blocks)]


def _figure(figure: Figure) -> str:
    return f"*{_escaped(figure.description)}*" + (f" {_escaped(figure.caption)}" if figure.caption else "")


def _table(table: Table) -> list[str]:
    caption = [_escaped(table.caption)] if table.caption else []
    if not table.rows:
        return [*caption, "nothing to show"]
    head = [_escaped(column.title) for column in table.columns]
    rule = ["---:" if column.is_number else "---" for column in table.columns]
    body = [
        [_escaped(cell_text(cell, column)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return [*caption, "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *body))]


def _escaped(text: str) -> str:
    """Return a text in one line that Markdown shows as it is."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;")
    return _LIST_MARK.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", escaped)
