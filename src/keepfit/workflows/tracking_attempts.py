"""What is told to MLflow once the fits are done: when it fails, that is said, and nothing else is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from keepfit.errors import TrackingError
from keepfit.workflows.run_log import RunLog

T = TypeVar("T")


class Attempts:
    """Tries what is to be told, until something fails: a server that is away is waited for once, not at every step.

    Parameters
    ----------
    log, verb
        Where a failure is written down, and of which command.

    Attributes
    ----------
    not_logged
        What was not told, each with the reason.
    """

    def __init__(self, log: RunLog, verb: str) -> None:
        self.not_logged: list[str] = []
        self._log, self._verb = log, verb

    def make(self, what: str, act: Callable[[], T], otherwise: T) -> T:
        """Return what an act returns; where it fails, or one before it did, note that and return the other.

        Parameters
        ----------
        what
            What the act tells, as in "not in MLflow: …".
        act
            May raise TrackingError.
        otherwise
            The answer without it.
        """
        if self.not_logged:
            self._note(f"{what}, as MLflow failed before")
            return otherwise
        try:
            return act()
        except TrackingError as error:
            self._note(f"{what} ({error})")
            return otherwise

    def _note(self, said: str) -> None:
        self.not_logged.append(said)
        self._log.add(self._verb, f"not in MLflow: {said}")
