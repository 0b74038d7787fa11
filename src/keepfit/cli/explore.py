"""`keepfit explore`."""

from __future__ import annotations

from typing import Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption

_SHOWN = 10


def command(
    project: ProjectOption = HERE,
    top: Annotated[int, typer.Option(help="Findings to print; 0 prints all.")] = _SHOWN,
    notebook: Annotated[
        bool, typer.Option("--notebook", help="Write an executed Jupyter notebook too, to carry on from.")
    ] = False,
) -> None:
    """Describe the table: columns, missing values, associations, findings; a page and JSON."""
    from keepfit.cli.console import console, here, warn_of_twin  # noqa: PLC0415 - imported when it runs
    from keepfit.exploration import panel_sentences  # noqa: PLC0415 - as above
    from keepfit.workflows.explore import explore  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    report = explore(Rooms.open(project), notebook=notebook)
    found = report.found
    warn_of_twin(report.source)
    console.print(f"{report.source.name}: {found.rows:,} rows by {len(found.columns)} columns")
    for sentence in panel_sentences(found.panel) if found.panel else ():
        console.print(f"  {sentence}", markup=False)
    shown = found.findings[: top or len(found.findings)]
    for finding in shown:
        console.print(f"  {finding.sentence} ({finding.evidence})", markup=False)
    if len(found.findings) > len(shown):
        console.print(f"  and {len(found.findings) - len(shown)} more in the report")
    console.print(f"report:  {here(report.page)}\nfacts:   {here(report.facts)}\nfigures: {here(report.figures)}")
    if report.notebook:
        console.print(f"notebook: {here(report.notebook)}")
    if report.kept:
        console.print(f"the notebook that you had changed is kept as {here(report.kept)}")
