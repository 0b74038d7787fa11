"""What is remembered of a search, so that one that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

_FIRST_COMPARED = 5  # trials before which none is pruned


def open_study(key: Sequence[Any], memory: Path | None, *, is_maximised: bool) -> Any:
    """Return Optuna's study: the one of an earlier run with the same key, or a new one.

    Parameters
    ----------
    key
        Arrays, and plain JSON types, that a trial's score depends on.
    memory
        Folder of the studies, one file each; None for a study that is forgotten.
    is_maximised
        Whether a higher score is better.
    """
    import optuna  # noqa: PLC0415 - heavy, and only for those who search
    from optuna.storages.journal import JournalFileBackend  # noqa: PLC0415 - as above

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = None
    if memory is not None:
        memory.mkdir(parents=True, exist_ok=True)
        file = memory / f"{_digest(key)}.log"
        _drop_half_line(file)
        storage = optuna.storages.JournalStorage(JournalFileBackend(str(file)))
    return optuna.create_study(
        study_name="search",
        storage=storage,
        load_if_exists=True,
        direction="maximize" if is_maximised else "minimize",
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_FIRST_COMPARED),
    )


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
