"""The query of a request: which parameters it has, and whom it says that the record is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.requests import Request

from keepfit.scoring.record_reader import ENTITY_EXPECTED, is_entity
from keepfit.serving.problems import RequestProblemError


def query_of(request: Request, allowed: Sequence[str]) -> dict[str, str]:
    """Return the parameters of a request's query.

    Parameters
    ----------
    request
        The request.
    allowed
        The names that there are; an empty one is none.

    Raises
    ------
    RequestProblemError
        422 for a parameter that there is not, or that came twice.
    """
    names = [name for name in allowed if name]
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in names:
            raise refused(f'there is no query parameter "{name[:60]}"; there are {", ".join(names)}')
        if name in given:
            raise refused(f"{name} came twice")
        given[name] = value
    return given


def entity_of(query: Mapping[str, str], parameter: str) -> str | None:
    """Return whom a query says that the record is about; None where it does not.

    Parameters
    ----------
    query
        Of the request.
    parameter
        `[serving] entity_parameter`; empty for none.

    Raises
    ------
    RequestProblemError
        422 for what cannot be kept.
    """
    entity = query.get(parameter)
    if entity is not None and not is_entity(entity):
        raise refused(f"{parameter} {ENTITY_EXPECTED}")
    return entity


def refused(said: str) -> RequestProblemError:
    """Return the problem of a query that cannot be acted upon."""
    return RequestProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, said)
