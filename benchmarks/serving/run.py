"""Keepfit's HTTP service beside its peers and the ceiling: one row in, a probability out.

Usage: KEEPFIT_DATA_MIRROR=... .venv/bin/python benchmarks/serving/run.py [options]

    --peers none --rounds 1 --seconds 2       only ours and the ceiling: a minute, for those who change the service
    --models random_forest --connections 32   less of that
    --rounds 3 --seconds 4 --write            the whole, into benchmarks/README.md and docs/pictures/

Two models of the credit table, and one that no graph can hold, a thousand different bodies, one worker each, on
loopback. In every round each server is
started, waited for, warmed, loaded by wrk with 1 and with 32 connections, then at a steady pace of half its own rate,
and stopped: A B C, A B C, so that noise hits all. The server has one core and the load another. A ratio is the median
of the ratios of the rounds. wrk and taskset come from the system; peers are installed into the cache, as
`peers/*.txt` pin them. What cannot be installed or started is said in the table.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from load import require_tools  # the files beside this one
from measure import Plan, measure_model
from report import Report, write
from servers import CEILING, DURABLE, KEEPFIT, chosen_peers, core_python, own_python
from surroundings import sync_microseconds

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keepfit-benchmarks"
MIRROR = "KEEPFIT_DATA_MIRROR"
MODELS = ("random_forest", "lightgbm", "pipeline")


def model_folder(model: str, cache: Path, *, is_fresh: bool) -> Path:
    """Return the folder of a model's files, trained on first use, and for another `models.py` or mirror."""
    told = (HERE / "models.py").read_bytes() + os.environ.get(MIRROR, "").encode()
    digest = hashlib.sha256(told).hexdigest()[:12]
    folder = cache / "models" / f"{model}-{digest}"
    if is_fresh or not (folder / "facts.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        print(f"training {model}", file=sys.stderr)
        command = [str(own_python()), str(HERE / "models.py"), model, str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def installed_megabytes(python: Path) -> float:
    """Return the size of the packages of an environment, without what Python compiles of them."""
    (site,) = python.parents[1].glob("lib/python*/site-packages")
    files = (path for path in site.rglob("*") if path.is_file() or path.is_symlink())
    return sum(path.lstat().st_size for path in files if path.suffix != ".pyc") / 1e6


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default="all", help="all, none, or names with commas between")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each load")
    parser.add_argument("--connections", default="1,32")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where models and the peers' environments are kept")
    parser.add_argument("--fresh", action="store_true", help="train the models again")
    parser.add_argument("--write", action="store_true", help="write README and pictures")
    asked = parser.parse_args()
    require_tools()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers are stopped in this case too
    plan = Plan(asked.rounds, asked.seconds, tuple(int(one) for one in asked.connections.split(",")))
    try:
        servers = (KEEPFIT, *chosen_peers(asked.peers), CEILING, DURABLE)
    except KeyError as unknown:
        parser.error(f"--peers: {unknown} is not one of them")
    asked.cache.mkdir(parents=True, exist_ok=True)
    core = core_python(asked.cache)
    found, origin, before = {}, "", os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=asked.cache) as name:
        scratch = Path(name)
        for model in asked.models.split(","):
            folder = model_folder(model, asked.cache, is_fresh=asked.fresh)
            origin = json.loads((folder / "facts.json").read_text(encoding="utf-8"))["origin"]
            some = (KEEPFIT,) if model == "pipeline" else servers
            found[model] = measure_model(folder, some, plan, scratch, asked.cache)
        size = installed_megabytes(core)
        sync = sync_microseconds(scratch)
    report = Report(found, plan, size, origin, (before, os.getloadavg()[0]), sync)
    print(report.markdown())
    if asked.write:
        write(report)


if __name__ == "__main__":
    main()
