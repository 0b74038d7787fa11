"""What operators and readers of the API see."""

from __future__ import annotations

import subprocess
import sys

from keepfit.signature import Kind

TRAINING_LIBRARIES = ("mlflow", "sklearn", "pandas", "scipy", "xgboost", "polars", "matplotlib", "joblib")


def test_the_service_imports_no_training_library():
    """Importing all that `keepfit serve` needs leaves the training libraries alone."""
    script = (
        "import sys, keepfit.workflows.serve, keepfit.workflows.rooms, keepfit.journal;"
        f"print([name for name in {TRAINING_LIBRARIES!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_health_and_readiness(service, rooms):
    """Alive, and ready with the champion's version."""
    assert service.get("/health").json()["status"] == "ok"
    ready = service.get("/ready").json()
    assert (ready["status"], ready["model_version"]) == ("ready", str(rooms.store.champion().facts.version))


def test_the_model_is_described(service, rooms):
    """The served model's facts are the bundle's."""
    described = service.get("/api/model").json()
    facts = rooms.store.champion().facts
    assert described["digest"] == rooms.store.champion().digest
    outcome = {"name": "Status", "negative": "bad", "positive": "good", "limit": None, "products": []}
    assert described["signature"]["outcome"] == outcome
    assert described["protocol"] == facts.protocol
    assert "Generated data" in described["card"]


def test_the_document_names_the_real_columns(service, rooms):
    """OpenAPI lists every column with its kind and vocabulary, and its example is a record that is answered."""
    document = service.get("/openapi.json").json()
    schema = document["components"]["schemas"]["Record"]
    signature = rooms.store.champion().facts.signature
    assert list(schema["properties"]) == [*signature.names, "rownames"]
    for column in signature.columns:
        kinds = {Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.CATEGORY: "string", Kind.FLAG: "boolean"}
        assert kinds[column.kind] in schema["properties"][column.name]["type"]
    example = document["paths"]["/api/prediction"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert service.post("/api/prediction", example).status == 200
    for path in ("/api/prediction", "/invocations", "/api/labels", "/health", "/ready", "/api/model"):
        assert path in document["paths"]


def test_the_documentation_page_needs_no_other_host(service):
    """The page and all that it loads come from the service itself."""
    page = service.get("/docs").data.decode()
    assert "http://" not in page.replace(service.url, "")
    assert "https://" not in page
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/docs/assets/{asset}" in page
        assert service.get(f"/docs/assets/{asset}").status == 200


def test_requests_are_counted_by_route(service, record):
    """The counters add up to what was sent, whatever paths callers make up."""

    def count(line: str) -> float:
        lines = service.get("/metrics").data.decode().splitlines()
        return next((float(one.rsplit(" ", 1)[1]) for one in lines if one.startswith(line)), 0.0)

    prediction = 'keepfit_requests_total{method="POST",project="credit",route="/api/prediction",status="200"}'
    other = 'keepfit_requests_total{method="GET",project="credit",route="other",status="404"}'
    before = count(prediction), count(other)
    for number in range(5):
        service.post("/api/prediction", record)
        service.get(f"/made-up-{number}")
    assert (count(prediction), count(other)) == (before[0] + 5, before[1] + 5)
