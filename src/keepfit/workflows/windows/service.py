"""What a running service has answered since its start, as it tells itself."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from keepfit.bundle import Bundle
from keepfit.client.connection import Connection
from keepfit.errors import TokenError
from keepfit.profiles import Profile
from keepfit.profiles.profile_file import KeptProfile, kept_profile, require_of

_PATH = "/admin/profile"
_TOKEN_VARIABLE = "KEEPFIT_ADMIN_TOKEN"  # noqa: S105 - the name of a variable
_TIMEOUT_SECONDS = 10.0
_RETRIES = 2


def service_profile(url: str, champion: Bundle, environment: Mapping[str, str]) -> KeptProfile:
    """Ask a service for the profile of the champion's answers.

    Parameters
    ----------
    url
        Of the service; where it serves several projects, with the project's name as path.
    champion
        In the bins of whose reference they must have been counted.
    environment
        Where `KEEPFIT_ADMIN_TOKEN` is; of several tokens the first is sent.

    Raises
    ------
    ClientError
        When nothing answers there, the service refuses the token, or has answered nothing yet.
    MonitoringError
        When the profile is of another project, another version, or other bins.
    """
    token = next(iter(environment.get(_TOKEN_VARIABLE, "").split()), "")
    service = Connection(url, token, timeout_seconds=_TIMEOUT_SECONDS, retries=_RETRIES, connections=1)
    try:
        content = service.send("GET", _PATH)
    except TokenError as error:
        is_off = error.status == HTTPStatus.FORBIDDEN
        start = "start the service with one, and " if is_off else ""
        hint = f"{start}set {_TOKEN_VARIABLE} as the service has it"
        raise TokenError(error.what, where=error.where, hint=hint, status=error.status) from error
    finally:
        service.close()
    kept = kept_profile(content, where=service.url)
    reference = Profile.from_dict(champion.profile)
    facts = champion.facts
    require_of(kept, reference, project=facts.name, version=facts.version, where=service.url)
    return kept
