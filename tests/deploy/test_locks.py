"""The locks of the images: parts of the one that everything is tested with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from keepfit.cli.main import TRAINING_LIBRARIES

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("all", "build", "evidently", "installer", "serve", "train")
EXTRAS = {
    "serve": ["postgres"],
    "train": ["train", "postgres", "stack", "tables"],
    "evidently": ["evidently", "tables"],
}


def pins(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Return what a lock pins: the hashes by name and version, and the name alone."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / "locks" / f"{name}.txt").read_text()):
        pinned = re.match(r"([\w.-]+)==([^\s;]+)", entry)
        found[pinned[0]] = pinned[1], frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
    return found


@pytest.mark.parametrize("name", ["serve", "train", "build"])
def test_a_lock_is_a_part_of_the_whole_one(name):
    """There is one truth: what is installed into an image has the version, and the hashes, that the tests run with."""
    whole = pins("all")
    for pinned, what in pins(name).items():
        assert whole.get(pinned) == what, f"locks/{name}.txt: {pinned} is not what locks/all.txt has; make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_each_pin_has_hashes_and_no_lock_names_an_address(name):
    """Names, versions and hashes: from whichever index they come, it is the same files."""
    assert all(hashes for _, hashes in pins(name).values())
    assert "://" not in (ROOT / "locks" / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", list(EXTRAS))
def test_a_lock_has_everything_that_is_declared_for_it(name):
    """A dependency that is added to pyproject.toml is missing here until `make lock`."""
    extras = PROJECT["project"]["optional-dependencies"]
    declared = [*PROJECT["project"]["dependencies"], *(one for extra in EXTRAS[name] for one in extras[extra])]
    locked = {named for named, _ in pins(name).values()}
    assert {Requirement(one).name for one in declared} - {"keepfit"} <= locked


def test_the_wheel_is_built_by_what_is_locked():
    """No build of an image asks for a build tool that nobody pinned."""
    locked = {named for named, _ in pins("build").values()}
    assert {Requirement(one).name for one in PROJECT["build-system"]["requires"]} <= locked


def test_what_answers_has_no_training_library():
    """The service's lock has none of the libraries that commands of training ask for."""
    locked = {named for named, _ in pins("serve").values()}
    assert not locked & {*TRAINING_LIBRARIES, "scikit-learn", "xgboost-cpu", "polars", "matplotlib", "plotly"}
