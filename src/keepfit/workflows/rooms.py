"""A project, opened: its declaration and the rooms that a workflow needs, each opened when it is first asked for."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from keepfit.bundle import BundleStore
from keepfit.errors import BundleError
from keepfit.project import Project, Workspace, find_project_file, read_project
from keepfit.project.environment import environment_of
from keepfit.signature import Signature
from keepfit.workflows.run_log import RunLog

if TYPE_CHECKING:  # each is imported by the workflow that needs it
    from keepfit.journal import Journal
    from keepfit.journal.redaction import Redaction
    from keepfit.registry import Registry
    from keepfit.tracking import TrackingStore


class Progress(Protocol):
    """Told what is being done, how much of it is done, how much there is, and perhaps what is known so far."""

    def __call__(self, step: str, done: int, total: int, note: str = "") -> None:
        """Show it."""


def no_progress(step: str, done: int, total: int, note: str = "") -> None:
    """Show nothing."""


@dataclass
class Rooms:
    """One project's declaration, workspace and rooms.

    Parameters
    ----------
    project
        The declaration.
    folder
        The folder of its file; relative paths begin there.
    workspace
        Where the project's own files lie.
    file
        The file of the declaration.
    """

    project: Project
    folder: Path
    workspace: Workspace
    file: Path

    @classmethod
    def open(cls, path: Path) -> Rooms:
        """Read the project file at a path, or in the folder at a path.

        Raises
        ------
        ProjectError
            When there is none, or it cannot be followed.
        """
        file = find_project_file(path)
        project = read_project(file)
        folder = file.resolve().parent
        return cls(project, folder, Workspace.of(folder, project.name).ensure(), file.resolve())

    @property
    def actor(self) -> str:
        """Who is doing this: `KEEPFIT_ACTOR`, or the user of this machine."""
        try:
            return self.environment.get("KEEPFIT_ACTOR") or getpass.getuser()
        except (KeyError, OSError):  # a container's user may have no name
            return f"uid {os.getuid()}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables of this process, and those of `.env` beside the project file."""
        return environment_of(self.folder)

    @cached_property
    def log(self) -> RunLog:
        """The log of every step."""
        return RunLog(self.workspace.run_log)

    @cached_property
    def store(self) -> BundleStore:
        """The bundles."""
        return BundleStore(self.workspace.bundles)

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """Open the journal, and close it at the end."""
        from keepfit.journal import open_journal  # noqa: PLC0415 - a database library

        section = self.project.journal
        with open_journal(
            _anchored(section.url, self.folder) if section.url else self.workspace.journal_url,
            is_durable=section.durability != "off",
            is_sealed=section.tamper_evidence,
            key=self.journal_key,
        ) as journal:
            yield journal

    def redaction(self) -> Redaction:
        """Return what the journal keeps of records, whichever version answers them.

        Raises
        ------
        ProjectError
            When `[journal.sensitive]` cannot be followed.
        """
        from keepfit.journal.redaction import EVERYTHING, Redaction  # noqa: PLC0415 - a database library
        from keepfit.panel_record import HISTORY  # noqa: PLC0415 - numpy, which a declaration needs not

        sensitive = self.project.journal.sensitive
        if not sensitive:
            return EVERYTHING
        signatures = list(self._signatures())
        named = (self.project.data.entity, self.project.serving.entity_parameter, *(one.entity for one in signatures))
        features = dict.fromkeys(name for one in signatures for name in one.names)
        features |= {HISTORY: None} if any(one.offers for one in signatures) else {}
        return Redaction(sensitive, features, {name for name in named if name}, self.journal_key)

    def _signatures(self) -> Iterator[Signature]:
        """Yield what each version takes, of those that can be read: no other can answer."""
        for version in self.store.versions():
            with suppress(BundleError):
                yield self.store.read(version).facts.signature

    @property
    def journal_key(self) -> bytes:
        """The secret of the journal's seals and hashes: `KEEPFIT_JOURNAL_KEY`, empty for none."""
        return self.environment.get("KEEPFIT_JOURNAL_KEY", "").encode()

    @property
    def token(self) -> str:
        """What the service asks for: the first of `KEEPFIT_API_TOKEN`, empty for none."""
        return next(iter(self.environment.get("KEEPFIT_API_TOKEN", "").split()), "")

    @cached_property
    def tracking(self) -> TrackingStore:
        """MLflow.

        Raises
        ------
        TrackingError
            When its store cannot be reached.
        """
        from keepfit.tracking import open_tracking  # noqa: PLC0415 - takes seconds

        section = self.project.tracking
        if section.uri:
            section = section.model_copy(update={"uri": _anchored(section.uri, self.folder)})
        return open_tracking(section, self.workspace, self.project.name)

    def registry(self, journal: Journal) -> Registry:
        """Return the registry over an open journal."""
        from keepfit.registry import Registry  # noqa: PLC0415 - needs the training extra

        return Registry(journal, self.store, self.project.name, lambda: self.tracking)


def _anchored(url: str, folder: Path) -> str:
    """Return a SQLite URL whose file is the same one wherever the command is started: relative to the project file."""
    scheme, _, file = url.partition(":///")
    if scheme.partition("+")[0] != "sqlite" or not file or file.startswith(("/", ":memory:", "file:")):
        return url
    return f"{scheme}:///{folder / file}"
