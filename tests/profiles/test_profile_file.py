"""A profile as a file: what is read back, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepfit.errors import MonitoringError
from keepfit.monitoring import compare_profiles
from keepfit.profiles import Profile, build_profile, count_window
from keepfit.profiles.profile_file import KeptProfile, kept_profile, read_profile, require_of
from keepfit.project.monitoring_section import MonitoringSection
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


def altered(key: str, value: object, *, at: int = 0) -> str:
    facts = KEPT.to_dict()
    facts["profile"]["columns"][at][key] = value
    return json.dumps(facts)


def answered(**facts: object) -> str:
    (output,) = PROFILE.outputs
    return changed(profile={**PROFILE.to_dict(), "outputs": [{**output.to_dict(), **facts}]})


BEYOND = "age: its sums or extremes do not fit its counts)"
FEWER = PROFILE.outputs[0].score.count(np.array([0.1, 0.5])).to_dict()


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
        (altered("sums", [0.0, 1e9, *PROFILE.columns[0].sums[2:]]), f"it is no profile ({BEYOND}"),
        (altered("sums", [float("nan"), *PROFILE.columns[0].sums[1:]]), f"it is no profile ({BEYOND}"),
        (altered("squares", -1.0), f"it is no profile ({BEYOND}"),
        (altered("squares", float("inf")), f"it is no profile ({BEYOND}"),
        (altered("squares", 1.0), f"it is no profile ({BEYOND}"),
        (altered("minimum", 31.0), f"it is no profile ({BEYOND}"),
        (altered("maximum", None), f"it is no profile ({BEYOND}"),
        (altered("kind", "weird"), "it is no profile ('weird')"),
        (altered("edges", [1.0, float("inf")]), "it is no profile (age: its counts do not fit its bins)"),
        (altered("unit", "years"), "it is no profile (it lacks, or should not have: unit)"),
        (altered("is_date", True), "it was altered: its bins are not those that it says"),
        (altered("buckets", [1], at=1), "it is no profile (job: its counts do not fit its bins)"),
        (altered("vocabulary", 99, at=1), "it is no profile (job: its counts do not fit its bins)"),
        (altered("seen_once", -9, at=1), "it is no profile (job: its counts do not fit its bins)"),
        (altered("seen_twice", 2, at=1), "it is no profile (job: its counts do not fit its bins)"),
        (answered(name="z"), "it was altered: its bins are not those that it says"),
        (answered(threshold=0.7), "it was altered: its bins are not those that it says"),
        (answered(score=FEWER), "it is no profile (probability: 2 of 3 rows are counted)"),
        (changed(profile={**PROFILE.to_dict(), "rows": 3.0}), "it is no profile (Expected `int`, got `float`"),
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


def rich() -> tuple[KeptProfile, Profile]:
    """Return a window with each kind of column, of as many rows as a verdict needs, and its reference."""
    towns = tuple(f"town {number}" for number in range(250))
    columns = (*COLUMNS, Column("town", Kind.CATEGORY, categories=towns), Column("is_new", Kind.FLAG))
    rng = np.random.default_rng(1)
    matrix = np.column_stack([rng.integers(0, top, 90) for top in (20, 3, 251, 2)]).astype(np.float32)
    matrix[:5] = np.nan
    scores, labels = rng.random(90), rng.integers(0, 2, 90).astype(np.int8)
    reference = build_profile(
        Signature(columns, Outcome("y", "no", "yes")), matrix, scores, labels=labels, thresholds=(0.4,)
    )
    window = count_window(reference, matrix[::-1] + 1, scores / 2, labels)
    return KeptProfile("t", 3, "rows", "2026-01-01T00:00:00Z", None, window), reference


RICH, REFERENCE = rich()


def keys(part, path=()):
    """Yield the paths of all that has a name."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield (*path, key)
            yield from keys(value, (*path, key))
    elif isinstance(part, list):
        for at, value in enumerate(part):
            yield from keys(value, (*path, at))


PATHS: dict[str, list[tuple[str | int, ...]]] = {}
for found in keys(json.loads(json.dumps(RICH.to_dict()))):
    PATHS.setdefault(found[-1], []).append(found)
SCALARS = (
    *(st.none(), st.booleans(), st.integers(-3, 300), st.floats(), st.text(max_size=3)),
    st.sampled_from([-1e9, 1e9, 2**60, 1e300, float("nan"), float("inf"), "number", "category", 0.5]),
)
VALUES = st.one_of(*SCALARS, st.just([]), st.just({}), st.lists(st.one_of(*SCALARS), max_size=3))


@st.composite
def alterations(draw):
    """Draw the facts of a profile of which one thing is replaced, left out, or said twice, wherever it has its name."""
    facts = json.loads(json.dumps(RICH.to_dict()))
    *path, last = draw(st.sampled_from(PATHS[draw(st.sampled_from(sorted(PATHS)))]))
    part = facts
    for key in path:
        part = part[key]
    if isinstance(part[last], list) and part[last] and draw(st.booleans()):
        part, last = part[last], draw(st.integers(0, len(part[last]) - 1))
    how = draw(st.sampled_from(["replaced", "left out", "said twice"]))
    if how == "left out":
        del part[last]
    elif how == "said twice" and isinstance(part, list):
        part.insert(last, part[last])
    else:
        part[last] = draw(VALUES)
    return facts


@given(alterations())
def test_whatever_is_altered_by_hand_is_refused_or_read_as_it_stands(facts):
    """No alteration is a fault of the program, none is read as anything else than what it says, and all compare."""
    try:
        kept = kept_profile(json.dumps(facts).encode(), where="here")
        require_of(kept, REFERENCE, project=kept.project, version=kept.version, where="here")
    except MonitoringError:
        return
    assert json.loads(json.dumps(kept.to_dict())) == facts
    compare_profiles(REFERENCE, kept.profile, MonitoringSection(min_window=20))


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
