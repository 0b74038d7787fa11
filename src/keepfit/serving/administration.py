"""What changes which model answers: `POST /admin/reload` and `POST /admin/rollback`, behind a token of their own."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from keepfit.bundle import BundleStore
from keepfit.serving.champion import Champion
from keepfit.serving.problems import RequestProblemError

_WAIT_SECONDS = 30.0
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class AdminDesk:
    """Does what an administrator asks.

    Attributes
    ----------
    champion
        The model that answers.
    store
        Where its pointer is.
    go_back
        Makes the champion before the present one champion again; None where nobody may.
    """

    champion: Champion
    store: BundleStore
    go_back: Callable[[], int] | None

    async def reload(self) -> dict[str, str]:
        """Look at the champion's pointer again, in every worker; the answer is this worker's outcome.

        Raises
        ------
        RequestProblemError
            409 when the champion was refused, or there is none.
        """
        before = self.champion.looks
        try:
            await asyncio.to_thread(os.utime, self.store.pointer_path("champion"))
        except OSError as error:
            said = f"the champion's pointer cannot be touched ({error.strerror}); see `keepfit models`"
            raise RequestProblemError(HTTPStatus.CONFLICT, said) from error
        await self._wait(lambda: self.champion.looks > before)
        if self.champion.refusal:
            said = f"v{self.champion.scorer.version} goes on: {self.champion.refusal}"
            raise RequestProblemError(HTTPStatus.CONFLICT, said)
        return {"model_version": str(self.champion.scorer.version)}

    async def rollback(self) -> dict[str, str]:
        """Go back to the champion before, and answer when this worker has swapped.

        Raises
        ------
        RequestProblemError
            501 where the service cannot, 409 when the champion before was refused.
        RegistryError
            When there is none before (409).
        """
        if self.go_back is None:
            raise RequestProblemError(HTTPStatus.NOT_IMPLEMENTED, "this service cannot go back; use `keepfit rollback`")
        version = await asyncio.to_thread(self.go_back)
        await self._wait(lambda: self.champion.is_settled)  # the one before may just have been loading
        if self.champion.scorer.version != version:
            raise RequestProblemError(HTTPStatus.CONFLICT, f"v{version} was refused: {self.champion.refusal}")
        return {"model_version": str(version)}

    async def _wait(self, is_done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _WAIT_SECONDS
        while not is_done():
            if time.monotonic() > deadline:
                raise RequestProblemError(HTTPStatus.GATEWAY_TIMEOUT, "the champion is still being loaded")
            await asyncio.sleep(_PAUSE_SECONDS)
