"""The ceiling: the HTTP stack of the service, an application that reads the body and answers with a constant.

Usage: python benchmarks/serving/ceiling.py PORT

A raw ASGI route in front of a FastAPI application, under uvicorn with uvloop and httptools.
"""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI

PATH = "/api/prediction"
ANSWER = b'{"id":"019a9f2e-7c3b-7d10-8000-000000000000","model_version":"1","probability":0.5,"decision":"good"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]
START = {"type": "http.response.start", "status": 200, "headers": HEADERS}
BODY = {"type": "http.response.body", "body": ANSWER}

framework = FastAPI()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer the route with the constant, and leave all else to the framework."""
    if scope["type"] != "http" or scope["path"] != PATH:
        await framework(scope, receive, send)
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send(START)
    await send(BODY)


if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning", access_log=False, backlog=2048
    )
