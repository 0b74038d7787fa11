"""Where the things of a project lie."""

from __future__ import annotations

import stat

from keepfit.project.workspace import Workspace


def test_it_stands_beside_the_project_file(tmp_path):
    """By default the workspace is `.keepfit` in the project's folder."""
    assert Workspace.of(tmp_path, "credit").root == tmp_path / ".keepfit"


def test_the_environment_moves_it(tmp_path, monkeypatch):
    """Under `KEEPFIT_HOME` each project has a folder of its own."""
    monkeypatch.setenv("KEEPFIT_HOME", str(tmp_path / "home"))
    assert Workspace.of(tmp_path, "credit").root == tmp_path / "home" / "credit"


def test_only_its_owner_reads_it(tmp_path):
    """The journal holds personal data: the folder is closed to others."""
    made = Workspace.of(tmp_path, "credit").ensure()
    assert stat.S_IMODE(made.root.stat().st_mode) == 0o700
    assert made.ensure() == made


def test_everything_lies_within(tmp_path):
    """No path of a workspace leads out of it."""
    workspace = Workspace.of(tmp_path, "credit")
    paths = [
        *(workspace.bundles, workspace.tracking_database, workspace.artifacts),
        *(workspace.cache, workspace.reports, workspace.run_log),
    ]
    assert {path.parent for path in paths} == {workspace.root}
    assert workspace.journal_url == f"sqlite:///{workspace.root}/journal.db"
