"""Which write path a declaration means, and what each promises in common."""

from __future__ import annotations

import asyncio

import pytest

from journal_contents import ids_of, shadows_of
from keepfit.errors import JournalError
from keepfit.journal import Shadow
from keepfit.journal.best_effort import BestEffort
from keepfit.journal.group_commit import GroupCommit
from keepfit.journal.recorder import open_recorder
from keepfit.journal.write_behind import WriteBehind
from keepfit.project.journal_section import JournalSection

MODES = {
    "strict": (GroupCommit, ""),
    "relaxed": (WriteBehind, "relaxed; rows=7; milliseconds=9"),
    "off": (BestEffort, "off"),
}


@pytest.fixture(params=MODES)
def section(request):
    """The declaration of a mode."""
    return JournalSection(durability=request.param, relaxed_rows=7, relaxed_milliseconds=9)


def test_a_declaration_has_its_path_and_says_so(sqlite_journal, section, tmp_path):
    """The class, and what answers say of their durability."""
    kind, statement = MODES[section.durability]
    recorder = open_recorder(sqlite_journal, section, tmp_path / "spill")
    assert (type(recorder), recorder.statement) == (kind, statement)


def test_every_path_has_written_all_at_its_close(journal, section, tmp_path, make_prediction):
    """Rows taken by either way are in the journal, each told once; later ones are not taken, or counted as left out."""
    made = [make_prediction() for _ in range(30)]
    told: list[Exception | None] = []

    async def story():
        recorder = open_recorder(journal, section, tmp_path / "spill")
        recorder.start()
        for one in made[:20]:
            recorder.submit([one], told.append)
        await recorder.record(made[20:])
        await recorder.record([], [Shadow(made[0].id, made[0].at, "credit", 2, 0.5, "bad")])
        await recorder.close()
        try:
            await recorder.record([make_prediction()])
        except JournalError:
            return recorder
        assert recorder.dropped == 1
        return recorder

    recorder = asyncio.run(story())
    assert told == [None] * 20
    assert (recorder.pending, recorder.spilled) == (0, 0)
    assert ids_of(journal, "credit") == {one.id for one in made}
    assert [one.prediction_id for one in shadows_of(journal, "credit")] == [made[0].id]
