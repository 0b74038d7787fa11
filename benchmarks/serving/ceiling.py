"""What the HTTP stack of `keepfit serve` can do: a route that reads the body and answers with a constant.

Usage: ceiling.py PORT [DATABASE]

A raw ASGI route in front of a FastAPI application, under uvicorn with uvloop and httptools. Without a database it is
the ceiling. With one it is the ceiling of durable answers: before the constant is told, a row of constants is committed
by the bare driver (SQLite, write-ahead log, `synchronous=FULL`), all that came in one turn of the event loop together.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from typing import Any

import fastapi
import uvicorn

PATH = "/api/prediction"
BODY = b'{"id":"01a1fcf4-82a4-7000-8000-000000000000","model_version":"1","probability":0.5,"decision":"good"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
ROW = ("01a1fcf4", 1764000000000000, "credit", 1, None, "x" * 190, 0.5, "good", 0.0001)

TABLE = (
    "CREATE TABLE IF NOT EXISTS rows (seq INTEGER PRIMARY KEY, id TEXT, at INTEGER, project TEXT, version INTEGER, "
    "entity TEXT, features TEXT, probability REAL, decision TEXT, seconds REAL)"
)

app = fastapi.FastAPI()


class Rows:
    """Commits rows of constants, together for one turn of the loop."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE):
            self._connection.execute(statement)
        self._waiting: list[asyncio.Future[None]] = []

    def durable(self) -> asyncio.Future[None]:
        """Return a future that is done when a row is committed."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit)
        self._waiting.append(loop.create_future())
        return self._waiting[-1]

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        values = ", ".join(["(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(waiting))
        self._connection.execute(f"INSERT INTO rows VALUES {values}", ROW * len(waiting))
        for one in waiting:
            one.set_result(None)


rows: Rows | None = None


async def route(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Read the body and answer; everything else is the framework's."""
    if scope["type"] != "http" or scope["path"] != PATH:
        await app(scope, receive, send)
        return
    while (await receive()).get("more_body"):
        continue
    if rows is not None:
        await rows.durable()
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    if len(sys.argv) > 2:  # noqa: PLR2004 - the port, and a file
        rows = Rows(sys.argv[2])
    settings = {"loop": "uvloop", "http": "httptools", "log_level": "warning", "access_log": False, "backlog": 2048}
    uvicorn.run(route, port=int(sys.argv[1]), **settings)
