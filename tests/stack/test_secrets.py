"""The file of passwords."""

from __future__ import annotations

import pytest

from keepfit.errors import ProjectError
from keepfit.stack.secrets import ensure_secrets


def test_secrets_are_drawn_once(tmp_path):
    """For the owner's eyes only; a second run finds the first one's, and draws what is new."""
    first = ensure_secrets(tmp_path, ["A", "B"], {"URL": "postgresql://me:{A}@127.0.0.1/x"})
    assert len({first["A"], first["B"]}) == 2
    assert min(len(first["A"]), len(first["B"])) == 32
    assert first["URL"] == f"postgresql://me:{first['A']}@127.0.0.1/x"
    file = tmp_path / ".env"
    assert file.stat().st_mode & 0o777 == 0o600
    second = ensure_secrets(tmp_path, ["A", "C"], {"URL": "other"})
    assert {name: second[name] for name in first} == first
    assert file.read_text().count("A=") == 1


def test_what_a_person_wrote_stays(tmp_path):
    """Also in a file that others could read until now."""
    (tmp_path / ".env").write_text("A='mine'\nOTHER=1")
    found = ensure_secrets(tmp_path, ["A", "B"])
    assert (found["A"], found["OTHER"]) == ("mine", "1")
    assert ensure_secrets(tmp_path, ["B"])["B"] == found["B"]
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    """By its name."""
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(ProjectError, match=r"\.env: cannot be read or written"):
        ensure_secrets(tmp_path, ["A"])
