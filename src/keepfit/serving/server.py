"""The process: a socket, uvicorn, and a clean end."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable

import uvicorn

from keepfit.errors import ServiceError
from keepfit.serving.connections import GuardedProtocol
from keepfit.serving.front import Front
from keepfit.serving.guarded_server import GuardedServer
from keepfit.serving.memory import settle

_BACKLOG = 2048
_GRACE_SECONDS = 10


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to an address; port 0 takes any free one.

    Raises
    ------
    ServiceError
        When the port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        taken = error.errno == errno.EADDRINUSE
        said = "the port is in use" if taken else f"cannot bind ({error.strerror or error})"
        hint = "stop the other process, or choose another with --port" if taken else "check [serving] host and port"
        raise ServiceError(said, where=f"{host}:{port}", hint=hint) from error
    return bound


def serve(app: Front, bound: socket.socket, on_ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT; what is in flight is finished and the journal flushed.

    Parameters
    ----------
    app
        The application.
    bound
        Where it answers.
    on_ready
        Called when it does.
    """
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        proxy_headers=False,  # who is asked for a token is told by his own address, not by a header
        log_level="warning",
        access_log=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
    )
    # uvicorn stops on these signals and then raises them once more, for whoever handled them before: that is nobody,
    # so a service that was told to stop has ended well.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    settle()
    GuardedServer(config, on_ready).run(sockets=[bound])
