"""The champion that answers, and its swap: the next one is loaded and warmed beside it, then takes its place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from keepfit.bundle import BundleStore
from keepfit.errors import KeepfitError
from keepfit.scoring import Scorer
from keepfit.serving.memory import give_back

_LOOK_EVERY_SECONDS = 0.1
_TRY_AGAIN_SECONDS = 5.0
_log = logging.getLogger(__name__)

OnSwap = Callable[[int, int], Awaitable[None]]
OnRefusal = Callable[[str], None]


class Champion:
    """The scorer of the store's champion, kept up to date.

    A request takes `scorer` once and uses it to its end, so a swap in between changes nothing for it. A bundle that
    cannot be loaded never replaces a good one.

    Parameters
    ----------
    store
        Where the bundles and the pointer are.
    runs_pipelines
        Whether it may be a pipeline, answered by a process of its own.

    Raises
    ------
    BundleError
        When there is no champion, or its bundle is not whole.
    """

    def __init__(self, store: BundleStore, *, runs_pipelines: bool = False) -> None:
        self._store = store
        self._runs_pipelines = runs_pipelines
        self._path = store.pointer_path("champion")
        self._seen = pointer_stamp(self._path)
        self.scorer = Scorer(store.champion(), runs_pipelines=runs_pipelines)
        give_back()
        self.refusal = ""
        self.looks = 0
        self._is_loading = False

    async def watch(self, on_swap: OnSwap, on_refusal: OnRefusal) -> None:
        """Look at the pointer until cancelled, and swap when it names another bundle.

        Parameters
        ----------
        on_swap
            Told the old and the new version after the swap.
        on_refusal
            Told why a new champion was not loaded.
        """
        waited = 0.0
        while True:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            waited += _LOOK_EVERY_SECONDS
            stamp = pointer_stamp(self._path)
            if stamp == self._seen and not (self.refusal and waited >= _TRY_AGAIN_SECONDS):
                continue
            self._seen, waited, self._is_loading = stamp, 0.0, True
            await self._swap(on_swap, on_refusal)
            self._is_loading = False
            self.looks += 1

    @property
    def is_settled(self) -> bool:
        """Whether what the pointer says now was looked at: nothing older is being loaded."""
        return not self._is_loading and self._seen == pointer_stamp(self._path)

    async def _swap(self, on_swap: OnSwap, on_refusal: OnRefusal) -> None:
        old = self.scorer
        try:
            new = await asyncio.to_thread(self._load, old)
        except Exception as error:  # noqa: BLE001 - whatever it is, the old one goes on answering, and the watch too
            before, self.refusal = self.refusal, words_of(error)
            if self.refusal != before:  # it is tried again and again, and told once
                _log.error("the new champion was refused, v%s goes on: %s", old.version, error)
                on_refusal(self.refusal)
            return
        self.refusal = ""
        if new is not old:
            self.scorer = new
            try:
                await on_swap(old.version, new.version)
            except KeepfitError as error:
                _log.error("v%s took over, but that could not be written down: %s", new.version, error)

    def _load(self, old: Scorer) -> Scorer:
        bundle = self._store.champion()
        if bundle.digest == old.bundle.digest:
            return old
        new = Scorer(bundle, runs_pipelines=self._runs_pipelines)
        give_back()
        return new


def words_of(error: Exception) -> str:
    """Return why something was refused, without saying where our files are."""
    if isinstance(error, KeepfitError):
        return f"{error.what}; {error.hint}" if error.hint else error.what
    return str(error)


def pointer_stamp(path: Path) -> tuple[int, int] | None:
    """Return what changes when a pointer is replaced."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
