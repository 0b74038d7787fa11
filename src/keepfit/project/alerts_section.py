"""What wakes somebody: the limits of the alerts that Prometheus watches."""

from __future__ import annotations

from pydantic import Field

from keepfit.project.section import Section, Share


class AlertsSection(Section):
    """Limits of the alerts that `keepfit dashboards` writes for Prometheus."""

    availability: float = Field(
        0.999,
        ge=0.95,
        lt=1,
        description="Share of requests that must not end in a server error; the alert is how fast the rest is used up.",
        examples=[0.995],
    )
    latency_seconds: float = Field(
        0.25, gt=0, description="The 95th percentile of answers to predictions must be below.", examples=[0.1]
    )
    window_hours: int = Field(1, ge=1, description="Over how many hours live drift (PSI) is measured.", examples=[24])
    psi: float = Field(0.25, gt=0, description="Live PSI of a column from which on it has drifted.", examples=[0.2])
    drifted_columns: Share = Field(
        0.5, description="Share of columns with a live PSI beyond the limit that is an alert.", examples=[0.3]
    )
    labels_days: float = Field(
        7, gt=0, description="Alert when answers were given and no label came for so many days.", examples=[30]
    )
    champion_days: float = Field(
        180, gt=0, description="Alert when the champion was trained longer ago than this.", examples=[90]
    )
    check_days: float = Field(7, gt=0, description="Alert when the newest check is older than this.", examples=[1])
    journal_seconds: float = Field(
        2, gt=0, description="Alert when a row waits longer than this for the journal.", examples=[5]
    )
