"""The store of a project's bundles: a folder per version, and the champion and challenger pointers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from keepfit.bundle.bundle import Bundle, read_bundle, write_bundle
from keepfit.bundle.facts import BundleFacts
from keepfit.bundle.files import locked, write_atomically
from keepfit.errors import BundleError

Role = Literal["champion", "challenger"]
_FOLDER = re.compile(r"v([1-9][0-9]*)")
_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which bundle has a role.

    Attributes
    ----------
    version, digest
        The bundle, by number and by the digest of its manifest.
    epoch
        Number of the promotion in the ledger that made it so.
    """

    version: int
    digest: str
    epoch: int


class BundleStore:
    """The bundles of one project under one folder.

    Several processes may use one store: a version is taken by the rename that creates its folder, a pointer is
    replaced in one step.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def versions(self) -> list[int]:
        """Return the numbers of the versions that there are, ascending."""
        if not self.root.is_dir():
            return []
        matches = (_FOLDER.fullmatch(entry.name) for entry in self.root.iterdir())
        return sorted(int(match.group(1)) for match in matches if match)

    def path(self, version: int) -> Path:
        """Return the folder of a version, whether it exists or not."""
        return self.root / f"v{version}"

    def read(self, version: int) -> Bundle:
        """Read and verify a version.

        Raises
        ------
        BundleError
            See `read_bundle`.
        """
        return read_bundle(self.path(version))

    def add(
        self,
        facts: Callable[[int], BundleFacts],
        *,
        model: bytes,
        profile: Mapping[str, Any],
        card: Callable[[BundleFacts], str],
    ) -> Bundle:
        """Write the next version.

        Parameters
        ----------
        facts
            Makes the facts for the version number that the bundle gets.
        model, profile
            The ONNX graph and the reference profile.
        card
            Makes the model card from the facts.
        """
        version = max(self.versions(), default=0) + 1
        for _ in range(_ATTEMPTS):
            told = facts(version)
            try:
                return write_bundle(self.path(version), told, model=model, profile=profile, card=card(told))
            except FileExistsError:
                version += 1
        raise BundleError("no free version number", where=str(self.root), hint="another process writes here: stop it")

    def pointer(self, role: Role) -> Pointer | None:
        """Return the pointer of a role, None when nobody has it.

        Raises
        ------
        BundleError
            When the pointer's file is not readable as one.
        """
        path = self.pointer_path(role)
        try:
            return Pointer(**json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise BundleError(
                f"cannot be read ({error})", where=str(path), hint="run `keepfit promote` to write it anew"
            ) from error

    def pointer_path(self, role: Role) -> Path:
        """Return the file of a role's pointer; the service watches it."""
        return self.root / f"{role}.json"

    def point(self, role: Role, pointer: Pointer | None) -> None:
        """Replace the pointer of a role in one durable step; None takes the role away."""
        if pointer is None:
            self.pointer_path(role).unlink(missing_ok=True)
            return
        self.root.mkdir(parents=True, exist_ok=True)
        write_atomically(self.pointer_path(role), json.dumps(asdict(pointer)).encode())

    @contextmanager
    def lock_pointers(self) -> Iterator[None]:
        """Keep every other thread and process from the pointers until the end of the block."""
        with locked(self.root / ".pointers.lock"):
            yield

    def champion(self) -> Bundle:
        """Read the champion and verify that it is the one that was promoted.

        Raises
        ------
        BundleError
            When there is no champion, or its bundle is not the promoted one.
        """
        pointer = self.pointer("champion")
        if pointer is None:
            raise BundleError("there is no champion", where=str(self.root), hint="run `keepfit train` first")
        return self.pointed(pointer)

    def pointed(self, pointer: Pointer) -> Bundle:
        """Read the bundle that a pointer names, and verify that it is that one.

        Raises
        ------
        BundleError
            When it is another one, or not whole.
        """
        bundle = self.read(pointer.version)
        if bundle.digest != pointer.digest:
            raise BundleError(
                "is another one than was promoted: the manifest's digest differs",
                where=f"bundle v{pointer.version}",
                hint="promote a version that you trust, or roll back",
            )
        return bundle
