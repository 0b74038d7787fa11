"""What every test begins with: no home, no project, no network of the person who runs them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
import urllib3

import keepfit
from age_model import age_in_percent
from keepfit.bundle import BundleFacts, BundleStore, Lineage, Pointer, Recipe
from keepfit.project.entry_points import registered
from keepfit.signature import Column, Kind, Outcome, Signature
from postgres_server import PostgresServer, programs

hypothesis.settings.register_profile("keepfit", deadline=None)  # a machine may be slow: time is for benchmarks
hypothesis.settings.load_profile("keepfit")

DATASETS = Path(__file__).parents[1] / ".." / "shared" / "datasets"
OWN_SETTINGS = (
    *("KEEPFIT_HOME", "KEEPFIT_PROJECT", "KEEPFIT_ACTOR", "KEEPFIT_DATA_MIRROR", "MLFLOW_TRACKING_URI"),
    *("KEEPFIT_API_TOKEN", "KEEPFIT_ADMIN_TOKEN"),
    *("KEEPFIT_JOURNAL_URL", "KEEPFIT_TRACKING_URI", "KEEPFIT_STATSD_ADDRESS"),
)


@pytest.fixture(scope="session", autouse=True)
def _out_of_reach(tmp_path_factory):
    """Keep the real home, its settings and the network out of reach, of fixtures of every scope too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        for name in OWN_SETTINGS:
            patch.delenv(name, raising=False)
        patch.setenv("KEEPFIT_OFFLINE", "1")
        yield


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The folder of real tables; what needs it is skipped without it."""
    if not DATASETS.is_dir():
        pytest.skip("the real tables are not at hand (../shared/datasets)")
    return DATASETS


# An error could be caught by who tries, so the process ends.
OFFLINE = """import os, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen"):
        os.write(2, f"{event}{arguments}".encode())
        os._exit(1)
sys.addaudithook(refuse)
"""


@pytest.fixture(scope="session")
def run_beside_evidently():
    """Runs code in the environment of locks/evidently.txt, where nobody can be reached and a warning is an error."""
    python = os.environ.get("KEEPFIT_EVIDENTLY_PYTHON")
    if not python:
        pytest.skip(
            "Evidently has an environment of its own: KEEPFIT_EVIDENTLY_PYTHON names its Python (make evidently)"
        )

    def run(code: str, *arguments: object) -> str:
        command = [python, "-W", "error", "-c", OFFLINE + code, *map(str, arguments)]
        sources = {**os.environ, "PYTHONPATH": str(Path(keepfit.__file__).parents[1])}
        done = subprocess.run(command, env=sources, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def example_package():
    """The package of docs/extending.md, as if it were installed: here, and in the processes that are started."""
    folder = str(Path(__file__).parent / "training" / "example_package")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setenv("PYTHONPATH", folder, prepend=os.pathsep)
        registered.cache_clear()
        yield folder
    registered.cache_clear()


@pytest.fixture(scope="session")
def make_scoring_project():
    """Makes a project whose champion scores at once: the probability is age in percent, 0.5 where it is missing."""

    def make(
        folder: Path, *, data: str = "", unseen: bool = True, optional: bool = True, entity: str | None = "id"
    ) -> Path:
        columns = (
            Column("age", Kind.INTEGER, optional, minimum=0, maximum=90),
            Column("income", Kind.NUMBER, optional, minimum=0, maximum=1000),
            Column("job", Kind.CATEGORY, categories=("fixed", "partime")),
        )
        signature = Signature(columns, Outcome("y", "no", "yes"), entity=entity, accepts_unseen=unseen)
        lineage = Lineage("t.csv", "file", "t.csv", "f", 10, Recipe("by hand"), 0, "0", "e")

        def facts(version: int) -> BundleFacts:
            return BundleFacts("t", version, "2026-01-01T00:00:00.000Z", signature, 0.5, {}, "", lineage)

        named = f'entity = "{entity}"' if entity else ""
        text = f'[project]\nname = "t"\n[data]\nsource = "t.csv"\ntarget = "y"\n{named}\n{data}\n'
        (folder / "keepfit.toml").write_text(text)
        store = BundleStore(folder / ".keepfit" / "bundles")
        made = store.add(facts, model=age_in_percent(len(columns)), profile={}, card=lambda _: "")
        store.point("champion", Pointer(made.facts.version, made.digest, 1))
        return folder

    return make


@contextmanager
def _running_postgres(*settings: str):
    if programs() is None:
        pytest.skip("PostgreSQL's server is not installed")
    with tempfile.TemporaryDirectory(prefix="keepfit-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server is another user's
        server = PostgresServer(Path(folder) / "server", *settings)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server that all tests of this process share; who stops it uses one of his own."""
    with _running_postgres() as server:
        yield server


@pytest.fixture
def new_postgres():
    """Starts a PostgreSQL server with settings of a test's own: a context manager."""
    return _running_postgres


@pytest.fixture
def own_postgres():
    """A PostgreSQL server that a test may stop."""
    with _running_postgres() as server:
        yield server


class Service:
    """A running `keepfit serve`."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self._pool = urllib3.PoolManager(timeout=10.0, retries=False, maxsize=32)
        self._lines: list[str] = []
        self._listener = threading.Thread(target=self._listen)  # who logs into a full pipe would stand still
        self._listener.start()

    def log(self) -> str:
        """Return what it said after its first line; it ends, or has ended."""
        self._listener.join(20)
        return "".join(self._lines)

    def _listen(self) -> None:
        self._lines.extend(self.process.stdout)

    def post(self, path: str, body, **kwargs):
        return self._pool.request("POST", f"{self.url}{path}", json=body, **kwargs)

    def send(self, path: str, data: bytes, content_type: str = "application/json", headers: dict | None = None):
        sent = {"Content-Type": content_type, **(headers or {})}
        return self._pool.request("POST", f"{self.url}{path}", body=data, headers=sent)

    def get(self, path: str, **headers: str):
        return self._pool.request("GET", f"{self.url}{path}", headers=headers)

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def running(rooms, *options: str, several=(), **environment: str):
    """Start the service of a project on a free port, and end it by its pid."""
    projects = [str(one.folder) for one in several or [rooms]]
    command = [sys.executable, "-m", "keepfit", "serve", *projects, "--port", "0", *options]
    service = None
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            first = process.stdout.readline()
            assert " answers at http://" in first, first + process.stdout.read()
            below = first.split(" answers at ")[1].split(",")[0]
            service = Service(process, "/".join(below.split("/")[:3]))
            _wait_until_ready(service, below.removeprefix(service.url))
            yield service
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(20)
            if service is not None:
                service.log()  # the pipe is read to its end before it is closed


def _wait_until_ready(service: Service, prefix: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if service.get(f"{prefix}/ready").status == 200:
                return
        except urllib3.exceptions.HTTPError:
            continue
    raise AssertionError("the service was not ready in 30 seconds")


@pytest.fixture(scope="session")
def serve():
    """Starts a service of a project in a process of its own: a context manager."""
    return running
