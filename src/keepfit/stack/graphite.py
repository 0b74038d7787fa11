"""Graphite and StatsD on this machine: their programs, their files in one folder, and how they are started.

Three processes: StatsD takes datagrams, adds them up and hands them to carbon; carbon keeps them in files of a fixed
size; graphite-web answers for them, to Grafana and to people. StatsD hands on as often as the finest archive has a
point: more often, and all but the last of a point's counts would be lost. Where points become coarser, counts are added
up, and of the rest the mean is kept, or the extreme that it is.

References
----------
StatsD, docs/graphite.md: storage schemas and aggregation that go with StatsD's names.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keepfit.monitoring.graphite_board import PERCENTILES, ROOT
from keepfit.project.stack_section import PortsSection
from keepfit.stack.parts import Absent, Part, Port

DEFAULT_RETENTIONS = "10s:6h,1m:7d,10m:1y"
_HOST = "127.0.0.1"  # none of them asks who is there
_DEBIAN = "/usr/bin"  # its Python has graphite-web and Django, whatever other Python comes first on the PATH
_STATIC = "/usr/share/graphite-web/static"
_SETTINGS, _WSGI = "keepfit_graphite_settings", "keepfit_graphite_wsgi"
_SECRET = "KEEPFIT_GRAPHITE_SECRET"  # noqa: S105 - the variable's name
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_APPLICATION = f"""from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()  # graphite.wsgi's own does not know the whitenoise of today
try:
    from whitenoise import WhiteNoise
except ImportError:  # /render needs none
    pass
else:
    application = WhiteNoise(application, root="{_STATIC}", prefix="static/")
"""
_FORGET = "import pathlib, sys; pathlib.Path(sys.argv[1]).unlink(missing_ok=True)"
_STATSD_REMEDY = "npm install --global statsd (it runs on Node.js 8 to 22)"


@dataclass(frozen=True, slots=True)
class GraphitePrograms:
    """Where the programs are.

    Attributes
    ----------
    carbon, manage, python, gunicorn
        Debian's `carbon-cache` and `graphite-manage`, the Python that has them, and its WSGI server.
    node, statsd
        Node.js, and StatsD of npm.
    """

    carbon: str
    manage: str
    python: str
    gunicorn: str
    node: str
    statsd: str


def find_graphite() -> GraphitePrograms | Absent:
    """Look for the programs; where one is missing none is of use, and what is missing is said with its remedy."""
    carbon, manage, python, gunicorn = (
        shutil.which(name, path=_DEBIAN) or "" for name in ("carbon-cache", "graphite-manage", "python3", "gunicorn")
    )
    node, daemon = shutil.which("node") or "", shutil.which("statsd") or ""
    needed = (
        (carbon, "carbon-cache", "Debian's package graphite-carbon"),
        (manage and python, "graphite-manage", "Debian's package graphite-web"),
        (gunicorn, "gunicorn", "Debian's package gunicorn (that of a virtual environment sees no graphite-web)"),
        (node, "node", "Debian's package nodejs"),
        (daemon, "statsd", _STATSD_REMEDY),
    )
    missing = [(name, remedy) for program, name, remedy in needed if not program]
    if not missing:
        return GraphitePrograms(carbon, manage, python, gunicorn, node, daemon)
    names = ", ".join(name for name, _ in missing)
    return Absent("graphite", f"not installed: {names}", "; ".join(remedy for _, remedy in missing))


def graphite_files(folder: Path, ports: PortsSection, retentions: str = DEFAULT_RETENTIONS) -> dict[str, str]:
    """Return the files that the servers read, by their names in the folder; they hold no secret.

    Parameters
    ----------
    folder
        Where the files are written, and where the servers keep what they know: absolute.
    ports
        Where they listen.
    retentions
        Carbon's archives, the finest first, `precision:duration`; a name with the default takes 0.8 MB from its first
        point on. Files that are there already keep the archives that they have.
    """
    return {
        "carbon.conf": _carbon(folder, ports),
        "storage-schemas.conf": _schemas(retentions),
        "storage-aggregation.conf": _aggregation(),
        "statsd.js": _statsd(ports, finest_seconds(retentions)),
        f"{_SETTINGS}.py": _web(folder, ports),
        f"{_WSGI}.py": _APPLICATION,
        "whisper/README": "What carbon keeps: a file for each name.\n",
    }


def image_files(retentions: str = DEFAULT_RETENTIONS) -> dict[str, str]:
    """Return what an image of Graphite with StatsD reads in place of its own files, by the paths in its container.

    StatsD is reached by the network of the containers, and all else within the container alone.

    Parameters
    ----------
    retentions
        As for `graphite_files`.
    """
    inside = PortsSection()
    return {
        "/opt/statsd/config/udp.js": _statsd(inside, finest_seconds(retentions), listens_at="0.0.0.0"),  # noqa: S104
        "/opt/graphite/conf/storage-schemas.conf": _schemas(retentions),
        "/opt/graphite/conf/storage-aggregation.conf": _aggregation(),
    }


def graphite_parts(
    folder: Path, ports: PortsSection, programs: GraphitePrograms, secret: str
) -> tuple[Part, Part, Part]:
    """Return carbon, graphite-web and StatsD, in the order in which they are started.

    Parameters
    ----------
    folder
        That of `graphite_files`.
    ports
        As there.
    programs
        What starts them.
    secret
        With which graphite-web signs its cookies; the same at every start keeps people logged in.
    """
    pid = str(folder / "carbon.pid")  # what was killed leaves it, and another process may have that number by now
    carbon = (programs.carbon, "--nodaemon", f"--config={folder / 'carbon.conf'}", f"--pidfile={pid}", "start")
    url = f"http://{_HOST}:{ports.graphite}"
    web = (programs.python, "-m", "gunicorn", "--bind", f"{_HOST}:{ports.graphite}", "--workers", "2", _WSGI)
    tables = (programs.python, programs.manage, "migrate", "--run-syncdb", "--skip-checks", "--verbosity", "0")
    told = {
        "PYTHONPATH": str(folder),
        "GRAPHITE_SETTINGS_MODULE": _SETTINGS,
        "DJANGO_SETTINGS_MODULE": "graphite.settings",
        _SECRET: secret,
    }
    return (
        Part(
            "carbon",
            carbon,
            ready=f"tcp://{_HOST}:{ports.carbon}",
            ports=(_port(ports, "carbon"), _port(ports, "carbon_queries")),
            environment={"PYTHONPATH": ""},
            preparations=((programs.python, "-c", _FORGET, pid),),
        ),
        Part("graphite", web, url, f"{url}/metrics/find?query=*", (_port(ports, "graphite"),), told, (tables,)),
        Part(
            "statsd",
            (programs.node, programs.statsd, str(folder / "statsd.js")),
            ready=f"tcp://{_HOST}:{ports.statsd_admin}",
            ports=(_port(ports, "statsd", is_udp=True), _port(ports, "statsd_admin")),
        ),
    )


def finest_seconds(retentions: str) -> int:
    """Return how far apart the points of the finest archive are, in seconds.

    Raises
    ------
    ValueError
        When carbon would not understand the archives.
    """
    found = re.match(r"(\d+)([smhd])?:", retentions)
    if found is None or not int(found[1]):
        raise ValueError(f'"{retentions}" has no archives; for example {DEFAULT_RETENTIONS}')
    return int(found[1]) * _UNITS[found[2] or "s"]


def _carbon(folder: Path, ports: PortsSection) -> str:
    settings = {
        "STORAGE_DIR": folder,
        "LOCAL_DATA_DIR": folder / "whisper",
        "CONF_DIR": folder,
        "LOG_DIR": folder,
        "PID_DIR": folder,
        "USER": "",
        "LINE_RECEIVER_INTERFACE": _HOST,
        "LINE_RECEIVER_PORT": ports.carbon,
        "PICKLE_RECEIVER_PORT": 0,  # nobody sends by it
        "ENABLE_UDP_LISTENER": False,
        "CACHE_QUERY_INTERFACE": _HOST,
        "CACHE_QUERY_PORT": ports.carbon_queries,
        "MAX_CREATES_PER_MINUTE": "inf",  # the first point of a name beyond it would be lost
        "WHISPER_AUTOFLUSH": True,
        "ENABLE_TAGS": False,
        "LOG_UPDATES": False,
        "LOG_CREATES": False,
        "LOG_CACHE_HITS": False,
        "LOG_CACHE_QUEUE_SORTS": False,
        "LOG_LISTENER_CONN_SUCCESS": False,
    }
    return "[cache]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())


def _schemas(retentions: str) -> str:
    return f"[keepfit]\npattern = .*\nretentions = {retentions}\n"


def _aggregation() -> str:
    """Return how points become coarser: a count of ten minutes is the sum of its ten seconds."""
    kinds = (
        ("counts", r"\.(count|sum|sum_squares)(_\d+)?$", "sum"),
        ("smallest", r"\.lower$", "min"),
        ("greatest", r"\.upper(_\d+)?$", "max"),
        ("others", ".*", "average"),
    )
    return "\n".join(
        f"[{name}]\npattern = {pattern}\nxFilesFactor = 0\naggregationMethod = {method}\n"
        for name, pattern, method in kinds
    )


def _statsd(ports: PortsSection, flush_seconds: int, listens_at: str = _HOST) -> str:
    """Return StatsD's configuration: counters that are idle are zero, gauges that nobody tells are gone."""
    settings = {
        "address": listens_at,
        "port": ports.statsd,
        "mgmt_address": _HOST,
        "mgmt_port": ports.statsd_admin,
        "flushInterval": flush_seconds * 1000,
        "percentThreshold": list(PERCENTILES),
        "deleteIdleStats": False,
        "deleteGauges": True,
        "gaugesMaxTTL": 3,
        "backends": ["./backends/graphite"],
        "graphiteHost": _HOST,
        "graphitePort": ports.carbon,
        "graphite": {"legacyNamespace": False, "globalPrefix": ROOT},
        "automaticConfigReload": False,
    }
    return json.dumps(settings, indent=2) + "\n"


def _web(folder: Path, ports: PortsSection) -> str:
    settings: Mapping[str, object] = {
        "ALLOWED_HOSTS": [_HOST, "localhost"],
        "CONF_DIR": str(folder),
        "STORAGE_DIR": str(folder),
        "WHISPER_DIR": str(folder / "whisper"),
        "STANDARD_DIRS": [str(folder / "whisper")],
        "LOG_DIR": str(folder),
        **{f"LOG_FILE_{kind}": "-" for kind in ("INFO", "EXCEPTION", "CACHE", "RENDERING")},  # to where it is started
        "LOG_INFO_PERFORMANCE": False,
        "INDEX_FILE": str(folder / "index"),
        "CARBONLINK_HOSTS": [f"{_HOST}:{ports.carbon_queries}"],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "graphite.db")}},
    }
    lines = [f"{key} = {value!r}" for key, value in settings.items()]
    return "\n".join(["import os", "", f'SECRET_KEY = os.environ["{_SECRET}"]', *lines, ""])


def _port(ports: PortsSection, name: str, *, is_udp: bool = False) -> Port:
    return Port(getattr(ports, name), f"[stack] ports.{name}", is_udp)
