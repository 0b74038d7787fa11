"""A real service under traffic, told by a real StatsD to a real Graphite, and asked as Grafana asks."""

from __future__ import annotations

import json

import pytest

from fault_clients import Load, ask, declared
from graphite_server import Graphite
from keepfit.workflows.dashboards import Addresses, write_dashboards
from keepfit.workflows.rooms import Rooms

PANELS = '["graphite_load", "graphite_targets_total", "graphite_response_time", "scores"]'


@pytest.fixture(scope="module")
def graphite(tmp_path_factory):
    with Graphite(tmp_path_factory.mktemp("graphite") / "files", "1s:1m,10s:1h") as graphite:
        yield graphite


@pytest.fixture
def told(make_scoring_project, tmp_path, graphite):
    """Makes a project that tells this Graphite, under a prefix."""

    def telling(prefix: str, project: str = "") -> Rooms:
        rooms = declared(make_scoring_project, tmp_path)
        section = f'[monitoring.statsd]\naddress = "{graphite.statsd}"\nprefix = "{prefix}"\n'
        text = rooms.file.read_text().replace("[project]\n", f"[project]\n{project}\n")
        rooms.file.write_text(f"{text}\n{section}[monitoring.dashboard]\npanels = {PANELS}\n")
        return Rooms.open(tmp_path)

    return telling


def test_counters_equal_what_was_sent(told, graphite, serve):
    """Of two workers under load not an answer is lost on the way; gauges and percentiles are there."""
    prefix = "bank-rs.loaded"
    with serve(told(prefix), "--workers", "2") as service:
        with Load(service, sizes=(0, 3, 25)) as load:
            load.until_acknowledged(3000)
        for _ in range(7):
            assert service.post("/api/prediction", {"age": "x"}).status == 422
        answers = len(load.acknowledged)

        def counted(name: str) -> float:
            return sum(sum(values) for values in graphite.render(f"stats.counters.{prefix}.{name}.count").values())

        graphite.until(lambda: counted("target.*") >= answers, f"all {answers} answers are counted")
        graphite.until(lambda: counted("requests") == counted("response_code.*") > 7, "requests are counted")
        assert counted("target.*") == answers
        assert counted("response_code.422") == 7
        gauges = {name.rpartition(".")[2] for name in graphite.render(f"stats.gauges.{prefix}.system.*")}
        times = {name.rpartition(".")[2] for name in graphite.render(f"stats.timers.{prefix}.response_time.*")}
    assert gauges == {"cpu_load", "memory_free_mb", "up_time"}
    assert {"median", "upper_95", "upper_99"} <= times


def test_every_panel_has_data(told, graphite, serve, tmp_path):
    """Each target of Graphite in each dashboard's file returns values; one that nobody tells returns none."""
    rooms = told("bank-rs.drawn", 'language = "ru"')
    written = write_dashboards(rooms, tmp_path / "watch", Addresses(graphite=graphite.web))
    boards = {path.name: json.loads(path.read_text()) for path in written if path.suffix == ".json"}
    panels = {
        name: [panel for panel in board["panels"] if panel.get("datasource", {}).get("type") == "graphite"]
        for name, board in boards.items()
    }
    empty = {target["target"] for found in panels.values() for panel in found for target in panel["targets"]}
    assert [len(panels[f"keepfit-t-{name}.json"]) for name in ("graphite", "overview", "service")] == [8, 3, 0]
    with serve(rooms) as service:

        def is_full() -> bool:
            ask(service)
            ask(service, 2)
            empty.difference_update([one for one in empty if any(graphite.render(one, maxDataPoints="300").values())])
            return not empty

        graphite.until(is_full, "every panel has data: what has none is in `empty`")
        told_of = graphite.render('alias(stats.gauges.bank-rs.drawn.system.cpu_load, "нагрузка")')
    assert list(told_of) == ["нагрузка"]
    assert graphite.render("stats.counters.nobody.*.rate") == {}
