"""What is wrong with a journal, in plain words: a list that stays short, and the number of all."""

from __future__ import annotations

from dataclasses import dataclass, field

_LISTED = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as the journal left it.

    Attributes
    ----------
    kind
        One word: `gap`, `duplicate`, `number`, `type`, `reference`, `features`, `erasure`, `facts`, `epoch`, `seal`,
        `content`, `commitment`, `unsealed`, `key` or `head`.
    where
        The table and the numbers of its rows.
    what
        What was found.
    """

    kind: str
    where: str
    what: str


@dataclass(slots=True)
class Faults:
    """Faults as they are found: the first hundred, and how many more."""

    listed: list[Fault] = field(default_factory=list)
    further: int = 0

    def add(self, kind: str, where: str, what: str) -> None:
        """Add one."""
        if len(self.listed) < _LISTED:
            self.listed.append(Fault(kind, where, what))
        else:
            self.further += 1
