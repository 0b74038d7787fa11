"""Ports of a demo that no other test takes: two demos that ask at once would both be given the declared one."""

from __future__ import annotations

import pytest

from keepfit.workflows import demo_prometheus, demo_stage, demo_stream
from keepfit.workflows.demo_stage import free_port


def take_any_ports(patch: pytest.MonkeyPatch) -> None:
    """Give a demo any free ports, and not the declared ones."""
    for module in (demo_stage, demo_stream, demo_prometheus):
        patch.setattr(module, "free_port", lambda host, _: free_port(host, 0))
