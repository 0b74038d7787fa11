"""The project file's history in the journal."""

from __future__ import annotations

import pytest

from keepfit.workflows.configuration import note_configuration
from keepfit.workflows.rooms import Rooms


@pytest.fixture
def folder(make_scoring_project, tmp_path):
    return make_scoring_project(tmp_path)


def _note(folder):
    rooms = Rooms.open(folder)
    with rooms.journal() as journal:
        return note_configuration(rooms, journal)


def test_a_change_is_an_event_and_no_change_is_none(folder, monkeypatch):
    """The first look records everything, the next nothing, and a change the key, from what to what, and by whom."""
    monkeypatch.setenv("KEEPFIT_ACTOR", "ada")
    first = _note(folder)
    assert first.facts["changed"]["data.target"] == {"from": None, "to": "y"}
    assert _note(folder) is None
    file = folder / "keepfit.toml"
    file.write_text(f"{file.read_text()}\n[monitoring]\nwindow_rows = 500\n")
    second = _note(folder)
    assert (second.kind, second.actor) == ("configured", "ada")
    assert second.facts["changed"] == {"monitoring.window_rows": {"from": None, "to": 500}}
    assert second.facts["declaration"]["data.target"] == "y"


def test_secrets_are_not_in_it(folder, monkeypatch):
    """What comes from the environment stands there by its name; a password in an address not at all."""
    monkeypatch.setenv("SOME_SECRET", "canary")
    file = folder / "keepfit.toml"
    uri = "http://user:otherCanary@127.0.0.1:1/${SOME_SECRET}"
    file.write_text(f'{file.read_text()}\n[tracking]\nuri = "{uri}"\n')
    told = str(_note(folder).facts)
    assert "anary" not in told
    assert "http://user:***@127.0.0.1:1/${SOME_SECRET}" in told


@pytest.mark.parametrize(
    "address",
    ["postgresql://keepfit:canary/1@h/d", "postgresql://h/d?user=u&password=canary&x=1", "http://u:ca@nary@h/"],
)
def test_a_password_of_any_form_is_not_in_it(folder, address):
    """With a slash or an at sign in it, or in the query."""
    file = folder / "keepfit.toml"
    file.write_text(f'{file.read_text()}\n[tracking]\nuri = "{address}"\n')
    told = str(_note(folder).facts["declaration"]["tracking.uri"])
    assert "nary" not in told
    assert "***" in told


def test_the_service_notes_what_it_was_started_with(folder, serve):
    """One event for a start after a change, none for the next."""
    for _ in range(2):
        with serve(Rooms.open(folder)) as service:
            assert service.get("/ready").status == 200
    with Rooms.open(folder).journal() as journal:
        assert [event.kind for event in journal.events("t", kinds=["configured"])] == ["configured"]
