"""A PostgreSQL for the journal: who gets one, and that it asks for its password."""

from __future__ import annotations

import tempfile
from pathlib import Path

import psycopg
import pytest

from keepfit.journal import open_journal
from keepfit.project.declaration import Project
from keepfit.stack import postgres
from keepfit.stack.parts import Absent, Part
from keepfit.stack.postgres import postgres_part
from keepfit.stack.processes import end
from keepfit.stack.readiness import wait_until_ready
from postgres_server import programs
from prometheus_server import free_address


def project(url: str | None, port: int = 5432) -> Project:
    journal = {} if url is None else {"url": url}
    told = {"project": {"name": "t"}, "data": {"source": "t.csv", "target": "y"}}
    return Project.model_validate({**told, "journal": journal, "stack": {"ports": {"postgres": port}}})


@pytest.fixture
def folder():
    """A folder that every user may look into."""
    with tempfile.TemporaryDirectory(prefix="keepfit-stack-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "the journal is in SQLite"),
        ("sqlite:///j.db", "the journal is in SQLite"),
        ("postgresql://me:secret@db.example/j", "the journal is at db.example:5432"),
        ("postgresql://me:secret@127.0.0.1:5433/j", "the journal is at 127.0.0.1:5433"),
    ],
)
def test_who_needs_none_has_none(url, said, tmp_path):
    """Another database, or a server that is somebody else's; no password is told."""
    absent = postgres_part(project(url), tmp_path)
    assert isinstance(absent, Absent)
    assert absent.why == said


def test_a_server_keeps_the_journal(folder, started, monkeypatch):
    """It is made once, takes who has the password, and nobody else; the files are whole or not there."""
    if programs() is None:
        pytest.skip("PostgreSQL's server is not installed")
    monkeypatch.setattr(postgres, "_FOR_ROOT", folder)
    address = free_address()
    url = f"postgresql://keeper:p%40ss-word@{address}/my%20journal"
    declared = project(url, int(address.rpartition(":")[2]))
    for _ in range(2):
        part = postgres_part(declared, folder)
        assert isinstance(part, Part)
        data = part.command[2]
        one = started(part)
        wait_until_ready(one)
        with open_journal(url) as journal:
            journal.require_writable()
            journal.record_event("t", "checked", "ada", {})
            assert journal.events("t")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace("p%40ss-word", "postgres"))
        assert groups(one.pid) == {Path(data).stat().st_gid}
        with psycopg.connect(url):
            end(one)
        assert "received fast shutdown request" in Path(one.log).read_text()
    assert not part.preparations
    assert "p@ss-word" not in Path(one.log).read_text()
    assert [path for path in folder.iterdir() if path.name.startswith(".")] == []


def groups(pid: int) -> set[int]:
    """Return the groups that a process is of."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {int(one) for line in lines if line.startswith(("Gid:", "Groups:")) for one in line.split()[1:]}


def test_two_projects_of_one_name_share_nothing(tmp_path):
    """As root, too, whose servers have their data beside each other."""
    if programs() is None:
        pytest.skip("PostgreSQL's server is not installed")
    parts = [postgres_part(project("postgresql://a:b@127.0.0.1/j"), tmp_path / name) for name in ("one", "two")]
    assert len({part.command for part in parts}) == 2
