"""`keepfit stream` as a person meets it: what it prints, how it is stopped, how it ends."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from keepfit.cli.main import main
from keepfit.cli.stream import _Stopping
from keepfit.serving import bind
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream.history_file import HistoryFile
from keepfit.workflows.stream.stream import StreamTask, stream
from prometheus_server import free_address
from stream_project import learnt, make_stream_project, newest_state, records, rows_csv
from waiting import until


@pytest.fixture
def rooms(tmp_path):
    return make_stream_project(tmp_path / "project")


@contextmanager
def started(rooms: Rooms, *arguments: str):
    """Start the command, with a pipe as its standard input; it is ended at the end, whatever happens."""
    command = [sys.executable, "-m", "keepfit", "stream", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=rooms.folder, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def ended(process: subprocess.Popen[str], status: int = 0) -> str:
    """Wait for the end; return what was said."""
    said, _ = process.communicate(timeout=30)
    assert process.returncode == status, said
    assert "Traceback" not in said
    return said


def until_batch(rooms: Rooms, number: int) -> None:
    until(lambda: any(int(one.stem[6:]) >= number for one in rooms.workspace.stream.glob("batch-*.state")), "", 30)


def lines(told: list[dict]) -> str:
    return "".join(json.dumps(one) + "\n" for one in told)


@contextmanager
def sending(content: str):
    """Yield the end of a pipe at which a text can be read, which is less than a pipe holds."""
    reading, writing = os.pipe()
    with os.fdopen(reading) as pipe:
        with os.fdopen(writing, "w") as file:
            file.write(content)
        yield pipe


class Run:
    """The command within this process: its exit status, and what it said."""

    def __init__(self, monkeypatch, capsys, folder: Path) -> None:
        self._patch, self._capsys, self._folder = monkeypatch, capsys, folder

    def __call__(self, *arguments: str, sent: str | None = None) -> tuple[int, str]:
        """Run it, with what is sent by a pipe to its standard input."""
        self._patch.chdir(self._folder)
        self._patch.setattr(sys, "argv", ["keepfit", "stream", *arguments])
        with sending(sent or "") as pipe:
            if sent is not None:
                self._patch.setattr(sys, "stdin", pipe)
            with pytest.raises(SystemExit) as told:
                main()
        said = self._capsys.readouterr()
        return int(told.value.code or 0), said.out + said.err

    def refused(self, *arguments: str, sent: str | None = None) -> str:
        """Return the one message of a refused command."""
        status, said = self(*arguments, sent=sent)
        assert status == 1, said
        assert "Traceback" not in said
        *_, last = said.rstrip().splitlines()
        assert last.startswith("keepfit: ")
        return last


@pytest.fixture
def run(rooms, monkeypatch, capsys):
    before, threshold = signal.getsignal(signal.SIGTERM), gc.get_threshold()
    yield Run(monkeypatch, capsys, rooms.folder)
    signal.signal(signal.SIGTERM, before)
    gc.set_threshold(*threshold)


def test_it_is_killed_and_goes_on_and_is_scraped_meanwhile(rooms, run, tmp_path):
    """Each batch once, and in the end what one learns that was let alone; its last lines tell it."""
    (rooms.folder / "new.csv").write_text(rows_csv(110, 1))
    address = free_address()
    port = address.rpartition(":")[2]
    with started(rooms, "new.csv", "--pace", "0.5", "--metrics-port", port) as process:
        until_batch(rooms, 2)
        metrics = urllib3.request("GET", f"http://{address}/metrics", timeout=5).data.decode()
        process.kill()
        ended(process, -signal.SIGKILL)
    assert 'keepfit_stream_log_loss{project="s",role="challenger"}' in metrics
    assert 0 < newest_state(rooms).batches < 6
    status, said = run("new.csv")
    assert status == 0
    assert "going on behind batch" in said
    assert "batches learnt, 6 since the stream began (110 rows)" in said
    assert "v1 is champion" in said
    assert "report: .keepfit/reports/stream.html" in said
    alone = make_stream_project(tmp_path / "alone")
    (alone.folder / "new.csv").write_text(rows_csv(110, 1))
    stream(alone, StreamTask(str(alone.folder / "new.csv")))
    assert learnt(rooms) == learnt(alone)


def test_an_idle_standard_input_is_waited_for_until_a_signal(rooms, run):
    """JSON lines of a pipe that stays open: whole batches are learnt, and the end is in order; sent anew, each once."""
    told = records(50, 1)
    with started(rooms, "-") as process:
        process.stdin.write(lines(told[:30]))
        process.stdin.flush()
        until_batch(rooms, 1)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        process.wait(20)
        assert time.monotonic() - began < 5
        assert "1 batches learnt, 1 since" in ended(process)
    status, said = run("-", sent=lines(told))
    assert status == 0
    assert "lines 1 to 20 was learnt already: skipped" in said
    history = HistoryFile(rooms.workspace.stream).read(newest_state(rooms).batches)
    names = [(one.name, one.rows) for one in history]
    assert names == [("lines 1 to 20", 20), ("lines 21 to 40", 20), ("lines 41 to 50", 10)]


def test_a_followed_folder_ends_by_sigterm_and_goes_on_behind_it(rooms, run):
    """The batch that is learnt is finished; the exit status is 0."""
    new = rooms.folder / "new"
    new.mkdir()
    (new / "a.csv").write_text(rows_csv(100, 1))
    with started(rooms, "new", "--follow", "--pace", "0.4") as process:
        until_batch(rooms, 2)
        process.terminate()
        said = ended(process)
    done = newest_state(rooms).batches
    assert f"{done} batches learnt, {done} since" in said
    assert done < 5
    (new / "b.csv").write_text(rows_csv(20, 2))
    status, said = run("new")
    assert status == 0
    assert f"going on behind batch {done}" in said
    assert f"{6 - done} batches learnt, 6 since the stream began (120 rows)" in said


def test_what_cannot_be_is_one_message(rooms, run, monkeypatch):
    """Where, what, what to do: exit status 1, no traceback."""
    (rooms.folder / "new.csv").write_text(rows_csv(20, 1))
    assert "keepfit.toml: [stream] source: no source of batches is given" in run.refused()
    assert "new.csv: ends, and cannot be followed" in run.refused("new.csv", "--follow")
    assert "no.csv: no such file" in run.refused("no.csv")
    (rooms.folder / "bad.csv").write_text(rows_csv(20, 1).replace(",y\n", ",z\n"))
    assert 'bad.csv: has no column "y": there is nothing to learn; accepted: a, b, job, z' in run.refused("bad.csv")
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"127.0.0.1:{port} cannot be listened at" in run.refused("new.csv", "--metrics-port", port)
    monkeypatch.setattr(sys, "stdin", None)
    assert "standard input: is closed" in run.refused("-")


def test_damaged_states_are_one_message_and_a_restart_works(rooms, run):
    """As a person meets it: the newest is said, all of them are an error."""
    (rooms.folder / "new.csv").write_text(rows_csv(60, 1))
    assert run("new.csv")[0] == 0
    states = sorted(rooms.workspace.stream.glob("batch-*.state"))
    states[-1].write_bytes(b"x")
    status, said = run("new.csv")
    assert status == 0
    assert "batch-000000003.state is damaged and is not used" in said.replace("\n", " ")
    for state in states:
        state.write_bytes(b"x")
    assert "begin anew with --restart: all batches are learnt again" in run.refused("new.csv")
    status, said = run("new.csv", "--restart")
    assert status == 0
    assert "3 batches learnt, 3 since the stream began (60 rows)" in said


def test_nothing_learnt_is_said(rooms, run):
    """And who is champion."""
    (rooms.folder / "new").mkdir()
    status, said = run("new")
    assert (status, said.splitlines()[-1]) == (0, "nothing was learnt; v1 stays champion")


def test_a_line_that_is_wrong_is_told_by_its_number(rooms, run):
    """What came before it is learnt."""
    assert "line 21: is no JSON object" in run.refused("-", sent=lines(records(20, 1)) + '{"a": 1\n')
    assert newest_state(rooms).batches == 1


def test_the_first_signal_asks_and_the_second_ends():
    """However the main thread waits for the stop; the handlers of before are there again afterwards."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def ask_twice() -> None:
        with _Stopping() as stop:
            assert not stop.is_set()
            signal.raise_signal(signal.SIGINT)
            assert stop.wait(5)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        ask_twice()
    assert {one: signal.getsignal(one) for one in before} == before


def test_a_signal_within_the_waiting_does_not_stick():
    """Who sets an event where a signal finds the main thread at that event's lock would wait for ever."""
    with _Stopping() as stop:
        with stop._cond:
            signal.raise_signal(signal.SIGINT)
        assert stop.wait(5)
