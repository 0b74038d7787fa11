"""All findings of a table, in the order in which they are told."""

from __future__ import annotations

from keepfit.exploration.findings.finding import Finding, TableFacts
from keepfit.exploration.findings.leakage import leaks
from keepfit.exploration.findings.pairs import about_pairs
from keepfit.exploration.findings.quality import about_quality
from keepfit.exploration.findings.target import about_columns, about_target


def find(table: TableFacts) -> tuple[Finding, ...]:
    """Return the findings: leakage first, then the target, what columns say by strength, and the data's quality."""
    suspects = tuple(leaks(table))
    suspected = {name for finding in suspects for name in finding.columns} - {*table.known_after}
    said = [*about_columns(table, suspected), *about_pairs(table)]
    said.sort(key=lambda finding: -finding.strength)
    return (*suspects, about_target(table), *said, *about_quality(table))
