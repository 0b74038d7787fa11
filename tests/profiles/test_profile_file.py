"""A profile as a file: what is read back, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.errors import MonitoringError
from keepfit.profiles import build_profile
from keepfit.profiles.profile_file import KeptProfile, kept_profile, read_profile, require_of
from keepfit.signature import Column, Kind, Outcome, Signature

COLUMNS = (Column("age", Kind.INTEGER, minimum=0, maximum=90), Column("job", Kind.CATEGORY, categories=("a", "b")))
MATRIX = np.array([[18, 0], [30, 1], [np.nan, 2]], dtype=np.float32)
PROFILE = build_profile(Signature(COLUMNS, Outcome("y", "no", "yes")), MATRIX, np.array([0.1, 0.5, 0.9]))
KEPT = KeptProfile("t", 3, "the journal", "2026-01-01T00:00:00.000000Z", None, PROFILE)


def test_what_was_written_is_read_back(tmp_path):
    """Every count, and what it is of."""
    path = tmp_path / "window.json"
    path.write_text(json.dumps(KEPT.to_dict()))
    assert read_profile(path) == kept_profile(path.read_bytes(), where="here") == KEPT


def changed(**facts: object) -> str:
    return json.dumps({**KEPT.to_dict(), **facts})


def altered(key: str, value: object) -> str:
    facts = KEPT.to_dict()
    facts["profile"]["columns"][0][key] = value
    return json.dumps(facts)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is no profile (Expecting property name"),
        ("[]", "it is no profile that `keepfit profile` has written"),
        ('{"rows": 3}', "it is no profile that `keepfit profile` has written"),
        (changed(profile=None), "it is no profile ('NoneType'"),
        (changed(profile={**PROFILE.to_dict(), "format": 1}), "is of format 1, this version reads 2"),
        (changed(version="three"), "it is no profile (Expected `int`, got `str`)"),
        (altered("missing", "1"), "it is no profile (Expected `int`, got `str` - at `$.missing`)"),
        (altered("missing", 2), "it is no profile (age: 4 of 3 rows are counted)"),
        (altered("counts", [1, 1]), "it is no profile (age: its counts do not fit its bins)"),
        (
            altered("counts", [*PROFILE.columns[0].counts[:-2], 1, -1]),
            "it is no profile (age: its counts do not fit its bins)",
        ),
        (changed(last_at="yesterday"), "it is no profile (Invalid isoformat string"),
        (changed(bins="0" * 64), "it was altered: its bins are not those that it says"),
        (json.dumps({"kind": "keepfit-profile", "profile": PROFILE.to_dict()}), "it is no profile ('project')"),
    ],
)
def test_what_is_no_profile_is_refused(tmp_path, text, said):
    """With the file, what it is, and what to do."""
    path = tmp_path / "window.json"
    path.write_text(text)
    with pytest.raises(MonitoringError) as caught:
        read_profile(path)
    assert str(caught.value).startswith(f"{path}: {said}")
    assert "count it again" in str(caught.value)


def leaves(part, path=()):
    """Yield the paths of what is no list and no object."""
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in items:
        yield from leaves(value, (*path, key))
    if not isinstance(part, dict | list):
        yield path


@given(
    st.sampled_from(sorted(leaves(json.loads(json.dumps(KEPT.to_dict()))), key=str)),
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=3) | st.just([]),
)
def test_whatever_is_altered_by_hand_is_refused_or_read_as_it_stands(path, value):
    """No alteration is a fault of the program, and none is read as anything else than what it says."""
    facts = json.loads(json.dumps(KEPT.to_dict()))
    part = facts
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    try:
        kept = kept_profile(json.dumps(facts).encode(), where="here")
    except MonitoringError:
        return
    assert json.loads(json.dumps(kept.to_dict())) == facts


def test_a_file_that_is_not_there_is_named(tmp_path):
    """With what the machine says of it."""
    with pytest.raises(MonitoringError, match=r"none\.json: cannot be read \(No such file or directory\); name a file"):
        read_profile(tmp_path / "none.json")


def test_a_profile_of_another_project_version_or_bins_is_refused():
    """Each for its own reason."""
    other = build_profile(Signature(COLUMNS, Outcome("y", "no", "yes")), MATRIX + 1, np.array([0.1, 0.5, 0.9]))
    require_of(KEPT, PROFILE, project="t", version=3, where="w.json")
    for reference, project, version, said in (
        (PROFILE, "u", 3, "w.json: was counted for the project t, and this is u"),
        (PROFILE, "t", 4, "w.json: is older than the champion: it was counted for v3, and v4 is champion"),
        (PROFILE, "t", 2, "w.json: was counted for v3, and v2 is champion again"),
        (other, "t", 3, "w.json: was counted in the bins of another v3, as of another training"),
    ):
        with pytest.raises(MonitoringError) as caught:
            require_of(KEPT, reference, project=project, version=version, where="w.json")
        assert str(caught.value).startswith(said)
