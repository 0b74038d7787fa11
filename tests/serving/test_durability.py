"""What an answer promises, by declaration, with a PostgreSQL that goes away and comes back."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from journal_contents import ids_of
from keepfit.workflows.rooms import Rooms


@pytest.fixture(scope="module")
def declared(make_scoring_project, tmp_path_factory):
    """Makes a project whose journal is declared so."""

    def make(journal: str) -> Rooms:
        folder = make_scoring_project(tmp_path_factory.mktemp("durability"))
        file = folder / "keepfit.toml"
        file.write_text(f"{file.read_text()}\n[journal]\n{journal}\n")
        return Rooms.open(folder)

    return make


RECORD = {"age": 30, "income": 100.5, "job": "fixed"}


def _ask(service, body=RECORD):
    return service.post("/api/prediction", body)


def _recovers(service) -> None:
    deadline = time.monotonic() + 20
    while _ask(service).status != 200:
        assert time.monotonic() < deadline, "it did not answer again within 20 seconds"


def _ids(rooms) -> set[str]:
    with rooms.journal() as journal:
        return ids_of(journal, "t")


def test_strict_refuses_at_once_while_the_database_is_away_and_recovers(declared, own_postgres, serve):
    """503 with Retry-After in well under a second, again and again; the next answer after the start is 200."""
    rooms = declared(f'url = "{own_postgres.new_database()}"')
    with serve(rooms) as service:
        given = [_ask(service)]
        assert "keepfit-durability" not in given[0].headers
        own_postgres.stop()
        for _ in range(5):
            began = time.monotonic()
            refused = _ask(service)
            assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
            told = "the journal cannot be used", "the database does not answer"  # the latter just after a slow failure
            assert refused.json()["detail"].startswith(told)
            assert time.monotonic() - began < 1
        assert service.get("/ready").status == 503
        own_postgres.start()
        _recovers(service)
        given += [_ask(service) for _ in range(3)]
        assert service.get("/ready").status == 200
    assert {one.json()["id"] for one in given} <= _ids(rooms)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_relaxed_answers_while_the_database_is_away_and_brings_all_of_it_in(declared, own_postgres, serve, mode):
    """Every answer of before, between and after is in the journal once; each says what may be lost."""
    rooms = declared(
        f'url = "{own_postgres.new_database()}"\ndurability = "relaxed"\nrelaxed_rows = 50\nrelaxed_milliseconds = 20'
    )
    ids: list[str] = []
    with serve(rooms) as service, ThreadPoolExecutor(4) as pool:

        def ask_many() -> None:
            answers = list(pool.map(lambda _: _ask(service), range(100)))
            assert {one.status for one in answers} == {200}
            assert {one.headers["keepfit-durability"] for one in answers} == {"relaxed; rows=50; milliseconds=20"}
            ids.extend(one.json()["id"] for one in answers)

        ask_many()
        own_postgres.stop(mode)
        ask_many()
        assert _shown(service, "keepfit_journal_spilled_rows") > 0
        own_postgres.start()
        ask_many()
        _wait_until_nothing_is_spilled(service)
    assert len(set(ids)) == 300
    with rooms.journal() as journal:
        assert ids_of(journal, "t") == set(ids)
        assert journal.count("t") == 300


def test_every_way_to_ask_says_what_may_be_lost(declared, serve):
    """A record alone, a list, MLflow's form and the Open Inference Protocol have the header; a page has not."""
    rooms = declared('durability = "off"')
    with serve(rooms) as service:
        answers = [
            _ask(service),
            _ask(service, [RECORD, RECORD]),
            service.post("/api/prediction?explain=false", RECORD),
            service.post("/invocations", {"dataframe_records": [RECORD]}),
        ]
        assert [one.status for one in answers] == [200] * 4
        assert {one.headers["keepfit-durability"] for one in answers} == {"off"}
        assert "keepfit-durability" not in service.get("/health").headers
        assert "keepfit-durability" not in _ask(service, {"age": "x"}).headers
    assert len(_ids(rooms)) == 5


def _shown(service, gauge: str) -> float:
    """Return what a gauge of the project shows."""
    lines = service.get("/metrics").data.decode().splitlines()
    (line,) = (one for one in lines if one.startswith(f'{gauge}{{project="t"}} '))
    return float(line.rpartition(" ")[2])


def _wait_until_nothing_is_spilled(service) -> None:
    deadline = time.monotonic() + 20
    while _shown(service, "keepfit_journal_spilled_rows"):
        assert time.monotonic() < deadline, "rows are still in the spill after 20 seconds"
