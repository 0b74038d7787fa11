"""What every model card says: the table, its columns, and where the version comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from keepfit.bundle import BundleFacts
from keepfit.project.training_section import TrainingSection
from keepfit.reporting import Block, Bullets, Cell, Paragraph, Section, Table, TableColumn
from keepfit.signature import Column, Kind
from keepfit.training.card_facts import CardTable

_EPOCH = date(1970, 1, 1)


def data_sections(facts: BundleFacts, table: CardTable) -> Iterator[Section]:
    """Compose what the card says of the table, of what is left out of it, and of its columns."""
    lineage, outcome = facts.lineage, facts.signature.outcome
    rows = [
        ("table", f"{lineage.source} ({lineage.origin}: {lineage.address})"),
        ("fingerprint", lineage.fingerprint),
        ("target", f"{outcome.name}: {outcome.positive} or {outcome.negative}"),
        ("training rows", _counted(table.training_rows, table.training_positives, outcome.positive)),
        (table.judges, _counted(table.holdout_rows, table.holdout_positives, outcome.positive)),
        ("rows fitted on", f"{lineage.rows:,}"),
        *(("journal rows learnt", f"{first} to {last}") for first, last in lineage.journal_ranges),
        ("rows without a target", f"{table.rows_without_target:,}, left out"),
    ]
    blocks: list[Block] = [pairs(rows)]
    if table.cleaning:
        blocks += [Paragraph("Cleaning, of the table and of every request:"), Bullets(table.cleaning)]
    yield Section("Data", blocks)
    if table.excluded:
        columns = [TableColumn("column"), TableColumn("why")]
        yield Section("What is left out", [Table(columns, [[*pair] for pair in table.excluded.items()])])
    yield _features_section(facts, table)


def _features_section(facts: BundleFacts, table: CardTable) -> Section:
    columns = [
        TableColumn("column"),
        TableColumn("kind"),
        TableColumn("may be missing"),
        TableColumn("missing", is_number=True, form=".2%"),
        TableColumn("seen in training"),
    ]
    rows: list[list[Cell]] = [
        [
            column.name,
            column.kind,
            "yes" if column.optional else "no",
            table.missing.get(column.name),
            _seen(column),
        ]
        for column in facts.signature.sent_columns
    ]
    unseen = "scored, with a code of its own" if facts.signature.accepts_unseen else "refused"
    lead = f"A category outside of these is {unseen}."
    if facts.signature.offers is not None:
        lead += " Beside them a record may have its months before, as history; without it nothing of them is known."
    return Section("What it takes", [Table(columns, rows)], lead=lead)


def lineage_section(facts: BundleFacts) -> Section:
    """Compose where the version comes from."""
    lineage = facts.lineage
    rows = [
        ("version", str(facts.version)),
        ("made at", facts.created_at),
        ("Keepfit", lineage.code_version),
        ("environment", lineage.environment_digest),
        ("held-out rows", lineage.holdout_digest or "unknown"),
        ("MLflow run", lineage.run_id or "none"),
    ]
    if lineage.stream:
        rows.append(("learnt batch by batch", f"to batch {lineage.stream_batch} of the stream {lineage.stream}"))
    return Section("Lineage", [pairs(rows)], lead="Digests are SHA-256.")


def declared_steps(section: TrainingSection) -> Iterator[str]:
    """Yield the declared feature steps, each in a clause."""
    for step in section.features:
        yield f"{step.step} of {', '.join([*step.columns, *(f'every {kind}' for kind in step.kinds)])}"


def pairs(rows: Sequence[tuple[str, str]]) -> Table:
    """Return a table of items and their values."""
    return Table([TableColumn("item"), TableColumn("value")], [[*row] for row in rows])


def _counted(rows: int, positives: int, label: str) -> str:
    return f"{rows:,}, {positives / rows:.1%} of them {label}" if rows else "none"


def _seen(column: Column) -> str:
    if column.categories:
        return ", ".join(column.categories)
    if column.minimum is None or column.maximum is None:
        return ""
    if column.kind is Kind.DATE:
        return " to ".join((_EPOCH + timedelta(days=days)).isoformat() for days in (column.minimum, column.maximum))
    return f"{column.minimum:g} to {column.maximum:g}"
