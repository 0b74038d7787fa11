"""The `keepfit` command: its subcommands, and what becomes of an error."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module

import typer

from keepfit.cli.journal import app as journal_app
from keepfit.errors import KeepfitError

EXPECTED_FAILURE = 1
UNEXPECTED_FAILURE = 70
INTERRUPTED = 130
TERMINATED = 143
OBJECTS_BEFORE_A_COLLECTION = 10_000  # Python's 700 make 190 collections of what imports leave for good

TRAINING_LIBRARIES = frozenset(
    ("catboost", "joblib", "lightgbm", "mlflow", "onnx", "optuna", "pandas", "scipy", "skl2onnx", "sklearn", "xgboost")
)
STREAM_LIBRARIES = ("river",)
STACK_LIBRARIES = ("grafana_foundation_sdk", "psutil", "yaml")

app = typer.Typer(
    name="keepfit",
    help="Keeps tabular models fit: from a table and one file to a champion that is watched and replaced.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
COMMANDS = (
    "new",
    "data",
    "explore",
    "train",
    "models",
    "promote",
    "rollback",
    "challenge",
    "serve",
    "score",
    "simulate",
    "check",
    "profile",
    "retrain",
    "stream",
    "label",
    "dashboards",
    "up",
    "status",
    "down",
    "demo",
)
for _name in COMMANDS:
    app.command(_name)(import_module(f"keepfit.cli.{_name}").command)
app.add_typer(journal_app, name="journal")


def main() -> None:
    """Run the command line; an expected failure is one message, no traceback."""
    end_on_sigterm()
    gc.set_threshold(OBJECTS_BEFORE_A_COLLECTION)
    try:
        app()
    except KeepfitError as error:
        print(f"keepfit: {error}", file=sys.stderr)  # noqa: T201 - the message of the command
        sys.exit(EXPECTED_FAILURE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except ModuleNotFoundError as error:
        if os.environ.get("KEEPFIT_DEBUG"):
            raise
        sys.exit(_tell_missing(error))
    except Exception as error:
        if os.environ.get("KEEPFIT_DEBUG"):
            raise
        sys.exit(_tell_unexpected(error))


def end_on_sigterm() -> None:
    """Make SIGTERM an orderly end: what a command has started is stopped, as by Ctrl-C."""

    def end(*_: object) -> None:
        raise SystemExit(TERMINATED)

    signal.signal(signal.SIGTERM, end)


def _tell_missing(error: ModuleNotFoundError) -> int:
    """Say which extra a command needs: the service's own install has no library for training or tables."""
    library = (error.name or "").partition(".")[0]
    extra = "tables" if library == "polars" and sys.argv[1:2] == ["score"] else "train"
    extra = "stack" if library in STACK_LIBRARIES else extra
    extra = "stream" if library in STREAM_LIBRARIES else extra
    if library not in (*TRAINING_LIBRARIES, *STACK_LIBRARIES, *STREAM_LIBRARIES, "polars"):
        return _tell_unexpected(error)
    said = f'keepfit: this needs {library}, which is not installed; pip install "keepfit[{extra}]"'
    print(said, file=sys.stderr)  # noqa: T201 - the message of the command
    return EXPECTED_FAILURE


def _tell_unexpected(error: Exception) -> int:
    """Write the traceback to a file, and say in one line where."""
    import tempfile  # noqa: PLC0415 - only for the unexpected
    import traceback  # noqa: PLC0415 - as above

    with tempfile.NamedTemporaryFile("w", prefix="keepfit-", suffix=".log", delete=False) as file:
        traceback.print_exception(error, file=file)
    said = f"keepfit: unexpected {type(error).__name__}: {error}; please report it with {file.name}"
    print(said, file=sys.stderr)  # noqa: T201 - as above
    return UNEXPECTED_FAILURE
