"""Parts that are small Python programs."""

from __future__ import annotations

import os
import sys

import pytest

from keepfit.stack.parts import Part, Port
from keepfit.stack.processes import end, start

SERVER = """
import http.server, sys
print("here I am", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def server_part():
    """Makes a part that answers HTTP at a port."""

    def make(address: str, name: str = "server") -> Part:
        port = int(address.rpartition(":")[2])
        command = (sys.executable, "-c", SERVER, str(port))
        return Part(name, command, f"http://{address}", f"http://{address}/", (Port(port, "[stack] ports.x"),))

    return make


@pytest.fixture
def started(tmp_path):
    """Starts parts, and ends them after the test."""
    known = []

    def begin(part: Part):
        known.append(start(part, tmp_path, dict(os.environ)))
        return known[-1]

    yield begin
    for one in known:
        end(one)
