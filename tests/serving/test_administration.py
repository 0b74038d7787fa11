"""Reload and rollback over HTTP, behind their token."""

from __future__ import annotations

import pytest

from keepfit.workflows.promote import promote

TOKEN = "an-admin-token-of-ours"


@pytest.fixture(scope="module")
def rooms(own_rooms):
    return own_rooms("administration")


@pytest.fixture(scope="module")
def administered(rooms, serve):
    with serve(rooms, KEEPFIT_ADMIN_TOKEN=TOKEN) as service:
        yield service


def ask(service, path, token=TOKEN):
    return service.send(path, b"", "application/json", {"Authorization": f"Bearer {token}"})


def test_nobody_goes_back_without_the_token(administered, rooms, serve):
    """Without it, with a wrong one, or where administration is off, nothing is changed; nor by an odd path."""
    assert administered.post("/admin/rollback", {}).status == 401
    assert ask(administered, "/admin/rollback", "another-token-of-yours").status == 401
    assert administered.send("/admin/rollback%0A", b"").status in (401, 404)
    with serve(rooms) as service:
        off = service.post("/admin/rollback", {})
    assert (off.status, off.json()["detail"]) == (403, "administration is off: KEEPFIT_ADMIN_TOKEN is not set")


def test_rollback_answers_when_it_is_done(administered, rooms, record):
    """The next request is answered by the champion before; the ledger has it; going back further is refused."""
    first = rooms.store.champion().facts.version
    nothing = ask(administered, "/admin/rollback")
    assert (nothing.status, nothing.json()["detail"]) == (
        409,
        "there is no champion to go back to; see `keepfit models`",
    )
    other = next(version for version in rooms.store.versions() if version != first)
    promote(rooms, other)
    back = ask(administered, "/admin/rollback")
    assert (back.status, back.json()) == (200, {"model_version": str(first)})
    assert administered.post("/api/prediction", record).json()["model_version"] == str(first)
    with rooms.journal() as journal:
        newest = journal.ledger("credit")[-1]
    assert (newest.kind, newest.actor, newest.facts["version"]) == ("rolled_back", "service", first)


def test_reload_says_why_a_champion_is_refused(administered, rooms, record):
    """A broken bundle is told with 409, the good one goes on; whole again, it is taken at once."""
    champion = rooms.store.champion().facts.version
    other = next(version for version in rooms.store.versions() if version != champion)
    assert ask(administered, "/admin/reload").json() == {"model_version": str(champion)}
    file = rooms.store.path(other) / "model.onnx"
    whole = file.read_bytes()
    promote(rooms, other)
    assert ask(administered, "/admin/reload").json() == {"model_version": str(other)}
    promote(rooms, champion)
    ask(administered, "/admin/reload")
    pointer = rooms.store.pointer("champion")
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        rooms.store.point("champion", pointer.__class__(other, "d" * 64, 99))
        refused = ask(administered, "/admin/reload")
        assert refused.status == 409
        assert f"v{champion} goes on: " in refused.json()["detail"]
        assert "model.onnx was altered" in refused.json()["detail"]
        assert administered.post("/api/prediction", record).json()["model_version"] == str(champion)
    finally:
        file.write_bytes(whole)
        rooms.store.point("champion", pointer)
    assert ask(administered, "/admin/reload").json() == {"model_version": str(champion)}
