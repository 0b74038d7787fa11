"""A profile as a file: who counted what, and in whose bins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from keepfit.clock import read_moment
from keepfit.errors import MonitoringError
from keepfit.profiles.profile import Profile

KIND = "keepfit-profile"
_AGAIN = "count it again with `keepfit profile`"
_FORMS: dict[str, Any] = {
    "project": str,
    "version": int,
    "source": str,
    "first_at": str | None,
    "last_at": str | None,
    "not_kept": tuple[str, ...],
}


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A profile, and what it is of.

    Attributes
    ----------
    project, version
        In the bins of whose reference it was counted.
    source
        What was counted, in words.
    first_at, last_at
        When the first and the last row came, ISO 8601; None where it is not known.
    profile
        The counts.
    not_kept
        Columns that who counted does not keep: that they are missing says nothing.
    """

    project: str
    version: int
    source: str
    first_at: str | None
    last_at: str | None
    profile: Profile
    not_kept: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "kind": KIND,
            "project": self.project,
            "version": self.version,
            "source": self.source,
            "first_at": self.first_at,
            "last_at": self.last_at,
            "not_kept": list(self.not_kept),
            "bins": self.profile.bins,
            "profile": self.profile.to_dict(),
        }


def read_profile(path: Path) -> KeptProfile:
    """Read a profile's file.

    Raises
    ------
    MonitoringError
        When there is none, it is no profile, or one of another format.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MonitoringError(f"cannot be read ({error.strerror})", where=str(path), hint="name a file") from error
    return kept_profile(content, where=str(path))


def kept_profile(content: bytes, *, where: str) -> KeptProfile:
    """Return the profile that JSON tells.

    Parameters
    ----------
    content
        What `KeptProfile.to_dict` has returned, as JSON.
    where
        Where it comes from, for the message.

    Raises
    ------
    MonitoringError
        When it is no profile, or one of another format.
    """
    facts = _facts(content, where)
    profile = Profile.from_dict(facts.get("profile", {}), where=where)
    try:
        told: dict[str, Any] = {name: msgspec.convert(facts[name], form) for name, form in _FORMS.items()}
        kept = KeptProfile(**told, profile=profile)
        _require_scores(profile)
        for at in (kept.first_at, kept.last_at):
            if at is not None:
                read_moment(at)
    except (ValueError, KeyError, msgspec.ValidationError) as error:
        raise MonitoringError(f"it is no profile ({error})", where=where, hint=_AGAIN) from error
    if facts.get("bins") != profile.bins:
        raise MonitoringError("it was altered: its bins are not those that it says", where=where, hint=_AGAIN)
    return kept


def _require_scores(profile: Profile) -> None:
    """Refuse scores of other rows; a bundle's own profile has them: of rows that its model was not fitted on."""
    for output in profile.outputs:
        if output.score.rows != profile.rows:
            raise ValueError(f"{output.score.name}: {output.score.rows} of {profile.rows} rows are counted")


def _facts(content: bytes, where: str) -> Mapping[str, Any]:
    try:
        facts = json.loads(content)
    except ValueError as error:
        raise MonitoringError(f"it is no profile ({error})", where=where, hint=_AGAIN) from error
    if not isinstance(facts, dict) or facts.get("kind") != KIND:
        raise MonitoringError("it is no profile that `keepfit profile` has written", where=where, hint=_AGAIN)
    return facts


def require_of(kept: KeptProfile, reference: Profile, *, project: str, version: int, where: str) -> None:
    """Refuse a profile that cannot be compared with a reference.

    Raises
    ------
    MonitoringError
        When it was counted for another project, for an older version, or in other bins.
    """
    if kept.project != project:
        said = f"was counted for the project {kept.project}, and this is {project}"
        raise MonitoringError(said, where=where, hint=_AGAIN)
    if kept.version < version:
        said = f"is older than the champion: it was counted for v{kept.version}, and v{version} is champion"
        raise MonitoringError(said, where=where, hint=_AGAIN)
    if kept.version > version:
        said = f"was counted for v{kept.version}, and v{version} is champion again"
        raise MonitoringError(said, where=where, hint=f"{_AGAIN}, or promote v{kept.version}")
    if kept.profile.bins != reference.bins:
        said = f"was counted in the bins of another v{version}, as of another training"
        raise MonitoringError(said, where=where, hint=_AGAIN)
