"""What is started: a program with its arguments and what its environment has beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Command:
    """A process that is to be started.

    Attributes
    ----------
    name
        What it is called, in logs and messages.
    arguments
        The program, by its whole path, and what it is told.
    environment
        Beside that of who starts it; it may hold secrets.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class MissingProgram:
    """A program that is not on this machine.

    Attributes
    ----------
    name
        Its name.
    remedy
        How it is got.
    """

    name: str
    remedy: str
