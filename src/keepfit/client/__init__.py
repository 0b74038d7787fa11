"""A small client of the service, for programs that ask it: records in, answers out, labels later.

It owns how requests are cut, sent again and refused in words. It knows nothing of the service's inside: it speaks
HTTP, and what a project takes it asks the project itself (`GET /`). It is quick to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keepfit.client.client import Client
from keepfit.client.results import Answer, LabelReceipt, ServedModel

if TYPE_CHECKING:
    from keepfit.client.async_client import AsyncClient

__all__ = ["Answer", "AsyncClient", "Client", "LabelReceipt", "ServedModel"]


def __getattr__(name: str) -> Any:
    """Import the asynchronous client when it is asked for: who has no event loop does not wait for asyncio."""
    if name != "AsyncClient":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from keepfit.client.async_client import AsyncClient  # noqa: PLC0415 - see above

    return AsyncClient
