"""The workspace: where the things of one project lie on disk.

`.keepfit/` stands beside `keepfit.toml`, or under `KEEPFIT_HOME` in a folder of the project's name. Deleting it
loses history, never input data.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of one project's own files; a path is made on first use by whoever writes there."""

    root: Path

    @classmethod
    def of(cls, folder: Path, name: str) -> Workspace:
        """Return the workspace of the project called `name` whose file lies in `folder`."""
        home = os.environ.get("KEEPFIT_HOME")
        return cls(Path(home).expanduser().resolve() / name if home else folder.resolve() / ".keepfit")

    def ensure(self) -> Workspace:
        """Make the folder, readable by its owner only, and return the workspace."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self

    @property
    def bundles(self) -> Path:
        """The store of bundles with its champion and challenger pointers."""
        return self.root / "bundles"

    @property
    def journal_url(self) -> str:
        """The journal that a project gets which declares none."""
        return f"sqlite:///{self.journal_file}"

    @property
    def journal_file(self) -> Path:
        """The file of that journal."""
        return self.root / "journal.db"

    @property
    def spill(self) -> Path:
        """Predictions whose database is away."""
        return self.root / "spill"

    @property
    def archive(self) -> Path:
        """Months of predictions that were moved out of the journal."""
        return self.root / "archive"

    @property
    def tracking_database(self) -> Path:
        """MLflow's SQLite file."""
        return self.root / "mlflow.db"

    @property
    def artifacts(self) -> Path:
        """MLflow's artefacts."""
        return self.root / "artifacts"

    @property
    def cache(self) -> Path:
        """Downloaded and generated tables."""
        return self.root / "cache"

    @property
    def studies(self) -> Path:
        """What is remembered of searches in spaces."""
        return self.root / "studies"

    @property
    def stream(self) -> Path:
        """Where a stream stands, to go on from."""
        return self.root / "stream"

    @property
    def reports(self) -> Path:
        """Pages and their JSON."""
        return self.root / "reports"

    @property
    def stack(self) -> Path:
        """Files, data and logs of the servers of `keepfit up`."""
        return self.root / "stack"

    @property
    def run_log(self) -> Path:
        """One line for every step of every command."""
        return self.root / "runs.log"
