"""What a stack consists of: servers that can be started, and servers that are not on this machine."""

from __future__ import annotations

import pwd
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Port:
    """Where a server listens on loopback, and the key of the project file that says so."""

    number: int
    key: str
    is_udp: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A server as a process of this machine.

    Attributes
    ----------
    name
        What it is called, in the ledger and in its log's name.
    command
        The program and what it is told.
    url
        What a person opens, or a program asks; empty for none.
    ready
        How it is seen to be ready: an address that answers 200, or of `tcp:` or `postgresql:`; `log:` and the words
        that it says then; empty where to run is enough.
    ports
        Where it listens.
    environment
        Variables beside those of this process; they are written nowhere.
    preparations
        Commands that run before it, to their end.
    secrets
        Variables of the preparations alone.
    user
        As whom it runs, with no group but that one's; empty for the user of this process.
    stop_signal
        What asks it to end.
    is_ours
        Whether it is Keepfit itself, which gets our secrets; no other program does.
    """

    name: str
    command: tuple[str, ...]
    url: str = ""
    ready: str = ""
    ports: tuple[Port, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    preparations: tuple[tuple[str, ...], ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    user: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    is_ours: bool = False

    @property
    def owner(self) -> dict[str, Any]:
        """Whose the process is, as `subprocess` takes it."""
        return as_user(self.user)


@dataclass(frozen=True, slots=True)
class Absent:
    """A server that is not started, why not, and what would help."""

    name: str
    why: str
    help: str = ""


def as_user(name: str) -> dict[str, Any]:
    """Return what makes a process another user's, with his own group and no other; empty for who this one is.

    Raises
    ------
    KeyError
        When there is no such user.
    """
    if not name:
        return {}
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
