"""Progress of long work: a bar on a terminal, a line for each finished step elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Shown = Callable[..., None]


@contextmanager
def progress(console: Console) -> Iterator[Shown]:
    """Yield a function that shows a step's progress: its name, how much is done, how much there is, what is known."""
    if console.is_terminal:
        with _bars(console) as show:
            yield show
    else:
        yield _lines(console)


@contextmanager
def _bars(console: Console) -> Iterator[Shown]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as bars:

        def show(step: str, done: int, total: int, note: str = "") -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total, note=note)
            bars.update(tasks[step], completed=done, total=total, note=note)

        yield show


def _lines(console: Console) -> Shown:
    started: dict[str, float] = {}
    ended: set[str] = set()

    def show(step: str, done: int, total: int, note: str = "") -> None:
        began = started.setdefault(step, time.monotonic())
        if done >= total and step not in ended:
            ended.add(step)
            known = f", {note}" if note else ""
            took = time.monotonic() - began
            console.print(f"  {step}: {total} in {took:.1f} s{known}", markup=False, highlight=False)

    return show
