"""Rounds over servers: start, wait, check, load, stop, each in its turn."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from load import FailedError, Load, Target, answers, pace, settle, wrk  # the files beside this one
from servers import (
    CEILING,
    DURABLE,
    KEEPFIT,
    OWN_PACKAGE,
    Place,
    Running,
    Server,
    bodies_of,
    make_model,
    own_python,
    peer_python,
    running,
)

WARM_SECONDS = 1.0
TURNS = 20  # of each connection at least, so that what is still in flight at the end of a load counts for little
LONGEST_SECONDS = 30.0
SAME = 1e-5
LOG_LINES = 30


@dataclass(frozen=True, slots=True)
class Measured:
    """A server in one round.

    Attributes
    ----------
    ready_seconds
        From the start of the process to the first answer with status 200.
    loads
        By the number of connections.
    paced
        At half the rate of the highest number of connections.
    pss, rss
        Megabytes of the whole tree after the loads: shared pages by halves, and counted in each process.
    processes
        How many there were.
    """

    ready_seconds: float
    loads: dict[int, Load]
    paced: Load
    pss: float
    rss: float
    processes: int


@dataclass(slots=True)
class Found:
    """What is known of a server with a model.

    Attributes
    ----------
    server
        Which.
    rounds
        What was measured.
    error
        Why there are no rounds, or no more of them.
    wrong, furthest
        How many of the first thousand answers are not the pipeline's, and by how much at most.
    acknowledged, in_flight
        Answers that came with status 200, and how many more may have been on their way when a load ended.
    journalled
        Rows in the journal, for Keepfit.
    """

    server: Server
    rounds: list[Measured] = field(default_factory=list)
    error: str = ""
    wrong: int = 0
    furthest: float = 0.0
    acknowledged: int = 0
    journalled: int | None = None
    in_flight: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, how often, with how many connections."""

    rounds: int
    seconds: float
    connections: tuple[int, ...]


def place_of(server: Server, model: Path, scratch: Path, cache: Path) -> Place:
    """Return a server's place, with its environment and its model made."""
    work = scratch / model.name / server.name
    if server is KEEPFIT:
        shutil.copytree(model / "project", work)
    else:
        work.mkdir(parents=True)
    needs_training = server is not KEEPFIT or model.name.startswith("pipeline")
    place = Place(model, work, peer_python(server, cache) if needs_training else cache / "core" / "bin" / "python")
    make_model(server, place)
    return place


def expected_of(place: Place) -> list[float]:
    """Return what the fitted pipeline says of each body: the peer's own, where it has one."""
    own = place.work / "expected.json"
    return json.loads((own if own.exists() else place.model / "expected.json").read_text(encoding="utf-8"))


def journalled(project: Path) -> int:
    """Return how many predictions a project's journal holds."""
    code = (
        "import sys; from pathlib import Path; from keepfit.workflows.rooms import Rooms\n"
        "rooms = Rooms.open(Path(sys.argv[1]))\n"
        "with rooms.journal() as journal: print(journal.count(rooms.project.name))"
    )
    env = {**os.environ, **OWN_PACKAGE}
    done = subprocess.run([own_python(), "-c", code, project], check=True, capture_output=True, text=True, env=env)
    return int(done.stdout)


def check_answers(found: Found, running_now: Running, bodies: Sequence[str], place: Place) -> None:
    """Compare every answer with the pipeline's.

    Raises
    ------
    FailedError
        When an answer is not 200, or holds no probability where one is looked for.
    """
    given = answers(running_now.port, found.server.path, bodies)
    found.acknowledged += len(given)
    if found.server in (CEILING, DURABLE):
        return
    try:
        said = [found.server.probability(one) for one in given]
    except (KeyError, IndexError, TypeError) as error:
        raise FailedError(f"answers without a probability: {json.dumps(given[0])[:200]}") from error
    gaps = [abs(one - wanted) for one, wanted in zip(said, expected_of(place), strict=True)]
    found.wrong, found.furthest = sum(not gap <= SAME for gap in gaps), max(gaps)


def measure(found: Found, place: Place, plan: Plan, file: Path, bodies: Sequence[str]) -> None:
    """Measure a server for a round.

    Raises
    ------
    FailedError
        When it cannot be started, or does not answer.
    """
    with running(found.server, place, bodies[0]) as now:
        found.acknowledged += 1
        if not found.rounds:
            check_answers(found, now, bodies, place)
        target = Target(now.port, found.server.path, file, now.tree)
        warm = wrk(target, connections=1, seconds=WARM_SECONDS)
        loads, rate, many = {}, warm.rate, max(plan.connections)
        for connections in plan.connections:
            settle(now.tree)
            enough = min(TURNS * connections / max(rate, 1.0), LONGEST_SECONDS)
            loads[connections] = wrk(target, connections=connections, seconds=max(plan.seconds, enough))
            rate = loads[connections].rate
        settle(now.tree)
        paced = pace(target, rate=max(loads[many].rate / 2, 1.0), seconds=plan.seconds, connections=many)
        pss, rss = now.tree.memory()
        found.rounds.append(Measured(now.ready_seconds, loads, paced, pss, rss, len(now.tree.pids())))
    found.acknowledged += sum(load.requests for load in (warm, paced, *loads.values()))
    found.in_flight += 1 + sum(loads)


def measure_model(model: Path, servers: Iterable[Server], plan: Plan, scratch: Path, cache: Path) -> list[Found]:
    """Measure every server with a model, round by round."""
    records = [json.loads(line) for line in (model / "bodies.jsonl").read_text(encoding="utf-8").splitlines()]
    found, prepared = [], {}
    for server in servers:
        one = Found(server)
        found.append(one)
        try:
            place = place_of(server, model, scratch, cache)
        except FailedError as error:
            one.error = str(error)
            continue
        bodies = bodies_of(server, records)
        file = place.work / "bodies.txt"
        file.write_text("".join(f"{body}\n" for body in bodies), encoding="utf-8")
        prepared[server.name] = place, file, bodies
    for number in range(1, plan.rounds + 1):
        for one in found:
            if one.error:
                continue
            print(f"{model.name}, round {number}/{plan.rounds}: {one.server.name}", file=sys.stderr)
            place, file, bodies = prepared[one.server.name]
            try:
                measure(one, place, plan, file, bodies)
            except (FailedError, subprocess.TimeoutExpired) as error:
                one.error = str(error)
                log = (place.work / "server.log").read_text(encoding="utf-8", errors="replace")
                print("\n".join(log.splitlines()[-LOG_LINES:]), file=sys.stderr)
    for one in found:
        if one.server is KEEPFIT and not one.error:
            one.journalled = journalled(prepared[KEEPFIT.name][0].work)
    return found
