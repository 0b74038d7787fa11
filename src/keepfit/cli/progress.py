"""Progress of long work: a bar on a terminal, a line for each finished step elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@contextmanager
def progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that shows a step's progress: its name, how much is done, how much there is."""
    if console.is_terminal:
        with _bars(console) as show:
            yield show
    else:
        yield _lines(console)


@contextmanager
def _bars(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console) as bars:

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield show


def _lines(console: Console) -> Callable[[str, int, int], None]:
    started: dict[str, float] = {}
    ended: set[str] = set()

    def show(step: str, done: int, total: int) -> None:
        began = started.setdefault(step, time.monotonic())
        if done >= total and step not in ended:
            ended.add(step)
            console.print(f"  {step}: {total} in {time.monotonic() - began:.1f} s", markup=False, highlight=False)

    return show
