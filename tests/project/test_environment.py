"""What the place says and not the project."""

from __future__ import annotations

import os

import pytest

from keepfit.errors import ProjectError
from keepfit.project import read_project
from keepfit.project.environment import PLACES, environment_of

PROJECT = '[data]\nsource = "${TABLE}"\ntarget = "y"\n[journal]\nurl = "sqlite:///mine.db"\n'


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A project file."""
    for name in ("TABLE", "KEEPFIT_ADMIN_TOKEN", *PLACES):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "keepfit.toml").write_text(PROJECT)
    return tmp_path / "keepfit.toml"


def test_a_file_beside_the_project_is_read(file):
    """`.env` has what the environment lacks, for values and for secrets; the process's own stays as it was."""
    (file.parent / ".env").write_text("# ours\nTABLE=t.csv\nexport KEEPFIT_ADMIN_TOKEN='two words'\nEMPTY\n")
    assert read_project(file).data.source == "t.csv"
    assert environment_of(file.parent)["KEEPFIT_ADMIN_TOKEN"] == "two words"
    assert not {"TABLE", "KEEPFIT_ADMIN_TOKEN", "EMPTY"} & set(os.environ)


def test_the_environment_goes_before_the_file(file, monkeypatch):
    """Whoever starts a command has the last word."""
    (file.parent / ".env").write_text("TABLE=t.csv\n")
    monkeypatch.setenv("TABLE", "u.csv")
    assert read_project(file).data.source == "u.csv"


def test_servers_are_where_the_place_says(file, monkeypatch):
    """The journal, MLflow and StatsD; beside what else the sections declare."""
    monkeypatch.setenv("TABLE", "t.csv")
    assert read_project(file).journal.url == "sqlite:///mine.db"
    file.write_text(PROJECT + 'durability = "relaxed"\n')
    monkeypatch.setenv("KEEPFIT_JOURNAL_URL", "postgresql://db/keepfit")
    monkeypatch.setenv("KEEPFIT_TRACKING_URI", "http://tracking:5000")
    monkeypatch.setenv("KEEPFIT_STATSD_ADDRESS", "graphite:8125")
    project = read_project(file)
    assert (project.journal.url, project.journal.durability) == ("postgresql://db/keepfit", "relaxed")
    assert project.tracking.uri == "http://tracking:5000"
    assert project.monitoring.statsd.address == "graphite:8125"


def test_errors_are_those_of_the_file(file, monkeypatch):
    """A section that is none, a place that is none, a `.env` that cannot be read."""
    monkeypatch.setenv("TABLE", "t.csv")
    monkeypatch.setenv("KEEPFIT_STATSD_ADDRESS", "no address")
    with pytest.raises(ProjectError, match=r"\[monitoring\] statsd\.address = "):
        read_project(file)
    file.write_text('journal = 3\n[data]\nsource = "t.csv"\ntarget = "y"\n')
    monkeypatch.setenv("KEEPFIT_JOURNAL_URL", "sqlite:///x.db")
    monkeypatch.delenv("KEEPFIT_STATSD_ADDRESS")
    with pytest.raises(ProjectError, match=r"\[journal\]"):
        read_project(file)
    (file.parent / ".env").write_bytes(b"\xff\xfe=\n")
    with pytest.raises(ProjectError, match=r"\.env: cannot be read"):
        read_project(file)
