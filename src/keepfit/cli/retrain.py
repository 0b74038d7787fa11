"""`keepfit retrain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption

if TYPE_CHECKING:
    from keepfit.workflows.retrain import RetrainReport


def command(
    project: ProjectOption = HERE,
    if_alarm: Annotated[
        bool, typer.Option("--if-alarm", help="Check first; do nothing unless the verdict is alarm.")
    ] = False,
) -> None:
    """Learn from the labelled journal rows; promote the challenger if it wins."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.retrain import retrain  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    with progress(console) as show:
        report = retrain(Rooms.open(project), if_alarm=if_alarm, on_progress=show)
    print_retraining(report)


def print_retraining(report: RetrainReport) -> None:
    """Print what was decided, and why."""
    from keepfit.cli.console import console, here, state  # noqa: PLC0415 - as above

    if report.check:
        console.print(f"check: {state(report.check.verdict.state)}")
        for reason in report.check.verdict.reasons[:3]:
            console.print(f"  {reason}", markup=False)
    if not report.is_done or report.decision is None:
        console.print(f"nothing was retrained: {report.reason}; v{report.champion} stays champion", markup=False)
        return
    told = f"v{report.challenger} was promoted" if report.promotion else f"v{report.champion} stays champion"
    console.print(f"retrained v{report.challenger} against v{report.champion}: {told}")
    for reason in report.decision.reasons:
        console.print(f"  {reason}", markup=False)
    if report.page:
        console.print(f"report: {here(report.page)}")
