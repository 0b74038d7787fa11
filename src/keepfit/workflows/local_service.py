"""A service of our own in another process, for as long as a workflow needs it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from keepfit.client import Client
from keepfit.errors import ClientError, ServiceError
from keepfit.workflows.child_process import child_process, last_words

_START_SECONDS = 60.0
_ANSWER_SECONDS = 1.0


@contextmanager
def local_service(project: Path, *, host: str, port: int, log: Path) -> Iterator[str]:
    """Start `keepfit serve`, wait until it is ready, and end it by its own pid.

    Parameters
    ----------
    project
        The project file.
    host, port
        Where it answers.
    log
        File for what it prints.

    Yields
    ------
    Its address.

    Raises
    ------
    ServiceError
        When it does not become ready; with its own words.
    """
    address = f"http://{host}:{port}"
    command = [sys.executable, "-m", "keepfit", "serve", "--project", str(project), "--host", host, "--port", str(port)]
    with child_process(command, log) as process:
        _wait_until_ready(process, address, log)
        yield address


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with Client(address, timeout_seconds=_ANSWER_SECONDS) as client:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ServiceError(f"it ended at once: {last_words(log)}", where=address, hint=str(log))
            with suppress(ClientError):  # another program's answer: ours will say that the port is in use
                if client.is_ready():
                    return
            time.sleep(0.05)
    raise ServiceError("it was not ready in time", where=address, hint=f"see {log}")
