"""The files of the images: what can be said of them without building any."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

import keepfit

ROOT = Path(__file__).parents[2]
FILES = ("serve", "train")


def text(name: str) -> str:
    return (ROOT / "deploy" / f"{name}.Dockerfile").read_text()


@pytest.mark.parametrize("name", FILES)
def test_a_file_asks_for_the_version_that_it_came_with(name):
    """Who has the wheel and no clone builds an image of the same version."""
    assert set(re.findall(r"KEEPFIT_VERSION=(\S+)", text(name))) == {keepfit.__version__}


@pytest.mark.parametrize("name", FILES)
def test_a_file_names_no_address_and_no_secret(name):
    """What it is built from are names; an index of one's own is told to the build, a token to the run."""
    hosts = set(re.findall(r"\w+://([^/'\"\s]+)", text(name)))
    assert hosts <= {"127.0.0.1:8000"}
    assert not re.search(r"token|password|secret", text(name), re.IGNORECASE)


def test_the_files_differ_only_where_the_images_do():
    """What both do, they do in the same lines."""
    lines = {name: text(name).replace(name, "NAME").splitlines() for name in FILES}
    for common in ("FROM ", "WORKDIR ", "USER ", "STOPSIGNAL ", "COPY ", "ARG ", "ENTRYPOINT "):
        served, trained = ([line for line in lines[name] if line.startswith(common)] for name in FILES)
        assert served == trained


def test_the_wheel_holds_the_context_of_their_build(wheel):
    """Everything that they copy is there, byte for byte, as it is in a clone."""
    inside = zipfile.ZipFile(wheel)
    held = {one for one in inside.namelist() if one.startswith("keepfit/container/")}
    copied = {one for name in FILES for one in re.findall(r"locks/\w+\.txt", text(name))}
    wanted = {*copied, *(f"deploy/{name}.Dockerfile" for name in FILES)}
    assert {f"keepfit/container/{one}" for one in wanted} <= held
    for one in wanted:
        assert inside.read(f"keepfit/container/{one}") == (ROOT / one).read_bytes()


def test_the_context_is_named_not_guessed():
    """Whatever lies in a clone, a build is sent only what is allowed; and that is there."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert {"pyproject.toml", "src", "deploy", "locks"} <= set(allowed)
    assert not {"tests", "demo", "docs", ".git", ".venv"} & set(allowed)
    assert all((ROOT / one).exists() for one in allowed)
