"""Processes that outlive who started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from keepfit.errors import ServiceError
from keepfit.stack.parts import Part
from keepfit.stack.processes import Running, end, last_words, start
from keepfit.stack.readiness import is_ready, wait_until_ready
from prometheus_server import free_address
from waiting import until

FAMILY = """
import signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(child.pid, flush=True)
signal.pause()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"


def test_a_part_is_started_and_ended(server_part, started):
    """It leads a session of its own, its log has its words, and it is known again by its pid and its beginning."""
    one = started(server_part(free_address()))
    wait_until_ready(one)
    assert os.getsid(one.pid) == one.pid
    assert first_line(one) == "here I am"
    assert is_ready(one)
    assert one.is_alive
    assert not replace(one, began=f"{one.began}0").is_alive
    end(one)
    assert not one.is_alive
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
    assert not one.is_alive


def test_anothers_process_is_never_ended(tmp_path):
    """A pid that by now is another's is left alone, and so is who has that pid for his session."""
    child = "import os, sys\nif os.fork(): os._exit(0)\nprint(os.getpid(), flush=True)\nsys.stdin.readline()"
    with subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as other:
        daemon = psutil.Process(int(other.stdout.readline()))
        assert os.getsid(daemon.pid) == other.pid
        end(Running("gone", other.pid, "another boot 1", "another mark", "", "", str(tmp_path / "log")))
        end(Running("gone", daemon.pid, "another boot 1", "another mark", "", "", str(tmp_path / "log")))
        assert daemon.is_running()
        other.communicate(b"\n")
    assert psutil.wait_procs([daemon], timeout=20)[0] == [daemon]


def test_a_step_of_the_clock_loses_nobody(started, monkeypatch):
    """Who was started is known by the kernel's count, not by the time of day."""
    one = started(Part("still", (sys.executable, "-c", "import signal; signal.pause()")))
    monkeypatch.setattr(psutil._pslinux, "BOOT_TIME", 1.0, raising=False)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert one.is_alive
    end(one)
    assert not one.is_alive


def test_who_wants_another_signal_gets_it(started):
    """PostgreSQL's usual one waits for those who are connected."""
    says = "import signal, sys; signal.signal(signal.SIGINT, lambda *_: sys.exit(print('interrupted', flush=True)))"
    one = started(
        Part(
            "polite",
            (sys.executable, "-c", f"{says}; print('x', flush=True); signal.pause()"),
            stop_signal=signal.SIGINT,
        )
    )
    first_line(one)
    end(one)
    assert last_words(one.log) == "interrupted"


def test_a_log_is_of_one_start(started, tmp_path):
    """The words of the run before are kept beside it, and are nobody's last words any more."""
    talk = Part("talker", (sys.executable, "-c", "print('first', flush=True)"))
    assert first_line(started(talk)) == "first"
    silent = started(Part("talker", (sys.executable, "-c", "pass"), ready="log:here"))
    with pytest.raises(ServiceError, match="talker: it ended at once: it said nothing"):
        wait_until_ready(silent)
    assert (tmp_path / "talker.log.before").read_text() == "first\n"


def test_what_does_not_start_is_told_with_its_words(tmp_path, started):
    """No such program, a preparation that fails, a server that ends at once."""
    with pytest.raises(ServiceError, match=r"^nobody: cannot be started .*; /no/such/program$"):
        start(Part("nobody", ("/no/such/program",)), tmp_path, {})
    fails = (sys.executable, "-c", "raise SystemExit('no space')")
    with pytest.raises(ServiceError, match=r"^x: cannot be prepared: no space; see .*x\.log$"):
        start(Part("x", (sys.executable, "-c", "pass"), preparations=(fails,)), tmp_path, {})
    nowhere = f"http://{free_address()}/"  # a number: whoever looks up names may take his time
    with pytest.raises(ServiceError, match=r"^y: it ended at once: no luck; see .*y\.log$"):
        wait_until_ready(started(Part("y", (sys.executable, "-c", "raise SystemExit('no luck')"), ready=nowhere)))


def test_a_server_that_is_never_ready_is_told(started):
    """After the time that a start may take."""
    one = started(Part("slow", (sys.executable, "-c", "input()"), ready=f"http://{free_address()}/"))
    now = iter(range(0, 1000, 60))
    with pytest.raises(ServiceError, match=r"^slow: it was not ready"):
        wait_until_ready(one, clock=lambda: next(now), wait=lambda _: None)


def test_words_say_that_a_server_is_ready(started):
    """Others do not, such as those of an error at its end."""
    tells = "import signal; print('not yet', flush=True); signal.pause()"
    one = started(Part("wordy", (sys.executable, "-c", tells), ready="log:here I am"))
    first_line(one)
    assert not is_ready(one)
    with Path(one.log).open("a") as log:
        log.write("well, here I am\n")
    assert is_ready(one)


def test_secrets_are_for_keepfit_only(tmp_path, started, monkeypatch):
    """Another program gets the variables of this process but ours."""
    monkeypatch.setenv("KEEPFIT_API_TOKEN", "a-secret-of-ours")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://me:a-secret@mlflow")
    monkeypatch.setenv("SOME", "public")
    tell = (
        sys.executable,
        "-c",
        "from os import environ as e; print(e.get('KEEPFIT_API_TOKEN'), 'MLFLOW_TRACKING_URI' in e, e['SOME'])",
    )
    for is_ours, said in ((False, "None False public"), (True, "a-secret-of-ours True public")):
        assert first_line(started(Part(f"ours-{is_ours}", tell, is_ours=is_ours))) == said
    assert "a-secret" not in repr(Part("x", (), environment={"P": "a-secret"}, secrets={"Q": "a-secret"}))


def test_secrets_of_a_preparation_are_not_the_servers(started):
    """What makes a server's files may know its password; the server's environment is read for years."""
    tell = (sys.executable, "-c", "import os; print('PGPASSWORD' in os.environ, flush=True)")
    one = started(Part("base", tell, preparations=(tell,), secrets={"PGPASSWORD": "x"}))
    until(lambda: Path(one.log).read_text().split() == ["True", "False"], "both have said it")


def first_line(one: Running) -> str:
    """Return the first line that a process says."""
    with Path(one.log).open() as log:
        while not (said := log.readline()).endswith("\n"):
            log.seek(0)
    return said.strip()
