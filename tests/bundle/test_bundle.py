"""Bundles on disk."""

from __future__ import annotations

import json

import pytest

from keepfit.bundle import BundleFacts, BundleStore, Lineage, Pointer, Recipe, read_bundle, write_bundle
from keepfit.errors import BundleError
from keepfit.signature import Column, Kind, Outcome, Signature

SIGNATURE = Signature(
    (Column("Age", Kind.INTEGER, minimum=18, maximum=68), Column("Job", Kind.CATEGORY, categories=("fixed", "other"))),
    Outcome("Status", "bad", "good"),
    entity="id",
)


def facts(version: int) -> BundleFacts:
    recipe = Recipe("random_forest", {"max_depth": 3})
    lineage = Lineage(
        "credit", "twin", "generated", "f" * 64, 10, recipe, 42, "0.1.0", "e" * 64, "run", "h" * 64, ((1, 9),), 0.3
    )
    return BundleFacts(
        "credit", version, "2026-01-01T00:00:00.000Z", SIGNATURE, 0.5, {"f1": (0.8, 0.7, 0.9)}, "held out", lineage
    )


@pytest.fixture
def bundle(tmp_path):
    return write_bundle(tmp_path / "v1", facts(1), model=b"graph", profile={"rows": 1}, card="# card")


def test_what_is_written_is_read(bundle):
    """A bundle reads back as it was written, facts, graph, profile, card and digest."""
    assert read_bundle(bundle.path) == bundle


def test_a_bundle_is_never_overwritten(bundle):
    """Writing to a folder that holds a bundle fails and leaves it whole."""
    with pytest.raises(FileExistsError):
        write_bundle(bundle.path, facts(1), model=b"other", profile={}, card="")
    assert read_bundle(bundle.path).model == b"graph"
    assert [entry.name for entry in bundle.path.parent.iterdir()] == ["v1"]


@pytest.mark.parametrize("name", ["bundle.json", "model.onnx", "profile.json", "MODEL_CARD.md", "manifest.json"])
def test_any_flipped_bit_is_refused(bundle, name):
    """A bundle in which a single bit of any file differs is refused, and the file is named."""
    file = bundle.path / name
    content = bytearray(file.read_bytes())
    for at in range(len(content)):
        altered = bytearray(content)
        altered[at] ^= 1
        file.write_bytes(bytes(altered))
        refusal, digest = _outcome(bundle.path)
        if name == "manifest.json":  # altered white space still parses, but it is not the promoted manifest
            assert refusal or digest != bundle.digest
        else:
            assert name in refusal


def _outcome(path) -> tuple[str, str]:
    """Return why a bundle was refused, or its digest."""
    try:
        return "", read_bundle(path).digest
    except BundleError as error:
        return str(error), ""


@pytest.mark.parametrize("name", ["bundle.json", "model.onnx", "profile.json", "MODEL_CARD.md", "manifest.json"])
def test_a_missing_file_is_named(bundle, name):
    """A bundle without one of its files is refused by its name."""
    (bundle.path / name).unlink()
    with pytest.raises(BundleError, match=name):
        read_bundle(bundle.path)


def test_an_extra_file_is_named(bundle):
    """A bundle with a file that does not belong there is refused."""
    (bundle.path / "model.pkl").write_bytes(b"")
    with pytest.raises(BundleError, match=r"model\.pkl does not belong there"):
        read_bundle(bundle.path)


def test_a_link_is_refused(bundle, tmp_path):
    """A file that is a link is refused, whatever it points to."""
    elsewhere = tmp_path / "elsewhere"
    (bundle.path / "model.onnx").rename(elsewhere)
    (bundle.path / "model.onnx").symlink_to(elsewhere)
    with pytest.raises(BundleError, match="not a plain file"):
        read_bundle(bundle.path)


def test_another_format_says_update(bundle):
    """A bundle of a later format says which one it has and which is read."""
    manifest = bundle.path / "manifest.json"
    content = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**content, "format": 2}))
    with pytest.raises(BundleError, match="has format 2, this version reads 1; update Keepfit"):
        read_bundle(bundle.path)


def test_versions_count_up(tmp_path):
    """The store numbers its bundles from 1."""
    store = BundleStore(tmp_path)
    for _ in range(3):
        store.add(facts, model=b"g", profile={}, card=lambda told: f"v{told.version}")
    assert store.versions() == [1, 2, 3]
    assert store.read(3).card == "v3"


def test_a_pointer_is_read_as_it_was_set(tmp_path):
    """A role's pointer is what was set last, and None after it was taken away."""
    store = BundleStore(tmp_path)
    assert store.pointer("champion") is None
    store.point("champion", Pointer(2, "d", 1))
    assert store.pointer("champion") == Pointer(2, "d", 1)
    store.point("champion", None)
    assert store.pointer("champion") is None


def test_a_champion_that_was_exchanged_is_refused(tmp_path):
    """A whole bundle that is not the promoted one is no champion."""
    store = BundleStore(tmp_path)
    store.add(facts, model=b"g", profile={}, card=lambda _: "")
    store.point("champion", Pointer(1, "another digest", 1))
    with pytest.raises(BundleError, match="is another one than was promoted"):
        store.champion()


def test_without_a_champion_the_way_out_is_said(tmp_path):
    """A store without a champion says to train first."""
    with pytest.raises(BundleError, match="there is no champion; run `keepfit train` first"):
        BundleStore(tmp_path).champion()


def test_no_temporary_file_is_left(tmp_path):
    """Setting a pointer leaves nothing else behind."""
    BundleStore(tmp_path).point("champion", Pointer(1, "d", 1))
    assert [entry.name for entry in tmp_path.iterdir()] == ["champion.json"]
