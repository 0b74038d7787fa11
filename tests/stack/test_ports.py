"""Ports that are taken, and by whom."""

from __future__ import annotations

import os
import socket

import pytest

from keepfit.errors import ServiceError
from keepfit.stack.parts import Part, Port
from keepfit.stack.ports import require_free
from prometheus_server import free_address


@pytest.mark.parametrize(("kind", "is_udp"), [(socket.SOCK_STREAM, False), (socket.SOCK_DGRAM, True)])
def test_who_has_a_port_is_named(kind, is_udp):
    """By name, pid and command; beside the server that wants it, and the key that says so."""
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if not is_udp:
            taken.listen()
        port = Port(taken.getsockname()[1], "[stack] ports.prometheus", is_udp)
        said = (
            rf"127.0.0.1:{port.number} \(prometheus, \[stack\] ports\.prometheus\) by .*pid {os.getpid()} \(.*\); end"
        )
        with pytest.raises(ServiceError, match=said):
            require_free([Part("prometheus", (), ports=(port,))])


def test_free_ports_are_no_matter():
    """Nor is a port from which connections have just gone."""
    address = free_address()
    number = int(address.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", number)) as server, socket.create_connection(("127.0.0.1", number)):
        server.accept()[0].close()
    require_free([Part("x", (), ports=(Port(number, "k"), Port(number, "k", is_udp=True)))])


def test_one_port_for_two_is_told():
    """Before one of them has it, and the other one fails."""
    parts = [
        Part("service", (), ports=(Port(8080, "[serving] port"),)),
        Part("g", (), ports=(Port(8080, "[stack] g"),)),
    ]
    with pytest.raises(ServiceError, match=r"\[serving\] port and \[stack\] g are one, 8080; declare another"):
        require_free(parts)
