"""A new PostgreSQL for one project: `python -m keepfit.stack.new_cluster PROGRAMS DATA DATABASE OWNER`.

Its owner and password are those of `PGUSER` and `PGPASSWORD`: a command line is read by everybody on the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from keepfit.stack.parts import as_user


def new_cluster(programs: Path, data: Path, database: str, owner: str, *, user: str, password: str) -> None:
    """Make the files of a server that asks for a password, with one database.

    Parameters
    ----------
    programs
        Folder of `initdb` and `postgres`.
    data
        Where the files go; it is there only when they are whole.
    database, user, password
        What is made in it.
    owner
        The user of this machine whose the files are; empty for this process's own.
    """
    with tempfile.TemporaryDirectory(dir=data.parent, prefix=".postgres-") as made:
        secret, cluster = Path(made) / "password", Path(made) / "data"
        secret.touch(mode=0o600)
        secret.write_text(password, encoding="utf-8")
        if owner:
            group = as_user(owner)["group"]
            shutil.chown(made, owner, group)
            shutil.chown(secret, owner, group)

        def run(*command: str | Path, said: str = "") -> None:
            subprocess.run(command, input=said, text=True, check=True, cwd=made, **as_user(owner))  # noqa: S603 - PostgreSQL's own

        asked = ("-U", user, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C.UTF-8")
        run(programs / "initdb", "-D", cluster, *asked)
        quoted = database.replace('"', '""')
        run(programs / "postgres", "--single", "-D", cluster, "postgres", said=f'CREATE DATABASE "{quoted}"\n')
        cluster.rename(data)


if __name__ == "__main__":
    new_cluster(
        Path(sys.argv[1]),
        Path(sys.argv[2]),
        sys.argv[3],
        sys.argv[4],
        user=os.environ["PGUSER"],
        password=os.environ["PGPASSWORD"],
    )
