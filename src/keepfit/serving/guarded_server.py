"""uvicorn's server, which also ends connections that are overdue, and itself when its parent is gone."""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import uvicorn

from keepfit.serving.connections import GuardedProtocol

_TICKS_A_SWEEP = 10  # uvicorn ticks ten times a second


class GuardedServer(uvicorn.Server):
    """uvicorn's server, that looks once a second for connections whose time is over, and for its parent.

    Parameters
    ----------
    config
        uvicorn's.
    on_ready
        Called when requests are answered.
    """

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._parent = os.getppid()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Do what uvicorn does, and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Do what uvicorn does, and end what is overdue; a worker whose parent was killed ends too."""
        if counter % _TICKS_A_SWEEP == 0:
            end_overdue(self.server_state.connections, time.monotonic())
            if multiprocessing.parent_process() is not None and os.getppid() != self._parent:
                return True
        return await super().on_tick(counter)


def end_overdue(connections: Iterable[Any], now: float) -> None:
    """End the connections whose deadline has passed."""
    for connection in list(connections):
        if isinstance(connection, GuardedProtocol) and connection.deadline is not None and connection.deadline < now:
            connection.end_overdue()
