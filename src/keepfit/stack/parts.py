"""What a stack consists of: servers that can be started, and servers that are not on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
        An address that answers 200 once it is ready; empty where to run is enough.
    ports
        Where it listens.
    environment
        Variables beside those of this process; they may hold secrets, and are written nowhere.
    preparations
        Commands that run before it, to their end.
    user
        As whom it runs; empty for the user of this process.
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
    user: str = ""
    is_ours: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """A server that is not started, why not, and what would help."""

    name: str
    why: str
    help: str = ""
