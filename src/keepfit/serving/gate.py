"""Who may ask: the host that a request names, and the token that it carries.

Two tokens, from the environment only: `KEEPFIT_API_TOKEN` for the routes that answer about people, and
`KEEPFIT_ADMIN_TOKEN` for those that change what answers. Each may hold several, separated by blanks, so that one can be
replaced by the next.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from keepfit.errors import ServiceError
from keepfit.serving.problems import RequestProblemError

API_TOKEN = "KEEPFIT_API_TOKEN"  # noqa: S105 - the name of a variable
ADMIN_TOKEN = "KEEPFIT_ADMIN_TOKEN"  # noqa: S105 - as above
_LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
_OPEN = ("/", "/health", "/ready", "/v2/health/live", "/v2/health/ready", "/metrics", "/openapi.json")
_PROBES = ("/health", "/ready", "/v2/health/live", "/v2/health/ready", "/metrics")  # asked by a machine's address
_SHORTEST_TOKEN = 16
_TRIES_A_MINUTE = 10
_MINUTE = 60.0
_MANY_ADDRESSES = 10_000
_MANY_HOSTS, _LONGEST_HOST = 1000, 300


@dataclass
class Gate:
    """Refuses requests before they are read.

    Attributes
    ----------
    hosts
        Names that the `Host` header may have, without port; empty for any. A page of another site, whose name was made
        to point here, is refused by it.
    tokens
        Of the routes that answer about people; empty when anybody may ask.
    admin_tokens
        Of `/admin`; empty when nobody may.
    """

    hosts: frozenset[str] = frozenset()
    tokens: tuple[bytes, ...] = ()
    admin_tokens: tuple[bytes, ...] = ()
    clock: Callable[[], float] = time.monotonic
    _known_hosts: set[bytes] = field(default_factory=set)
    _failures: dict[str, tuple[float, int]] = field(default_factory=dict)

    def check(self, path: str, host: bytes, authorization: bytes, address: str) -> None:
        """Let a request pass.

        Parameters
        ----------
        path
            Of the request, below its project.
        host, authorization
            Its headers, empty when it has none.
        address
            Of the caller.

        Raises
        ------
        RequestProblemError
            421 for another host, 401 without a token that is known, 403 for administration that is off, 429 after ten
            wrong tokens in a minute.
        """
        if self.hosts and host not in self._known_hosts and path not in _PROBES:
            self._check_host(host)
        if "/admin/" in path or not path.isprintable():  # a router may take a path with a line's end for one without
            if not self.admin_tokens:
                raise RequestProblemError(HTTPStatus.FORBIDDEN, f"administration is off: {ADMIN_TOKEN} is not set")
            self._check_token(authorization, self.admin_tokens, address)
        elif self.tokens and not (path in _OPEN or path.startswith("/docs") or "/docs/assets/" in path):
            self._check_token(authorization, self.tokens, address)

    def lets_pass(self, host: bytes, authorization: bytes) -> bool:
        """Say whether `check` is sure to let a request for an answer pass; what it would refuse is not counted here."""
        if self.hosts and host not in self._known_hosts:
            return False
        return not self.tokens or _is_right(authorization, self.tokens)

    def _check_host(self, host: bytes) -> None:
        name = host.decode("latin-1").lower()
        bare = name if name.endswith("]") else name.rpartition(":")[0] if name.rpartition(":")[2].isdecimal() else name
        if bare not in self.hosts:
            said = "the Host header names another service; see [serving] allowed_hosts"
            raise RequestProblemError(HTTPStatus.MISDIRECTED_REQUEST, said)
        if len(self._known_hosts) < _MANY_HOSTS and len(host) <= _LONGEST_HOST:  # a port may have zeros without end
            self._known_hosts.add(host)

    def _check_token(self, authorization: bytes, tokens: tuple[bytes, ...], address: str) -> None:
        if _is_right(authorization, tokens):
            return
        began, tries = self._failures.get(address, (0.0, 0))
        now = self.clock()
        if now - began > _MINUTE:
            began, tries = now, 0
        if tries >= _TRIES_A_MINUTE:
            raise RequestProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too many wrong tokens; try again in a minute")
        if authorization.partition(b" ")[2]:
            if len(self._failures) >= _MANY_ADDRESSES:
                self._failures.clear()
            self._failures[address] = began, tries + 1
        raise RequestProblemError(HTTPStatus.UNAUTHORIZED, "send a token: Authorization: Bearer …")


def _is_right(authorization: bytes, tokens: tuple[bytes, ...]) -> bool:
    scheme, _, given = authorization.partition(b" ")
    right = [hmac.compare_digest(given.strip(), token) for token in tokens]  # each: the time tells nothing
    return scheme.lower() == b"bearer" and any(right)


def gate_of(host: str, allowed: list[str], environment: Mapping[str, str], *, is_open: bool) -> Gate:
    """Return the gate of a service.

    Parameters
    ----------
    host
        Address that it binds.
    allowed
        Further names that callers use for it.
    environment
        Where the tokens are.
    is_open
        Whether it was declared that anybody may ask who reaches it.

    Raises
    ------
    ServiceError
        When it is reached from other machines, and asks for no token though nobody said so; or a token is too short.
    """
    tokens = _tokens(API_TOKEN, environment)
    is_local = host in _LOOPBACK
    if not (is_local or tokens or is_open):
        raise ServiceError(
            "other machines reach this address, and no token is asked for",
            where=host,
            hint=f"set {API_TOKEN}, or declare [serving] open = true",
        )
    hosts = {*_LOOPBACK, host, *allowed} if is_local or allowed else set()
    return Gate(frozenset(name.lower() for name in hosts), tokens, _tokens(ADMIN_TOKEN, environment))


def _tokens(name: str, environment: Mapping[str, str]) -> tuple[bytes, ...]:
    found = tuple(token.encode() for token in environment.get(name, "").split())
    if any(len(token) < _SHORTEST_TOKEN for token in found):
        raise ServiceError(f"a token needs {_SHORTEST_TOKEN} characters or more", where=name, hint="make a longer one")
    return found
