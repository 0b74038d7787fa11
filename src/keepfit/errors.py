"""What can go wrong for a user: one small tree of exceptions.

KeepfitError
├── ProjectError       keepfit.toml: its keys, its values
├── DatasetError       a table: its file, its columns, its rows
├── BundleError        an artefact that is absent, altered or of another format
├── JournalError       the durable record cannot be opened, written or read
├── TrackingError      MLflow's store cannot be reached or refuses
├── ExplorationError   the notebook of an exploration: its extra, a cell that fails
├── TrainingError      candidates, folds, export and its parity gate
├── RegistryError      promotion and rollback
│   └── PromotionConflictError   another promotion came first
├── ServiceError       the service cannot start, or cannot be reached
│   └── ClientError    a request of `keepfit.client` got no answer: base of the next four
│       ├── ServiceAwayError   nothing answers there, or it cannot answer now
│       ├── TokenError         the service asks for a token, or for another one
│       ├── RefusedError       the service does not take what was sent (its violations by field)
│       └── AnswerError        what came back is no answer of Keepfit, or the service failed
├── RecordError        a record that the door refuses (its violations by field)
├── PipelineError      a model that no graph can hold cannot be loaded, or fails on its rows
│   └── PipelineAwayError   its process cannot be started, or does not answer
├── MonitoringError    a window or a profile that cannot be compared
└── StreamError        learning batch by batch: its source, its saved state, its metrics

Each one says *where*, *what* was found and *what to do*, in that order. Programming mistakes are not in this
tree: they stay tracebacks.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

_LISTED_NAMES = 12
_LONGEST_COMPARED = 200  # characters: a longer one is nobody's slip
_MOST_COMPARED = 500


class KeepfitError(Exception):
    """An expected failure, told to the person who can mend it.

    Parameters
    ----------
    what
        What was found, in one clause.
    where
        File, key, column, row or address where it was found; may be empty.
    hint
        What to do next; may be empty.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(what)

    def __str__(self) -> str:
        """Join the three facts to one message."""
        message = f"{self.where}: {self.what}" if self.where else self.what
        return f"{message}; {self.hint}" if self.hint else message


class ProjectError(KeepfitError, ValueError):
    """The project file says something that Keepfit cannot follow."""


class DatasetError(KeepfitError, ValueError):
    """A table cannot be found, read or used."""


class BundleError(KeepfitError, ValueError):
    """A bundle is absent, incomplete, altered, or of a format that this version does not read."""


class JournalError(KeepfitError, RuntimeError):
    """The journal cannot be opened, written or read."""


class TrackingError(KeepfitError, RuntimeError):
    """MLflow's store cannot be reached, or refuses."""


class ExplorationError(KeepfitError, RuntimeError):
    """The notebook of an exploration cannot be made: its libraries are absent, or a cell fails."""


class TrainingError(KeepfitError, ValueError):
    """A candidate, a fold, the export or its parity gate failed."""


class RegistryError(KeepfitError, ValueError):
    """A promotion or a rollback cannot be done."""


class PromotionConflictError(RegistryError):
    """Another promotion came first: the champion is no longer the one that was expected."""


class ServiceError(KeepfitError, RuntimeError):
    """The service cannot start, or cannot be reached."""


class MonitoringError(KeepfitError, ValueError):
    """A window or a profile cannot be compared with the reference."""


class StreamError(KeepfitError, ValueError):
    """A source of batches cannot be read on, or what was saved of a stream cannot be gone on with."""


class ClientError(ServiceError):
    """A request to a service got no answer.

    Parameters
    ----------
    what, where, hint
        As for every error.
    status
        HTTP status of what came back; None when nothing came.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "", status: int | None = None) -> None:
        self.status = status
        super().__init__(what, where=where, hint=hint)


class ServiceAwayError(ClientError):
    """Nothing answers there, or the service says that it cannot answer now."""


class TokenError(ClientError):
    """The service asks for a token, or for another one."""


class AnswerError(ClientError):
    """What came back is no answer of Keepfit, or the service failed."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why a record is refused.

    Attributes
    ----------
    field
        Name of the column, or the empty string for the record as a whole.
    message
        What was found and what is accepted.
    row
        Position of the record in a list, from 0; None for a record sent alone.
    """

    field: str
    message: str
    row: int | None = None


class RecordError(KeepfitError, ValueError):
    """A record that the door refuses; `violations` names every field at once."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        first = self.violations[0]
        row = "" if first.row is None else f"row {first.row}"
        where = ", ".join(part for part in (row, first.field) if part)
        more = len(self.violations) - 1
        super().__init__(first.message, where=where, hint=f"and {more} more" if more else "")


class PipelineError(KeepfitError, RuntimeError):
    """A model that no graph can hold cannot be loaded, or fails on the rows that it was asked about.

    Parameters
    ----------
    what, where, hint
        As for every error.
    said
        The pipeline's own words: for who trained it, and not for who asks it.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "", said: str = "") -> None:
        self.said = said
        super().__init__(what, where=where, hint=hint)

    def __str__(self) -> str:
        """Join the facts to one message, the pipeline's words last."""
        return f"{super().__str__()} ({self.said})" if self.said else super().__str__()


class PipelineAwayError(PipelineError):
    """The process that answers for such a model cannot be started, does not answer, or has too much to do."""


class RefusedError(ClientError):
    """The service does not take what was sent; `violations` names every field at once, where fields are at fault."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        status: int | None = None,
        violations: Iterable[Violation] = (),
    ) -> None:
        self.violations = tuple(violations)
        super().__init__(what, where=where, hint=hint, status=status)


def nearest(name: str, accepted: Iterable[str]) -> str:
    """Return `did you mean "…"?` for the closest accepted spelling, or the list of what is accepted.

    Parameters
    ----------
    name
        What the user wrote.
    accepted
        The names that would have been right; at most twelve of them are listed. Of very many, only those are compared
        that begin like the name.
    """
    names = list(accepted)
    folded = name.casefold()
    by_folded = {candidate.casefold(): candidate for candidate in names}
    near = by_folded if len(names) <= _MOST_COMPARED else [one for one in by_folded if one[:1] == folded[:1]]
    is_slip = len(name) <= _LONGEST_COMPARED
    close = difflib.get_close_matches(folded, list(near)[:_MOST_COMPARED], n=1, cutoff=0.6) if is_slip else []
    if close:
        return f'did you mean "{by_folded[close[0]]}"?'
    more = len(names) - _LISTED_NAMES
    listed = ", ".join(names[:_LISTED_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f"accepted: {listed}" if listed else "nothing is accepted here"
