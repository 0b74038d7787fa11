"""A PostgreSQL for the journal of one project, where the project names one on this machine."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import sys
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from keepfit.project import Project
from keepfit.stack.parts import Absent, Part, Port

_HOST = "127.0.0.1"
_LOOPBACK = (_HOST, "localhost", "::1")
_USUAL_PORT = 5432
_INSTALLED = Path("/usr/lib/postgresql")
_NOT_ROOT = "postgres"  # the user of Debian's package: the server refuses to be root
_FOR_ROOT = Path("/var/lib/postgresql")


def postgres_part(project: Project, folder: Path) -> Part | Absent:
    """Return the server of the journal, or why there is none.

    Parameters
    ----------
    project
        The declaration.
    folder
        Of the stack. The data are in it; those that root starts are in `/var/lib/postgresql`, for the server is another
        user, who may not look into the workspace.
    """
    url = make_url(project.journal.url) if project.journal.url else None
    if url is None or url.get_backend_name() != "postgresql":
        return Absent("postgres", "the journal is in SQLite", 'declare it: [journal] url = "postgresql://…"')
    if url.host not in _LOOPBACK or (url.port or _USUAL_PORT) != project.stack.ports.postgres:
        return Absent("postgres", f"the journal is at {url.host}:{url.port or _USUAL_PORT}")
    programs = _programs()
    if programs is None:
        return Absent("postgres", "it is not installed", "Debian's package postgresql")
    if os.getuid():
        return _part(project, url, programs, folder / "postgres-data", "")
    if not _is_user(_NOT_ROOT):
        return Absent("postgres", "it does not run as root", f"there is no user {_NOT_ROOT}: be another than root")
    whose = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]  # of two projects of one name
    return _part(project, url, programs, _FOR_ROOT / f"keepfit-{project.name}-{whose}", _NOT_ROOT)


def _part(project: Project, url: URL, programs: Path, data: Path, user: str) -> Part:
    port = project.stack.ports.postgres
    command = (
        *(str(programs / "postgres"), "-D", str(data), "-p", str(port), "-c", f"listen_addresses={_HOST}"),
        *("-c", "unix_socket_directories="),
    )
    make = (
        sys.executable,
        "-m",
        "keepfit.stack.new_cluster",
        str(programs),
        str(data),
        url.database or "keepfit",
        user,
    )
    return Part(
        "postgres",
        command,
        ready=f"postgresql://{_HOST}:{port}",
        ports=(Port(port, "[stack] ports.postgres"),),
        secrets={"PGUSER": url.username or "keepfit", "PGPASSWORD": str(url.password or "")},
        preparations=() if data.exists() else (make,),
        user=user,
        stop_signal=signal.SIGINT,  # ends those who are connected; SIGTERM waits for them
    )


def _programs() -> Path | None:
    """Return the folder of the newest server's programs; those that Debian puts on the PATH only lead to them."""
    installed = [path for path in _INSTALLED.glob("*/bin") if (path / "initdb").exists()]
    found = shutil.which("initdb")
    return max(installed, key=lambda path: int(path.parent.name), default=Path(found).parent if found else None)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
