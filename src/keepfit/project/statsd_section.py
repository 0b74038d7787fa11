"""Where the service pushes to, for those whose monitoring is Graphite."""

from __future__ import annotations

from pydantic import Field

from keepfit.project.section import Section


class StatsdSection(Section):
    """A StatsD daemon that the service tells of itself, beside what Prometheus asks for."""

    address: str = Field(
        "",
        pattern=r"^([A-Za-z0-9._-]+:[0-9]{1,5})?$",
        description="Where StatsD listens (UDP), `host:port`; empty for nowhere.",
        examples=["127.0.0.1:8125"],
    )
    prefix: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)?$",
        description="What every name begins with; by default the project's name.",
        examples=["bank-rs"],
    )
