"""Standard input that one may stop waiting for."""

from __future__ import annotations

import io
import os
import select
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LOOK_SECONDS = 0.2


class WaitedInput(io.RawIOBase):
    """The bytes of a descriptor, which ends when no more is wanted, too.

    A read of a pipe that is idle goes on behind a signal's handler: nobody who only sets `stop` would ever end it.

    Parameters
    ----------
    descriptor
        What is read; it stays open.
    stop
        Set when no more is wanted.
    """

    def __init__(self, descriptor: int, stop: threading.Event) -> None:
        self._descriptor, self._stop = descriptor, stop

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer with what is there; return how many bytes, 0 at the end."""
        while not self._stop.is_set():
            if select.select([self._descriptor], [], [], LOOK_SECONDS)[0]:
                return os.readv(self._descriptor, [buffer])
        return 0
