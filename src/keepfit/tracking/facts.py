"""What is told to MLflow, in plain types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run: its name, parameters, metrics and tags."""

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """The table that a run learnt from.

    Attributes
    ----------
    name
        The table's name.
    fingerprint
        SHA-256 of its values; MLflow's own digest field takes the first 32 characters.
    source
        Where it came from.
    rows, columns
        Its shape.
    """

    name: str
    fingerprint: str
    source: str
    rows: int
    columns: int
