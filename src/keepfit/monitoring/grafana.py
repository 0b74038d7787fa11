"""Boards as Grafana's own files, by its typed SDK."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import count
from typing import Any

from grafana_foundation_sdk.builders import bargauge, dashboard, heatmap, stat, timeseries
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig, ReduceDataOptions, VizLegendOptions
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueTextMode,
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
)
from grafana_foundation_sdk.models.dashboard import DataSourceRef, Threshold, ThresholdsMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from keepfit.monitoring.board import Board, Panel, Query, Source

UIDS: dict[Source, str] = {"prometheus": "keepfit-prometheus", "graphite": "keepfit-graphite"}
"""The uids of the data sources that are provisioned."""
_WIDTHS = {"number": 6, "lines": 8, "bars": 8, "histogram": 8, "heatmap": 8}
_HEIGHTS = {"number": 4, "lines": 8, "bars": 8, "histogram": 8, "heatmap": 8}
_UID_LENGTH = 40
_GREEN, _RED = "green", "red"


def grafana_json(board: Board) -> str:
    """Return a board as the text of a dashboard's file."""
    made = (
        dashboard.Dashboard(board.title)
        .uid(_uid(board.uid))
        .tags(["keepfit"])
        .readonly()
        .refresh("10s")
        .time("now-1h", "now")
        .timezone("browser")
    )
    numbers = count(1)
    for title, panels in board.rows:
        made = made.with_row(dashboard.Row(title).id(next(numbers)))
        for panel in panels:
            made = made.with_panel(_panel(panel).id(next(numbers)))
    text = json.dumps(made.build(), cls=JSONEncoder, sort_keys=True)
    return json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _panel(panel: Panel) -> Any:
    """Return a panel's builder; each kind has one of its own, of which only the names of its methods are common."""
    kinds: dict[str, Any] = {
        "lines": timeseries.Panel,
        "number": stat.Panel,
        "bars": bargauge.Panel,
        "histogram": bargauge.Panel,
        "heatmap": heatmap.Panel,
    }
    made = kinds[panel.kind]().title(panel.title).description(panel.description).unit(panel.unit)
    made = made.datasource(_source(panel.queries[0].source)).span(_WIDTHS[panel.kind]).height(_HEIGHTS[panel.kind])
    if panel.kind == "lines":
        placed = VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
        made = made.legend(placed.show_legend(True))
    if panel.kind in ("number", "bars", "histogram"):  # Graphite's newest point is often not there yet
        made = made.reduce_options(ReduceDataOptions().calcs(["lastNotNull"]))
    if panel.kind == "number":
        made = made.color_mode(BigValueColorMode.NONE)
        made = made.text_mode(BigValueTextMode.NAME) if panel.queries[0].legend else made
    if panel.limit is not None:
        below, above = (_RED, _GREEN) if panel.is_floor else (_GREEN, _RED)
        steps = [Threshold(value=None, color=below), Threshold(value=panel.limit, color=above)]
        made = made.thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
        if panel.kind == "lines":
            made = made.thresholds_style(GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.LINE))
    for number, query in enumerate(panel.queries):
        made = made.with_target(_target(panel, query, number))
    return made


def _target(panel: Panel, query: Query, number: int) -> Dataquery | _GraphiteTarget:
    reference = chr(ord("A") + number)
    if query.source == "graphite":
        return _GraphiteTarget(query, reference)
    target = Dataquery().expr(query.expression).ref_id(reference).datasource(_source("prometheus"))
    target = target.legend_format(query.legend) if query.legend else target
    if panel.kind in ("heatmap", "histogram"):  # buckets that hold each other are taken apart
        target = target.format(PromQueryFormat.HEATMAP)
    return target.instant() if panel.kind in ("number", "bars", "histogram") else target.range()


class _GraphiteTarget(Builder[UnknownDataquery]):
    """A query of Graphite, of which the SDK has no type."""

    def __init__(self, query: Query, reference: str) -> None:
        self._query, self._reference = query, reference

    def build(self) -> UnknownDataquery:
        """Return the query as it is written into the file."""
        expression, legend = self._query.expression, self._query.legend
        source = _source("graphite")
        return UnknownDataquery(
            {
                "refId": self._reference,
                "datasource": {"type": source.type_val, "uid": source.uid},
                "target": f'alias({expression}, "{legend}")' if legend else expression,
                "textEditor": True,
            }
        )


def _uid(name: str) -> str:
    """Return a name that Grafana takes: of forty characters at the most."""
    if len(name) <= _UID_LENGTH:
        return name
    return f"{name[: _UID_LENGTH - 9]}-{sha256(name.encode()).hexdigest()[:8]}"


def _source(source: Source) -> DataSourceRef:
    return DataSourceRef(type_val=source, uid=UIDS[source])
