"""The container engine of this machine, if there is one that answers."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keepfit.errors import ServiceError
from keepfit.stack.processes import last_words

_ASK_SECONDS = 20.0
_COMMANDS = (("docker", "compose"), ("podman", "compose"), ("podman-compose",))


@dataclass(frozen=True, slots=True)
class Engine:
    """What follows a compose file.

    Attributes
    ----------
    command
        `docker compose`, `podman compose` or `podman-compose`.
    """

    command: tuple[str, ...]

    def run(self, file: Path, settings: Path, log: Path, *arguments: str) -> None:
        """Have something done; what the engine says goes to the log.

        Raises
        ------
        ServiceError
            When it fails, with its last words.
        """
        with log.open("ab") as output:
            done = subprocess.run(  # noqa: S603 - the engine's own
                self._asked(file, settings, arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
        if done.returncode:
            said = f"`{' '.join(self.command)} {arguments[0]}` failed: {last_words(str(log))}"
            raise ServiceError(said, where=str(file), hint=f"see {log}")

    def told(self, file: Path, settings: Path, *arguments: str) -> str:
        """Return what it says to something."""
        asked = self._asked(file, settings, arguments)
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - as above

    def _asked(self, file: Path, settings: Path, arguments: Sequence[str]) -> list[str]:
        return [*self.command, "--file", str(file), "--env-file", str(settings), *arguments]


def find_engine() -> Engine | None:
    """Return the first engine that answers; a client without its daemon is none."""
    for command in _COMMANDS:
        if shutil.which(command[0]) and _answers(command):
            return Engine(command)
    return None


def _answers(command: tuple[str, ...]) -> bool:
    daemon = "podman" if command[0].startswith("podman") else command[0]
    return _succeeds(daemon, "info") and _succeeds(*command, "version")


def _succeeds(*command: str) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_ASK_SECONDS, check=False)  # noqa: S603 - as above
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
