"""What is remembered of a stack."""

from __future__ import annotations

import signal

import pytest

from keepfit.errors import ServiceError
from keepfit.stack.ledger import alone, read_running, write_running
from keepfit.stack.processes import Running


def test_what_runs_is_read_back(tmp_path):
    """In its order; of nothing no file is left."""
    running = [
        Running("a", 1, "boot 25", "m1", "http://x", "http://x/ready", "a.log"),
        Running("b", 3, "boot 42", "m2", "", "", "b.log", signal.SIGINT),
    ]
    write_running(tmp_path, running)
    assert read_running(tmp_path) == running
    write_running(tmp_path, [])
    assert read_running(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["{", '[{"name": "a"}]', "[1]"])
def test_another_file_is_told(tmp_path, text):
    """It may name processes that run: it is not thrown away."""
    (tmp_path / "running.json").write_text(text)
    with pytest.raises(ServiceError, match=r"running\.json: cannot be read .*; end what it names by hand"):
        read_running(tmp_path)


def test_one_command_at_a_time(tmp_path):
    """A second one is told to wait."""
    with (
        alone(tmp_path),
        pytest.raises(ServiceError, match="another `keepfit up` or `keepfit down` is at work"),
        alone(tmp_path),
    ):
        pass
    with alone(tmp_path):
        pass
