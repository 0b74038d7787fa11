"""A real PostgreSQL for tests: started from the machine's own package, on loopback, in a folder of its own.

The server refuses to run as root: there, it runs as the user `postgres` of the package.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import psycopg

_FOLDERS = "/usr/lib/postgresql/*/bin"
_SETTINGS = ("listen_addresses=127.0.0.1", "max_connections=100", "shared_buffers=32MB", "timezone=UTC")


def programs() -> Path | None:
    """Return the folder of the newest server's programs, None where there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max(Path("/").glob(_FOLDERS.removeprefix("/")), default=None)


class PostgresServer:
    """A server of its own data; `start` and `stop` as often as a test likes.

    Parameters
    ----------
    folder
        Where its data will lie; its parents must be open to everybody.
    settings
        Further settings, `name=value`.
    """

    def __init__(self, folder: Path, *settings: str) -> None:
        self._programs = programs()
        self._settings = (*_SETTINGS, *settings)
        self._folder = folder
        self._databases = 0
        folder.mkdir(parents=True)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "keepfit", "--no-sync", "-E", "UTF8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        options = f"-p {self.port} -k {self._folder} " + " ".join(f"-c {one}" for one in self._settings)
        self._control("start", "-w", "-l", str(self._folder / "log"), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` ends connections, `immediate` is a crash."""
        self._control("stop", "-w", "-m", mode)

    @property
    def pid(self) -> int:
        """The process that all others are children of."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def new_database(self) -> str:
        """Make an empty database, and return its URL."""
        self._databases += 1
        name = f"d{self._databases}"
        self.execute(f"CREATE DATABASE {name}")
        return f"postgresql://keepfit@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Execute a statement beside everybody else, and return its rows."""
        address = f"host=127.0.0.1 port={self.port} user=keepfit dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        as_whom = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        command = [*as_whom, str(self._programs / program), *arguments]
        log = self._folder / f"{program}.out"
        with log.open("w") as output:  # no pipe: the server would keep it open
            done = subprocess.run(command, cwd="/", stdout=output, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {log.read_text()}"
