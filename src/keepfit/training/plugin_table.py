"""A table of members by name: ours, and those that other packages register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from keepfit.errors import TrainingError
from keepfit.project.entry_points import registered

T = TypeVar("T")


class PluginTable(dict[str, T]):
    """Members by name; one that is not built in is looked for among the entry points, and loaded when it is asked for.

    Parameters
    ----------
    members
        Those that are built in.
    group
        Of the entry points.
    kind
        What a member is.
    """

    def __init__(self, members: Mapping[str, T], group: str, kind: type[T]) -> None:
        super().__init__(members)
        self.built_in = frozenset(members)
        self._group = group
        self._kind = kind

    def __missing__(self, name: str) -> T:
        """Load a member that another package registers.

        Raises
        ------
        KeyError
            When nobody does.
        TrainingError
            When it cannot be loaded, or is something else.
        """
        entry = registered(self._group)[name]
        where = f'entry point "{name}" of {self._group} ({entry.value})'
        try:
            member = entry.load()
        except Exception as error:  # it is another package's code
            raise TrainingError(
                f"cannot be loaded: {error}", where=where, hint="mend or remove that package"
            ) from error
        if not isinstance(member, self._kind):
            said = f"is a {type(member).__name__}, and no {self._kind.__name__}"
            raise TrainingError(said, where=where, hint="see docs/extending.md")
        self[name] = member
        return member
