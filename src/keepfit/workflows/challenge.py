"""`keepfit challenge`: a version beside the champion, for a copy of the traffic or a share of it."""

from __future__ import annotations

from keepfit.bundle import Bundle, Pointer
from keepfit.errors import RegistryError
from keepfit.journal import Event
from keepfit.workflows.rooms import Rooms


def challenge(rooms: Rooms, version: int) -> Event:
    """Let a version challenge the present champion; the challenge is over when another one is promoted.

    Raises
    ------
    BundleError
        When there is no such version, or it was altered.
    RegistryError
        When there is no champion, or it is the version itself, or one of both is a recommender and the other is not.
    """
    bundle = rooms.store.read(version)
    with rooms.journal() as journal:
        champion = rooms.registry(journal).repair()
        if champion is None:
            raise RegistryError("there is no champion to challenge", where=rooms.project.name, hint="promote one first")
        if champion.digest == bundle.digest:
            raise RegistryError(f"v{version} is the champion itself", where=rooms.project.name, hint="name another one")
        _require_same_kind(bundle, rooms.store.read(champion.version), rooms.project.name)
        rooms.store.point("challenger", Pointer(version, bundle.digest, champion.epoch))
        facts = {"challenger": version, "champion": champion.version, "epoch": champion.epoch}
        event = journal.record_event(rooms.project.name, "challenged", rooms.actor, facts)
    rooms.log.add("challenge", f"v{version} challenges v{champion.version}")
    return event


def _require_same_kind(challenger: Bundle, champion: Bundle, where: str) -> None:
    """Refuse a challenger whose answers would be of another form than those that callers expect."""
    recommends = [one.facts.signature.offers is not None for one in (challenger, champion)]
    if recommends[0] == recommends[1]:
        return
    is_one, other = ("a recommender", "none") if recommends[0] else ("no recommender", "one")
    said = f"v{challenger.facts.version} is {is_one}, and the champion v{champion.facts.version} is {other}"
    raise RegistryError(said, where=where, hint="name a version of the champion's kind, or promote this one")


def is_challenged(rooms: Rooms) -> bool:
    """Say whether a version challenges the present champion."""
    champion, challenger = rooms.store.pointer("champion"), rooms.store.pointer("challenger")
    return champion is not None and challenger is not None and champion.epoch == challenger.epoch


def end_challenge(rooms: Rooms) -> Event:
    """Let nobody challenge the champion any more."""
    with rooms.journal() as journal:
        now = rooms.store.pointer("challenger")
        rooms.store.point("challenger", None)
        facts = {"challenger": None if now is None else now.version}
        event = journal.record_event(rooms.project.name, "challenge_ended", rooms.actor, facts)
    rooms.log.add("challenge", "ended")
    return event
