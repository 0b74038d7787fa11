"""Whether a server would answer."""

from __future__ import annotations

import socket

from keepfit.stack.readiness import answers
from prometheus_server import free_address


def test_a_server_without_pages_is_ready_when_it_listens():
    """An address of TCP alone is connected to, and no more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert answers(f"tcp://127.0.0.1:{server.getsockname()[1]}")
    assert not answers(f"tcp://{free_address()}")
