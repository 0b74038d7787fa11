"""What Graphite and StatsD are started with, and how they keep what they were told."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from graphite_server import Graphite
from keepfit.stack.graphite import (
    DEFAULT_RETENTIONS,
    GraphiteAddresses,
    find_graphite,
    finest_seconds,
    graphite_commands,
    graphite_files,
)

LOOPBACK = "0100007F"
"""127.0.0.1 as Linux's tables of sockets write it, on a machine that is little-endian."""


def test_statsd_hands_on_as_often_as_the_finest_archive_has_a_point(tmp_path):
    """More often, and carbon would keep only the last of a point's counts."""
    for retentions, milliseconds in (
        (DEFAULT_RETENTIONS, 10_000),
        ("1s:1h", 1000),
        ("60:7d", 60_000),
        ("1m:7d", 60_000),
    ):
        files = graphite_files(tmp_path, GraphiteAddresses(), retentions)
        assert json.loads(files["statsd.js"])["flushInterval"] == milliseconds
        assert f"retentions = {retentions}\n" in files["storage-schemas.conf"]


@pytest.mark.parametrize("retentions", ["", "often", "0s:1h", "10 s:1h", "1min:1h"])
def test_archives_that_carbon_does_not_understand_are_refused(retentions):
    """Before it is started, with an example."""
    with pytest.raises(ValueError, match="has no archives; for example 10s:6h,1m:7d,10m:1y"):
        finest_seconds(retentions)


def test_what_is_missing_is_told_with_its_remedy(monkeypatch, tmp_path):
    """No program is looked for but where it can be: StatsD and Node.js on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = {one.name: one.remedy for one in find_graphite().missing}
    assert missing["statsd"] == "npm install --global statsd (it runs on Node.js 8 to 22)"
    assert missing["node"] == "Debian's package nodejs"
    statsd = tmp_path / "statsd"
    statsd.write_text("#!/bin/sh\n")
    statsd.chmod(0o755)
    assert "statsd" not in {one.name for one in find_graphite().missing}
    assert "statsd" in {one.name for one in find_graphite(str(tmp_path / "elsewhere")).missing}


def test_no_file_holds_the_secret(tmp_path):
    """It is in the environment of who needs it, and in no word about the command."""
    addresses = GraphiteAddresses()
    commands = graphite_commands(tmp_path, addresses, find_graphite(), "hush")
    assert "hush" not in str(graphite_files(tmp_path, addresses))
    assert "hush" not in str(commands)
    assert "hush" in commands.web.environment.values()


def test_counts_are_added_up_where_points_become_coarser(tmp_path):
    """What came within a second and what came within ten are the same number; names at once are all kept."""
    with Graphite(tmp_path / "graphite", "1s:1m,10s:1h") as graphite:
        host, _, port = graphite.addresses.statsd.rpartition(":")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect((host, int(port)))
            sent = 0

            def is_spread() -> bool:
                nonlocal sent
                client.send("\n".join(f"of.{name}:2|c" for name in range(60)).encode())
                sent += 2
                return len([one for value in graphite.render(counts, **{"from": "-50s"}).values() for one in value]) > 5

            counts = "stats.counters.of.1.count"
            graphite.until(is_spread, "there are points of several seconds")
        coarse = "sumSeries(stats.counters.of.*.count)"
        graphite.until(
            lambda: sum(*graphite.render(coarse).values()) == 60 * sent, "the coarse archive has every count"
        )
        fine = sum(*graphite.render(coarse, **{"from": "-55s"}).values())
        seconds = [len(values) for values in graphite.render(counts, **{"from": "-55s"}).values()]
        assert fine == 60 * sent
        assert seconds[0] > len(*graphite.render(counts).values())


def test_they_listen_on_loopback_alone(tmp_path):
    """None of them asks who is there."""
    tables = [Path("/proc/net") / name for name in ("tcp", "tcp6", "udp", "udp6")]
    with Graphite(tmp_path / "graphite", "1s:1h") as graphite:
        lines = [line for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    bound = [line.split()[1].rpartition(":") for line in lines]
    ports = {int(getattr(graphite.addresses, name).rpartition(":")[2]) for name in GraphiteAddresses.__slots__}
    assert {int(port, 16) for _, _, port in bound} >= ports
    assert {host for host, _, port in bound if int(port, 16) in ports} == {LOOPBACK}
