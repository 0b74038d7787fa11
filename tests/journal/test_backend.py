"""Which databases a journal may be, and what is said of the others."""

from __future__ import annotations

import sys

import pytest

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
