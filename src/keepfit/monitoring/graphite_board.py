"""Panels that ask Graphite for what the service has told StatsD: the names of `statsd_push`, as StatsD keeps them.

StatsD's names are those of its namespaces (`legacyNamespace: false`): counters have a `count` and a `rate` a second,
timers their median and upper percentiles in milliseconds.
"""

from __future__ import annotations

from keepfit.monitoring.board import Panel, Panels, Query, Rows
from keepfit.monitoring.board_words import Words
from keepfit.project.monitoring_section import MonitoringSection

ROOT = "stats"
"""What StatsD's names begin with."""
PERCENTILES = (95, 99)
"""Those of `response_time` that StatsD is asked to keep."""
GRAPHITE_ROWS: Rows = (
    ("System", ("graphite_load", "graphite_memory", "graphite_uptime")),
    ("Requests", ("graphite_requests", "graphite_statuses", "graphite_response_time")),
    ("Answers", ("graphite_targets", "graphite_targets_total")),
)
_LAST_BUT_ONE = -2  # the node of a name that says which status, which decision


def graphite_panels(project: str, section: MonitoringSection, say: Words) -> Panels:
    """Return the panels that ask Graphite; parameters are those of `boards`."""
    prefix = section.statsd.prefix or project
    return {**_system(f"{ROOT}.gauges.{prefix}.system", say), **_of_requests(prefix, say), **_of_targets(prefix, say)}


def _system(gauges: str, say: Words) -> Panels:
    load = _asked(f"{gauges}.cpu_load", say("load"))
    free = _asked(f"{gauges}.memory_free_mb", say("free"))
    return {
        "graphite_load": Panel(say("Processor load"), "lines", "short", (load,), say("Mean of the last minute.")),
        "graphite_memory": Panel(say("Free memory"), "lines", "decmbytes", (free,)),
        "graphite_uptime": Panel(say("Uptime"), "number", "s", (_asked(f"{gauges}.up_time"),)),
    }


def _of_requests(prefix: str, say: Words) -> Panels:
    counters, timer = f"{ROOT}.counters.{prefix}", f"{ROOT}.timers.{prefix}.response_time"
    requests = _asked(f"{counters}.requests.rate", say("requests"))
    statuses = _asked(f"aliasByNode({counters}.response_code.*.rate, {_LAST_BUT_ONE})")
    upper = tuple(_asked(f"{timer}.upper_{percent}", f"p{percent}") for percent in PERCENTILES)
    times = (_asked(f"{timer}.median", "p50"), *upper)
    return {
        "graphite_requests": Panel(say("Requests"), "lines", "reqps", (requests,)),
        "graphite_statuses": Panel(say("Answers by status"), "lines", "reqps", (statuses,)),
        "graphite_response_time": Panel(say("Response time"), "lines", "ms", times),
    }


def _of_targets(prefix: str, say: Words) -> Panels:
    targets = f"{ROOT}.counters.{prefix}.target.*"
    rate = _asked(f"aliasByNode({targets}.rate, {_LAST_BUT_ONE})")
    # the newest of what has been added up: as exact for a year as for a minute
    total = _asked(f'aliasByNode(consolidateBy(integral({targets}.count), "max"), {_LAST_BUT_ONE})')
    return {
        "graphite_targets": Panel(say("Decisions"), "lines", "reqps", (rate,)),
        "graphite_targets_total": Panel(
            say("Number of decisions"), "bars", "short", (total,), say("Of the time that is shown.")
        ),
    }


def _asked(target: str, legend: str = "") -> Query:
    return Query(target, legend, "graphite")
