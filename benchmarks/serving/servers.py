"""The servers of the benchmark: what each is started with, how it is asked, and where its answer is."""

# Only the standard library, as in `load.py`.

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from load import MARK, SERVER_CORE, FailedError, Tree  # the file beside this one

HERE = Path(__file__).parent
PEERS = HERE / "peers"
ROOT = HERE.parents[1]
UV = Path(sys.executable).with_name("uv")
READY_SECONDS = 120.0
WARMING_SECONDS = 30.0  # some answer 404 or 503 until their model is loaded
POLL_SECONDS = 0.005
STOP_SECONDS = 15.0
OWN_SETTINGS = ("KEEPFIT_HOME", "KEEPFIT_PROJECT", "MLFLOW_TRACKING_URI", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
Record = dict[str, Any]
OWN_PACKAGE = {"PYTHONPATH": str(ROOT / "tests" / "training" / "example_package")}  # a step of a user's own


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server finds its things.

    Attributes
    ----------
    model
        Folder of the model's files; see `models.py`.
    work
        Folder of the server itself, for this model.
    python
        The interpreter of its environment.
    """

    model: Path
    work: Path
    python: Path

    def tool(self, name: str) -> str:
        """Return the path of a command of the environment."""
        return str(self.python.with_name(name))


@dataclass(frozen=True, slots=True)
class Server:
    """A way to serve the model.

    Attributes
    ----------
    name, title
        For options and files, and for tables.
    command
        What it is started with, from its place and a port.
    path
        Of its route.
    body
        What it is sent for a record.
    probability
        Reads the probability from its answer.
    prepare
        What makes its model, once for each model; empty when there is nothing to make.
    env
        What it needs in the environment, from its place and port.
    has_batches
        Whether it puts requests that wait into one call of the model.
    """

    name: str
    title: str
    command: Callable[[Place, int], list[str]]
    path: str
    body: Callable[[Record], Any] = dict
    probability: Callable[[Any], float] = lambda answer: answer["probability"]
    prepare: Callable[[Place], list[str]] = lambda _: []
    env: Callable[[Place, int], Mapping[str, str]] = field(default=lambda _place, _port: {})
    has_batches: bool = False

    @property
    def requirements(self) -> Path | None:
        """The pins of its environment; None where it lives in ours."""
        file = PEERS / f"{self.name}.txt"
        return file if file.exists() else None


KEEPFIT = Server(
    "keepfit",
    "**`keepfit serve`**",
    lambda place, port: [place.tool("keepfit"), "serve", "--project", str(place.work), "--port", str(port)],
    "/api/prediction",
    env=lambda _place, _port: OWN_PACKAGE,
)
CEILING = Server(
    "ceiling",
    "ceiling: a constant, the same HTTP stack",
    lambda place, port: [str(place.python), str(HERE / "ceiling.py"), str(port)],
    "/api/prediction",
)
DURABLE = Server(
    "durable",
    "ceiling with a row in SQLite before the constant",
    lambda place, port: [str(place.python), str(HERE / "ceiling.py"), str(port), str(place.work / "rows.db")],
    "/api/prediction",
)
OURS = (KEEPFIT, CEILING, DURABLE)


def pipeline_command(place: Place, *extra: str) -> list[str]:
    """Return the command that fits a peer's pipeline."""
    return [str(place.python), str(PEERS / "pipeline.py"), str(place.model), str(place.work), *extra]


def model_variable(place: Place, _: int) -> dict[str, str]:
    """Return the variable by which the peers' services find their pipeline."""
    return {"MODEL": str(place.work / "model.joblib")}


def uvicorn_command(place: Place, port: int) -> list[str]:
    """Return how the service that is written by hand is started."""
    asked = ["--app-dir", str(PEERS), "--port", str(port), "--workers", "1", "--no-access-log"]
    return [place.tool("uvicorn"), "handwritten:app", *asked, "--log-level", "warning"]


def bentoml_command(place: Place, port: int) -> list[str]:
    """Return how BentoML is started."""
    asked = ["--working-dir", str(PEERS), "--host", "127.0.0.1", "--port", str(port)]
    return [place.tool("bentoml"), "serve", "bento_service:Credit", *asked]


def mlflow_command(place: Place, port: int) -> list[str]:
    """Return how MLflow is started; it finds uvicorn on the path."""
    asked = ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    return [place.tool("mlflow"), "models", "serve", "--model-uri", str(place.work / "mlflow"), *asked]


def mlserver_ports(_: Place, port: int) -> dict[str, str]:
    """Return the ports of MLServer, all of which it opens."""
    ports = {"MLSERVER_HTTP_PORT": port, "MLSERVER_GRPC_PORT": free_port(), "MLSERVER_METRICS_PORT": free_port()}
    return {"MLSERVER_HOST": "127.0.0.1", "MLSERVER_PARALLEL_WORKERS": "1", **{k: str(v) for k, v in ports.items()}}


def mlserver_body(record: Record) -> dict[str, Any]:
    """Return a record in the Open Inference Protocol: a tensor for each column."""
    tensors = [
        {
            "name": name,
            "shape": [1, 1],
            "datatype": "BYTES" if name in TEXTS else "FP64",
            "data": [value],
            **({"parameters": {"content_type": "str"}} if name in TEXTS else {}),
        }
        for name, value in record.items()
    ]
    return {"parameters": {"content_type": "pd"}, "inputs": tensors, "outputs": [{"name": "predict_proba"}]}


TEXTS = ("Home", "Marital", "Records", "Job")
PEER_SERVERS = (
    Server(
        "handwritten",
        "FastAPI, pandas, `predict_proba`, by hand",
        uvicorn_command,
        "/predict",
        prepare=pipeline_command,
        env=model_variable,
    ),
    Server(
        "mlflow",
        "`mlflow models serve`",
        mlflow_command,
        "/invocations",
        body=lambda record: {"dataframe_records": [record]},
        probability=lambda answer: answer["predictions"][0][1],
        prepare=lambda place: pipeline_command(place, "mlflow"),
    ),
    Server(
        "bentoml",
        "BentoML",
        bentoml_command,
        "/predict",
        body=lambda record: {"record": record},
        prepare=pipeline_command,
        env=lambda place, port: {**model_variable(place, port), "BENTOML_DO_NOT_TRACK": "true"},
    ),
    Server(
        "mlserver",
        "MLServer",
        lambda place, _: [place.tool("mlserver"), "start", str(place.work)],
        "/v2/models/credit/infer",
        body=mlserver_body,
        probability=lambda answer: answer["outputs"][0]["data"][1],
        prepare=lambda place: pipeline_command(place, "mlserver"),
        env=mlserver_ports,
    ),
    Server(
        "ray",
        "Ray Serve",
        lambda place, port: [str(place.python), str(PEERS / "ray_service.py"), str(port)],
        "/predict",
        prepare=pipeline_command,
        env=lambda place, port: {**model_variable(place, port), "RAY_USAGE_STATS_ENABLED": "0"},
    ),
    Server(
        "litserve",
        "LitServe, up to 32 rows in one call",
        lambda place, port: [str(place.python), str(PEERS / "litserve_service.py"), str(port)],
        "/predict",
        prepare=pipeline_command,
        env=model_variable,
        has_batches=True,
    ),
)


def chosen_peers(names: str) -> list[Server]:
    """Return the peers of an option: all, none, or names with commas between.

    Raises
    ------
    KeyError
        When a name is none of theirs.
    """
    known = {server.name: server for server in PEER_SERVERS}
    if names in ("all", "none"):
        return list(known.values()) if names == "all" else []
    return [known[name] for name in names.split(",")]


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers.

    Attributes
    ----------
    port
        Where.
    tree
        Its processes.
    ready_seconds
        From the start of the process to the first answer with status 200.
    """

    port: int
    tree: Tree
    ready_seconds: float


def environment(place: Place, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a server: ours without our settings, its own commands first on the path."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    path = f"{place.python.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return {**kept, "PATH": path, "HOME": str(place.work), **extra}


@contextmanager
def running(server: Server, place: Place, first_body: str) -> Iterator[Running]:
    """Start a server on its core, wait for its first answer, and stop all of its processes at the end.

    Raises
    ------
    FailedError
        When it ends before it answers, or does not answer in time.
    """
    port, mark = free_port(), uuid.uuid4().hex
    env = {**environment(place, server.env(place, port)), MARK: mark}
    command = ["taskset", "-c", str(SERVER_CORE), *server.command(place, port)]
    log = place.work / "server.log"
    with log.open("wb") as said:
        began = time.perf_counter()
        try:
            process = subprocess.Popen(
                command, stdout=said, stderr=said, env=env, cwd=place.work, start_new_session=True
            )
        except OSError as error:
            raise FailedError(f"cannot be started: {error.strerror}") from error
        tree = Tree(process.pid, mark)
        try:
            _wait(process, log, port, server.path, first_body)
            yield Running(port, tree, time.perf_counter() - began)
        finally:
            _stop(process, tree)


def free_port() -> int:
    """Return a port of loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], log: Path, port: int, path: str, body: str) -> None:
    deadline = time.perf_counter() + READY_SECONDS
    told = ""
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise FailedError(f"ended with {process.returncode} before it answered: {_last_line(log)}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status == http.client.OK:
                return
            if not told:
                deadline = min(deadline, time.perf_counter() + WARMING_SECONDS)
            told = f"{answer.status} {said.decode(errors='replace')[:200]}"
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(POLL_SECONDS)
    raise FailedError(f"no answer with status 200 in time: {told or _last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "says nothing")


def _stop(process: subprocess.Popen[bytes], tree: Tree) -> None:
    """Ask the process to end; what is alive of its tree after that is killed, each by its number."""
    known = tree.pids()
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"{process.args[3]}: killed, as it did not end when asked", file=sys.stderr)
    deadline = time.perf_counter() + STOP_SECONDS
    while alive := tree.left(known):
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if process.poll() is None:
            process.wait(STOP_SECONDS)
        if time.perf_counter() > deadline:
            break
        time.sleep(0.05)


def own_python() -> Path:
    """Return the interpreter that this benchmark runs in."""
    return Path(sys.executable)


def core_python(cache: Path) -> Path:
    """Return the interpreter of an environment that holds what `pip install keepfit` installs, this source, no more.

    Its versions are those of our lock. It is made anew for each run.
    """
    folder = cache / "core"
    python, pins = folder / "bin" / "python", cache / "core-versions.txt"
    locked = (ROOT / "locks" / "all.txt").read_text(encoding="utf-8")
    pins.write_text("\n".join(re.findall(r"^([\w.-]+==[^\\\n]+)", locked, re.MULTILINE)), encoding="utf-8")
    for command in (
        [UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder],
        [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "--constraint", pins, ROOT],
    ):
        subprocess.run(command, check=True)
    os.sync()  # or the disk is busy with it while the first server is measured
    return python


def peer_python(server: Server, cache: Path) -> Path:
    """Return the interpreter of a peer's environment, made on first use and when a pin changes.

    Raises
    ------
    FailedError
        When it cannot be installed.
    """
    pins = server.requirements
    if pins is None:
        return own_python()
    folder = cache / "peers" / server.name
    python, installed = folder / "bin" / "python", folder / pins.name
    if installed.is_file() and installed.read_bytes() == pins.read_bytes():
        return python
    print(f"installing {pins.name}", file=sys.stderr)
    for command in (
        [UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder],
        [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "--requirement", pins],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            raise FailedError(f"cannot be installed: {lines[-1][:200] if lines else done.returncode}")
    installed.write_bytes(pins.read_bytes())
    return python


def make_model(server: Server, place: Place) -> None:
    """Make what a peer serves, in its own environment.

    Raises
    ------
    FailedError
        When that fails.
    """
    command = server.prepare(place)
    if not command:
        return
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment(place, {}))
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise FailedError(f"its model cannot be made: {lines[-1][:200] if lines else done.returncode}")


def bodies_of(server: Server, records: list[Record]) -> list[str]:
    """Return what a server is sent for each record."""
    return [json.dumps(server.body(record), separators=(",", ":")) for record in records]
