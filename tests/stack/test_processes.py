"""Processes that outlive who started them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from keepfit.errors import ServiceError
from keepfit.stack.parts import Part
from keepfit.stack.processes import Running, end, start
from keepfit.stack.readiness import is_ready, wait_until_ready
from prometheus_server import free_address

FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)


def test_a_part_is_started_and_ended(server_part, started):
    """It leads a session of its own, its log has its words, and it is known again by its pid and its beginning."""
    one = started(server_part(free_address()))
    wait_until_ready(one)
    assert os.getsid(one.pid) == one.pid
    assert first_line(one) == "here I am"
    assert is_ready(one)
    assert replace(one, created=one.created - 10).process is None
    end(one)
    assert one.process is None
    assert not is_ready(one)
    end(one)


def test_children_end_with_it(started):
    """Also those that their parent leaves behind when it is killed."""
    for kills in (False, True):
        one = started(Part(f"family-{kills}", (sys.executable, "-c", FAMILY)))
        child = psutil.Process(int(first_line(one)))
        if kills:
            psutil.Process(one.pid).kill()
        end(one)
        assert psutil.wait_procs([child], timeout=20)[0] == [child]


def test_who_does_not_listen_is_killed(started, monkeypatch):
    """After the time that everybody has."""
    monkeypatch.setattr("keepfit.stack.processes._STOP_SECONDS", 0.5)
    one = started(Part("stubborn", (sys.executable, "-c", STUBBORN)))
    first_line(one)
    end(one)
    assert one.process is None


def test_anothers_process_is_never_ended(tmp_path):
    """A pid that by now is another's is left alone."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as other:
        end(Running("gone", other.pid, psutil.Process(other.pid).create_time() - 100, "", "", str(tmp_path / "log")))
        assert other.poll() is None
        other.communicate(b"\n")
        assert other.returncode == 0


def test_what_does_not_start_is_told_with_its_words(tmp_path, started):
    """No such program, a preparation that fails, a server that ends at once."""
    with pytest.raises(ServiceError, match=r"^nobody: cannot be started .*; /no/such/program$"):
        start(Part("nobody", ("/no/such/program",)), tmp_path)
    fails = (sys.executable, "-c", "raise SystemExit('no space')")
    with pytest.raises(ServiceError, match=r"^x: cannot be prepared: no space; see .*x\.log$"):
        start(Part("x", (sys.executable, "-c", "pass"), preparations=(fails,)), tmp_path)
    with pytest.raises(ServiceError, match=r"^y: it ended at once: no luck; see .*y\.log$"):
        wait_until_ready(started(Part("y", (sys.executable, "-c", "raise SystemExit('no luck')"), ready="http://x/")))


def test_a_server_that_is_never_ready_is_told(started):
    """After the time that a start may take."""
    one = started(Part("slow", (sys.executable, "-c", "input()"), ready=f"http://{free_address()}/"))
    now = iter(range(0, 1000, 60))
    with pytest.raises(ServiceError, match=r"^slow: it was not ready"):
        wait_until_ready(one, clock=lambda: next(now), wait=lambda _: None)


def test_secrets_are_for_keepfit_only(tmp_path, started, monkeypatch):
    """Another program gets the variables of this process but ours."""
    monkeypatch.setenv("KEEPFIT_API_TOKEN", "a-secret-of-ours")
    monkeypatch.setenv("SOMETHING_ELSE", "public")
    tell = (sys.executable, "-c", "import os; print(os.environ.get('KEEPFIT_API_TOKEN'), os.environ['SOMETHING_ELSE'])")
    for is_ours, said in ((False, "None public"), (True, "a-secret-of-ours public")):
        assert first_line(started(Part(f"ours-{is_ours}", tell, is_ours=is_ours))) == said
    assert "a-secret" not in repr(Part("x", (), environment={"P": "a-secret"}))


def first_line(one: Running) -> str:
    """Return the first line that a process says."""
    with Path(one.log).open() as log:
        while not (said := log.readline()).endswith("\n"):
            log.seek(0)
    return said.strip()
