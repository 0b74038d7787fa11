"""Schemathesis against a real service, by the service's own document: every check that it has.

`KEEPFIT_SCHEMATHESIS_EXAMPLES=10000` is the long run: so many cases for each operation, instead of a few.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.timeout(max(300, EXAMPLES * 10))
def test_the_service_is_as_its_document_says(rooms, serve, tmp_path):
    """No fault of ours, no status or form that is not documented; what fits a schema is taken, what does not is not."""
    (tmp_path / "schemathesis.toml").write_text(CONFIG.format(token=TOKEN))
    tool = Path(sys.executable).with_name("schemathesis")
    with serve(rooms, KEEPFIT_ADMIN_TOKEN=TOKEN) as service:
        command = [tool, "run", f"{service.url}/openapi.json", "--checks", "all", "--max-examples", str(EXAMPLES)]
        ended = subprocess.run(
            [*command, "--no-color", "--continue-on-failure", "--request-timeout", "10"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert service.get("/ready").status == 200
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr
