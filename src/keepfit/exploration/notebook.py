"""The notebook of an exploration: the same findings, each beside the code that draws it, to carry on from.

Built here, not executed: that is the workflow's. Needs the extra `notebook`, whose libraries are imported on use.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import jinja2

from keepfit.datasets import SAMPLE_ROWS
from keepfit.exploration.exploration import Exploration
from keepfit.exploration.findings import SHOWN_FINDINGS, Finding, Topic
from keepfit.exploration.levels import LEAST_ROWS
from keepfit.exploration.page import ExploredTable
from keepfit.exploration.panel_page import panel_sentences
from keepfit.reporting import markdown_text

if TYPE_CHECKING:  # an extra
    from nbformat import NotebookNode

_CLASSES = """target = build_target(table, section)
pl.DataFrame({"class": target.outcome.labels, "rows": np.bincount(target.codes, minlength=2)})"""
_CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def explore_notebook(explored: ExploredTable, found: Exploration, *, project_file: str) -> NotebookNode:
    """Compose the notebook of an exploration; no cell of it has been run.

    Parameters
    ----------
    explored, found
        The table and its facts.
    project_file
        Path of `keepfit.toml`, relative to the folder where the notebook will lie.
    """
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook  # noqa: PLC0415 - an extra

    cells = []
    for at, (is_code, source) in enumerate(_cells(_document(explored, found, project_file)), start=1):
        new_cell = new_code_cell if is_code else new_markdown_cell
        cell = new_cell(source, id=f"cell-{at}")  # type: ignore[no-untyped-call] # nbformat has no types
        cells.append(cell)  # its id is no random name: runs repeat exactly
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook: NotebookNode = new_notebook(cells=cells, metadata={"kernelspec": kernel})  # type: ignore[no-untyped-call] # as above
    notebook.metadata["keepfit"] = {"sources_sha256": sources_digest(notebook)}
    return notebook


def sources_digest(notebook: NotebookNode) -> str:
    """Return the digest of what stands in the cells, whatever came out of them: SHA-256 in hexadecimal."""
    sources = [[cell.cell_type, cell.source] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def is_as_written(notebook: NotebookNode) -> bool:
    """Tell whether nobody has changed a cell of a notebook since Keepfit made it."""
    digest = notebook.metadata.get("keepfit", {}).get("sources_sha256")
    return bool(digest == sources_digest(notebook))


def _document(explored: ExploredTable, found: Exploration, project_file: str) -> str:
    return _template().render(
        explored=explored,
        found=found,
        project_file=project_file,
        origin=_origin(explored),
        panel_sentences=tuple(panel_sentences(found.panel)) if found.panel else (),
        shown=SHOWN_FINDINGS,
        sample_rows=SAMPLE_ROWS,
        least_rows=LEAST_ROWS,
        code_of=lambda finding: _code(finding, found),
    )


def _origin(explored: ExploredTable) -> str:
    """Say where the table came from; a path of this machine says nothing to others."""
    is_public = "://" in explored.address or explored.address.startswith("generated")
    return f"{explored.origin}, {explored.address}" if is_public else explored.origin


def _code(finding: Finding, found: Exploration) -> str:
    """Return the line that draws or tabulates what a finding speaks of; empty where there is nothing to show."""
    if not {column.name for column in found.columns}.issuperset(finding.columns):
        return ""  # known only after the event, and dropped already
    code = ""
    match finding.topic, [_quoted(name) for name in finding.columns]:
        case Topic.QUALITY, []:
            code = "table.filter(table.is_duplicated()).head(10)"
        case Topic.TARGET, _:
            code = _CLASSES
        case _, [name, *_] if finding.by_absence:
            code = f"draw_share(table.with_columns(pl.col({name}).is_null()), {name})"
        case ((Topic.FEATURE | Topic.LEAKAGE), [name]) if _has_levels(finding, found):
            code = f"draw_share(table, {name})"
        case Topic.NUMBERS, [first, second]:
            code = f"draw_spread(table, {second}, by={first})"
        case Topic.GROUPS, [number, category]:
            code = f"draw_spread(table, {number}, by={category})"
        case _, [name]:
            code = f"table[{name}].value_counts(sort=True).head(10)"
    return code


def _has_levels(finding: Finding, found: Exploration) -> bool:
    return finding.columns[0] in {feature.name for feature in found.features}


def _cells(document: str) -> Iterator[tuple[bool, str]]:
    """Take a Markdown document apart: blocks of code, and the text between them."""
    for at, text in enumerate(_CODE.split(document)):
        is_code = at % 2 == 1
        source = text.strip() if is_code else re.sub(r"\n{3,}", "\n\n", text).strip()
        if is_code or source:
            yield is_code, source


def _quoted(text: str) -> str:
    """Return a text as a Python literal, with double quotes."""
    return json.dumps(text, ensure_ascii=False)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("keepfit.exploration"),
        autoescape=False,  # noqa: S701 - Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["md"] = markdown_text
    environment.filters["py"] = _quoted
    return environment.get_template("eda.md.jinja")
