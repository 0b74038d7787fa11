"""The reference page of the project file."""

from __future__ import annotations

from pathlib import Path

from keepfit.project.declaration import sections
from keepfit.project.reference import reference_markdown, schema_text

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_and_the_schema_are_up_to_date():
    """`make docs` has been run since the declaration was changed."""
    assert (DOCS / "project-file.md").read_text(encoding="utf-8") == reference_markdown()
    assert (DOCS / "keepfit.schema.json").read_text(encoding="utf-8") == schema_text()


def test_every_key_is_on_the_page():
    """No setting is missing."""
    page = reference_markdown()
    for name, model in sections().items():
        part = page.split(f"## `[{name}]`\n")[1].split("\n## ")[0]
        for key in model.model_fields:
            assert f"| `{key}` |" in part, f"[{name}] {key}"
