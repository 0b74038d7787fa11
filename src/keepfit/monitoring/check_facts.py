"""A check as facts: what was looked at, and the form in which all of it is kept as JSON.

The form is published as `check.schema.json` beside this file. It is a contract: keys are added, and never change their
meaning; what changes otherwise gets another number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keepfit.clock import stamp
from keepfit.monitoring.findings import Findings
from keepfit.monitoring.observed_window import ObservedWindow
from keepfit.monitoring.quality import NO_LABELS

SCHEMA = "keepfit-check-1"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked.

    Attributes
    ----------
    project, version
        The project, and the version whose answers were looked at.
    made_at
        When.
    window
        The rows that were looked at.
    reference_rows, source, origin, warning
        The table that the model learnt from: training rows, name, where it came from, and what is wrong with it.
    reference
        What the window was compared with, in words, where it is not the rows that trained; empty otherwise.
    classes
        Labels of the negative and the positive class.
    expected
        The model's scores on held-out rows with the ends of their intervals, by metric.
    not_kept
        Columns that the journal, or who counted a profile, does not keep, and so are not compared.
    ignored
        Columns that the project does not compare.
    row_word
        What the rows are called: predictions of the journal, or rows of a file.
    labels
        How many labels are known of them.
    no_quality
        Why answers could not be measured, in words, where they were not.
    """

    project: str
    version: int
    made_at: str
    window: ObservedWindow
    reference_rows: int
    source: str
    origin: str
    warning: str
    classes: tuple[str, str]
    expected: Mapping[str, tuple[float, float, float]]
    reference: str = ""
    not_kept: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    row_word: str = "predictions"
    labels: int = 0
    no_quality: str = NO_LABELS


def check_facts(checked: Checked, findings: Findings) -> dict[str, Any]:
    """Return a check in the form that `check.schema.json` describes, with plain types; NaN stays NaN."""
    window, quality = checked.window, findings.quality
    return {
        "schema": SCHEMA,
        "project": checked.project,
        "version": checked.version,
        "made_at": checked.made_at,
        "verdict": findings.verdict.to_dict(),
        "window": {
            "source": window.source,
            "rows": window.profile.rows,
            "first_at": _shown(window.first_at),
            "last_at": _shown(window.last_at),
            "stretches": [
                {"rows": one.profile.rows, "first_at": _shown(one.first_at), "last_at": _shown(one.last_at)}
                for one in window.stretches
            ],
        },
        "reference": {
            "rows": findings.drift.rows_reference,
            "training_rows": checked.reference_rows,
            "source": checked.source,
            "origin": checked.origin,
            "warning": checked.warning,
            "other": checked.reference,
        },
        "not_kept": list(checked.not_kept),
        "ignored": list(checked.ignored),
        "drift": findings.drift.to_dict(),
        "since": {
            name: {
                "stretch": one.stretch,
                "changed_at": _shown(one.changed_at),
                "first_check": _shown(one.first_check),
            }
            for name, one in findings.since.items()
        },
        "multivariate": findings.rows.multivariate and findings.rows.multivariate.to_dict(),
        "multivariate_obstacle": findings.rows.obstacle,
        "exact": {name: {"measure": one.name, "value": one.value} for name, one in findings.rows.exact.items()},
        "quality": quality.measured and quality.measured.to_dict(),
        "expected_quality": quality.expected and quality.expected.to_dict(),
        "concept_shift": quality.concept and quality.concept.to_dict(),
        "held_out": {
            name: {"value": value, "low": low, "high": high} for name, (value, low, high) in checked.expected.items()
        },
    }


def _shown(at: datetime | None) -> str | None:
    return None if at is None else stamp(at)
