"""Read a window into columns, as a check does, and say as JSON what it took; a process of its own.

Usage: .venv/bin/python benchmarks/journal/read.py URL PROJECT SIGNATURE ROWS
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from keepfit.journal import Window, open_journal
from keepfit.scoring import HistoryReader
from keepfit.signature import Signature


def main() -> None:
    """Print rows, seconds and megabytes."""
    url, project, signature, rows = sys.argv[1:]
    reader = HistoryReader(Signature.from_dict(json.loads(Path(signature).read_text(encoding="utf-8"))))
    with open_journal(url) as journal:
        began, used = time.perf_counter(), time.process_time()
        found = 0
        for part in journal.parts(Window(project, int(rows), model_version=1)):
            found += len(reader.matrix(part.sent))
        told = {"rows": found, "seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - used}
    print(json.dumps({**told, "megabytes": peak_bytes() / 1e6}))


def peak_bytes() -> int:
    """Return the most that this process had resident; `getrusage` would count what started it too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
