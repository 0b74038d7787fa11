"""`keepfit demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from keepfit.workflows.demo import Act, DemoReport
    from keepfit.workflows.demo_recommender import RecommenderDemoReport
    from keepfit.workflows.demo_stream import StreamDemoReport

_TOP = 5


def command(
    example: Annotated[str, typer.Argument(help="Name of a worked example.")] = "credit-status",
    into: Annotated[Path | None, typer.Option(help="Folder to play in; by default demo/EXAMPLE.")] = None,
) -> None:
    """Play an example's whole story: train, serve, alarm, retrain, keep; shift, alarm, retrain, swap.

    That of a panel: learn what is added next, serve it, let customers of later months ask, and check. That of a stream:
    batches arrive, a shift hurts, and what has learnt them takes over.
    """
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.demo import demo  # noqa: PLC0415 - as above
    from keepfit.workflows.demo_recommender import demo_recommender  # noqa: PLC0415 - as above
    from keepfit.workflows.demo_stage import demo_rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.demo_stream import DECLARED, demo_stream  # noqa: PLC0415 - as above

    rooms = demo_rooms(example, into or Path("demo") / example, declared=DECLARED)
    if rooms.project.panel is not None:
        with progress(console) as show:
            told = demo_recommender(rooms, show)
        _summarise_recommender(told)
        return
    if rooms.project.stream.source is not None:
        with progress(console) as show:
            streamed = demo_stream(rooms, show)
        _summarise_stream(streamed)
        return
    with progress(console) as show:
        report = demo(rooms, show)
    _summarise(report)


def _summarise(report: DemoReport) -> None:
    from keepfit.cli.console import console, estimate, here  # noqa: PLC0415 - as above
    from keepfit.cli.train import print_training  # noqa: PLC0415 - as above

    trained = report.train.result
    print_training(report.train, _TOP)
    console.rule("what happened")
    console.print(
        f"[bold]trained[/]    {len(trained.candidates)} candidates; {trained.best.recipe.title} won with "
        f"{trained.metric} {estimate(trained.best.holdout[trained.metric])} on held-out rows"
    )
    if report.train.dataset.source.is_twin:
        console.print("[bold yellow]on         generated rows: a twin of the table, which was not at hand[/]")
    console.print(f"[bold]served[/]     at {report.address}, until the end of this demo")
    _tell_act("act one", "labels that are half noise", report.noise)
    _tell_act("act two", "a changed population, labels by a changed rule", report.shift)
    seen = ", ".join(f"{count} by v{version}" for version, count in sorted(report.witness.versions.items()))
    console.print(
        f"[bold]swapped[/]    under a client that never paused: {len(report.witness.ids)} requests ({seen}), "
        f"{len(report.witness.failures)} failed"
    )
    console.print(f"[bold]journalled[/] {report.journalled} predictions, {report.acknowledged} were acknowledged")
    home = report.folder
    console.print("\n[bold]to open[/]")
    pages = [report.train.page]
    for loop in (report.noise.loop, report.shift.loop):
        pages += [page for page in (loop.check and loop.check.page, loop.page) if page]
    for path in (*pages, home / ".keepfit" / "runs.log"):
        console.print(f"  {here(path)}")
    console.print(
        f"\n[bold]to go on[/]\n  keepfit models --project {home}\n  keepfit serve --project {home}\n"
        f"  mlflow ui --backend-store-uri {report.train.tracking_uri}"
    )


def _summarise_recommender(report: RecommenderDemoReport) -> None:
    from keepfit.cli.console import console, estimate, here, state  # noqa: PLC0415 - as above
    from keepfit.cli.train import print_recommenders  # noqa: PLC0415 - as above
    from keepfit.evaluation import RECOMMENDER_METRICS  # noqa: PLC0415 - as above

    trained, customers, home = report.train.result, report.customers, report.folder
    print_recommenders(report.train)
    console.rule("what happened")
    score = f"{RECOMMENDER_METRICS[trained.metric].title} {estimate(trained.best.holdout[trained.metric])}"
    console.print(f"[bold]trained[/]    {trained.best.recipe.title} won with {score} on months that had no say")
    if report.train.dataset.source.is_twin:
        console.print("[bold yellow]on         generated rows: a twin of the table, which was not at hand[/]")
    console.print(f"[bold]served[/]     at {report.address}, until the end of this demo")
    named = ", ".join(f"{count} {product}" for product, count in customers.decisions.items())
    console.print(f"[bold]asked[/]      {customers.rows} customers of later months, with their months before: {named}")
    console.print(f"[bold]checked[/]    {state(report.checked.verdict.state)}")
    for reason in report.checked.verdict.reasons[:3]:
        console.print(f"             {reason}", markup=False)
    half, most = (1000 * seconds for seconds in report.random.seconds)
    console.print(
        f"[bold]loaded[/]     {report.random.rows} random records, half of them within {half:.1f} ms, 99 % within "
        f"{most:.1f} ms"
    )
    console.print(f"[bold]journalled[/] {report.journalled} predictions, {report.acknowledged} were acknowledged")
    console.print("\n[bold]to open[/]")
    for path in (report.train.files.page, report.train.files.card, report.checked.page, home / ".keepfit" / "runs.log"):
        console.print(f"  {here(path)}")
    console.print(
        f"\n[bold]to go on[/]\n  keepfit serve --project {home}\n  keepfit explore --project {home}\n"
        f"  mlflow ui --backend-store-uri {report.train.tracking_uri}"
    )


def _summarise_stream(report: StreamDemoReport) -> None:
    from rich.table import Table  # noqa: PLC0415 - as above

    from keepfit.cli.console import console, estimate, here  # noqa: PLC0415 - as above
    from keepfit.cli.stream import print_stream  # noqa: PLC0415 - as above
    from keepfit.cli.train import print_training  # noqa: PLC0415 - as above

    trained, streamed, arrivals, home = report.train.result, report.stream, report.arrivals, report.folder
    print_training(report.train, _TOP)
    console.rule("what happened")
    score = f"{trained.metric} {estimate(trained.best.holdout[trained.metric])}"
    console.print(
        f"[bold]trained[/]    {trained.best.recipe.title}: {score} on held-out rows, which then came as a stream"
    )
    if report.train.dataset.source.is_twin:
        console.print("[bold yellow]on         generated rows: a twin of the table, which was not at hand[/]")
    table = Table(box=None, pad_edge=False)
    for name in ("batch", "champion", "challenger", "never updated", ""):
        table.add_column(name, justify="left" if not name else "right")
    for facts in streamed.history:
        losses = (f"{facts.batch[role]['log_loss']:.3f}" for role in ("champion", "challenger", "frozen"))
        said = ["the shift"] if facts.number == arrivals.shift_batch else []
        said += [f"the {role}'s loss has risen" for role in facts.drifted]
        said += [f"v{facts.promoted} takes over"] if facts.promoted else []
        table.add_row(str(facts.number), *losses, ", ".join(said))
    console.print("[bold]streamed[/]   log-loss of each batch before it was learnt")
    console.print(table)
    print_stream(streamed)
    seen = ", ".join(f"{count} by v{version}" for version, count in sorted(arrivals.versions.items()))
    console.print(
        f"[bold]served[/]     at {report.address}: {sum(arrivals.versions.values())} rows answered before they were "
        f"learnt ({seen}), {len(arrivals.failures)} requests failed"
    )
    if report.scraped is None:
        console.print("[bold]watched[/]    by nobody: Prometheus is not installed")
    for role, values in sorted((report.scraped or {}).items()):
        told = " ".join(f"{value:.3f}" for value in values)
        console.print(f"[bold]Prometheus[/] saw the log-loss of {role}: {told}", highlight=False)
    console.print("\n[bold]to open[/]")
    for path in (streamed.page, *report.boards, report.train.page, home / ".keepfit" / "runs.log"):
        if path:
            console.print(f"  {here(path)}")
    console.print(
        f"\n[bold]to go on[/]\n  keepfit models --project {home}\n  keepfit stream --backtest --project {home}\n"
        f"  keepfit stream --follow --project {home}   # and put files into {home}/new"
    )


def _tell_act(name: str, title: str, act: Act) -> None:
    from keepfit.cli.console import console, state  # noqa: PLC0415 - as above

    traffic, loop = act.traffic, act.loop
    console.print(f"\n[bold]{name}[/]: {title}")
    console.print(
        f"  {traffic.rows} customers; {traffic.agreeing / traffic.rows:.1%} of the labels agree with the prediction"
    )
    if loop.check:
        console.print(f"  verdict {state(loop.check.verdict.state)}")
        for reason in loop.check.verdict.reasons[:3]:
            console.print(f"    {reason}", markup=False)
    if loop.decision is None:
        console.print(f"  nothing was retrained: {loop.reason}", markup=False)
        return
    told = (
        f"v{loop.challenger} replaced v{loop.champion}"
        if loop.promotion
        else f"v{loop.champion} was kept against v{loop.challenger}"
    )
    console.print(f"  retrained: [bold]{told}[/]")
    for reason in loop.decision.reasons:
        console.print(f"    {reason}", markup=False)
    console.print()
