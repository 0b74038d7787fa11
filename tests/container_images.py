"""Images as tests build and run them: really, and without a Docker engine, by `container-check`, which drives buildah.

Each container has a network of its own with loopback alone, so its port is nobody else's.

References
----------
buildah-run(1), unshare(1), nsenter(1).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[1] / ".." / "shared" / "tools" / "container-check"
_PACKAGES = {"buildah": "buildah", "debootstrap": "debootstrap", "ip": "iproute2", "nsenter": "util-linux"}
_STORE = "/var/tmp/keepfit-images"  # kept from run to run: it has the layers that need not be built again
_ALONE = ("unshare", "--net", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "-")


def require_images() -> None:
    """Skip where images cannot be built."""
    if not CHECK.is_file():
        pytest.skip("what builds images is not at hand (../shared/tools/container-check)")
    if os.geteuid():
        pytest.skip("images are built by root")
    missing = [package for program, package in _PACKAGES.items() if not shutil.which(program)]
    if missing:
        pytest.skip(f"not installed (Debian's packages): {', '.join(missing)}")


class Image:
    """An image, built.

    Parameters
    ----------
    name
        Of its file in `deploy`: `serve` or `train`.
    context
        Folder that it is built from.
    """

    def __init__(self, name: str, context: Path) -> None:
        self._tag = f"keepfit-{name}-{zlib.crc32(bytes(context.resolve())):08x}"
        self._environment, options = _storage()
        self._call(str(CHECK), "build", str(context), f"{context}/deploy/{name}.Dockerfile", self._tag, *options)
        inspected = json.loads(self._call("buildah", "inspect", "--type", "image", self._tag))
        self.config = inspected["Docker"]["config"]
        self.history = [step["created_by"] for step in inspected["Docker"]["history"]]
        self.command = [*self.config["Entrypoint"], *self.config["Cmd"]]

    def run(self, *command: str, project: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command in a container to its end."""
        alone = self._in_container(command, project)
        return subprocess.run(alone, env=self._environment, capture_output=True, text=True, check=False)

    @contextmanager
    def running(self, *command: str, project: Path) -> Iterator[Container]:
        """Start a container, and stop it by the image's own signal when the block ends."""
        with subprocess.Popen(
            self._in_container(command, project),
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            container = Container(process, self.config)
            try:
                yield container
            finally:
                container.stop()

    def _in_container(self, command: tuple[str, ...], project: Path | None) -> list[str]:
        volume = ["-v", f"{project}:/project"] if project else []
        return [*_ALONE, str(CHECK), "run", self._tag, *volume, "--", *command]

    def _call(self, *command: str) -> str:
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout


class Container:
    """A running container.

    Attributes
    ----------
    first_line
        What it said first.
    """

    def __init__(self, process: subprocess.Popen[str], config: dict) -> None:
        self._process = process
        self._config = config
        self.first_line = process.stdout.readline()

    def pid(self) -> int:
        """Return the number, on this machine, of the process that would be the first of the container."""
        below = _descendants(self._process.pid)
        found = [pid for pid in below if not Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"buildah")]
        assert found, self.first_line + self._process.stdout.read()
        return found[0]

    def status(self) -> dict[str, str]:
        """Return what the system says of that process."""
        lines = Path(f"/proc/{self.pid()}/status").read_text().splitlines()
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command inside, as `docker exec` does: its root, its mounts, its network, its user, its environment."""
        inside = ["nsenter", f"--target={self.pid()}", "--mount", "--net", "--root", "--wd"]
        user, _, group = self._config["User"].partition(":")
        environment = ["/usr/bin/env", "--ignore-environment", *self._config["Env"]]
        return self._do(*inside, f"--setuid={user}", f"--setgid={group}", "--", *environment, *command)

    def beside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command of this machine that reaches the container's network, and nothing else of it."""
        return self._do("nsenter", f"--target={self.pid()}", "--net", "--", *command)

    def stop(self) -> tuple[int, str]:
        """Stop it if it runs, as an engine does; return its status and what else it said."""
        if self._process.poll() is None:
            os.kill(self.pid(), signal.Signals[self._config["StopSignal"]])
        said = self._process.stdout.read()
        return self._process.wait(30), said

    @staticmethod
    def _do(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _storage() -> tuple[dict[str, str], list[str]]:
    """Return the environment and the options of builds.

    Layers are kept where the system can mount one over another. Elsewhere each is a copy of all below it: then an image
    is built in one go. The form is Docker's, since the other has no health check.
    """
    home = os.environ.get("CONTAINER_CHECK_HOME", _STORE)
    settings = {"CONTAINER_CHECK_HOME": home, "CONTAINERS_STORAGE_CONF": f"{home}/storage.conf"}
    environment = {**os.environ, **settings, "BUILDAH_FORMAT": "docker"}
    probe = ["buildah", "--storage-driver=overlay", f"--root={home}/graph", f"--runroot={home}/run", "images"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        return environment, ["--layers=false"]
    return {**environment, "STORAGE_DRIVER": "overlay"}, []


def _descendants(pid: int) -> list[int]:
    """Return the processes below one, parents first."""
    children = [int(one) for file in Path(f"/proc/{pid}/task").glob("*/children") for one in file.read_text().split()]
    return [*children, *(below for child in children for below in _descendants(child))]
