"""Streams in processes that are killed: one Python imports all there is to import, and is forked for each of them.

`Forks` is its other end. A stream may be killed from outside at any moment; or it kills itself behind a step, which is
named by what was done and how often it was done by then.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

STEPS = ("history written", "state saved", "bundle written", "version made", "ledger written", "promoted")


@dataclass(frozen=True)
class Death:
    """Behind which step a stream kills itself: the so-manieth time that it is done."""

    step: str
    time: int


class Forks:
    """Starts streams while its block lasts."""

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, __file__], stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def start(self, folder: Path, source: Path, death: Death | None = None, pace_seconds: float = 0.0) -> int:
        """Start the stream of a project; return its process id."""
        dies = [death.step, death.time] if death else None
        print(json.dumps([str(folder), str(source), dies, pace_seconds]), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def ended(self) -> int:
        """Wait for the end of what was started; return its exit status, or the signal that ended it, less than 0."""
        return int(self._process.stdout.readline())


def main() -> None:
    """Fork for each line of standard input; tell the process id, and how it ended."""
    import mlflow.pyfunc  # noqa: F401, PLC0415 - what a takeover imports
    import onnxruntime  # noqa: F401, PLC0415 - as above
    import skl2onnx  # noqa: F401, PLC0415 - as above
    from river.drift import ADWIN  # noqa: F401, PLC0415 - what a stream imports

    import keepfit.workflows.stream.stream  # noqa: F401, PLC0415 - all the rest

    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os._exit(_streamed(*json.loads(line)))
        print(pid, flush=True)  # noqa: T201 - to who started it
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201 - as above


def _streamed(folder: str, source: str, dies: list[Any] | None, pace_seconds: float) -> int:
    from keepfit.workflows.rooms import Rooms  # noqa: PLC0415 - imported before the fork
    from keepfit.workflows.stream.stream import StreamTask, stream  # noqa: PLC0415 - as above

    if dies:
        _plant(Death(*dies))
    stream(Rooms.open(Path(folder)), StreamTask(source, pace_seconds=pace_seconds))
    return 0


def _plant(death: Death) -> None:
    from keepfit.bundle import BundleStore  # noqa: PLC0415 - as above
    from keepfit.journal import Journal  # noqa: PLC0415 - as above
    from keepfit.registry import Registry  # noqa: PLC0415 - as above
    from keepfit.workflows.stream import succession  # noqa: PLC0415 - as above
    from keepfit.workflows.stream.history_file import HistoryFile  # noqa: PLC0415 - as above
    from keepfit.workflows.stream.saved_state import StateFolder  # noqa: PLC0415 - as above

    places: dict[str, tuple[Any, str]] = {
        "state saved": (StateFolder, "save"),
        "bundle written": (BundleStore, "add"),
        "history written": (HistoryFile, "append"),
        "version made": (succession, "make_version"),
        "ledger written": (Journal, "record_event"),
        "promoted": (Registry, "promote"),
    }
    owner, name = places[death.step]
    setattr(owner, name, _deadly(getattr(owner, name), death.time))


def _deadly(act: Callable[..., Any], time: int) -> Callable[..., Any]:
    done = 0

    def act_and_die(*arguments: Any, **named: Any) -> Any:
        nonlocal done
        result = act(*arguments, **named)
        done += 1
        if done == time:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return act_and_die


if __name__ == "__main__":
    main()
