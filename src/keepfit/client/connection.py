"""Requests to one service: connections that are kept, a token, and another try where that is safe."""

from __future__ import annotations

import random
import time
from http import HTTPStatus

import urllib3

from keepfit import __version__
from keepfit.client.patience import waiting_seconds
from keepfit.client.problems import refusal
from keepfit.errors import ClientError, ServiceAwayError

_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_NOT_REACHED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


class _AgainError(Exception):
    """A failure after which the request may be sent again.

    Attributes
    ----------
    error
        What is told when it is not.
    asked_seconds
        How long the service asks to wait; None when it does not say.
    """

    def __init__(self, error: ClientError, asked_seconds: float | None = None) -> None:
        self.error = error
        self.asked_seconds = asked_seconds
        super().__init__(error)


class Connection:
    """Sends requests to a service; safe to share between threads.

    Parameters
    ----------
    url
        Its address, which may end in a path.
    token
        What it asks for; empty for none.
    timeout_seconds
        How long to wait for a connection, and for each part of an answer.
    retries
        How often a request is sent again.
    connections
        How many are kept open.

    Raises
    ------
    ClientError
        When the address is none, or the token cannot be sent.
    """

    def __init__(self, url: str, token: str, *, timeout_seconds: float, retries: int, connections: int) -> None:
        self.url = url.rstrip("/")
        self._path = _path(self.url)
        self._headers = {"accept": "application/json", "user-agent": f"keepfit/{__version__}"}
        if token:
            self._headers["authorization"] = f"Bearer {_checked(token)}"
        self._with_body = {**self._headers, "content-type": "application/json"}
        self._retries = retries
        self._pool = urllib3.connection_from_url(self.url, maxsize=connections, timeout=timeout_seconds)

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()

    def send(self, method: str, path: str, body: bytes | None = None, *, first: int = 0, once: bool = False) -> bytes:
        """Return the body of the answer.

        Parameters
        ----------
        method, path
            Of the request; the path is below the service's address.
        body
            JSON.
        first
            Place of the body's first record among all, for the message.
        once
            Not to send it again, whatever comes.

        Raises
        ------
        ClientError
            When there is no answer, after the retries; which one says the tree in `keepfit.errors`.
        """
        attempt = 0
        while True:
            try:
                return self._try(method, path, body, first)
            except _AgainError as again:
                wait = waiting_seconds(attempt, again.asked_seconds, random.random())  # noqa: S311 - no secret
                if once or attempt >= self._retries or wait is None:
                    raise again.error from again.__cause__
            time.sleep(wait)
            attempt += 1

    def _try(self, method: str, path: str, body: bytes | None, first: int) -> bytes:
        where = self.url + path
        headers = self._headers if body is None else self._with_body
        try:
            answer = self._pool.urlopen(method, self._path + path, body, headers, retries=False, redirect=False)
        except _NOT_REACHED as error:
            raise _AgainError(_away(error, self.url)) from error
        except urllib3.exceptions.ProtocolError as error:  # closed or reset: restarted, or tired of an idle connection
            raise _AgainError(_silent(error, where)) from error
        except urllib3.exceptions.HTTPError as error:
            raise _silent(error, where) from error
        if answer.status == HTTPStatus.OK:
            return answer.data
        refused = refusal(answer.status, answer.data, where=where, first=first)
        if answer.status in _BUSY:
            raise _AgainError(refused, _asked_seconds(answer))
        raise refused


def _path(url: str) -> str:
    """Return the path of an address, refusing what is none; what may hold a password is not repeated."""
    shown = "an address with @" if "@" in url else f'"{url}"'
    wrong = ClientError(
        f"{shown} is not the address of a service", where="url", hint="for example http://127.0.0.1:8000"
    )
    try:
        parsed = urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError:
        raise wrong from None
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.auth or parsed.query or parsed.fragment:
        raise wrong
    return parsed.path or ""


def _checked(token: str) -> str:
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise ClientError("it has characters that no header holds", where="token", hint="copy it again, without blanks")
    return token


def _away(error: urllib3.exceptions.HTTPError, url: str) -> ServiceAwayError:
    said = str(error).rsplit(": ", 1)[-1]
    hint = "start it with `keepfit serve`, or check the address"
    return ServiceAwayError(f"nothing answers there ({said})", where=url, hint=hint)


def _silent(error: urllib3.exceptions.HTTPError, where: str) -> ServiceAwayError:
    said = str(error).rsplit("): ", 1)[-1]
    is_untrusted = isinstance(error, urllib3.exceptions.SSLError)
    hint = "check the address and its certificate" if is_untrusted else "see the service's log, then send again"
    return ServiceAwayError(f"no answer came ({said})", where=where, hint=hint)


def _asked_seconds(answer: urllib3.BaseHTTPResponse) -> float | None:
    """Return what the answer's Retry-After says, in seconds or as a date; None when it does not, or says nonsense."""
    try:
        return urllib3.Retry().get_retry_after(answer)
    except urllib3.exceptions.InvalidHeader:
        return None
