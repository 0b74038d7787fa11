"""What `keepfit up` brings up beside the service, and where."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from keepfit.project.section import Section

Port = Annotated[int, Field(ge=1, le=65_535)]


class PortsSection(Section):
    """Ports on loopback, each of one server; the service's own is `[serving] port`."""

    tracking: Port = Field(5000, description="MLflow's pages and its server.", examples=[5000])
    prometheus: Port = Field(9090, description="Prometheus.", examples=[9090])
    alertmanager: Port = Field(9093, description="Alertmanager.", examples=[9093])
    grafana: Port = Field(3000, description="Grafana.", examples=[3000])
    graphite: Port = Field(8080, description="Graphite's pages.", examples=[8080])
    carbon: Port = Field(2003, description="Where StatsD tells Graphite (carbon's lines).", examples=[2003])
    carbon_queries: Port = Field(7002, description="Where Graphite asks carbon for the newest.", examples=[7002])
    statsd: Port = Field(8125, description="Where StatsD listens, by UDP.", examples=[8125])
    statsd_admin: Port = Field(8126, description="Where StatsD tells of itself.", examples=[8126])
    postgres: Port = Field(5432, description="PostgreSQL.", examples=[5432])

    @model_validator(mode="after")
    def _differ(self) -> PortsSection:
        taken: dict[int, str] = {}
        for name in type(self).model_fields:
            port = getattr(self, name)
            if port in taken:
                raise ValueError(f"{taken[port]} and {name} have one port, {port}; give one another")
            taken[port] = name
        return self


class StackSection(Section):
    """The servers of `keepfit up`."""

    simulators: int = Field(1, ge=0, le=16, description="How many simulators send customers.", examples=[3])
    webhook: str = Field(
        "",
        pattern=r"^(https?://\S+)?$",
        description="The URL that Alertmanager tells of critical alerts; empty for nobody.",
        examples=["https://pager.example.com/keepfit"],
    )
    ports: PortsSection = Field(default_factory=PortsSection, description="Where the servers answer.")
