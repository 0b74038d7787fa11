"""The challenger beside the champion: who it is, and which records it answers."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable

import msgspec

from keepfit.bundle import BundleStore
from keepfit.errors import RecordError
from keepfit.project.declaration import ChallengerSection
from keepfit.scoring import Scorer
from keepfit.serving.asked import Asked
from keepfit.serving.champion import pointer_stamp, words_of

_LOOK_EVERY_SECONDS = 0.5
_TRY_AGAIN_SECONDS = 5.0
_WHOLE = 2**64
_log = logging.getLogger(__name__)


class Challenger:
    """The scorer of the store's challenger, as long as it challenges the present champion.

    `keepfit challenge` names it, for the champion of one epoch: when another one is promoted, the challenge is over.

    Parameters
    ----------
    project
        Name of the project: it is a part of the hash by which records are shared out.
    store
        Where the bundles and the pointers are.
    section
        What it does, and its share.
    runs_pipelines
        Whether it may be a pipeline, answered by a process of its own.
    """

    def __init__(
        self, project: str, store: BundleStore, section: ChallengerSection, *, runs_pipelines: bool = False
    ) -> None:
        self._runs_pipelines = runs_pipelines
        self._salt = hashlib.blake2b(project.encode(), digest_size=16).digest()
        self._store = store
        self._section = section
        self._seen: object = None
        self._refused: object = None
        self._again = 0.0
        self.scorer: Scorer | None = None
        self.refusal = ""
        self.look()

    @property
    def shadow(self) -> Scorer | None:
        """The scorer that gets a copy of what the champion answers; None when there is none."""
        return self.scorer if self._section.mode == "shadow" else None

    def answers(self, asked: Asked) -> tuple[Asked, Scorer] | None:
        """Return the record for its own door, when it is the challenger's to answer; None when the champion answers.

        The same entity always goes the same way; a record that names none goes by what it says.
        """
        scorer = self.scorer
        if scorer is None or self._section.mode != "canary" or not self._has_share(asked):
            return None
        taken = asked_of(scorer, asked)
        return None if taken is None else (taken, scorer)

    def look(self) -> None:
        """Look at the pointers once, and load who is named; the champion goes on whatever is found."""
        if self._section.mode == "off":
            return
        stamps = [pointer_stamp(self._store.pointer_path(role)) for role in ("champion", "challenger")]
        if stamps == self._seen:
            return
        if self.refusal and stamps == self._refused and time.monotonic() < self._again:
            return
        self._seen, self.refusal = stamps, ""
        try:
            self.scorer = self._named()
        except Exception as error:  # noqa: BLE001 - whatever it is, the champion goes on answering, and the watch too
            self.scorer, self.refusal = None, words_of(error)
            if self._refused != stamps:
                _log.error("the challenger was refused, the champion goes on alone: %s", error)
            self._seen, self._refused, self._again = None, stamps, time.monotonic() + _TRY_AGAIN_SECONDS

    @property
    def version(self) -> int | None:
        """Number of the version that challenges; None when none does."""
        return None if self.scorer is None else self.scorer.version

    async def watch(self, on_change: Callable[[Scorer | None], None]) -> None:
        """Look at the pointers until cancelled.

        Parameters
        ----------
        on_change
            Told who challenges from now on, None for nobody.
        """
        on_change(self.scorer)
        while self._section.mode != "off":
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            before = self.scorer
            await asyncio.to_thread(self.look)
            if self.scorer is not before:
                on_change(self.scorer)

    def _named(self) -> Scorer | None:
        champion, challenger = self._store.pointer("champion"), self._store.pointer("challenger")
        if champion is None or challenger is None or challenger.epoch != champion.epoch:
            return None
        if self.scorer is not None and self.scorer.bundle.digest == challenger.digest:
            return self.scorer
        return Scorer(self._store.pointed(challenger), runs_pipelines=self._runs_pipelines)

    def _has_share(self, asked: Asked) -> bool:
        key = asked.row if asked.entity is None else asked.entity.encode()
        digest = hashlib.blake2b(key, digest_size=8, salt=self._salt).digest()
        return int.from_bytes(digest, "big") < self._section.share * _WHOLE


def asked_of(scorer: Scorer, asked: Asked) -> Asked | None:
    """Return a record as another model's door takes it, None when that door refuses it."""
    door = scorer.door
    try:
        record = door.named([msgspec.json.decode(asked.sent)])[0]
        return asked._replace(row=door.row(record).tobytes())
    except RecordError:
        return None
