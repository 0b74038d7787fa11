"""One bundle on disk: written whole, read only when every file is what its manifest says."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keepfit.bundle.facts import BundleFacts, Form
from keepfit.bundle.files import sync_folder, write_durably
from keepfit.errors import BundleError

FORMAT = 1
_MANIFEST = "manifest.json"
_MANIFEST_LIMIT_BYTES = 64 * 1024
_FILES = ("bundle.json", "profile.json", "MODEL_CARD.md")
MODEL_FILES: dict[Form, str] = {"graph": "model.onnx", "pipeline": "pipeline.pickle"}
_WAY_OUT = "train or promote another version; the bundle is not used"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose files have been verified and read.

    Attributes
    ----------
    path
        Its folder.
    facts
        The content of `bundle.json`.
    model
        The ONNX graph, or the pickled pipeline, as bytes: what was verified is what is loaded.
    profile
        The reference profile in JSON types.
    card
        The model card, Markdown.
    digest
        SHA-256 of the manifest: it names the whole content.
    """

    path: Path
    facts: BundleFacts
    model: bytes = field(repr=False)  # megabytes, which no message wants
    profile: Mapping[str, Any] = field(repr=False)
    card: str
    digest: str


def write_bundle(path: Path, facts: BundleFacts, *, model: bytes, profile: Mapping[str, Any], card: str) -> Bundle:
    """Write a bundle under a temporary name and move it to `path` when it is whole and on disk.

    Raises
    ------
    FileExistsError
        When there is a bundle at `path` already.
    """
    contents = {
        "bundle.json": facts.to_json(),
        MODEL_FILES[facts.form]: model,
        "profile.json": json.dumps(profile).encode(),
        "MODEL_CARD.md": card.encode(),
    }
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    manifest = json.dumps({"format": FORMAT, "files": digests}, indent=2).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        for name, content in {**contents, _MANIFEST: manifest}.items():
            write_durably(temporary / name, content)
        sync_folder(temporary)
        try:
            temporary.rename(path)
        except OSError as error:
            if not path.exists():
                raise
            raise FileExistsError(str(path)) from error
        sync_folder(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Bundle(path, facts, model, profile, card, hashlib.sha256(manifest).hexdigest())


def read_bundle(path: Path) -> Bundle:
    """Read a bundle and verify it: exactly the files of the manifest, each with its digest, no links.

    Raises
    ------
    BundleError
        When the bundle is absent, altered, incomplete or of another format; the message names the file.
    """
    where = f"bundle {path.name}"
    if not path.is_dir() or path.is_symlink():
        raise BundleError("no such bundle", where=str(path), hint="see `keepfit models` for those that there are")
    manifest = _read_file(path / _MANIFEST, where, limit=_MANIFEST_LIMIT_BYTES)
    digests = _manifest_digests(manifest, where)
    try:
        present = {entry.name for entry in os.scandir(path)} - {_MANIFEST}
    except OSError as error:
        raise BundleError(f"its folder cannot be read ({error})", where=where, hint="check its rights") from error
    model_file = MODEL_FILES["pipeline" if MODEL_FILES["pipeline"] in digests else "graph"]
    files = {*_FILES, model_file}
    if present != files:
        odd = min(present ^ files)
        said = "is missing" if odd in files else "does not belong there"
        raise BundleError(f"{odd} {said}", where=where, hint=_WAY_OUT)
    contents = {name: _read_file(path / name, where) for name in sorted(files)}
    for name, content in contents.items():
        found = hashlib.sha256(content).hexdigest()
        if found != digests.get(name):
            raise BundleError(
                f"{name} was altered: SHA-256 {found[:12]}…, the manifest says {str(digests.get(name))[:12]}…",
                where=where,
                hint=_WAY_OUT,
            )
    try:
        facts = BundleFacts.from_dict(json.loads(contents["bundle.json"]))
        profile = json.loads(contents["profile.json"])
        card = contents["MODEL_CARD.md"].decode()
        is_told = MODEL_FILES.get(facts.form) == model_file
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"has another form than this version reads ({error})", where=where, hint=_WAY_OUT) from error
    if not is_told:
        raise BundleError(f"bundle.json tells of a {facts.form}, and there is {model_file}", where=where, hint=_WAY_OUT)
    return Bundle(path, facts, contents[model_file], profile, card, hashlib.sha256(manifest).hexdigest())


def _read_file(path: Path, where: str, limit: int | None = None) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise BundleError(f"{path.name} is missing or not a plain file", where=where, hint=_WAY_OUT)
    if limit is not None and path.stat().st_size > limit:
        raise BundleError(f"{path.name} is larger than {limit} bytes", where=where, hint=_WAY_OUT)
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path.name} cannot be read ({error})", where=where, hint="check its rights") from error


def _manifest_digests(manifest: bytes, where: str) -> dict[str, str]:
    try:
        content = json.loads(manifest)
        found, digests = content["format"], dict(content["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{_MANIFEST} cannot be read ({error})", where=where, hint=_WAY_OUT) from error
    if found != FORMAT:
        raise BundleError(f"has format {found}, this version reads {FORMAT}", where=where, hint="update Keepfit")
    return digests
