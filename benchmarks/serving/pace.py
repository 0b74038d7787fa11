"""Send requests at a steady pace, whatever the server does, and measure each from when it was due.

Usage: python benchmarks/serving/pace.py PORT PATH BODIES RATE SECONDS CONNECTIONS

A request that has to wait for a connection, because the server is behind, has waited: its latency begins when it was
due and not when it was sent (no coordinated omission). One thread that never sleeps, so that the client's own timer is
not what is measured; `late_ms` says how late it sent at worst one request in a hundred while a connection was idle.
Prints a line of JSON.
"""

from __future__ import annotations

import gc
import json
import re
import select
import socket
import sys
import time
from collections import deque
from pathlib import Path

GRACE_SECONDS = 10.0
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
END = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


def request(path: str, body: bytes) -> bytes:
    """Return a request in HTTP/1.1."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + END + body


def is_whole(answer: bytes) -> bool:
    """Return whether an answer has come to its end."""
    head, found, body = answer.partition(END)
    if not found:
        return False
    length = LENGTH.search(head)
    return len(body) >= int(length[1]) if length else body.endswith(LAST_CHUNK)


def pace(port: int, requests: list[bytes], *, rate: float, seconds: float, connections: int) -> dict[str, float]:
    """Return what came of a steady pace: counts, percentiles of latency, and how late the client itself was."""
    sockets = {}
    poller = select.epoll()
    for _ in range(connections):
        opened = socket.create_connection(("127.0.0.1", port))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[opened.fileno()] = opened
        poller.register(opened, select.EPOLLIN)
    idle, came = deque(sockets), dict.fromkeys(sockets, b"")
    due_at: dict[int, float] = {}
    latencies, late = [], []
    not_ok, sent, count = 0, 0, max(int(rate * seconds), 1)
    had_idle = True
    clock = time.perf_counter
    begin = clock() + 0.05
    end = begin + seconds + GRACE_SECONDS
    while len(latencies) < count:
        now = clock()
        while sent < count and idle and (due := begin + sent / rate) <= now:
            handle = idle.popleft()
            sockets[handle].sendall(requests[sent % len(requests)])
            due_at[handle] = due
            if had_idle:
                late.append(now - due)
            sent += 1
        had_idle = bool(idle)
        for handle, _ in poller.poll(0):
            came[handle] += sockets[handle].recv(65536)
            if is_whole(came[handle]):
                latencies.append(clock() - due_at[handle])
                not_ok += b" 200 " not in came[handle][:16]
                came[handle] = b""
                idle.append(handle)
        if now > end:
            break
    for opened in sockets.values():
        opened.close()
    return {
        "requests": len(latencies),
        "seconds": clock() - begin,
        "p50_ms": percentile(latencies, 0.50) * 1e3,
        "p99_ms": percentile(latencies, 0.99) * 1e3,
        "not_ok": not_ok,
        "broken": count - len(latencies),
        "late_ms": percentile(late, 0.99) * 1e3,
    }


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values is."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)] if values else 0.0


def main() -> None:
    """Send, and tell."""
    port, path, bodies, rate, seconds, connections = sys.argv[1:]
    requests = [request(path, body) for body in Path(bodies).read_bytes().splitlines()]
    gc.disable()
    found = pace(int(port), requests, rate=float(rate), seconds=float(seconds), connections=int(connections))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
