"""A project, opened."""

from __future__ import annotations

import getpass

import pytest

from keepfit.workflows.rooms import Rooms

LEAST = '[data]\nsource = "t.csv"\ntarget = "y"\n'


@pytest.fixture
def opened(tmp_path):
    def opening(text=LEAST):
        (tmp_path / "keepfit.toml").write_text(text)
        return Rooms.open(tmp_path)

    return opening


def test_a_relative_journal_lies_beside_the_project_file(opened, tmp_path, monkeypatch):
    """Wherever a command is started, it opens the same journal."""
    rooms = opened(LEAST + '[journal]\nurl = "sqlite:///history/journal.db"\n')
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    with rooms.journal():
        pass
    assert (tmp_path / "history" / "journal.db").exists()
    assert list(elsewhere.iterdir()) == []


def test_an_absolute_journal_is_where_it_says(opened, tmp_path):
    """Four slashes are an absolute path."""
    with opened(LEAST + f'[journal]\nurl = "sqlite:///{tmp_path}/there.db"\n').journal():
        pass
    assert (tmp_path / "there.db").exists()


def test_who_acts_is_named(opened, monkeypatch):
    """The configured actor, else the user, else the number of a user without a name."""
    rooms = opened()
    monkeypatch.setenv("KEEPFIT_ACTOR", "ada")
    assert rooms.actor == "ada"
    monkeypatch.delenv("KEEPFIT_ACTOR")
    assert rooms.actor == getpass.getuser()

    def nobody() -> str:
        raise KeyError("no such uid")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert rooms.actor.startswith("uid ")


def test_secrets_of_a_project_are_its_own(opened, tmp_path, monkeypatch):
    """`.env` beside the project file has the journal's key and the token; the environment goes before it."""
    rooms = opened()
    assert (rooms.journal_key, rooms.token) == (b"", "")
    (tmp_path / ".env").write_text("KEEPFIT_JOURNAL_KEY=ours\nKEEPFIT_API_TOKEN='first second'\n")
    assert (rooms.journal_key, rooms.token) == (b"ours", "first")
    monkeypatch.setenv("KEEPFIT_JOURNAL_KEY", "from outside")
    assert rooms.journal_key == b"from outside"
