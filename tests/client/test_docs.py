"""The page about the client: its programs run, and it says all that there is."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from keepfit import client, errors

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text(encoding="utf-8")


def test_the_programs_of_the_page_run(service, capsys):
    """Each is run after the one before, as a reader would, against a real service."""
    told: dict = {}
    for program in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(program.replace("http://127.0.0.1:8000", service.url), told)
    said = capsys.readouterr().out
    assert "no 1\n" in said
    assert 'age expected a whole number, found "thirty"' in said
    assert len(told["answers"]) == 50


def test_the_page_names_what_there_is():
    """Every method of both clients, and every error that they raise."""
    for kind in (client.Client, client.AsyncClient):
        for name, _ in inspect.getmembers(kind, inspect.isfunction):
            assert name.startswith("_") or name == "close" or f"`{name}(" in PAGE, name
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, errors.ClientError):
            assert f"`{name}`" in PAGE, name
