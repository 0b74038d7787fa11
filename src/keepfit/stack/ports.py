"""Ports that are taken, and by whom."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress

import psutil

from keepfit.errors import ServiceError
from keepfit.stack.parts import Part, Port

_LOOPBACK = "127.0.0.1"
_LONGEST_COMMAND = 80


def require_free(parts: Iterable[Part]) -> None:
    """Refuse ports that somebody listens at, and one port for two.

    Raises
    ------
    ServiceError
        With each such port, the process that has it, and the key that says which port it is.
    """
    parts = list(parts)
    wanted: dict[tuple[int, bool], str] = {}
    for port in (port for part in parts for port in part.ports):
        other = wanted.setdefault((port.number, port.is_udp), port.key)
        if other != port.key:
            raise ServiceError(f"{other} and {port.key} are one, {port.number}", hint="declare another for one of them")
    taken = [(part, port) for part in parts for port in part.ports if not _is_free(port)]
    if taken:
        told = "; ".join(
            f"{_LOOPBACK}:{port.number} ({part.name}, {port.key}) by {owner(port)}" for part, port in taken
        )
        raise ServiceError(f"ports are in use: {told}", hint="end those processes, or declare other ports")


def owner(port: Port) -> str:
    """Return who listens at a port, in words: its name, pid and command."""
    kind, listens = ("udp4", psutil.CONN_NONE) if port.is_udp else ("tcp", psutil.CONN_LISTEN)
    with suppress(psutil.Error):  # some systems tell it to root only
        for one in psutil.net_connections(kind):
            if one.laddr and one.laddr.port == port.number and one.status == listens and one.pid:
                return _told(psutil.Process(one.pid))
    return "a process that this user may not see"


def _told(process: psutil.Process) -> str:
    command = " ".join(process.cmdline())
    shown = command if len(command) <= _LONGEST_COMMAND else f"{command[:_LONGEST_COMMAND]}…"
    return f"{process.name()}, pid {process.pid} ({shown})"


def _is_free(port: Port) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if port.is_udp else socket.SOCK_STREAM) as bound:
        if not port.is_udp:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # an ended server's last connections do no harm
        try:
            bound.bind((_LOOPBACK, port.number))
        except OSError:
            return False
    return True
