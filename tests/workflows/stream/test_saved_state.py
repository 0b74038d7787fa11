"""What is saved of a stream: whole or refused, and the one before it is there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn

from keepfit.errors import StreamError
from keepfit.workflows.stream.saved_state import SavedState, StateFolder

ARRAYS = {"weights": np.array([0.1, np.nan, -np.inf]), "rows": np.zeros((0, 3), dtype=np.float32)}
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
FACTS = st.dictionaries(st.text().filter(lambda name: name != "batches"), SCALARS | st.lists(SCALARS))
KEPT = drawn.arrays(
    st.sampled_from([np.float64, np.float32, np.int8, np.int64]), drawn.array_shapes(min_dims=0, min_side=0)
)


def saved(folder: StateFolder, *batches: int) -> None:
    for one in batches:
        folder.save(SavedState(one, {"told": one}, ARRAYS))


def damage(folder: StateFolder, batches: int, content: bytes) -> None:
    (folder.folder / f"batch-{batches:09}.state").write_bytes(content)


def whole(folder: StateFolder, batches: int) -> bytes:
    return (folder.folder / f"batch-{batches:09}.state").read_bytes()


@pytest.fixture
def folder(tmp_path):
    return StateFolder(tmp_path / "stream")


def test_nothing_is_found_where_nothing_was_saved(folder):
    """A folder that is not there is as good as an empty one."""
    assert folder.newest().state is None
    folder.clear()


@given(facts=FACTS, arrays=st.dictionaries(st.sampled_from(["a", "b.c", "learner.matrix"]), KEPT))
def test_what_is_saved_comes_back(tmp_path_factory, facts, arrays):
    """Facts and arrays, to the bit."""
    folder = StateFolder(tmp_path_factory.mktemp("stream"))
    folder.save(SavedState(3, facts, arrays))
    found = folder.newest()
    assert (found.refused, found.state.batches, found.state.facts) == ((), 3, facts)
    assert {name: (one.dtype, one.shape, one.tobytes()) for name, one in found.state.arrays.items()} == {
        name: (one.dtype, one.shape, one.tobytes()) for name, one in arrays.items()
    }


def test_the_newest_two_are_kept(folder):
    """By their number, which may have more digits: older ones are removed, and so are no other files."""
    (folder.folder).mkdir()
    (folder.folder / "notes.txt").write_text("mine")
    saved(folder, 8, 9, 10, 100)
    assert folder.newest().state.batches == 100
    assert sorted(path.name for path in folder.folder.iterdir()) == [
        "batch-000000010.state",
        "batch-000000100.state",
        "notes.txt",
    ]


def test_a_batch_may_be_saved_twice(folder):
    """The second takes the place of the first, and the batch before it stays."""
    saved(folder, 1, 2, 2)
    damage(folder, 2, b"")
    assert folder.newest().state.batches == 1


@pytest.mark.parametrize(
    "broken",
    [
        lambda content: b"",
        lambda content: content[:63],
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content + b"\0",
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: b"0" * 64 + content[64:],
        lambda content: b"\0" * len(content),
    ],
    ids=["empty", "no digest", "a byte short", "half", "a byte long", "a bit turned", "another digest", "zeros"],
)
def test_a_damaged_one_is_not_taken_and_said(folder, broken):
    """The one before it is used."""
    saved(folder, 1, 2)
    damage(folder, 2, broken(whole(folder, 2)))
    found = folder.newest()
    assert found.state.batches == 1
    (said,) = found.refused
    assert said.startswith("batch-000000002.state is damaged and is not used (SHA-256 ")


def test_a_folder_of_that_name_is_damaged_too(folder):
    """What cannot be read is refused, whatever it is."""
    saved(folder, 1)
    (folder.folder / "batch-000000002.state").mkdir()
    assert folder.newest().state.batches == 1


def test_where_all_are_damaged_it_says_what_to_do(folder):
    """Nothing is learnt anew without a person's word."""
    saved(folder, 1, 2)
    damage(folder, 1, b"x")
    damage(folder, 2, b"y")
    with pytest.raises(StreamError) as told:
        folder.newest()
    assert str(folder.folder) in str(told.value)
    assert "batch-000000002.state is damaged" in str(told.value)
    assert "batch-000000001.state is damaged" in str(told.value)
    assert "--restart" in str(told.value)


def test_nothing_in_it_is_executable(folder):
    """An array of objects is refused when it is saved, and no pickle is read."""
    with pytest.raises(ValueError, match="Object arrays"):
        folder.save(SavedState(1, {}, {"a": np.array([object()])}))
    assert folder.newest().state is None


def test_states_are_forgotten_at_a_word(folder):
    """All of them, and nothing else."""
    saved(folder, 1, 2)
    (folder.folder / ".lock").touch()
    folder.clear()
    assert folder.newest().state is None
    assert (folder.folder / ".lock").exists()
