"""A page's figures as files of their own, for slides and papers: each an SVG with its style, light, on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from keepfit.reporting.files import write_text
from keepfit.reporting.page import Block, Details, Figure, FigureGrid, Page
from keepfit.reporting.templating import rendered

_LONGEST_NAME = 80


def write_drawings(page: Page, folder: Path) -> list[Path]:
    """Write every figure of a page, numbered in the page's order; drawings of before are gone.

    Parameters
    ----------
    page
        The page.
    folder
        Its SVG files are this function's: those that are not written now are deleted.

    Raises
    ------
    KeepfitError
        When a file cannot be written.
    """
    figures = [figure for section in page.sections for figure in _figures(section.blocks)]
    paths = [folder / f"{number:02d}-{_slug(figure)}.svg" for number, figure in enumerate(figures, 1)]
    for figure, path in zip(figures, paths, strict=True):
        write_text(_alone(figure), path)
    for path in set(folder.glob("*.svg")) - set(paths):
        path.unlink()
    return paths


def _figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, FigureGrid):
            yield from block.figures
        elif isinstance(block, Details):
            yield from _figures(block.blocks)


def _alone(figure: Figure) -> str:
    """Return a figure with the style that it has within a page."""
    head, body = figure.svg.split(">", 1)
    return rendered("drawing.svg.jinja", head=head, body=body)


def _slug(figure: Figure) -> str:
    """Return the beginning of the figure's description, what it shows, as the name of a file."""
    shown = re.split("[:;(]", figure.description, maxsplit=1)[0]
    return re.sub(r"[^a-z0-9]+", "-", shown.lower()).strip("-")[:_LONGEST_NAME].rstrip("-") or "figure"
