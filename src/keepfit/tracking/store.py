"""One project's experiment and registered model in MLflow."""

from __future__ import annotations

import json
import logging
import math
import os
import sqlite3
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from keepfit.errors import TrackingError
from keepfit.project import Workspace
from keepfit.project.declaration import TrackingSection
from keepfit.signature import Signature
from keepfit.tracking.facts import DatasetFacts, RunFacts

VERSION_TAG = "keepfit.version"
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # a server that is away is said so in seconds; MLflow's own defaults try for minutes
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}


def open_tracking(section: TrackingSection, workspace: Workspace, project: str) -> TrackingStore:
    """Open the project's experiment, and make it on first use.

    Raises
    ------
    TrackingError
        When the store cannot be reached.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow  # noqa: PLC0415 - takes seconds
        from mlflow.tracking import MlflowClient  # noqa: PLC0415 - as above

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    uri = section.uri or f"sqlite:///{workspace.ensure().tracking_database}"
    with _told(uri):
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        client = MlflowClient(uri, uri)
        name = section.experiment or project
        experiment = client.get_experiment_by_name(name)
        local = section.uri is None
        if experiment is not None:
            experiment_id = experiment.experiment_id
        else:
            location = workspace.artifacts.as_uri() if local else None
            experiment_id = client.create_experiment(name, artifact_location=location)
    if local:
        _use_write_ahead_log(workspace.tracking_database)
    return TrackingStore(client, uri, experiment_id, project)


class TrackingStore:
    """Runs, models and aliases of one project; make it with `open_tracking`."""

    def __init__(self, client: Any, uri: str, experiment_id: str, project: str) -> None:
        self._client = client
        self._experiment_id = experiment_id
        self.uri = uri
        self.project = project

    def log_search(
        self, parent: RunFacts, children: Sequence[RunFacts], dataset: DatasetFacts, artifacts: Mapping[str, str]
    ) -> tuple[str, list[str]]:
        """Write one parent run with the dataset and artefacts, and one child run for each candidate.

        Parameters
        ----------
        parent, children
            The runs.
        dataset
            Input of the parent and of every child.
        artifacts
            Texts by file name, kept with the parent.

        Returns
        -------
        The parent's run id, and the children's in order.
        """
        with _told(self.uri):
            parent_id = self._write_run(parent, dataset, parent_id=None)
            child_ids = [self._write_run(child, dataset, parent_id=parent_id) for child in children]
            self.log_texts(parent_id, artifacts)
            self._client.set_terminated(parent_id)
        return parent_id, child_ids

    def log_texts(self, run_id: str, artifacts: Mapping[str, str]) -> None:
        """Keep texts with a run, by file name."""
        with _told(self.uri):
            for name, text in artifacts.items():
                self._client.log_text(run_id, text, name)

    def register(
        self, bundle: Path, version: int, run_id: str, *, signature: Signature, loader: str, tags: Mapping[str, str]
    ) -> str:
        """Store a bundle as a model of a run and register it; return MLflow's own version number.

        The model is the pyfunc flavour with a loader module and the bundle as its data: no pickle is written.

        Parameters
        ----------
        bundle
            Folder of the bundle.
        version
            The bundle's number in our store, kept as the tag `keepfit.version`.
        run_id
            The run that the model belongs to.
        signature
            What the model takes.
        loader
            Module with `_load_pyfunc`.
        tags
            Tags of the model version.
        """
        import mlflow  # noqa: PLC0415 - takes seconds

        from keepfit import __version__  # noqa: PLC0415 - the version of the running code

        with _told(self.uri):
            with mlflow.start_run(run_id=run_id):
                model = mlflow.pyfunc.log_model(
                    name="model",
                    loader_module=loader,
                    data_path=str(bundle),
                    pip_requirements=[f"keepfit=={__version__}"],
                    signature=_mlflow_signature(signature),
                    input_example=_mlflow_example(signature),
                )
            if not self._client.search_registered_models(f"name='{self.project}'"):
                self._client.create_registered_model(self.project)
            registered = self._client.create_model_version(
                self.project, model.model_uri, run_id, tags={VERSION_TAG: str(version), **tags}, model_id=model.model_id
            )
        return str(registered.version)

    def set_alias(self, alias: str, version: int | None) -> None:
        """Point an alias at the model version that carries a bundle's number; None takes the alias away."""
        with _told(self.uri):
            if version is None:
                self._client.delete_registered_model_alias(self.project, alias)
                return
            self._client.set_registered_model_alias(self.project, alias, self._model_version(version))

    def is_registered(self, version: int) -> bool:
        """Return whether a model version carries a bundle's number."""
        with _told(self.uri):
            return bool(self._found(version))

    def _found(self, version: int) -> list[Any]:
        return list(self._client.search_model_versions(f"name='{self.project}' and tags.`{VERSION_TAG}`='{version}'"))

    def _model_version(self, version: int) -> str:
        found = self._found(version)
        if not found:
            raise TrackingError(
                f"no model version of {self.project} carries the tag {VERSION_TAG}={version}",
                where=self.uri,
                hint="was the tracking store replaced? train again to register a version",
            )
        return str(found[0].version)

    def _write_run(self, facts: RunFacts, dataset: DatasetFacts, *, parent_id: str | None) -> str:
        from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415 - takes seconds

        tags = dict(facts.tags) | ({"mlflow.parentRunId": parent_id} if parent_id else {})
        run = self._client.create_run(self._experiment_id, run_name=facts.name, tags=tags)
        run_id: str = run.info.run_id
        now = int(time.time() * 1000)
        metrics = [Metric(name, value, now, 0) for name, value in facts.metrics.items() if math.isfinite(value)]
        parameters = [Param(name, str(value)) for name, value in facts.parameters.items()]
        self._client.log_batch(run_id, metrics=metrics, params=parameters, tags=[RunTag("keepfit", self.project)])
        self._client.log_inputs(run_id, [_mlflow_dataset(dataset)])
        if parent_id:
            self._client.set_terminated(run_id)
        return run_id


def _mlflow_dataset(facts: DatasetFacts) -> Any:
    from mlflow.entities import Dataset, DatasetInput, InputTag  # noqa: PLC0415 - takes seconds

    dataset = Dataset(
        name=facts.name,
        digest=facts.fingerprint[:32],
        source_type="local",
        source=json.dumps({"uri": facts.source}),
        profile=json.dumps({"num_rows": facts.rows, "num_columns": facts.columns, "sha256": facts.fingerprint}),
    )
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])


def _mlflow_signature(signature: Signature) -> Any:
    """Translate: numbers of every kind as optional doubles, since MLflow's integers cannot be missing.

    A number that is written as text is of any type: our door takes it both ways.
    """
    from mlflow.models import ModelSignature  # noqa: PLC0415 - takes seconds
    from mlflow.types import ColSpec, Schema  # noqa: PLC0415 - as above
    from mlflow.types.schema import AnyType  # noqa: PLC0415 - as above

    kinds = {"category": "string", "flag": "boolean", "date": "string"}
    inputs = [
        ColSpec(
            AnyType() if column.is_written_as_text else kinds.get(column.kind, "double"), column.name, required=False
        )
        for column in signature.columns
    ]
    outputs = [ColSpec("double", "probability"), ColSpec("string", "decision")]
    return ModelSignature(Schema(inputs), Schema(outputs))


def _mlflow_example(signature: Signature) -> dict[str, Any]:
    """Return a record that MLflow's own check of types lets pass, for which a whole number is no double."""
    record = signature.example_record()
    return {name: float(value) if type(value) is int else value for name, value in record.items()}


def _use_write_ahead_log(database: Path) -> None:
    """Set SQLite's journal mode, which the file remembers: a run costs a third of what it does without."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


@contextmanager
def _told(uri: str) -> Iterator[None]:
    """Turn whatever MLflow raises into one sentence; what it warns of is its own makers' business."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except TrackingError:
        raise
    except Exception as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise TrackingError(
            f"MLflow's store cannot be reached or refuses: {first[:300]}",
            where=uri,
            hint="start the tracking server or correct [tracking] uri in keepfit.toml",
        ) from error
