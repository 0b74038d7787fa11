"""Graphite and StatsD on this machine: their programs, their files in one folder, and the commands that start them.

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
from keepfit.stack.command import Command, MissingProgram

DEFAULT_RETENTIONS = "10s:6h,1m:7d,10m:1y"
PID_FILE = "carbon.pid"
"""What a carbon that was killed leaves in the folder: to be removed before the next, whose number may be the same."""
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
_STATSD_REMEDY = "npm install --global statsd (it runs on Node.js 8 to 22)"


@dataclass(frozen=True, slots=True)
class GraphiteAddresses:
    """Where each of them listens, `host:port`; loopback, for none of them asks who is there.

    Attributes
    ----------
    statsd
        StatsD, by UDP: what `[monitoring.statsd] address` says.
    statsd_admin
        StatsD's own desk, by TCP.
    carbon
        carbon, for lines of text.
    carbon_query
        carbon, for points that are in no file yet.
    web
        graphite-web.
    """

    statsd: str = "127.0.0.1:8125"
    statsd_admin: str = "127.0.0.1:8126"
    carbon: str = "127.0.0.1:2003"
    carbon_query: str = "127.0.0.1:7002"
    web: str = "127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class GraphitePrograms:
    """Where the programs are; empty for what is missing.

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

    @property
    def missing(self) -> tuple[MissingProgram, ...]:
        """What is to be installed before anything can be started."""
        needed = (
            (self.carbon, "carbon-cache", "Debian's package graphite-carbon"),
            (self.manage and self.python, "graphite-manage", "Debian's package graphite-web"),
            (self.gunicorn, "gunicorn", "Debian's package gunicorn: a virtual environment's does not see graphite-web"),
            (self.node, "node", "Debian's package nodejs"),
            (self.statsd, "statsd", _STATSD_REMEDY),
        )
        return tuple(MissingProgram(name, remedy) for found, name, remedy in needed if not found)


@dataclass(frozen=True, slots=True)
class GraphiteCommands:
    """What starts them, in this order.

    Attributes
    ----------
    prepare
        Ends by itself: makes the tables of graphite-web, or leaves them as they are.
    carbon, web, statsd
        Run until they are ended.
    """

    prepare: Command
    carbon: Command
    web: Command
    statsd: Command


def find_graphite(statsd: str = "") -> GraphitePrograms:
    """Look for the programs.

    Parameters
    ----------
    statsd
        StatsD's program, where it is not on the PATH.
    """
    carbon, manage, python, gunicorn = (
        shutil.which(name, path=_DEBIAN) or "" for name in ("carbon-cache", "graphite-manage", "python3", "gunicorn")
    )
    found = shutil.which(statsd or "statsd") or ""
    return GraphitePrograms(carbon, manage, python, gunicorn, shutil.which("node") or "", found)


def graphite_files(folder: Path, addresses: GraphiteAddresses, retentions: str = DEFAULT_RETENTIONS) -> dict[str, str]:
    """Return the files that the servers read, by their names in the folder; they hold no secret.

    Parameters
    ----------
    folder
        Where the files are written, and where the servers keep what they know: absolute.
    addresses
        Where they listen.
    retentions
        Carbon's archives, the finest first, `precision:duration`; a name with the default takes 0.8 MB from its first
        point on. Files that are there already keep the archives that they have.
    """
    return {
        "carbon.conf": _carbon(folder, addresses),
        "storage-schemas.conf": f"[keepfit]\npattern = .*\nretentions = {retentions}\n",
        "storage-aggregation.conf": _aggregation(),
        "statsd.js": _statsd(addresses, finest_seconds(retentions)),
        f"{_SETTINGS}.py": _web(folder, addresses),
        f"{_WSGI}.py": _APPLICATION,
        "whisper/README": "What carbon keeps: a file for each name.\n",
    }


def graphite_commands(
    folder: Path, addresses: GraphiteAddresses, programs: GraphitePrograms, secret: str
) -> GraphiteCommands:
    """Return what starts the servers whose files are in a folder.

    Parameters
    ----------
    folder
        That of `graphite_files`.
    addresses
        As there.
    programs
        None of which is missing.
    secret
        With which graphite-web signs its cookies; the same at every start keeps people logged in.
    """
    web = {
        "PYTHONPATH": str(folder),
        "GRAPHITE_SETTINGS_MODULE": _SETTINGS,
        "DJANGO_SETTINGS_MODULE": "graphite.settings",
        _SECRET: secret,
    }
    carbon = (programs.carbon, "--nodaemon", f"--config={folder / 'carbon.conf'}", f"--pidfile={folder / PID_FILE}")
    serve = (programs.python, "-m", "gunicorn", "--bind", addresses.web, "--workers", "2", _WSGI)
    prepare = (programs.python, programs.manage, "migrate", "--run-syncdb", "--skip-checks", "--verbosity", "0")
    return GraphiteCommands(
        prepare=Command("graphite-web's tables", prepare, web),
        carbon=Command("carbon", (*carbon, "start"), {"GRAPHITE_CONF_DIR": str(folder), "PYTHONPATH": ""}),
        web=Command("graphite-web", serve, web),
        statsd=Command("statsd", (programs.node, programs.statsd, str(folder / "statsd.js"))),
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


def _carbon(folder: Path, addresses: GraphiteAddresses) -> str:
    (host, port), (query_host, query_port) = _parts(addresses.carbon), _parts(addresses.carbon_query)
    settings = {
        "STORAGE_DIR": folder,
        "LOCAL_DATA_DIR": folder / "whisper",
        "CONF_DIR": folder,
        "LOG_DIR": folder,
        "PID_DIR": folder,
        "USER": "",
        "LINE_RECEIVER_INTERFACE": host,
        "LINE_RECEIVER_PORT": port,
        "PICKLE_RECEIVER_PORT": 0,  # nobody sends by it
        "ENABLE_UDP_LISTENER": False,
        "CACHE_QUERY_INTERFACE": query_host,
        "CACHE_QUERY_PORT": query_port,
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


def _statsd(addresses: GraphiteAddresses, flush_seconds: int) -> str:
    """Return StatsD's configuration: counters that are idle are zero, gauges that nobody tells are gone."""
    (host, port), (admin_host, admin_port) = _parts(addresses.statsd), _parts(addresses.statsd_admin)
    graphite_host, graphite_port = _parts(addresses.carbon)
    settings = {
        "address": host,
        "port": port,
        "mgmt_address": admin_host,
        "mgmt_port": admin_port,
        "flushInterval": flush_seconds * 1000,
        "percentThreshold": list(PERCENTILES),
        "deleteIdleStats": False,
        "deleteGauges": True,
        "gaugesMaxTTL": 3,
        "backends": ["./backends/graphite"],
        "graphiteHost": graphite_host,
        "graphitePort": graphite_port,
        "graphite": {"legacyNamespace": False, "globalPrefix": ROOT},
        "automaticConfigReload": False,
    }
    return json.dumps(settings, indent=2) + "\n"


def _web(folder: Path, addresses: GraphiteAddresses) -> str:
    host, _ = _parts(addresses.web)
    settings: Mapping[str, object] = {
        "ALLOWED_HOSTS": sorted({host, "localhost"}),
        "CONF_DIR": str(folder),
        "STORAGE_DIR": str(folder),
        "WHISPER_DIR": str(folder / "whisper"),
        "STANDARD_DIRS": [str(folder / "whisper")],
        "LOG_DIR": str(folder),
        **{f"LOG_FILE_{kind}": "-" for kind in ("INFO", "EXCEPTION", "CACHE", "RENDERING")},  # to where it is started
        "LOG_INFO_PERFORMANCE": False,
        "INDEX_FILE": str(folder / "index"),
        "CARBONLINK_HOSTS": [addresses.carbon_query],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "graphite.db")}},
    }
    lines = [f"{key} = {value!r}" for key, value in settings.items()]
    return "\n".join(["import os", "", f'SECRET_KEY = os.environ["{_SECRET}"]', *lines, ""])


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
