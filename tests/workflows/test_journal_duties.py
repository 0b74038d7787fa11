"""To forget somebody reaches every place where rows of the person may be, or says where it does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from keepfit.errors import JournalError
from keepfit.journal import Prediction, PredictionIds
from keepfit.journal.spill import DAMAGED, Spill
from keepfit.workflows.journal_duties import Forgotten, forget
from keepfit.workflows.rooms import Rooms

NOW = datetime.now(UTC)


@pytest.fixture
def rooms(make_scoring_project, tmp_path):
    return Rooms.open(make_scoring_project(tmp_path))


@pytest.fixture
def spilled(rooms):
    """Two predictions about one person: in the journal, and in a spill whose service died."""
    new_id = PredictionIds()
    made = [Prediction(new_id(), NOW, "t", 1, "anna", json.dumps({"age": 3}), 0.03, "no", 1e-5) for _ in range(2)]
    with rooms.journal() as journal:
        journal.record_predictions(made[:1])
    spill = Spill(rooms.workspace.spill)
    spill.add(made[1:])
    spill.close()
    return made


def told_of(rooms) -> list[str | None]:
    """Return whom the rows of the journal are about, those that tell of somebody."""
    with rooms.journal() as journal:
        return [row.prediction.entity for row in journal.window("t", rows=None)]


def test_rows_of_a_spill_are_brought_in_and_forgotten(rooms, spilled):
    """Nothing of the person is left beside the journal."""
    assert forget(rooms, "anna") == Forgotten(2, 0, 0)
    assert list(rooms.workspace.spill.iterdir()) == []
    assert told_of(rooms) == []
    with rooms.journal() as journal:
        assert journal.count("t") == 2


def test_a_spill_that_a_service_has_open_is_told(rooms, spilled):
    """Its rows cannot be reached now: so nobody is forgotten, and it is said what to do."""
    with rooms.journal() as journal:
        journal.record_event("t", "trained", "ada", {})
    service = Spill(rooms.workspace.spill)
    service.add([Prediction(PredictionIds()(), NOW, "t", 1, "anna", "{}", 0.5, "no", 1e-5)])
    with pytest.raises(JournalError, match=r"1 files of predictions are not in the journal yet; a service that runs"):
        forget(rooms, "anna")
    assert told_of(rooms) == ["anna", "anna"]
    service.close()
    assert forget(rooms, "anna") == Forgotten(3, 0, 0)


def test_a_damaged_file_is_told(rooms, spilled):
    """It may hold rows of the person: a person has to look."""
    (rooms.workspace.spill / f"torn{DAMAGED}").write_bytes(b"half a row")
    with pytest.raises(JournalError, match=r"torn.damaged: 1 damaged files may hold rows of this person; look at"):
        forget(rooms, "anna")
    assert told_of(rooms) == ["anna", "anna"]


def test_both_names_of_a_person_are_forgotten(rooms, spilled, monkeypatch):
    """Rows of before a hash was declared have the name itself, later ones the hash."""
    monkeypatch.setenv("KEEPFIT_JOURNAL_KEY", "secret")
    rooms.file.write_text(f'{rooms.file.read_text()}\n[journal.sensitive]\nid = "hash"\n')
    hashing = Rooms.open(rooms.folder)
    hashed = hashing.redaction().entity("anna")
    assert hashed not in (None, "anna")
    with hashing.journal() as journal:
        journal.record_predictions([Prediction(PredictionIds()(), NOW, "t", 1, hashed, "{}", 0.5, "no", 1e-5)])
    assert forget(hashing, "anna") == Forgotten(3, 0, 0)
    assert told_of(hashing) == []


def test_a_version_that_cannot_be_read_hides_no_column(rooms, make_scoring_project):
    """What another version takes may be declared; one that was altered can answer nothing: it is passed over."""
    make_scoring_project(rooms.folder)  # a second version
    rooms.file.write_text(f'{rooms.file.read_text()}\n[journal.sensitive]\nincome = "drop"\n')
    card = rooms.store.path(1) / "MODEL_CARD.md"
    card.write_text(f"{card.read_text()} altered")
    assert Rooms.open(rooms.folder).redaction().dropped == {"income"}


def test_nobody_is_called_nothing(rooms):
    """An empty name is refused before anything is opened."""
    with pytest.raises(JournalError, match="--entity: an entity"):
        forget(rooms, "")
