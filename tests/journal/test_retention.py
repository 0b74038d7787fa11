"""Months leave for archives that can be read anywhere, and nothing is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import polars as pl
import pytest
from sqlalchemy import select

from keepfit.errors import JournalError
from keepfit.journal import Label, PredictionIds, Shadow, archives, open_journal, retention
from keepfit.journal.archives import erase_from_archives
from keepfit.journal.departures import ForgottenFacts, retired_among
from keepfit.journal.erasure import forget
from keepfit.journal.months import Month
from keepfit.journal.retention import retire
from keepfit.journal.tables import METADATA
from keepfit.journal.verification import verify

MARCH = Month(2026, 3)
KINDS = ("predictions", "labels", "shadows")


def at(month: int, day: int = 5) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def clock() -> datetime:
    return at(4)


def write(journal, make_prediction, month: int, project: str = "credit", rows: int = 7):
    """Write predictions of a month with their labels and shadows; return them."""
    when = at(month)
    new_id = PredictionIds(lambda: int(when.timestamp() * 1000))
    made = [
        make_prediction(project, id=new_id(), at=when, entity=f"p{number}", sent='{"Street": "Unmistakable Lane"}')
        for number in range(rows)
    ]
    journal.record_predictions(made, [Shadow(one.id, when, project, 2, 0.25, "bad") for one in made[:3]])
    come = [Label(made[0].id, "good", when), Label("", "bad", when, "p1", when), Label("", "bad", when, "away", when)]
    journal.record_labels(project, come)
    return made


def fill(journal, make_prediction) -> None:
    """Two projects in January, one in February, both in April."""
    for _ in range(3):
        write(journal, make_prediction, 1)
        write(journal, make_prediction, 1, "other")
    write(journal, make_prediction, 2)
    write(journal, make_prediction, 4)
    write(journal, make_prediction, 4, "other")
    journal.record_event("credit", "promoted", "ada", {}, epoch=1)


def table_of(journal, kind: str, project: str = "credit") -> list[dict]:
    table = METADATA.tables[kind]
    with journal.reading() as connection:
        rows = connection.execute(select(table).where(table.c.project == project).order_by(table.c.seq))
        return [dict(row) for row in rows.mappings()]


def of_month(rows, month: Month) -> list[dict]:
    """Return the rows that belong to predictions of a month."""
    name = "id" if rows and "id" in rows[0] else "prediction_id"
    return [row for row in rows if month.first_id <= row[name] < month.next.first_id]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archives"


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def full(request, any_url, make_prediction):
    """A journal of several months."""
    with open_journal(any_url, is_sealed=request.param) as journal:
        fill(journal, make_prediction)
        yield journal


def test_a_retired_month_is_in_its_archive(full, folder):
    """Each column of each row that left is in the files, and what stayed is as it was."""
    before = {kind: table_of(full, kind) for kind in KINDS}
    others = {kind: table_of(full, kind, "other") for kind in KINDS}
    done = retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert [(one.month, one.rows, one.labels, one.shadows) for one in done.months] == [
        ("2026-01", 21, 6, 9),
        ("2026-02", 7, 2, 3),
    ]
    assert done.rows == 28
    for kind in KINDS:
        left = []
        for month in (Month(2026, 1), Month(2026, 2)):
            archive = pl.read_parquet(folder / f"credit-{kind}-{month}.parquet")
            left += archive.to_dicts()
            assert archive.to_dicts() == of_month(before[kind], month)
        assert [row for row in before[kind] if row not in left] == table_of(full, kind)
        assert table_of(full, kind, "other") == others[kind]
    assert sorted(path.name for path in folder.glob("credit*")) == [
        f"credit-{kind}-2026-0{month}.parquet" for kind in sorted(KINDS) for month in (1, 2)
    ]


def test_rows_that_left_are_counted_among_others(full, folder):
    """Who had learnt from rows can say how many of them his successor cannot learn from."""
    numbers = [(row["seq"], row["id"]) for row in table_of(full, "predictions")]
    gone = [seq for seq, one in numbers if one < MARCH.first_id]
    assert retired_among(full, "credit", [(1, 1000)]) == 0
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert retired_among(full, "credit", [(1, 1000)]) == len(gone) > 0
    assert retired_among(full, "credit", [(gone[1], gone[2]), (gone[0], gone[1])]) == 3
    assert retired_among(full, "credit", [(gone[-1] + 1, 1000)]) == retired_among(full, "other", [(1, 1000)]) == 0


def test_the_journal_is_sound_afterwards(full, folder, make_prediction):
    """What left is explained by its events, and counted; the journal goes on."""
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    retire(full, "other", before=MARCH, folder=folder, actor="ada", clock=clock)
    write(full, make_prediction, 4)
    found = verify(full)
    assert found.faults == ()
    assert found.retired == 28 + 8 + 21 + 6
    assert found.predictions == 21
    assert (found.unverified_seals > 0) == (found.seals > 0)


def test_an_event_says_what_left(full, folder):
    """The event has numbers, ranges and the files' checksums."""
    retire(full, "credit", before=Month(2026, 2), folder=folder, actor="ada", clock=clock)
    (event,) = full.events("credit", kinds=["retired"])
    facts = event.facts
    assert (event.actor, facts["month"], facts["rows"], facts["labels"], facts["shadows"]) == (
        "ada",
        "2026-01",
        21,
        6,
        9,
    )
    assert facts["prediction_seqs"] == [[1, 7], [15, 21], [29, 35]]
    assert (facts["first_seq"], facts["last_seq"]) == (1, 35)
    assert facts["label_seqs"] == [[1, 2], [7, 8], [13, 14]]
    assert facts["files"] == {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.parquet")}


def test_a_row_that_vanished_from_a_retired_journal_is_still_found(full, folder):
    """Events explain what left, and no more."""
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    with full.writing() as connection:
        connection.exec_driver_sql("DELETE FROM predictions WHERE seq = 8")
    assert ("gap", "predictions 8") in {(fault.kind, fault.where) for fault in verify(full).faults}


def test_a_retired_row_that_is_back_is_found(full, folder):
    """What left must be away."""
    kept = table_of(full, "labels")[0]
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    with full.writing() as connection:
        connection.execute(METADATA.tables["labels"].insert(), [kept])
    assert ("number", "labels 1") in {(fault.kind, fault.where) for fault in verify(full).faults}


def test_retiring_again_does_nothing(full, folder):
    """A second run finds nothing, and says nothing."""
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    events = full.events("credit")
    assert retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock).months == ()
    assert full.events("credit") == events


def test_the_present_month_stays(journal, folder):
    """A month that is not over cannot be retired."""
    with pytest.raises(JournalError, match="2026-05 is later than the present month: that one stays; at most 2026-04"):
        retire(journal, "credit", before=Month(2026, 5), folder=folder, actor="ada", clock=clock)


def test_what_comes_late_goes_to_a_further_file(full, folder, make_prediction):
    """Rows for a month that left are taken, in PostgreSQL too, and leave with the next run."""
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    first = (folder / "credit-predictions-2026-02.parquet").read_bytes()
    old = pl.read_parquet(folder / "credit-predictions-2026-02.parquet")["id"][3]
    late = write(full, make_prediction, 2, rows=3)
    full.record_labels("credit", [Label(old, "late", at(4))])
    done = retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert [(one.month, one.rows, one.labels) for one in done.months] == [("2026-02", 3, 3)]
    assert (folder / "credit-predictions-2026-02.parquet").read_bytes() == first
    further = pl.read_parquet(folder / "credit-predictions-2026-02-2.parquet")
    assert further["id"].to_list() == [one.id for one in late]
    assert old in pl.read_parquet(folder / "credit-labels-2026-02-2.parquet")["prediction_id"].to_list()
    assert verify(full).faults == ()


def test_a_partition_of_one_project_goes_as_a_whole(postgres, folder, make_prediction):
    """PostgreSQL drops the table of a month that one project has alone, and deletes from one that it shares."""
    url = postgres.new_database()
    with open_journal(url) as journal:
        fill(journal, make_prediction)
        retire(journal, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
        names = "SELECT relname FROM pg_class WHERE relname LIKE 'predictions_2026_0_' ORDER BY 1"
        there = {name for (name,) in postgres.execute(names, url.rpartition("/")[2])}
        assert "predictions_2026_01" in there
        assert "predictions_2026_02" not in there


def test_another_service_writes_late_rows_into_a_dropped_month(postgres, folder, make_prediction):
    """A writer who knows the month's table from before makes it anew."""
    url = postgres.new_database()
    with open_journal(url) as journal, open_journal(url) as other:
        write(other, make_prediction, 2)
        retire(journal, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
        write(other, make_prediction, 2, rows=2)
        assert journal.count("credit") == 2
        assert verify(journal).faults == ()


def test_a_partition_that_is_in_use_is_emptied(postgres, folder, make_prediction):
    """Who reads a month for long keeps its table, and not its rows."""
    url = postgres.new_database()
    with open_journal(url) as journal, open_journal(url) as reader:
        write(journal, make_prediction, 2)
        with reader.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM predictions_2026_02")
            assert retire(journal, "credit", before=MARCH, folder=folder, actor="ada", clock=clock).rows == 7
        assert journal.count("credit") == 0
        assert verify(journal).faults == ()


class PowerCutError(Exception):
    """Stands for a machine that went off."""


def cut(*_, **__):
    raise PowerCutError


@pytest.mark.parametrize("moment", ["_begin", "_delete", "_delete_rows", "_end"])
def test_a_crash_loses_nothing(full, folder, monkeypatch, moment):
    """At whichever step it ends, the journal is sound, and the next run ends what was begun."""
    before = {kind: table_of(full, kind) for kind in KINDS}
    with monkeypatch.context() as patch:
        patch.setattr(retention, moment, cut)
        with pytest.raises(PowerCutError):
            retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert verify(full).faults == ()
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert verify(full).faults == ()
    for kind in KINDS:
        archived = [row for path in folder.glob(f"credit-{kind}-*") for row in pl.read_parquet(path).to_dicts()]
        rows = [*archived, *table_of(full, kind)]
        assert sorted(rows, key=lambda row: row["seq"]) == before[kind]
    assert len(full.events("credit", kinds=["retired"])) == 2


@pytest.mark.parametrize("deletions", range(1, 9))
def test_a_crash_between_deletions_loses_nothing(full, folder, monkeypatch, deletions):
    """Some rows are gone and some are not: the files have all of them, and are not written again."""
    before = {kind: table_of(full, kind) for kind in KINDS}
    monkeypatch.setattr(retention, "_ROWS_A_DELETION", 4)
    done = []

    def sleep(_):
        done.append(1)
        if len(done) == deletions:
            raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(retention.time, "sleep", sleep)
        with pytest.raises(PowerCutError):
            retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert verify(full).faults == ()
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert verify(full).faults == ()
    for kind in KINDS:
        archived = [row for path in folder.glob(f"credit-{kind}-*") for row in pl.read_parquet(path).to_dicts()]
        assert sorted([*archived, *table_of(full, kind)], key=lambda row: row["seq"]) == before[kind]


def test_an_archive_that_went_away_stops_the_next_run(full, folder, tmp_path, monkeypatch):
    """Rows stay as long as the archive that was written for them is not at hand."""
    with monkeypatch.context() as patch:
        patch.setattr(retention, "_delete", cut)
        with pytest.raises(PowerCutError):
            retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    with pytest.raises(JournalError, match=r"credit-predictions-2026-01.parquet: an earlier run .* name the folder of"):
        retire(full, "credit", before=MARCH, folder=tmp_path / "elsewhere", actor="ada", clock=clock)
    assert full.count("credit") == 35


def test_an_archive_that_cannot_be_read_back_deletes_nothing(full, folder, monkeypatch):
    """A file that does not hold what was written is told, and the rows stay."""
    monkeypatch.setattr(archives, "archive_digest", lambda *_: (3, ""))
    with pytest.raises(JournalError, match="does not hold what was written to it; check its disk"):
        retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert full.count("credit") == 35
    assert full.events("credit", kinds=["retiring", "retired"]) == []


def test_archives_of_another_journal_are_not_replaced(full, folder, tmp_path, make_prediction):
    """A new journal of the same name leaves the archives of the old one as they are."""
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    with open_journal(f"sqlite:///{tmp_path / 'new.db'}") as new:
        write(new, make_prediction, 1)
        with pytest.raises(JournalError, match="is there, with 21 rows that the journal has not; it is another"):
            retire(new, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
        assert new.count("credit") == 7


def test_it_reads_and_deletes_in_parts(full, folder, monkeypatch):
    """Small parts give the same archives."""
    before = table_of(full, "predictions")
    monkeypatch.setattr(retention, "PART_ROWS", 2)
    monkeypatch.setattr(archives, "PART_ROWS", 3)
    monkeypatch.setattr(retention, "_ROWS_A_DELETION", 2)
    retire(full, "credit", before=Month(2026, 2), folder=folder, actor="ada", clock=clock)
    rows = pl.read_parquet(folder / "credit-predictions-2026-01.parquet").to_dicts()
    assert rows == of_month(before, Month(2026, 1))


def test_a_person_is_forgotten_in_archives_too(full, folder):
    """Archived features, entity and salt go; rows, ids and commitments stay, and the journal is sound."""
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    file = folder / "credit-predictions-2026-01.parquet"
    before = pl.read_parquet(file)
    assert forget(full, "credit", "p1", actor="ada") == ForgottenFacts(1, 1)
    assert erase_from_archives(folder, "credit", "p1") == 4 + 4
    after = pl.read_parquet(file)
    is_theirs = before["entity"] == "p1"
    assert after.filter(~is_theirs).equals(before.filter(~is_theirs))
    assert after.schema == before.schema
    theirs = after.filter(is_theirs)
    assert theirs["features"].to_list() == [""] * 3
    assert theirs["entity"].null_count() == theirs["salt"].null_count() == 3
    kept = ["seq", "id", "probability", "commitment"]
    assert theirs.select(kept).equals(before.filter(is_theirs).select(kept))
    assert erase_from_archives(folder, "credit", "p1") == 0
    assert pl.read_parquet(folder / "credit-labels-2026-01.parquet")["entity"].drop_nulls().to_list() == []
    assert verify(full).faults == ()


def test_archives_of_others_are_left_alone(full, folder, tmp_path):
    """Another project's files are another's, and where there are none there is nothing to do."""
    retire(full, "other", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert erase_from_archives(folder, "credit", "p1") == 0
    assert erase_from_archives(tmp_path / "none", "credit", "p1") == 0


def test_who_was_erased_before_is_counted(full, folder):
    """Erased rows leave with their month, and what is erased is no more than events tell."""
    forget(full, "credit", "p1", actor="ada")
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    found = verify(full)
    assert (found.faults, found.erased) == ((), 1)
    with full.writing() as connection:
        connection.exec_driver_sql("UPDATE predictions SET features = '', entity = NULL, salt = NULL WHERE seq = 50")
    assert "erasure" in {fault.kind for fault in verify(full).faults}


def test_who_is_forgotten_while_an_archive_is_written_is_not_in_it(full, folder, monkeypatch):
    """The archive is written again when somebody was forgotten meanwhile."""
    begin, forgotten = retention._begin, []

    def forget_first(*arguments):
        if not forgotten:
            forgotten.append(forget(full, "credit", "p2", actor="ada"))
        return begin(*arguments)

    monkeypatch.setattr(retention, "_begin", forget_first)
    retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    rows = pl.read_parquet(folder / "credit-predictions-2026-01.parquet")
    assert forgotten == [ForgottenFacts(5, 0)]
    assert "p2" not in rows["entity"].to_list()
    assert verify(full).faults == ()


def test_two_who_retire_at_once(full, folder, tmp_path, monkeypatch):
    """In one folder the second is turned away at once; in two of them before it deletes anything."""
    with archives.archiving(folder, "credit"), pytest.raises(JournalError, match="another process is writing archives"):
        retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    begin, once = retention._begin, []

    def late(*arguments):
        if not once:
            once.append(1)
            retire(full, "credit", before=MARCH, folder=tmp_path / "first", actor="ada", clock=clock)
        return begin(*arguments)

    monkeypatch.setattr(retention, "_begin", late)
    with pytest.raises(JournalError, match="another process is retiring 2026-01 of credit"):
        retire(full, "credit", before=MARCH, folder=folder, actor="ada", clock=clock)
    assert verify(full).faults == ()
    assert verify(full).retired == 28 + 8


def test_a_folder_that_cannot_be_had_is_told(journal, tmp_path, make_prediction):
    """A file where the folder should be is named."""
    write(journal, make_prediction, 1)
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match=r"file: archives cannot be kept here \(.*\); check its disk and its rights"):
        retire(journal, "credit", before=MARCH, folder=tmp_path / "file", actor="ada", clock=clock)


def test_a_file_that_is_no_archive_is_told(tmp_path):
    """A damaged archive is named when somebody is to be forgotten in it."""
    (tmp_path / "credit-predictions-2026-01.parquet").write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(JournalError, match=r"credit-predictions-2026-01.parquet: is no archive \("):
        erase_from_archives(tmp_path, "credit", "p1")
