"""`keepfit train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from keepfit.cli.options import HERE, ProjectOption

if TYPE_CHECKING:
    from keepfit.workflows.train import TrainReport
    from keepfit.workflows.train_recommender import RecommenderReport

_ALL = 0


def command(
    project: ProjectOption = HERE,
    top: Annotated[int, typer.Option(help="Candidates to print; 0 prints all.")] = _ALL,
) -> None:
    """Train every candidate, report on held-out rows, and make the best one champion."""
    from keepfit.cli.console import console  # noqa: PLC0415 - imported when it runs
    from keepfit.cli.progress import progress  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above
    from keepfit.workflows.train_project import train_project  # noqa: PLC0415 - as above
    from keepfit.workflows.train_recommender import RecommenderReport  # noqa: PLC0415 - as above

    with progress(console) as show:
        report = train_project(Rooms.open(project), show)
    if isinstance(report, RecommenderReport):
        print_recommenders(report)
    else:
        print_training(report, top)


def print_training(report: TrainReport, top: int) -> None:
    """Print the candidates, the baseline, the protocol and the verdict."""
    from keepfit.cli.console import console, estimate, here, table, warn, warn_of_twin  # noqa: PLC0415 - as above

    result = report.result
    warn_of_twin(report.dataset.source)
    shown = result.candidates[: top or len(result.candidates)]
    metric = result.metric
    rows = [
        [
            str(rank),
            candidate.recipe.title,
            f"{candidate.validation[metric]:.4f}" if candidate.validation else "no choice",
            estimate(candidate.holdout[metric]),
            estimate(candidate.holdout["roc_auc"]),
            f"{candidate.holdout['log_loss'].value:.4f}",
        ]
        for rank, candidate in enumerate(shown, start=1)
    ]
    columns = ["", "candidate", f"{metric}, out of fold", f"{metric}, held out", "ROC AUC, held out", "log-loss"]
    console.print(table(columns, rows, right=(0, 2, 3, 4, 5)))
    biased = result.best_on_holdout
    console.print(f"\nprotocol: {result.protocol}.")
    console.print(f"constant prediction: {metric} {result.baseline[metric]:.4f}")
    if len(result.candidates) > 1:
        best = f"{biased.recipe.title}, {biased.holdout[metric].value:.6f}"
        console.print(f"the best on these rows, a biased choice: {best}")
    if report.run_id:
        console.print(f"runs: {len(result.candidates)} in MLflow at {report.tracking_uri} under {report.run_id}")
    console.print(f"report: {here(report.page)}; model card: {here(report.card)}")
    for suspect in report.suspects:
        warn(f"leakage: {suspect.said}")
    for one in report.not_logged:
        warn(f"not in MLflow: {one}")
    for one in report.pipelines:
        warn(f"kept as a pipeline, and answered by a process of its own: {one}")
    for one in report.refused:
        console.print(f"left out: {one}", markup=False)
    console.print(report.verdict, markup=False)


def print_recommenders(report: RecommenderReport) -> None:
    """Print the recommenders, the baselines, the protocol and the verdict."""
    from keepfit.cli.console import console, estimate, here, table, warn, warn_of_twin  # noqa: PLC0415 - as above
    from keepfit.evaluation import RECOMMENDER_METRICS  # noqa: PLC0415 - as above

    result = report.result
    warn_of_twin(report.dataset.source)
    shown = [*dict.fromkeys((result.metric, "map_of_taking", "f1_micro", "roc_auc_micro"))]
    rows = [[one.recipe.title, *(estimate(one.holdout[name]) for name in shown)] for one in result.candidates]
    rows += [
        [f"by {name} alone", *(estimate(scores[metric]) for metric in shown)]
        for name, scores in result.baselines.items()
    ]
    titles = [f"{RECOMMENDER_METRICS[name].title}, held out" for name in shown]
    console.print(table(["candidate", *titles], rows, right=tuple(range(1, len(shown) + 1))))
    console.print(f"\nprotocol: {result.protocol}.")
    never = report.dataset.additions.never_added if report.dataset.additions else ()
    if never:
        console.print(f"left out, as nobody adds it in the months that teach: {', '.join(never)}", markup=False)
    if report.run_id:
        console.print(f"runs: {len(result.candidates)} in MLflow at {report.tracking_uri} under {report.run_id}")
    console.print(f"report: {here(report.files.page)}; model card: {here(report.files.card)}")
    for one in report.not_logged:
        warn(f"not in MLflow: {one}")
    for one in report.refused:
        console.print(f"left out: {one}", markup=False)
    console.print(report.verdict, markup=False)
