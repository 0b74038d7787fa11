"""Projects with a champion to begin with, and processes that stream and are killed."""

from __future__ import annotations

import pytest

from stream_forks import Forks
from stream_project import make_stream_project


@pytest.fixture
def rooms(tmp_path):
    """A project with a champion, and no batch learnt yet."""
    return make_stream_project(tmp_path / "project")


@pytest.fixture(scope="module")
def forks():
    """Starts streams that may be killed."""
    with Forks() as started:
        yield started
