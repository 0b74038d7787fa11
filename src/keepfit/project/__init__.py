"""The declaration: what a user may write in `keepfit.toml`, and where the project's things lie on disk.

It owns the sections (typed, frozen, each with a default, a description and an example), their errors by key, and
the workspace. It leaves to the rooms above what a section *means*: each room is handed its own section.
"""

from keepfit.project.declaration import Project
from keepfit.project.reader import find_project_file, read_project
from keepfit.project.workspace import Workspace

__all__ = ["Project", "Workspace", "find_project_file", "read_project"]
