"""What a stream needs to go on after any end: one file for each of the last batches, whole or not there.

It is arrays and JSON, with a digest before them: nothing in it is executable, and one that was damaged is not taken.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keepfit.bundle.files import write_atomically
from keepfit.errors import StreamError

_SUFFIX = ".state"
_KEPT = 2
_FACTS, _DIGEST_BYTES = "facts", 64


@dataclass(frozen=True, slots=True)
class SavedState:
    """A state.

    Attributes
    ----------
    batches
        How many batches were learnt.
    facts
        What is plain: JSON types.
    arrays
        What is not, by name.
    """

    batches: int
    facts: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FoundState:
    """What was found on disk.

    Attributes
    ----------
    state
        The newest that is whole; None where there is none at all.
    refused
        Why newer ones were not taken, each in a sentence.
    """

    state: SavedState | None
    refused: tuple[str, ...] = ()


class StateFolder:
    """The folder of a stream's states.

    Parameters
    ----------
    folder
        Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, state: SavedState) -> None:
        """Write a state durably, beside the one before it; older ones are removed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = _content(state)
        write_atomically(self._path(state.batches), hashlib.sha256(content).hexdigest().encode() + content)
        for path in self._paths()[:-_KEPT]:
            path.unlink(missing_ok=True)

    def newest(self) -> FoundState:
        """Return the newest state that is whole.

        Raises
        ------
        StreamError
            When there are states, and none is whole.
        """
        refused: list[str] = []
        for path in reversed(self._paths()):
            try:
                return FoundState(_read(path), tuple(refused))
            except (OSError, ValueError, KeyError) as error:
                refused.append(f"{path.name} is damaged and is not used ({error})")
        if refused:
            raise StreamError(
                "; ".join(refused),
                where=str(self.folder),
                hint="put a copy back, or begin anew with --restart: all batches are learnt again",
            )
        return FoundState(None)

    def clear(self) -> None:
        """Forget all states."""
        for path in self._paths():
            path.unlink(missing_ok=True)

    def _path(self, batches: int) -> Path:
        return self.folder / f"batch-{batches:09}{_SUFFIX}"

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob(f"batch-*{_SUFFIX}"))


def _content(state: SavedState) -> bytes:
    buffer = io.BytesIO()
    facts = json.dumps({"batches": state.batches, **state.facts}, allow_nan=False).encode()
    np.savez(buffer, allow_pickle=False, **{_FACTS: np.frombuffer(facts, dtype=np.uint8)}, **state.arrays)
    return buffer.getvalue()


def _read(path: Path) -> SavedState:
    content = path.read_bytes()
    told, content = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    found = hashlib.sha256(content).hexdigest()
    if found.encode() != told:
        raise ValueError(f"SHA-256 {found[:12]}…, it says {told[:12].decode(errors='replace')}…")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    facts = json.loads(kept.pop(_FACTS).tobytes())
    return SavedState(facts.pop("batches"), facts, kept)
