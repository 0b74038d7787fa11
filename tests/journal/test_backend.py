"""Which databases a journal may be, and what is said of the others."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from keepfit.errors import JournalError
from keepfit.journal import open_journal


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("mysql://host/db", r'\[journal\] url: there is no back end "mysql"; accepted: sqlite, postgresql'),
        ("sqlite+other:////tmp/x.db", 'there is no back end "sqlite.other"; accepted: sqlite'),
        ("journal.db", "is not a database URL; for example sqlite:////path/journal.db or postgresql:"),
        ("sqlite://", "a journal in memory is none; name a file"),
        ("sqlite:///:memory:", "a journal in memory is none; name a file"),
        ("sqlite:////tmp/x.db?mode=ro", "a SQLite URL takes no options; name a file only"),
        ("sqlite:///file:/tmp/x.db", "a SQLite URL takes no options; name a file only"),
        ("sqlite:////tmp/a\0b.db", "a file's name has no zero byte"),
    ],
)
def test_a_url_that_is_none_is_told(given, said):
    """A URL that no journal can have says what is accepted."""
    with pytest.raises(JournalError, match=said):
        open_journal(given)


def test_a_driver_that_is_not_installed_is_told(monkeypatch):
    """The service is installed without PostgreSQL's driver: the message says what to install."""
    for name in ("psycopg", "keepfit.journal.postgres_writes", "keepfit.journal.postgres"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(JournalError, match=r'"postgresql" needs the package .*pip install "keepfit\[postgres\]"'):
        open_journal("postgresql://127.0.0.1/x")


def test_a_package_brings_a_back_end(example_package, tmp_path, monkeypatch, make_prediction):
    """It is named by the scheme of the URL, and is a journal like ours; its errors are told as they are."""
    with pytest.raises(JournalError, match="TEAM_JOURNALS in the environment: is not set"):
        open_journal("team:///credit")
    monkeypatch.setenv("TEAM_JOURNALS", str(tmp_path))
    with open_journal("team:///credit") as journal:
        journal.record_predictions([make_prediction()])
    with open_journal(f"sqlite:///{tmp_path}/credit.db") as journal:
        assert journal.count("credit") == 1


def test_the_example_of_the_docs_works(tmp_path, monkeypatch):
    """What docs/extending.md shows opens a journal as it stands."""
    text = (Path(__file__).parents[2] / "docs" / "extending.md").read_text()
    (code,) = (one for one in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "def open_team_backend" in one)
    names: dict = {}
    exec(compile(code, "extending.md", "exec"), names)
    monkeypatch.setenv("TEAM_JOURNALS", str(tmp_path))
    opened = names["open_team_backend"](make_url("team:///credit"))
    assert opened.engine.url.database == str(tmp_path / "credit.db")
    opened.close()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("unmade://x", r'the back end "unmade" cannot be loaded from keepfit_journals:not_there: .* see its package'),
        (
            "foreign:////tmp/never.db",
            '"foreign" speaks mysql; the journal.s tables and reads are written',
        ),
        ("temu:///x", 'there is no back end "temu"; accepted: sqlite, postgresql, team, foreign, unmade'),
    ],
)
def test_a_package_that_brings_none_is_told(example_package, url, said):
    """What is registered and is not there, and a name that nobody has."""
    with pytest.raises(JournalError, match=said):
        open_journal(url)
