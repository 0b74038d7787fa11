"""What is remembered of a search, so that one that was killed goes on where it was."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from keepfit.errors import TrainingError

_FIRST_COMPARED = 5  # trials before which none is pruned


@contextmanager
def open_study(key: Sequence[Any], memory: Path | None, *, is_maximised: bool) -> Iterator[Any]:
    """Open Optuna's study, the one of an earlier run with the same key or a new one, for this process alone.

    Parameters
    ----------
    key
        Arrays, and plain JSON types, that a trial's score depends on.
    memory
        Folder of the studies, one file each; None for a study that is forgotten.
    is_maximised
        Whether a higher score is better.

    Raises
    ------
    TrainingError
        When another process has it open.
    """
    import optuna  # noqa: PLC0415 - heavy, and only for those who search
    from optuna.storages.journal import JournalFileBackend  # noqa: PLC0415 - as above

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with ExitStack() as held:
        storage = None
        if memory is not None:
            memory.mkdir(parents=True, exist_ok=True)
            file = memory / f"{_digest(key)}.log"
            _hold(held.enter_context(file.with_suffix(".lock").open("a")), file)
            _drop_half_line(file)
            backend = JournalFileBackend(str(file), lock_obj=_HeldAlready())  # type: ignore[arg-type] # base is private
            storage = optuna.storages.JournalStorage(backend)
        yield optuna.create_study(
            study_name="search",
            storage=storage,
            load_if_exists=True,
            direction="maximize" if is_maximised else "minimize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=_FIRST_COMPARED),
        )


class _HeldAlready:
    """What Optuna asks for as a lock around each write: its own outlives a kill, and ours is held for all of them."""

    def acquire(self) -> bool:
        """Say yes."""
        return True

    def release(self) -> None:
        """Do nothing."""


def _hold(lock: IO[str], file: Path) -> None:
    """Take a lock that ends with the process."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise TrainingError(
            "another training is at work on this very search",
            where=str(file),
            hint="wait until it has ended, or end it; nothing that it has tried is lost",
        ) from error


def _digest(key: Sequence[Any]) -> str:
    found = hashlib.sha256()
    for part in key:
        found.update(part.tobytes() if isinstance(part, np.ndarray) else json.dumps(part).encode())
    return found.hexdigest()[:32]


def _drop_half_line(file: Path) -> None:
    """Cut off what a kill left of a line."""
    if not file.exists() or not file.stat().st_size:
        return
    with file.open("r+b") as opened:
        opened.seek(-1, os.SEEK_END)
        if opened.read(1) != b"\n":
            whole = file.read_bytes()
            opened.truncate(whole.rfind(b"\n") + 1)
