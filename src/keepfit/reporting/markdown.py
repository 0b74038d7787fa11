"""A page as Markdown: the same facts for a terminal, a pull request or a run's notes; figures as their words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from keepfit.reporting.cells import cell_text
from keepfit.reporting.page import (
    Block,
    Bullets,
    Code,
    Details,
    Figure,
    FigureGrid,
    KeyFigure,
    Link,
    Links,
    Page,
    Paragraph,
    Table,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")
_LIST_MARK = re.compile(r"^(\s*)(=|[-+](?=\s|-|$)|\d+[.)](?=\s|$))")


def render_markdown(page: Page) -> str:
    """Return a page as Markdown (GitHub's flavour), its texts escaped."""
    badge = f" · **{markdown_text(page.badge.text)}**" if page.badge else ""
    parts = [f"# {markdown_text(page.title)}{badge}"]
    if page.notice:
        parts.append(f"> **{markdown_text(page.notice)}**")
    parts.append(markdown_text(page.subtitle))
    if page.key_figures:
        parts.append("\n".join(_key_figure(figure) for figure in page.key_figures))
    for section in page.sections:
        parts += [f"## {markdown_text(section.title)}", markdown_text(section.lead), *_blocks(section.blocks)]
    if page.footer:
        parts += ["---", markdown_text(page.footer)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _key_figure(figure: KeyFigure) -> str:
    note = f" ({markdown_text(figure.note)})" if figure.note else ""
    return f"- {markdown_text(figure.label)}: **{markdown_text(figure.value)}**{note}"


def _blocks(blocks: Iterable[Block]) -> list[str]:
    return [part for block in blocks for part in _block(block)]


def _block(block: Block) -> list[str]:
    match block:
        case FigureGrid():
            return [_figure(figure) for figure in block.figures]
        case Details():
            return [f"**{markdown_text(block.summary)}**", *_blocks(block.blocks)]
        case _:
            return [_part(block)]


def _part(block: Paragraph | Bullets | Table | Figure | Code | Links) -> str:
    match block:
        case Paragraph():
            return markdown_text(block.text)
        case Bullets():
            return "\n".join(f"- {markdown_text(item)}" for item in block.items)
        case Table():
            return _table(block)
        case Figure():
            return _figure(block)
        case Code():
            return _code(block)
        case Links():
            return "\n".join(f"- {_link(item)}" for item in block.items)


def _figure(figure: Figure) -> str:
    return f"*{markdown_text(figure.description)}*"


def _code(code: Code) -> str:
    """Fence a text with more backticks than it has in a row itself."""
    longest = max((len(run) for run in re.findall("`+", code.text)), default=0)
    fence = "`" * max(longest + 1, 3)
    text = code.text.removesuffix("\n")
    return f"{fence}{code.language}\n{text}\n{fence}"


def _link(link: Link) -> str:
    note = f": {markdown_text(link.note)}" if link.note else ""
    return f"[{markdown_text(link.text)}](<{link.address}>){note}"


def _table(table: Table) -> str:
    if not table.rows:
        return "nothing to show"
    head = [markdown_text(column.title) for column in table.columns]
    rule = ["---:" if column.is_number else "---" for column in table.columns]
    body = [
        [markdown_text(cell_text(cell, column)) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *body))


def markdown_text(text: str) -> str:
    """Return a text in one line that Markdown shows as it is."""
    escaped = _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;")
    return _LIST_MARK.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", escaped)
