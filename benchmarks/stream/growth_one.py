"""One contestant along a long stream, in a process of its own: what each batch takes, and what is kept.

Usage: python growth_one.py NAME BATCHES
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # for what all measurements have in common

from contestants import CONTESTANTS  # the files beside this one
from long_stream import LongStream
from ours import OurLearner
from processes import MAXRSS_BYTES, MEGABYTE
from wines import read_table

from keepfit.workflows.stream.history_file import HistoryFile
from keepfit.workflows.stream.journey import Journey
from keepfit.workflows.stream.saved_state import StateFolder
from keepfit.workflows.stream.state_facts import saved

SEED = 0


def main() -> None:
    """Print the seconds of each batch, and what is kept after some of them, as JSON."""
    name, count = sys.argv[1], int(sys.argv[2])
    stream = LongStream(read_table(), SEED)
    model = CONTESTANTS[name](stream.signature, stream.begin, SEED)
    learning, turns, processors, saving = [], [], [], []
    state_bytes: list[int] = []
    journey = Journey("measured", 1)
    with tempfile.TemporaryDirectory() as folder:
        states, history = StateFolder(Path(folder)), HistoryFile(Path(folder))
        for batch in stream.batches(count):
            began, used = time.perf_counter(), time.process_time()
            model.learn(batch.matrix, batch.labels)
            turns.append(time.perf_counter() - began)
            processors.append(time.process_time() - used)
            if isinstance(model, OurLearner):
                learning.append(model.facts.learn_seconds)
                journey.add(model.facts, may_take_over=False)
                began = time.perf_counter()
                history.append(model.facts)
                states.save(saved(model.course, journey, {}))
                saving.append(time.perf_counter() - began)
                state_bytes.append(max(path.stat().st_size for path in Path(folder).glob("*.state")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_BYTES / MEGABYTE
    told = {"learning": learning or turns, "turns": turns, "cpu": processors, "saving": saving}
    print(json.dumps({**told, "state_bytes": state_bytes, "peak_mb": peak}))


if __name__ == "__main__":
    main()
