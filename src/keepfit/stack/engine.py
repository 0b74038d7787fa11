"""The container engine of this machine, if there is one that answers."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keepfit.errors import ServiceError
from keepfit.stack.processes import last_words

COMMANDS = (("docker", "compose"), ("podman", "compose"), ("podman-compose",))
"""What follows a compose file."""
_ASK_SECONDS = 20.0
_SERVICE_LABEL = "com.docker.compose.service"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine and the file that it follows.

    Attributes
    ----------
    command
        One of `COMMANDS`.
    file, settings, log
        The compose file, the variables in it, and where the engine's words go.
    """

    command: tuple[str, ...]
    file: Path
    settings: Path
    log: Path

    def run(self, *arguments: str) -> None:
        """Have something done.

        Raises
        ------
        ServiceError
            When it fails, with its last words.
        """
        with self.log.open("wb") as output:
            done = self._done(arguments, output)
        if done.returncode:
            raise self._failed(arguments, last_words(str(self.log)))

    def containers(self) -> list[tuple[str, str]]:
        """Return every container of the file with `ready`, `not ready` or `ended`.

        Raises
        ------
        ServiceError
            When it cannot be told.
        """
        arguments = ("ps", "--all", "--format", "json")
        done = self._done(arguments, subprocess.PIPE)
        if done.returncode:
            said = done.stdout.decode(errors="replace").strip().splitlines()
            raise self._failed(arguments, said[-1] if said else "it said nothing")
        return sorted((_service(one), _state(one)) for one in _listed(done.stdout.decode(errors="replace")))

    def _done(self, arguments: Sequence[str], output: Any) -> subprocess.CompletedProcess[bytes]:
        asked = [*self.command, "--file", str(self.file), "--env-file", str(self.settings), *arguments]
        try:
            return subprocess.run(  # noqa: S603 - the engine's own
                asked, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
            )
        except OSError as error:
            raise self._failed(arguments, str(error)) from error

    def _failed(self, arguments: Sequence[str], said: str) -> ServiceError:
        what = f"`{' '.join(self.command)} {arguments[0]}` failed: {said}"
        return ServiceError(what, where=str(self.file), hint=f"see {self.log}; is the engine running?")


def find_engine() -> tuple[str, ...] | None:
    """Return the command of the first engine that answers; a client without its daemon is none."""
    return next((command for command in COMMANDS if shutil.which(command[0]) and _answers(command)), None)


def _answers(command: tuple[str, ...]) -> bool:
    daemon = "podman" if command[0].startswith("podman") else command[0]
    return _succeeds(daemon, "info") and _succeeds(*command, "version")


def _succeeds(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_ASK_SECONDS, check=False)  # noqa: S603 - as above
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _listed(said: str) -> list[Mapping[str, Any]]:
    """Return what an engine lists: an object a line, or an array of them; what is no JSON is a word beside it."""
    try:
        found = json.loads(said)
        return found if isinstance(found, list) else [found]
    except ValueError:
        return [json.loads(line) for line in said.splitlines() if line.lstrip().startswith("{")]


def _service(container: Mapping[str, Any]) -> str:
    labels = container.get("Labels")
    named = labels.get(_SERVICE_LABEL) if isinstance(labels, Mapping) else None
    return str(container.get("Service") or named or container.get("Name") or container.get("Names"))


def _state(container: Mapping[str, Any]) -> str:
    if str(container.get("State", "")).lower() != "running":
        return "ended"
    health = str(container.get("Health") or container.get("Status") or "").lower()
    return "not ready" if "starting" in health or "unhealthy" in health else "ready"
