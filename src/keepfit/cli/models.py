"""`keepfit models`."""

from __future__ import annotations

from keepfit.cli.options import HERE, ProjectOption


def command(project: ProjectOption = HERE) -> None:
    """List the versions, who is champion, and the promotion ledger."""
    from keepfit.cli.console import console, table  # noqa: PLC0415 - imported when it runs
    from keepfit.clock import stamp  # noqa: PLC0415 - as above
    from keepfit.workflows.models import list_models  # noqa: PLC0415 - as above
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - as above

    report = list_models(Rooms.open(project))
    if not report.models:
        console.print("no versions yet; run `keepfit train`")
        return
    rows = []
    for model in report.models:
        if model.facts is None:
            rows.append([f"v{model.version}", model.role, "", "", model.fault, ""])
            continue
        known = model.facts.scores.get(report.metric)
        score = "not measured" if known is None else f"{known[0]:.4f} [{known[1]:.4f}, {known[2]:.4f}]"
        staged = "staged" if model.is_staged else ""
        form = " (pipeline)" if model.facts.is_executable else ""
        recipe = f"{model.facts.lineage.recipe.title}{form}"
        rows.append([f"v{model.version}", model.role, staged, score, recipe, model.facts.created_at])
    console.print(table(["version", "role", "", f"{report.metric}, held out", "recipe", "made at"], rows))
    console.print("\npromotion ledger")
    ledger = [
        [
            str(entry.epoch),
            stamp(entry.at),
            entry.actor,
            entry.kind,
            f"v{entry.previous or '-'} → v{entry.version}",
            entry.reason,
        ]
        for entry in report.ledger
    ]
    console.print(table(["epoch", "at", "by", "what", "champion", "why"], ledger))
