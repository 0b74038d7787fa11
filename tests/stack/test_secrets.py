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
    second = ensure_secrets(tmp_path, ["A", "B", "C"])
    assert {name: second[name] for name in ("A", "B")} == {name: first[name] for name in ("A", "B")}
    assert first["URL"] in file.read_text()
    assert file.read_text().count("A=") == 1


def test_what_a_person_wrote_stays(tmp_path):
    """Also in a file that others could read until now."""
    (tmp_path / ".env").write_text("A='mine'\nOTHER=1")
    found = ensure_secrets(tmp_path, ["A", "B"])
    assert found["A"] == "mine"
    assert "OTHER=1\n" in (tmp_path / ".env").read_text()
    assert ensure_secrets(tmp_path, ["B"])["B"] == found["B"]
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    """By its name."""
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(ProjectError, match=r"\.env: cannot be read"):
        ensure_secrets(tmp_path, ["A"])


def test_other_lines_stay_as_they_are(tmp_path):
    """Line ends of Windows, blanks, and what another system wrote; settings are as they are told now."""
    (tmp_path / ".env").write_bytes(b"# mine\r\nLONG='a long value\x0b of mine'\r\nPORT=1\r\n\r\nLAST=x")
    ensure_secrets(tmp_path, [], {"PORT": "2"})
    assert (tmp_path / ".env").read_bytes() == b"# mine\r\nLONG='a long value\x0b of mine'\r\n\r\nLAST=x\nPORT=2\n"


def test_empty_is_missing_and_the_environment_goes_first(tmp_path, monkeypatch):
    """A password that is empty is none; one that is exported is not written down."""
    (tmp_path / ".env").write_text("A=\n")
    monkeypatch.setenv("B", "exported")
    found = ensure_secrets(tmp_path, ["A", "B"])
    assert (len(found["A"]), found["B"]) == (32, "exported")
    assert "exported" not in (tmp_path / ".env").read_text()
    assert (tmp_path / ".env").read_text().count("A=") == 1


def test_a_password_that_no_address_takes_is_told(tmp_path):
    """It would be another one in the address of a database; it is not repeated."""
    (tmp_path / ".env").write_text("A=p@ss/word\n")
    with pytest.raises(ProjectError, match=r"\.env: A: has characters that an address does not take") as told:
        ensure_secrets(tmp_path, ["A"])
    assert "p@ss" not in str(told.value)
