"""The profile of what a service has answered is that of the journal's rows."""

from __future__ import annotations

import json

import pytest

from keepfit.errors import MonitoringError, RefusedError, ServiceAwayError, TokenError
from keepfit.journal import Window
from keepfit.profiles.profile_file import kept_profile
from keepfit.workflows.profile import ProfileTask, profile
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.windows.journal import journal_window
from profiled_project import add_champion, make_profiled, require_same, rows
from waiting import until

TOKEN = "an-admin-token-of-ours"
ROWS = 240


def records(seed: int) -> list[dict]:
    """Return records that any door takes, some values missing."""
    return [{**record, "id": f"e{at}"} for at, record in enumerate(rows(seed, ROWS).to_dicts())]


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    monkeypatch.setenv("KEEPFIT_ADMIN_TOKEN", TOKEN)
    return make_profiled(tmp_path / "project", "[serving]\nmax_rows = 20\n")


def answered(service, seed: int, prefix: str = "") -> None:
    """Have a service answer, each request on a connection of its own, so that every worker gets some."""
    sent = records(seed)
    for first in range(0, ROWS, 10):
        reply = service.post(f"{prefix}/api/prediction", sent[first : first + 10], headers={"Connection": "close"})
        assert reply.status == 200, reply.data


def told(service, path: str = "/admin/profile"):
    return service.get(path, Authorization=f"Bearer {TOKEN}")


def journalled(rooms: Rooms, version: int = 1):
    champion = rooms.store.champion()
    with rooms.journal() as journal:
        return journal_window(journal, Window("t", None, model_version=version), champion)


def rows_told(service) -> int:
    reply = told(service)
    return json.loads(reply.data)["profile"]["rows"] if reply.status == 200 else 0


@pytest.mark.parametrize("workers", [1, 2])
def test_the_profile_of_the_answers_is_the_journals(rooms, serve, workers):
    """Of all workers, each column and the score in the full bins, between the first and the last answer."""
    out = rooms.folder / "live.json"
    with serve(rooms, "--workers", str(workers)) as service:
        answered(service, 7)
        until(lambda: rows_told(service) == ROWS, "every answer is counted")
        kept = profile(rooms, ProfileTask(out, url=service.url))
    window = journalled(rooms)
    require_same(kept.profile, window.profile)
    assert kept == kept_profile(out.read_bytes(), where="live.json")
    assert (kept.project, kept.version, kept.source) == ("t", 1, "the service")
    assert kept.first_at[:23] == window.first_at.isoformat()[:23]
    assert kept.last_at[:23] == window.last_at.isoformat()[:23]


def test_each_version_is_told_for_itself(rooms, serve):
    """The champion's by default, another by its number; one that has answered nothing is told from one that is none."""
    with serve(rooms) as service:
        nothing = told(service)
        assert (nothing.status, nothing.json()["detail"]) == (
            409,
            "v1 has answered nothing since the service began, or its bundle has no profile",
        )
        answered(service, 7)
        add_champion(rooms, 2)
        until(lambda: service.get("/api/model").json()["version"] == "2", "the champion is swapped")
        assert told(service).status == 409
        before = kept_profile(told(service, "/admin/profile?version=1").data, where="service")
        assert (before.version, before.profile.rows) == (1, ROWS)
        with pytest.raises(RefusedError, match="v2 has answered nothing"):
            profile(rooms, ProfileTask(rooms.folder / "live.json", url=service.url))
        for odd in ("x", "0", "-1", "1%0A", ""):
            assert told(service, f"/admin/profile?version={odd}").status == 400


def test_what_is_not_kept_is_not_told(rooms, serve):
    """A column that the journal drops is always missing, in its profile as in the journal's."""
    file = rooms.folder / "keepfit.toml"
    file.write_text(f'{file.read_text()}[journal.sensitive]\nincome = "drop"\njob = "drop"\n')
    rooms = Rooms.open(rooms.folder)
    with serve(rooms) as service:
        answered(service, 7)
        kept = kept_profile(told(service).data, where="service")
    require_same(kept.profile, journalled(rooms).profile)
    assert [column.name for column in kept.profile.columns if column.missing == ROWS] == ["income", "job"]


def test_only_the_administration_is_told(rooms, serve, monkeypatch):
    """Without its token nobody is, and the message says which one it is."""
    task = ProfileTask(rooms.folder / "live.json")
    with serve(rooms) as service:
        assert service.get("/admin/profile").status == 401
        monkeypatch.setenv("KEEPFIT_ADMIN_TOKEN", "another-token-of-yours")
        with pytest.raises(TokenError, match=r"401 Unauthorized.*; set KEEPFIT_ADMIN_TOKEN as the service has it"):
            profile(rooms, ProfileTask(task.out, url=service.url))
    with serve(rooms, KEEPFIT_ADMIN_TOKEN="") as service, pytest.raises(TokenError, match="administration is off"):
        profile(rooms, ProfileTask(task.out, url=service.url))
    with pytest.raises(ServiceAwayError, match="nothing answers there"):
        profile(rooms, ProfileTask(task.out, url=service.url))
    assert not task.out.exists()


def test_another_projects_service_is_refused(rooms, serve, tmp_path):
    """Or what an older champion has answered; below its name each project of a service is told."""
    other, newer = make_profiled(tmp_path / "other", name="u"), make_profiled(tmp_path / "newer")
    add_champion(newer, 2)
    out = tmp_path / "live.json"
    with serve(rooms, several=[rooms, other]) as service:
        answered(service, 7, "/t")
        answered(service, 8, "/u")
        assert profile(other, ProfileTask(out, url=f"{service.url}/u")).profile.rows == ROWS
        with pytest.raises(MonitoringError, match="was counted for the project t, and this is u"):
            profile(other, ProfileTask(out, url=f"{service.url}/t"))
        with pytest.raises(MonitoringError, match="is older than the champion: it was counted for v1, and v2 is"):
            profile(newer, ProfileTask(out, url=f"{service.url}/t"))
        with pytest.raises(RefusedError, match=r"404 Not Found.*; check the address"):
            profile(other, ProfileTask(out, url=service.url))
