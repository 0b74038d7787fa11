"""The members of an ensemble: the part that a training's page and the model card have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keepfit.reporting import Cell, Section, Table, TableColumn
from keepfit.training.candidates import MemberResult


def member_sections(members: Sequence[MemberResult]) -> Iterator[Section]:
    """List the members, with those that were left out; nothing where there are none."""
    if not members:
        return
    columns = [
        TableColumn("member"),
        TableColumn("weight", is_number=True, form=".2f"),
        TableColumn("rounds", is_number=True),
        TableColumn("log-loss, out of fold", is_number=True, form=".4f"),
        TableColumn("ROC AUC, out of fold", is_number=True, form=".4f"),
    ]
    rows: list[list[Cell]] = [
        [one.name, one.weight or None, one.rounds or None, one.validation["log_loss"], one.validation["roc_auc"]]
        for one in members
    ]
    lead = "Averaged on the scale of the logit; one without a weight would add too little, and is not served."
    yield Section("The members of the ensemble", [Table(columns, rows)], lead=lead)
