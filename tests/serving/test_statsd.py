"""A real service pushes to StatsD what it answers."""

from __future__ import annotations

import socket

from fault_clients import ask, declared


def test_a_service_tells_a_daemon(make_scoring_project, tmp_path, serve):
    """Counts of all workers add up; the system is told by one of them."""
    rooms = declared(make_scoring_project, tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(20)
        section = f'[monitoring.statsd]\naddress = "127.0.0.1:{daemon.getsockname()[1]}"\nprefix = "bank-rs"\n'
        rooms.file.write_text(f"{rooms.file.read_text()}\n{section}")
        counts: dict[str, int] = {}
        with serve(rooms, "--workers", "2") as service:
            for _ in range(10):
                assert ask(service, 3).status == 200
            assert service.post("/api/prediction", {"age": "x"}).status == 422
            while counts.get("bank-rs.target.no", 0) < 30 or "bank-rs.response_code.422" not in counts:
                for line in daemon.recv(2**16).decode().split("\n"):
                    name, _, value = line.partition(":")
                    number, _, kind = value.partition("|")
                    counts[name] = counts.get(name, 0) + int(number) if kind == "c" else 1
    assert counts["bank-rs.target.no"] == 30
    assert counts["bank-rs.response_code.422"] == 1
    assert {"bank-rs.system.cpu_load", "bank-rs.system.up_time", "bank-rs.response_time"} <= set(counts)
