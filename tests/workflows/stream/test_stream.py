"""A stream from its start to its end: what it learns, what it refuses, who is champion."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.datasets.arrivals import folder as folder_module
from keepfit.errors import BundleError, DatasetError, ProjectError, StreamError
from keepfit.registry import Registry, promotions
from keepfit.signature import Column, Kind
from keepfit.workflows.models import list_models
from keepfit.workflows.promote import promote, rollback
from keepfit.workflows.rooms import Rooms
from keepfit.workflows.stream import succession as succession_module
from keepfit.workflows.stream.stream import StreamReport, StreamTask, stream
from keepfit.workflows.train import train
from panel_project import make_panel_project
from stream_project import (
    csv_of,
    declare,
    learnt,
    make_stream_project,
    newest_state,
    records,
    rows_csv,
    turning_csv,
)
from waiting import until


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Looks come soon after one another."""
    monkeypatch.setattr(folder_module, "LOOK_SECONDS", 0.01)


def file(rooms: Rooms, content: str, name: str = "new.csv") -> Path:
    path = rooms.folder / name
    path.write_text(content)
    return path


def learn(rooms: Rooms, source: object, **named: Any) -> tuple[StreamReport, list[str]]:
    """Learn a source to its end; return the report, and what was said."""
    said: list[str] = []
    return stream(rooms, StreamTask(str(source), say=said.append, **named)), said


class Followed:
    """A folder that is followed by a stream in another thread."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms, self.folder, self.said, self.stop = rooms, rooms.folder / "new", [], threading.Event()
        self.folder.mkdir()
        self.report: StreamReport | None = None
        task = StreamTask(str(self.folder), is_followed=True, stop=self.stop, say=self.said.append)
        self._thread = threading.Thread(target=lambda: setattr(self, "report", stream(rooms, task)))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(30)
        assert self.report is not None

    def put(self, name: str, content: str) -> None:
        (self.folder / name).write_text(content)

    def until_batch(self, number: int) -> None:
        until(lambda: self.batches() >= number, lambda: f"batch {number}: {self.said}")

    def until_said(self, what: str) -> None:
        until(lambda: any(what in one for one in self.said), lambda: f"{what}: {self.said}")

    def batches(self) -> int:
        return len([*self.rooms.workspace.stream.glob("batch-*.state")]) and newest_state(self.rooms).batches


def test_a_file_is_learnt_in_batches(rooms):
    """All of its rows, the last batch of fewer; the report is written."""
    report, _ = learn(rooms, file(rooms, rows_csv(50, 1)))
    assert (report.batches, report.now, report.rows, report.champion) == (3, 3, 50, 1)
    assert [(one.name, one.rows, one.waiting_rows) for one in report.history] == [
        ("new.csv, rows 1 to 20", 20, 30),
        ("new.csv, rows 21 to 40", 20, 10),
        ("new.csv, rows 41 to 50", 10, 0),
    ]
    assert report.page.is_file()
    assert json.loads(report.facts.read_text())["batches"] == 3


def test_the_same_rows_are_not_learnt_twice(rooms):
    """A file whose bytes were learnt is skipped whatever it is called, and that is said; other rows go on behind."""
    learn(rooms, file(rooms, rows_csv(20, 1)))
    again, said = learn(rooms, file(rooms, rows_csv(20, 1), "copy.csv"))
    assert (again.batches, again.now) == (1, 0)
    assert said == ["going on behind batch 1", "copy.csv was learnt already: skipped"]
    other, _ = learn(rooms, file(rooms, rows_csv(20, 2)))
    assert (other.batches, other.now, other.rows) == (2, 1, 40)


def test_a_stream_that_is_stopped_goes_on_where_it_was(rooms):
    """Behind the batch that was finished."""
    stop, source = threading.Event(), file(rooms, rows_csv(90, 1))
    done = stream(rooms, StreamTask(str(source), stop=stop), lambda step, *_: step == "learn batches" and stop.set())
    assert (done.now, newest_state(rooms).facts["journey"]["position"]["taken"].popitem()[1]) == (1, 20)
    report, _ = learn(rooms, source)
    assert [one.rows for one in report.history] == [20, 20, 20, 20, 10]


def test_a_file_that_has_grown_is_gone_on_with(rooms):
    """Behind its rows of before, which are not learnt twice; and so are lines that are sent again with more behind."""
    told = records(90, 1)
    first, _ = learn(rooms, file(rooms, csv_of(told[:50])))
    again, said = learn(rooms, file(rooms, csv_of(told)))
    assert (first.rows, again.rows) == (50, 90)
    assert [one.rows for one in again.history] == [20, 20, 10, 20, 20]
    assert "new.csv begins with 50 rows that were learnt: gone on behind them" in said


def test_a_file_that_grows_while_it_is_learnt_is_gone_on_with(rooms):
    """Stopped in its midst, and longer when the stream goes on."""
    told, stop = records(90, 1), threading.Event()
    source = file(rooms, csv_of(told[:60]))
    stream(rooms, StreamTask(str(source), stop=stop), lambda step, *_: step == "learn batches" and stop.set())
    report, _ = learn(rooms, file(rooms, csv_of(told)))
    assert (report.rows, [one.rows for one in report.history]) == (90, [20, 20, 20, 20, 10])


def test_rows_without_a_target_count_where_they_are_new(rooms):
    """Those before what was learnt were counted then."""
    told = records(60, 1)
    first = [{**told[0], "y": ""}, *told[1:40]]
    learn(rooms, file(rooms, csv_of(first)))
    learn(rooms, file(rooms, csv_of([*first, {**told[40], "y": ""}, *told[41:]])))
    assert newest_state(rooms).facts["standing"]["left_out"] == 2


@pytest.mark.parametrize("lost", ["history", "the right to"])
def test_a_takeover_is_gone_on_with_whatever_was_lost(rooms, monkeypatch, lost):
    """The batch that it follows stands in the state; who may not take over any more does not."""
    (rooms.folder / "new.csv").write_text(turning_csv(60, 140))
    with monkeypatch.context() as patch:
        patch.setattr(Registry, "promote", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            stream(rooms, StreamTask(str(rooms.folder / "new.csv")))
    if lost == "history":
        (rooms.workspace.stream / "history.jsonl").unlink()
    else:
        rooms = declare(rooms.folder, takes_over="never")
    report, _ = learn(rooms, rooms.folder / "new.csv")
    assert (report.champion > 1) == (lost == "history")
    assert newest_state(rooms).facts["journey"]["pending"] is None


def test_rows_that_trained_are_told(rooms):
    """Champion and challenger know them by heart: their scores say nothing."""
    _, said = learn(rooms, rooms.folder / "t.csv")
    assert any("of its rows are equal to rows that trained v1" in one for one in said)


def test_a_journal_that_taught_the_champion_is_refused(rooms, monkeypatch):
    """Its rows would judge who has learnt them."""
    champion = rooms.store.champion()
    facts = replace(champion.facts, lineage=replace(champion.facts.lineage, journal_ranges=((1, 9),)))
    monkeypatch.setattr(type(rooms.store), "champion", lambda _: replace(champion, facts=facts))
    with pytest.raises(ProjectError, match="v1 has learnt from the journal, whose rows would judge it"):
        stream(rooms, StreamTask("journal"))


@pytest.mark.parametrize(("takes_over", "versions"), [("never", [1]), ("proposes", [1, 2])])
def test_a_person_may_have_the_last_word(tmp_path, takes_over, versions):
    """No version is promoted: none is made, or one to be promoted by hand."""
    rooms = make_stream_project(tmp_path / "project", takes_over=takes_over)
    report, said = learn(rooms, file(rooms, turning_csv(60, 120)))
    assert (report.champion, rooms.store.versions()[:2]) == (1, versions)
    proposed = [one.proposed for one in report.history if one.proposed]
    assert proposed[:1] == versions[1:]
    assert any("v2 is better, `keepfit promote 2`" in one for one in said) == (takes_over == "proposes")


def test_seasons_that_the_project_declares_are_no_obstacle(tmp_path):
    """The season of a streamed row is not known."""
    rooms = make_stream_project(tmp_path / "project")
    table = (rooms.folder / "t.csv").read_text().splitlines()
    days = ["day", *(f"2026-{1 + at % 12:02}-03" for at in range(len(table) - 1))]
    (rooms.folder / "t.csv").write_text("\n".join(f"{row},{day}" for row, day in zip(table, days, strict=True)) + "\n")
    declare(rooms.folder, more='[monitoring.season]\ncolumn = "day"\nby = "month"\n')
    text = rooms.file.read_text().replace(
        'positive = "yes"\n', 'positive = "yes"\ndrop = ["day"]\n[data.dates]\nday = "%Y-%m-%d"\n'
    )
    rooms.file.write_text(text)
    rooms = Rooms.open(rooms.folder)
    train(rooms)
    report, _ = learn(rooms, file(rooms, turning_csv(60, 120)))
    assert report.champion > 1


def test_a_restart_with_a_wrong_name_loses_nothing(rooms):
    """What was learnt is forgotten when there is something to learn."""
    learn(rooms, file(rooms, rows_csv(40, 1)))
    with pytest.raises(DatasetError, match="no such file"):
        stream(rooms, StreamTask(str(rooms.folder / "nosuch.csv"), restarts=True))
    assert newest_state(rooms).batches == 2


def test_what_was_learnt_before_an_error_is_reported(rooms):
    """The page tells of the batches that were learnt."""
    new = rooms.folder / "new"
    new.mkdir()
    (new / "a.csv").write_text(rows_csv(40, 1))
    (new / "b.csv").write_text("z\n1\n")
    with pytest.raises(DatasetError):
        stream(rooms, StreamTask(str(new)))
    assert json.loads((rooms.workspace.reports / "stream.json").read_text())["batches"] == 2


def in_parts(rooms: Rooms, source: Path, parts: list[int]) -> None:
    """Learn so many batches at each start, and then the rest."""
    for most in parts:
        stop, done = threading.Event(), []

        def count(step: str, *_: object, most=most, stop=stop, done=done) -> None:
            done.extend([step] if step == "learn batches" else [])
            if len(done) == most:
                stop.set()

        stream(rooms, StreamTask(str(source), stop=stop), count)
    learn(rooms, source)


def turned_in_parts(folder: Path, parts: list[int]) -> dict[str, Any]:
    """Return what is learnt of a file whose concept turns, so many batches at each start."""
    rooms = make_stream_project(folder)
    in_parts(rooms, file(rooms, turning_csv(60, 180)), parts)
    return learnt(rooms)


@pytest.fixture(scope="module")
def at_one_go(tmp_path_factory):
    """What is learnt of it by one start."""
    return turned_in_parts(tmp_path_factory.mktemp("whole"), [])


@settings(max_examples=4)
@given(parts=st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_how_a_file_is_cut_by_starts_changes_nothing(tmp_path_factory, at_one_go, parts):
    """What is learnt, made and promoted is what one start would have."""
    assert turned_in_parts(tmp_path_factory.mktemp("parts"), parts) == at_one_go


@pytest.mark.parametrize(
    "ways",
    [
        {"strategy": "window", "model": "lightgbm", "parameters": {"n_estimators": 5}, "window_rows": 250},
        {"strategy": "reservoir", "model": "extra_trees", "parameters": {"n_estimators": 5}, "window_rows": 250},
        {"strategy": "boosting", "parameters": {}, "batch_trees": 3, "most_trees": 70, "window_rows": 250},
        {"strategy": "leaves", "parameters": {}},
        {"strategy": "river", "parameters": {}},
    ],
    ids=lambda ways: ways["strategy"],
)
def test_every_strategy_goes_on_as_if_it_had_not_ended(tmp_path, ways):
    """Each with its own state; over a turn of the concept, and over versions that are made."""
    ends = []
    for cuts in ([], [2, 4, 1]):
        rooms = make_stream_project(tmp_path / f"{len(cuts)}", **ways)
        in_parts(rooms, file(rooms, turning_csv(60, 140)), cuts)
        ends.append(learnt(rooms))
    assert ends[0] == ends[1]


def test_a_stop_before_the_first_batch_learns_nothing(rooms):
    """And there is no page of nothing."""
    stop = threading.Event()
    stop.set()
    (rooms.folder / "new").mkdir()
    report, _ = learn(rooms, rooms.folder / "new", stop=stop)
    assert (report.batches, report.history, report.page) == (0, (), None)


def test_a_batch_of_one_class_is_learnt(rooms):
    """AUC is absent in what is saved, in the report and in its file: it is not 0."""
    of_one = [record for record in records(60, 1) if record["y"] == "yes"][:20]
    report, _ = learn(rooms, file(rooms, csv_of(of_one)))
    (facts,) = report.history
    assert facts.rows == 20
    assert facts.batch["champion"]["roc_auc"] is None
    told = json.loads(report.facts.read_text())["history"][0]
    assert {told[window][role]["roc_auc"] for window in ("batch", "faded") for role in ("champion", "challenger")} == {
        None
    }


def test_rows_without_a_target_are_left_out_and_counted(rooms):
    """Some of a file, or all of it: then it has no batch, and is not asked for again."""
    some = [{**one, "y": "" if at % 4 == 0 else one["y"]} for at, one in enumerate(records(20, 1))]
    none = [{**one, "y": ""} for one in records(7, 2)]
    report, _ = learn(rooms, file(rooms, csv_of(some)))
    assert [(one.rows, one.left_out) for one in report.history] == [(15, 5)]
    report, said = learn(rooms, file(rooms, csv_of(none), "none.csv"))
    assert (report.batches, report.rows, report.now) == (1, 15, 0)
    assert said[-1] == "none.csv has no row with a label: 7 left out"
    assert newest_state(rooms).facts["standing"]["left_out"] == 12
    assert learn(rooms, file(rooms, csv_of(none), "none.csv"))[1][-1] == "none.csv was learnt already: skipped"


def test_a_header_alone_teaches_nothing(rooms):
    """Whoever wrote it may have had no rows."""
    report, said = learn(rooms, file(rooms, csv_of([])))
    assert (report.batches, report.page, said) == (0, None, [])


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda text: text.replace(",y\n", ",z\n"), DatasetError, 'new.csv: has no column "y"'),
        (lambda text: text.replace("a,b", "new,b"), DatasetError, "columns that the model does not know: new"),
        (lambda text: text.replace("\n", "\nfar", 1), Exception, "far"),
        (lambda text: "", DatasetError, "empty"),
    ],
    ids=["no target", "a new column", "a text for a number", "an empty file"],
)
def test_a_file_that_is_wrong_is_refused_and_nothing_is_learnt(rooms, change, error, said):
    """Nor is anything saved."""
    with pytest.raises(error) as told:
        learn(rooms, file(rooms, change(rows_csv(30, 1))))
    assert said in str(told.value)
    assert not [*rooms.workspace.stream.glob("batch-*.state")]


def test_a_file_that_is_not_there_is_told(rooms):
    """By its name."""
    with pytest.raises(DatasetError, match=r"no\.csv: no such file"):
        learn(rooms, rooms.folder / "no.csv")


def test_files_of_a_followed_folder_are_taken_when_they_are_whole(rooms):
    """An empty one and a half-written one are waited for, and that is said; the same bytes come once."""
    text = rows_csv(20, 1)
    with Followed(rooms) as followed:
        followed.put("a.csv", "")
        followed.until_said("a.csv is empty; it is taken when it is whole")
        followed.put("a.csv", text[:-5])
        followed.until_said("a.csv is half-written")
        assert followed.batches() == 0
        followed.put("a.csv", text)
        followed.until_batch(1)
        followed.put("again.csv", text)
        followed.until_said("again.csv holds the same bytes as one that was learnt: skipped")
        followed.put("b.csv", rows_csv(30, 2))
        followed.until_batch(3)
    assert (followed.report.batches, followed.report.rows, followed.report.refused) == (3, 50, 0)


def test_a_file_that_is_wrong_is_passed_over_in_a_followed_folder(rooms):
    """Each is refused, said and counted, and what comes behind it is learnt; the counts outlive the end."""
    wrong = {
        "target.csv": rows_csv(5, 1).replace(",y\n", ",z\n"),
        "new.csv": rows_csv(5, 2).replace("a,b", "a,bb"),
        "type.csv": rows_csv(5, 3).replace("\n", "\nfar", 1),
        "class.csv": rows_csv(5, 4).replace("yes", "maybe"),
        "torn.parquet": "PAR1 and then nothing PAR1",
    }
    with Followed(rooms) as followed:
        for name, content in wrong.items():
            followed.put(name, content)
            followed.until_said("refused, and gone on without it")
            until(lambda name=name: any(name in one for one in followed.said if "refused" in one), name)
        followed.put("right.csv", rows_csv(20, 5))
        followed.until_batch(1)
    assert (followed.report.batches, followed.report.refused) == (1, len(wrong))
    assert newest_state(rooms).facts["journey"]["refused"] == len(wrong)


def test_a_file_that_is_wrong_ends_a_stream_that_is_not_followed(rooms):
    """What was learnt before it is kept: with it mended, the stream goes on."""
    new = rooms.folder / "new"
    new.mkdir()
    (new / "a.csv").write_text(rows_csv(20, 1))
    (new / "b.csv").write_text(rows_csv(20, 2).replace("yes", "maybe"))
    with pytest.raises(Exception, match=r"b\.csv"):
        learn(rooms, new)
    (new / "b.csv").write_text(rows_csv(20, 2))
    report, _ = learn(rooms, new)
    assert (report.batches, report.now, [one.name for one in report.history]) == (2, 1, ["a.csv", "b.csv"])


def damage(rooms: Rooms, *batches: int) -> None:
    for one in batches:
        path = rooms.workspace.stream / f"batch-{one:09}.state"
        path.write_bytes(path.read_bytes()[:-7])


def test_a_damaged_state_is_refused_and_the_one_before_it_used(rooms, tmp_path):
    """That is said; what is learnt is what an undamaged stream learns."""
    source = file(rooms, rows_csv(60, 1))
    learn(rooms, source)
    whole = learnt(rooms)
    damage(rooms, 3)
    report, said = learn(rooms, source)
    assert "batch-000000003.state is damaged and is not used" in said[0]
    assert said[0].endswith("; the one before it is taken")
    assert said[1] == "going on behind batch 2"
    assert (report.batches, report.now) == (3, 1)
    assert learnt(rooms) == whole


def test_where_all_states_are_damaged_a_person_decides(rooms):
    """Nothing is learnt; `--restart` begins anew."""
    source = file(rooms, rows_csv(60, 1))
    learn(rooms, source)
    damage(rooms, 2, 3)
    with pytest.raises(StreamError, match="begin anew with --restart"):
        learn(rooms, source)
    report, said = learn(rooms, source, restarts=True)
    assert (report.batches, report.now, report.rows, said) == (3, 3, 60, [])


def test_a_restart_forgets_what_was_learnt(rooms):
    """The same rows are learnt again, by a stream of another name."""
    source = file(rooms, rows_csv(40, 1))
    learn(rooms, source)
    before = newest_state(rooms).facts["journey"]["stream"]
    first = learnt(rooms)
    report, _ = learn(rooms, source, restarts=True)
    assert (report.batches, report.now) == (2, 2)
    assert newest_state(rooms).facts["journey"]["stream"] != before
    assert learnt(rooms) == first


def test_other_settings_are_refused(rooms):
    """What was learnt under others does not go on."""
    source = file(rooms, rows_csv(20, 1))
    learn(rooms, source)
    with pytest.raises(StreamError, match="strategy is 'window'; when the stream began it was 'linear'"):
        learn(declare(rooms.folder, strategy="window", parameters={}), source)


def test_one_process_learns_at_a_time(rooms):
    """The other is told; when the first has ended, it may."""
    with Followed(rooms) as followed:
        until((rooms.workspace.stream / ".lock").exists, "it has begun")
        followed.put("a.csv", rows_csv(20, 1))
        followed.until_batch(1)
        with pytest.raises(StreamError, match="another process learns this stream"):
            learn(rooms, file(rooms, rows_csv(20, 2)))
    assert learn(rooms, file(rooms, rows_csv(20, 2)))[0].now == 1


def test_a_project_without_a_champion_says_how_to_get_one(rooms):
    """A stream begins with a champion."""
    shutil.rmtree(rooms.workspace.bundles)
    Path(rooms.workspace.journal_url.removeprefix("sqlite:///")).unlink()
    with pytest.raises(BundleError, match=r"there is no champion.*keepfit train"):
        learn(Rooms.open(rooms.folder), file(rooms, rows_csv(20, 1)))


def test_a_recommender_is_not_learnt_batch_by_batch(tmp_path):
    """It says what is done instead."""
    rooms = make_panel_project(tmp_path)
    panel = '[panel]\nmonth = "month"\nproducts = ["card", "loan"]\ntrain_from = "2015-07"\nhold_from = "2015-12"\n'
    (tmp_path / "keepfit.toml").write_text((tmp_path / "keepfit.toml").read_text() + panel)
    with pytest.raises(ProjectError, match="a recommender is learnt of the months of its panel"):
        learn(Rooms.open(rooms.folder), tmp_path / "t.csv")


def test_a_turned_concept_ends_with_a_new_champion(rooms):
    """Made through the gate, with its stream and batch, and the evidence in the ledger; a rollback restores the old."""
    source = file(rooms, turning_csv(100, 140))
    report, said = learn(rooms, source)
    assert report.champion == max(rooms.store.versions()) > 1
    promoted = [one for one in report.history if one.promoted]
    assert [one.promoted for one in promoted] == [*range(2, report.champion + 1)]
    first = promoted[0]
    assert first.number > 5
    assert f"batch {first.number}: v2 is champion: {first.takeover.reason}" in said
    bundle = rooms.store.read(2)
    assert bundle.facts.lineage.stream == newest_state(rooms).facts["journey"]["stream"]
    assert bundle.facts.lineage.stream_batch == first.number
    assert bundle.facts.protocol.startswith(f"prequential: the {first.compared_rows} newest rows")
    assert bundle.facts.probes
    with rooms.journal() as journal:
        entry = promotions(journal, "s")[1]
    assert (entry.version, entry.previous, entry.kind) == (2, 1, "promoted")
    assert entry.reason == f"stream, batch {first.number}: {first.takeover.reason}"
    assert entry.evidence["batch"]["number"] == first.number
    assert entry.evidence["batch"]["takeover"]["bound"] > 0
    assert entry.evidence["protocol"] == bundle.facts.protocol
    models = list_models(rooms)
    assert [(one.version, one.role) for one in models.models][-1] == (report.champion, "champion")
    assert not report.not_logged
    rollback(rooms)
    assert rooms.store.champion().facts.version == report.champion - 1
    _, said = learn(rooms, file(rooms, rows_csv(20, 9), "more.csv"))
    assert rooms.store.champion().facts.version == report.champion - 1


def test_a_champion_of_others_is_followed(rooms):
    """From the next batch on, and compared with anew; it is said."""
    learn(rooms, file(rooms, turning_csv(100, 100)))
    old = rooms.store.champion().facts.version
    with Followed(rooms) as followed:
        followed.put("a.csv", rows_csv(20, 5))
        followed.until_batch(11)
        promote(rooms, 1)
        followed.put("b.csv", rows_csv(20, 6))
        followed.until_batch(12)
    assert "v1 is champion now, by another's word" in followed.said
    before, after = followed.report.history[-2:]
    assert (before.champion, after.champion, after.compared_rows) == (old, 1, 20)
    assert (followed.report.champion, old > 1) == (1, True)


def test_a_champion_that_others_promote_meanwhile_is_not_overwritten(rooms, monkeypatch):
    """The challenger was not compared with it: the version stays unpromoted, and the stream goes on."""
    learn(rooms, file(rooms, turning_csv(100, 100)))
    newest = rooms.store.champion().facts.version
    promote(rooms, 1)
    made, done = succession_module.make_version, []

    def make_and_see_another(*arguments):
        bundle = made(*arguments)
        if not done:
            promote(rooms, newest)
        done.append(bundle.facts.version)
        return bundle

    monkeypatch.setattr(succession_module, "make_version", make_and_see_another)
    report, said = learn(rooms, file(rooms, csv_of(records(120, 7, is_flipped=True)), "more.csv"))
    assert done
    refused = next(one for one in report.history if one.refusal)
    assert f"the champion is v{newest}, not v1" in refused.refusal
    assert refused.promoted is None
    assert any("cannot take over" in one for one in said)
    assert done[0] not in [one.promoted for one in report.history]
    assert report.history[refused.number].champion == newest


def test_a_rollback_after_an_end_between_two_steps_holds(rooms, monkeypatch):
    """The stream was ended when its version was champion, and before it had noted that: a person's word came later."""
    source = file(rooms, turning_csv(60, 180))
    done = Registry.promote

    def promote_and_end(*arguments, **named):
        done(*arguments, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "promote", promote_and_end)
        with pytest.raises(KeyboardInterrupt):
            learn(rooms, source)
    assert rooms.store.champion().facts.version == 2
    rollback(rooms)
    with rooms.journal() as journal:
        before = len(promotions(journal, "s"))
    (rooms.folder / "none").mkdir()
    report, _ = learn(rooms, rooms.folder / "none")
    assert (report.champion, rooms.store.champion().facts.version) == (1, 1)
    assert report.history[-1].promoted == 2
    with rooms.journal() as journal:
        assert len(promotions(journal, "s")) == before


def test_a_champion_of_other_columns_is_refused(rooms):
    """It cannot be asked about these rows, and nobody is asked in its place."""
    bundle = rooms.store.champion()
    columns = (*bundle.facts.signature.columns[:-1], Column("work", Kind.CATEGORY, categories=("fixed", "free")))

    def facts(version: int):
        return replace(bundle.facts, version=version, signature=replace(bundle.facts.signature, columns=columns))

    learn(rooms, file(rooms, rows_csv(20, 1)))
    model = (bundle.path / "model.onnx").read_bytes()
    other = rooms.store.add(facts, model=model, profile={}, card=lambda _: "")
    promote(rooms, other.facts.version)
    with pytest.raises(StreamError, match=r"v2 is champion, and takes other columns than this stream \(job, work\)"):
        learn(rooms, file(rooms, rows_csv(20, 2)))


def test_a_stable_stream_keeps_its_champion(tmp_path):
    """A challenger that is no better never takes over."""
    rooms = make_stream_project(tmp_path / "project", min_rows=200, batch_rows=50)
    report, _ = learn(rooms, file(rooms, rows_csv(1500, 7)))
    assert (report.champion, report.batches, rooms.store.versions()) == (1, 30, [1])
    assert not any(one.takeover.is_better for one in report.history)
