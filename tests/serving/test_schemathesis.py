"""Schemathesis against a real service, by the service's own document: every check that it has.

`KEEPFIT_SCHEMATHESIS_EXAMPLES=10000` is the long run: so many cases for each operation, instead of a few.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RECOMMENDING = "^/(predict|predict_proba|random|api/prediction|api/labels)$"
# No schema can say that a month is before the record's own, that none is told twice, or since when somebody is known.
PANEL = """[[operations]]
include-path-regex = "^/(predict|predict_proba|api/prediction)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", 404, 409, 422]
"""
EXAMPLES = int(os.environ.get("KEEPFIT_SCHEMATHESIS_EXAMPLES", "15"))
TOKEN = "a-token-for-administration"
# 413 is a refusal too. A schema cannot say that columns are equally long, or that a shape fits its data. Whether a
# route of administration may be asked, its token alone decides; that is tested where the gate is.
CONFIG = """
seed = 1
[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 413, 415, 422]
positive_data_acceptance.expected-statuses = ["2xx", 404, 409]
object_level_authorization.enabled = false
[[operations]]
include-path-regex = "^/(invocations|v2/.*/infer)$"
checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 404, 413, 422]
[[operations]]
include-path-regex = "^/admin/"
headers = {{ Authorization = "Bearer {token}" }}
checks.ignored_auth.enabled = false
checks.missing_required_header.enabled = false
"""


def check(service, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run every check by the service's document, configured by the file in a folder."""
    tool = Path(sys.executable).with_name("schemathesis")
    command = [tool, "run", f"{service.url}/openapi.json", "--checks", "all", "--max-examples", str(EXAMPLES)]
    return subprocess.run(
        [*command, *options, "--no-color", "--continue-on-failure", "--request-timeout", "10"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(max(300, EXAMPLES * 10))
def test_the_service_is_as_its_document_says(rooms, serve, tmp_path):
    """No fault of ours, no status or form that is not documented; what fits a schema is taken, what does not is not."""
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(token=TOKEN))
    with serve(rooms, KEEPFIT_ADMIN_TOKEN=TOKEN) as service:
        ended = check(service, tmp_path)
        assert service.get("/ready").status == 200
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr


@pytest.mark.timeout(max(300, EXAMPLES * 10))
def test_a_recommender_is_as_its_document_says(panel_rooms, serve, tmp_path):
    """Its own routes, and those that answer otherwise of it: names, ranks, lists as labels, months before."""
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(token=TOKEN) + PANEL)
    with serve(panel_rooms) as service:
        ended = check(service, tmp_path, "--include-path-regex", RECOMMENDING)
        assert service.get("/ready").status == 200
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr
