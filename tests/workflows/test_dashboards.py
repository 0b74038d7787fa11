"""The files for Grafana, Prometheus and Alertmanager, as their own readers see them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import promql_parser
import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from keepfit.errors import ProjectError
from keepfit.monitoring.board_words import Words
from keepfit.monitoring.boards import boards
from keepfit.monitoring.grafana import grafana_json
from keepfit.project.monitoring_section import MonitoringSection
from keepfit.workflows.dashboards import Addresses, addresses_of, write_dashboards
from keepfit.workflows.examples import example_names, unpack_example
from keepfit.workflows.rooms import Rooms

EVERYTHING = Addresses(
    "127.0.0.1:8001",
    "127.0.0.1:9091",
    "127.0.0.1:9094",
    "http://127.0.0.1:7/",
    graphite="127.0.0.1:8081",
    stream="127.0.0.1:8002",
)
WATCHED = """
[monitoring.statsd]
address = "127.0.0.1:8125"
[monitoring.dashboard]
panels = ["scores", "graphite_targets"]
"""


def declared(folder, section: str = WATCHED) -> Rooms:
    file = folder / "keepfit.toml"
    file.write_text(file.read_text() + section)
    return Rooms.open(folder)


@pytest.fixture
def files(make_scoring_project, tmp_path):
    rooms = declared(make_scoring_project(tmp_path))
    written = write_dashboards(rooms, tmp_path / "out", EVERYTHING)
    return {str(path.relative_to(tmp_path / "out")): path for path in written}


def panels(files) -> list[dict]:
    """Return the panels of all dashboards but their headings."""
    read = [json.loads(path.read_text()) for name, path in files.items() if name.endswith(".json")]
    return [panel for board in read for panel in board["panels"] if panel["type"] != "row"]


def test_dashboards_are_read_back_without_loss(files):
    """By Grafana's own types; every dashboard has a name of its own, every panel a number."""
    boards = [path for name, path in files.items() if name.endswith(".json")]
    assert len(boards) == 6
    uids = set()
    for path in boards:
        told = json.loads(path.read_text())
        again = json.loads(json.dumps(Dashboard.from_json(told), cls=JSONEncoder))
        assert again == told
        numbers = [panel["id"] for panel in told["panels"]]
        assert len(set(numbers)) == len(numbers)
        uids.add(told["uid"])
    assert uids == {f"keepfit-t-{name}" for name in ("service", "quality", "drift", "stream", "graphite", "overview")}


def test_every_query_parses_and_every_panel_is_whole(files):
    """A query that Prometheus cannot read is an empty picture; each panel has a title, a unit and one data source."""
    sources = yaml.safe_load(files["grafana/provisioning/datasources/keepfit.yml"].read_text())["datasources"]
    assert {source["url"] for source in sources} == {"http://127.0.0.1:9091", "http://127.0.0.1:8081"}
    known = [{"type": source["type"], "uid": source["uid"]} for source in sources]
    for panel in panels(files):
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"] in known
        assert panel["targets"]
        if panel["type"] in ("stat", "bargauge"):  # a newest point that is not there yet is no value
            assert panel["options"]["reduceOptions"]["calcs"] == ["lastNotNull"]
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"]
            if panel["datasource"]["type"] == "prometheus":
                promql_parser.parse(re.sub(r"\$__\w+", "5m", target["expr"]))


def test_a_histogram_s_buckets_are_taken_apart(files):
    """Prometheus's hold each other: Grafana must be told that these are buckets."""
    shown = {panel["title"]: panel for panel in panels(files)}
    assert shown["Histogram of probabilities"]["type"] == "bargauge"
    for title in ("Histogram of probabilities", "Probabilities over time"):
        assert [target["format"] for target in shown[title]["targets"]] == ["heatmap"]


def test_without_a_graphite_no_file_asks_it(make_scoring_project, tmp_path):
    """No board, no data source, no panel; files of a time when there was one are gone."""
    rooms = declared(make_scoring_project(tmp_path))
    write_dashboards(rooms, tmp_path / "out", Addresses(graphite="127.0.0.1:8081"))
    kept = tmp_path / "out" / "grafana" / "dashboards" / "of-somebody.json"
    kept.write_text("{}")
    write_dashboards(rooms, tmp_path / "out", Addresses())
    found = {path.name: path.read_text() for path in (tmp_path / "out" / "grafana").rglob("*.*") if path.is_file()}
    assert "keepfit-t-overview.json" in found
    assert "keepfit-t-graphite.json" not in found
    assert kept.exists()
    assert not [name for name, text in found.items() if "keepfit-graphite" in text]


def test_a_graphite_that_nobody_tells_is_an_error(make_scoring_project, tmp_path):
    """Without StatsD declared its panels would stay empty."""
    rooms = Rooms.open(make_scoring_project(tmp_path))
    with pytest.raises(
        ProjectError, match=r"--graphite: knows nothing of this project; .*\[monitoring.statsd\] address"
    ):
        write_dashboards(rooms, tmp_path / "out", Addresses(graphite="127.0.0.1:8081"))
    with pytest.raises(ProjectError, match=r"--graphite: .* is no address"):
        write_dashboards(rooms, tmp_path / "out", Addresses(graphite="http://127.0.0.1"))


def test_dashboards_are_in_the_language_of_the_project(make_scoring_project, tmp_path):
    """Titles, headings, descriptions and legends; labels that are data stay what they are."""
    folder = make_scoring_project(tmp_path)
    file = folder / "keepfit.toml"
    file.write_text(file.read_text().replace("[project]", '[project]\nlanguage = "ru"'))
    written = write_dashboards(Rooms.open(folder), tmp_path / "out", Addresses())
    text = next(path for path in written if path.name == "keepfit-t-service.json").read_text()
    board = json.loads(text)
    assert board["title"] == "t: сервис"
    assert {"Запросы", "Ошибки", "Гистограмма вероятностей"} <= {panel["title"] for panel in board["panels"]}
    assert '"legendFormat": "5xx: ошибки сервиса"' in text
    assert '"legendFormat": "{{ decision }}"' in text


@pytest.mark.parametrize(
    ("program", "command", "file"),
    [
        ("promtool", "check config", "prometheus/prometheus.yml"),
        ("amtool", "check-config", "alertmanager/alertmanager.yml"),
    ],
)
def test_the_servers_own_tools_take_the_files(files, program, command, file):
    """Configuration, rules and routes."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run([found, *command.split(), str(files[file])], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS" in done.stdout + done.stderr


def test_without_an_alertmanager_nobody_is_told(make_scoring_project, tmp_path):
    """No file of routes, and no address in Prometheus's file."""
    rooms = Rooms.open(make_scoring_project(tmp_path))
    written = write_dashboards(rooms, tmp_path / "out", Addresses())
    assert not [path for path in written if path.name == "alertmanager.yml"]
    config = yaml.safe_load((tmp_path / "out" / "prometheus" / "prometheus.yml").read_text())
    assert "alerting" not in config
    assert config["scrape_configs"][0] == {
        "job_name": "keepfit-t",
        "static_configs": [{"targets": ["127.0.0.1:8000"]}],
    }


def test_a_stream_is_scraped_where_it_is_declared(make_scoring_project, tmp_path):
    """By a job of its own, with a board and alerts; without `[stream] metrics_port` there is none of them."""
    out = tmp_path / "out"

    def seen(rooms: Rooms) -> tuple[list[dict], bool, bool]:
        names = {path.name for path in write_dashboards(rooms, out, addresses_of(rooms.project))}
        config = yaml.safe_load((out / "prometheus" / "prometheus.yml").read_text())
        jobs = [one for one in config["scrape_configs"] if one["job_name"] == "keepfit-t-stream"]
        rules = (out / "prometheus" / "rules-t.yml").read_text()
        return jobs, "keepfit-t-stream.json" in names, "KeepfitStreamDown" in rules

    folder = make_scoring_project(tmp_path)
    assert seen(Rooms.open(folder)) == ([], False, False)
    job = {"job_name": "keepfit-t-stream", "static_configs": [{"targets": ["127.0.0.1:8123"]}]}
    assert seen(declared(folder, "[stream]\nmetrics_port = 8123\n")) == ([job], True, True)


@pytest.mark.parametrize(
    "address", ["", "localhost", "http://localhost:9090", ":9090", "localhost:x", "localhost:99999"]
)
def test_what_is_no_address_is_told(make_scoring_project, tmp_path, address):
    """Before a file is written."""
    rooms = Rooms.open(make_scoring_project(tmp_path))
    with pytest.raises(ProjectError, match=r"--prometheus: .* is no address; host:port"):
        write_dashboards(rooms, tmp_path / "out", Addresses(prometheus=address))
    assert not (tmp_path / "out").exists()


def test_what_would_watch_nobody_is_told(make_scoring_project, tmp_path):
    """A webhook without an Alertmanager, and a folder that another project's Prometheus reads."""
    rooms = Rooms.open(make_scoring_project(tmp_path))
    with pytest.raises(ProjectError, match="--webhook: is told by nobody; name an Alertmanager"):
        write_dashboards(rooms, tmp_path / "out", Addresses(webhook="http://127.0.0.1:7/"))
    (tmp_path / "out" / "prometheus").mkdir(parents=True)
    (tmp_path / "out" / "prometheus" / "rules-other.yml").write_text("groups: []")
    with pytest.raises(ProjectError, match=r"rules-other.yml: holds the files of another project; choose a folder"):
        write_dashboards(rooms, tmp_path / "out", Addresses())


def test_a_long_name_is_one_that_grafana_takes():
    """Forty characters at the most, and different for different boards."""
    section = MonitoringSection()
    made = [
        json.loads(grafana_json(board))["uid"]
        for name in ("a" * 64, "a" * 63)
        for board in boards(name, section, Words())
    ]
    assert max(map(len, made)) <= 40
    assert len(set(made)) == 6


@pytest.mark.parametrize("name", example_names())
def test_an_example_has_a_dashboard_of_its_own(name, tmp_path):
    """With the panels that the published one shows, in the language of those who look at it."""
    unpack_example(name, tmp_path / "project")
    rooms = Rooms.open(tmp_path / "project")
    graphite = "127.0.0.1:8081" if rooms.project.monitoring.statsd.address else ""
    stream = addresses_of(rooms.project).stream
    written = write_dashboards(rooms, tmp_path / "out", Addresses(graphite=graphite, stream=stream))
    overview = json.loads(next(path for path in written if path.name == f"keepfit-{name}-overview.json").read_text())
    shown = [panel for panel in overview["panels"] if panel["type"] != "row"]
    assert len(shown) == len(rooms.project.monitoring.dashboard.panels) > 3
    assert overview["title"] == f"{name}: {'visão geral' if name == 'credit-status' else 'обзор'}"
