"""What Graphite and StatsD are started with, and how they keep what they were told."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from graphite_server import NAMES, Graphite
from keepfit.project.stack_section import PortsSection
from keepfit.stack.graphite import (
    DEFAULT_RETENTIONS,
    GraphitePrograms,
    find_graphite,
    finest_seconds,
    graphite_files,
    graphite_parts,
)
from keepfit.stack.parts import Absent

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
        files = graphite_files(tmp_path, PortsSection(), retentions)
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
    absent = find_graphite()
    assert isinstance(absent, Absent)
    assert absent.why.startswith("not installed: ")
    assert absent.why.endswith("node, statsd")
    assert "Debian's package nodejs; npm install --global statsd (it runs on Node.js 8 to 22)" in absent.help
    for name in ("statsd", "node"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert "node" not in getattr(find_graphite(), "why", "")


def test_no_file_holds_the_secret(tmp_path):
    """It is in the environment of who needs it, and in no word about the command."""
    ports = PortsSection()
    parts = graphite_parts(tmp_path, ports, GraphitePrograms(*"abcdef"), "hush")
    assert "hush" not in str(graphite_files(tmp_path, ports))
    assert "hush" not in str(parts)
    assert [part.name for part in parts if "hush" in part.environment.values()] == ["graphite"]
    assert {port.key for part in parts for port in part.ports} == {f"[stack] ports.{name}" for name in NAMES}


def test_counts_are_added_up_where_points_become_coarser(tmp_path):
    """What came within a second and what came within ten are the same number; names at once are all kept."""
    with Graphite(tmp_path / "graphite", "1s:1m,10s:1h") as graphite:
        host, _, port = graphite.statsd.rpartition(":")
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
    assert {int(port, 16) for _, _, port in bound} >= graphite.ports
    assert {host for host, _, port in bound if int(port, 16) in graphite.ports} == {LOOPBACK}


def test_what_was_killed_is_started_again(tmp_path):
    """Also when another process has its number by now: what a killed carbon leaves behind is removed."""
    folder = tmp_path / "graphite"
    folder.mkdir()
    (folder / "carbon.pid").write_text(str(os.getpid()))
    with Graphite(folder, "1s:1h") as graphite:
        assert graphite.render("stats.nobody") == {}
