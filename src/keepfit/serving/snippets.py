"""Requests to copy: the same prediction for a shell, for Python and for JavaScript, that work as they stand."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from keepfit.serving.gate import API_TOKEN
from keepfit.serving.project_facts import Entrance

Record = Mapping[str, Any]


def curl_snippet(entrance: Entrance, address: str, record: Record) -> str:
    """Return a command for a POSIX shell that sends a record to one of a project's addresses."""
    lines = [f"curl {shlex.quote(address)}", "-H 'content-type: application/json'"]
    if entrance.asks_for_token:
        lines.append(f'-H "authorization: Bearer ${API_TOKEN}"')
    lines.append(f"-d {shlex.quote(json.dumps(record, ensure_ascii=False, indent=2))}")
    return " \\\n  ".join(lines)


def client_snippet(entrance: Entrance, record: Record, label: str) -> str:
    """Return a program in Python that uses Keepfit's own client."""
    entity = f", entity={_literal(entrance.entity)}" if entrance.entity else ""
    token = f"  # the token comes from {API_TOKEN}" if entrance.asks_for_token else ""
    return f"""from keepfit.client import Client

record = {_python_record(record)}

with Client({_literal(entrance.address)}) as client:{token}
    answer = client.predict(record{entity})
    print(answer.id, dict(answer.values))
    # when the outcome is known: client.label(answer.id, {_literal(label)})"""


def python_snippet(entrance: Entrance, record: Record) -> str:
    """Return a program in Python that needs nothing but its standard library."""
    token = f'\n        "authorization": f"Bearer {{os.environ[{API_TOKEN!r}]}}",' if entrance.asks_for_token else ""
    os = "import os\n" if token else ""
    return f"""import json
{os}import urllib.request

record = {_python_record(record)}
request = urllib.request.Request(
    {_literal(entrance.prediction)},
    data=json.dumps(record).encode(),
    headers={{
        "content-type": "application/json",{token}
    }},
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer))"""


def javascript_snippet(entrance: Entrance, record: Record) -> str:
    """Return a program in JavaScript, for Node."""
    token = f"\n    authorization: `Bearer ${{process.env.{API_TOKEN}}}`," if entrance.asks_for_token else ""
    body = json.dumps(record, ensure_ascii=False, indent=2).replace("\n", "\n  ")
    return f"""fetch({_literal(entrance.prediction)}, {{
  method: "POST",
  headers: {{
    "content-type": "application/json",{token}
  }},
  body: JSON.stringify({body}),
}})
  .then((answer) => answer.json())
  .then((answer) => console.log(answer));"""


def _python_record(record: Record) -> str:
    rows = [f"    {_literal(name)}: {_literal(value)},\n" for name, value in record.items()]
    return f"{{\n{''.join(rows)}}}"


def _literal(value: Any) -> str:
    """Return a value as Python writes it; texts as JSON and JavaScript do, too."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
