"""The compose file, as those see it who would follow it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import urllib3
import yaml

from keepfit.errors import ProjectError
from keepfit.stack.compose import SECRETS
from keepfit.stack.containers import write_compose
from keepfit.workflows.rooms import Rooms
from prometheus_server import free_address
from waiting import until

SCHEMA = Path(__file__).parents[2] / ".." / "shared" / "schemas" / "compose-spec.json"
KEPT = ("POSTGRES_PASSWORD", "GRAFANA_ADMIN_PASSWORD", "KEEPFIT_UID", "KEEPFIT_GID")


@pytest.fixture
def file(make_scoring_project, tmp_path, monkeypatch):
    """The compose file of a small project."""
    monkeypatch.delenv("KEEPFIT_JOURNAL_URL", raising=False)
    return write_compose(Rooms.open(make_scoring_project(tmp_path)))


@pytest.fixture
def services(file):
    return yaml.safe_load(file.read_text())["services"]


def secrets(folder: Path) -> dict[str, str]:
    lines = [line for line in (folder / ".env").read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_it_is_what_the_specification_says(file):
    """By the schema of the compose specification."""
    if not SCHEMA.is_file():
        pytest.skip("the schema of compose files is not at hand (../shared/schemas)")
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(yaml.safe_load(file.read_text()))


def test_an_engine_reads_it(file, tmp_path):
    """podman-compose resolves it with `.env`; it only asks its podman for a version, which a script tells it."""
    podman = tmp_path / "podman"
    podman.write_text("#!/bin/sh\necho podman version 5.4.2\n")
    podman.chmod(0o755)
    command = [sys.executable, "-m", "podman_compose", "--podman-path", str(podman), "--file", str(file)]
    done = subprocess.run(
        [*command, "--env-file", str(tmp_path / ".env"), "config"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name not in (*SECRETS, *KEPT)},
    )
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)["services"]
    known = secrets(tmp_path)
    assert read["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"] == known["GRAFANA_ADMIN_PASSWORD"]
    assert (
        f":{known['POSTGRES_PASSWORD']}@postgres:5432/keepfit" in read["service"]["environment"]["KEEPFIT_JOURNAL_URL"]
    )
    assert read["service"]["user"] == f"{os.getuid()}:{os.getgid()}"


def test_no_secret_is_in_the_files(file, tmp_path):
    """They are in `.env` only, drawn on the first run; the second finds them."""
    known = secrets(tmp_path)
    assert all(len(known[name]) == 32 for name in SECRETS)
    written = [path.read_text() for path in file.parent.rglob("*") if path.is_file()]
    assert not [name for name in SECRETS for text in written if known[name] in text]
    write_compose(Rooms.open(tmp_path))
    assert secrets(tmp_path) == known


def test_nothing_is_open_beyond_loopback(services):
    """Ports are published there only, and none leads to Graphite, whose pages have a known administrator."""
    ports = {name: one.get("ports", []) for name, one in services.items()}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)
    assert {name for name in ports if ports[name]} == {*services} - {"train", "simulator", "graphite"}


def test_each_is_pinned_and_watched(services):
    """An image has a whole version; what answers has a check of its health, and is started again when it ends."""
    for name, one in services.items():
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[\w.]+)?$", one["image"]), name
        if name not in ("train", "simulator"):
            assert one["healthcheck"]["test"][0] == "CMD"
        if name != "train":
            assert one["restart"] == "unless-stopped"


def test_ours_write_into_their_mounts_only(services, file, tmp_path):
    """A read-only root, no privileges, no root user; the service sees the project's file, not its passwords."""
    for name in ("tracking", "train", "service", "simulator"):
        one = services[name]
        assert (one["read_only"], one["cap_drop"], one["user"]) == (True, ["ALL"], "${KEEPFIT_UID}:${KEEPFIT_GID}")
        covered = [mount["source"] for mount in one["volumes"] if mount["target"] == "/project/.env"]
        sees_folder = any(mount["target"] == "/project" for mount in one["volumes"])
        assert covered == (["/dev/null"] if sees_folder else [])
    sources = {mount["target"]: mount.get("source") for mount in services["service"]["volumes"]}
    assert sources == {
        "/project/keepfit.toml": str(tmp_path / "keepfit.toml"),
        "/var/lib/keepfit/t": str(tmp_path / ".keepfit"),
        "/var/lib/keepfit/t/stack": None,  # what commands on this machine do is not a container's to say
    }
    mounted = {
        mount["source"] for one in services.values() for mount in one.get("volumes", []) if mount["type"] == "bind"
    }
    assert all(Path(source).exists() for source in mounted)


def test_grafana_and_prometheus_find_the_others(file):
    """By the names that they have in the network, and the dashboards where Grafana's container has them."""
    folder = file.parent
    sources = yaml.safe_load((folder / "grafana/provisioning/datasources/keepfit.yml").read_text())["datasources"]
    assert sources[0]["url"] == "http://prometheus:9090"
    (provider,) = yaml.safe_load((folder / "grafana/provisioning/dashboards/keepfit.yml").read_text())["providers"]
    assert provider["options"]["path"] == "/keepfit/grafana/dashboards"
    scraping = yaml.safe_load((folder / "prometheus/prometheus.yml").read_text())
    targets = [one["static_configs"][0]["targets"][0] for one in scraping["scrape_configs"]]
    assert "service:8000" in targets
    assert scraping["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] == ["alertmanager:9093"]


def test_what_the_project_names_is_left_where_it_is(make_scoring_project, tmp_path):
    """A journal and an MLflow of the network have no container, and `.env` says nothing of them."""
    make_scoring_project(tmp_path)
    with (tmp_path / "keepfit.toml").open("a") as project:
        project.write('[journal]\nurl = "postgresql://me:${DB_PASSWORD}@db.example/j"\n')
        project.write('[tracking]\nuri = "https://mlflow.example"\n')
    (tmp_path / ".env").write_text("DB_PASSWORD=ours\n")
    services = yaml.safe_load(write_compose(Rooms.open(tmp_path)).read_text())["services"]
    assert not {"postgres", "tracking"} & set(services)
    for name in ("service", "simulator", "train"):
        told = services[name]["environment"]
        assert told["DB_PASSWORD"] == "${DB_PASSWORD:?keepfit.toml asks for it}"
        assert told["KEEPFIT_JOURNAL_URL"] == "${KEEPFIT_JOURNAL_URL:-}"
    assert "depends_on" not in services["service"]
    assert not {"KEEPFIT_JOURNAL_URL", "KEEPFIT_TRACKING_URI"} & set(secrets(tmp_path))
    rooms = Rooms.open(tmp_path)
    assert rooms.project.journal.url == "postgresql://me:ours@db.example/j"


def test_what_the_environment_names_is_left_where_it_is(make_scoring_project, tmp_path):
    """As what the project file names; only the addresses of the containers themselves are ours to change."""
    make_scoring_project(tmp_path)
    (tmp_path / ".env").write_text("KEEPFIT_JOURNAL_URL=postgresql://me:x@db.example/j\n")
    services = yaml.safe_load(write_compose(Rooms.open(tmp_path)).read_text())["services"]
    assert services["service"]["environment"]["KEEPFIT_JOURNAL_URL"] == "${KEEPFIT_JOURNAL_URL:-}"
    assert {"postgres", "tracking"} <= set(services)  # MLflow's
    assert secrets(tmp_path)["KEEPFIT_JOURNAL_URL"] == "postgresql://me:x@db.example/j"


def test_an_address_of_before_is_taken_out(file, tmp_path):
    """When the project file names a journal by now, the containers' one goes before it no more."""
    assert "KEEPFIT_JOURNAL_URL" in secrets(tmp_path)
    with (tmp_path / "keepfit.toml").open("a") as project:
        project.write('[journal]\nurl = "postgresql://me:x@db.example/j"\n')
    write_compose(Rooms.open(tmp_path))
    assert "KEEPFIT_JOURNAL_URL" not in secrets(tmp_path)
    assert Rooms.open(tmp_path).project.journal.url == "postgresql://me:x@db.example/j"


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('[journal]\nurl = "postgresql://me:x@127.0.0.1/j"', "[journal] url"),
        ('[journal]\nurl = "sqlite:///mine.db"', "[journal] url"),
        ('[tracking]\nuri = "http://localhost:5000"', "[tracking] uri"),
    ],
)
def test_what_no_container_reaches_is_told(make_scoring_project, tmp_path, section, key):
    """With the three ways out."""
    make_scoring_project(tmp_path)
    with (tmp_path / "keepfit.toml").open("a") as project:
        project.write(f"{section}\n")
    with pytest.raises(ProjectError) as told:
        write_compose(Rooms.open(tmp_path))
    assert str(told.value).startswith(f"keepfit.toml: {key}: is on this machine, and no container reaches it; leave it")


def test_another_port_is_told_to_who_is_outside(file, tmp_path):
    """The address of before would lead nowhere."""
    port = int(free_address().rpartition(":")[2])
    with (tmp_path / "keepfit.toml").open("a") as project:
        project.write(f"[stack.ports]\npostgres = {port}\n")
    before = secrets(tmp_path)
    write_compose(Rooms.open(tmp_path))
    after = secrets(tmp_path)
    assert f"@127.0.0.1:{port}/keepfit" in after.pop("KEEPFIT_JOURNAL_URL")
    assert before.pop("KEEPFIT_JOURNAL_URL").endswith("@127.0.0.1:5432/keepfit")
    assert after == before


def test_mlflow_answers_to_its_name(services, postgres, tmp_path):
    """The tracking server as it is declared, on a real PostgreSQL: asked by the others' name, not by another's."""
    one, address = services["tracking"], free_address()
    told = {"/artifacts": str(tmp_path / "artifacts"), "0.0.0.0": "127.0.0.1", "5000": address.rpartition(":")[2]}
    command = [sys.executable, "-m", *one["entrypoint"], *(told.get(word, word) for word in one["command"])]
    database = postgres.new_database().replace(
        "postgresql:", one["environment"]["MLFLOW_BACKEND_STORE_URI"].split("/")[0]
    )
    environment = {**os.environ, **one["environment"], "MLFLOW_BACKEND_STORE_URI": database}
    url = f"http://{address}/api/2.0/mlflow/experiments/search?max_results=1"

    def status(host: str) -> int:
        try:
            return urllib3.request("GET", url, headers={"Host": host}, retries=False).status
        except urllib3.exceptions.HTTPError:
            return 0

    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as server,
    ):
        try:
            until(lambda: status("tracking:5000") == 200, (tmp_path / "log").read_text, seconds=120)
            assert status("elsewhere:5000") == 403
        finally:
            server.terminate()
