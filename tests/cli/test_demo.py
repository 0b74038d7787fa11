"""`keepfit demo` of a panel and of a stream as somebody at a terminal meets it."""

from __future__ import annotations

import re

import pytest

from demo_ports import take_any_ports
from keepfit.cli.demo import command
from keepfit.workflows import demo_prometheus, demo_recommender, demo_stream
from keepfit.workflows.rooms import Rooms
from small_twin import small_twin

CUSTOMERS, RANDOM = 80, 40


@pytest.mark.filterwarnings("ignore")  # the warnings are MLflow's own
def test_a_panels_story_is_told(tmp_path, monkeypatch, capsys):
    """Who won, that the rows are generated, what was recommended, what was lost (nothing), and what to do next."""
    small_twin(monkeypatch)
    monkeypatch.setattr(demo_recommender, "_CUSTOMERS", CUSTOMERS)
    monkeypatch.setattr(demo_recommender, "_RANDOM", RANDOM)
    monkeypatch.chdir(tmp_path)
    command("product-recommendation")
    said = " ".join(capsys.readouterr().out.split())
    champion = Rooms.open(tmp_path / "demo" / "product-recommendation").store.champion()
    assert f"trained {champion.facts.lineage.recipe.title} won with MAP@7 {champion.facts.scores['map'][0]:.4f}" in said
    assert "generated rows: a twin of the table, which was not at hand" in said
    asked = re.search(rf"asked {CUSTOMERS} customers of later months, with their months before: (.+?) checked ", said)[
        1
    ]
    counts = [int(count) for count in re.findall(r"(\d+) (?:nothing|ind_\w+)", asked)]
    assert sum(counts) >= CUSTOMERS
    assert re.search(rf"loaded {RANDOM} random records, half of them within [\d.]+ ms, 99 % within [\d.]+ ms", said)
    assert f"journalled {CUSTOMERS + RANDOM} predictions, {CUSTOMERS + RANDOM} were acknowledged" in said
    assert ".keepfit/reports/train-v1.html" in said
    assert f"keepfit serve --project {tmp_path / 'demo' / 'product-recommendation'}" in said


@pytest.mark.filterwarnings("ignore")  # as above
def test_a_streams_story_is_told(tmp_path, monkeypatch, capsys):
    """The shift, who took over, what was answered, that nobody watched without a Prometheus, and what to do next."""
    take_any_ports(monkeypatch)
    monkeypatch.setattr(demo_stream, "_BATCH_SECONDS", 0.2)
    monkeypatch.setattr(demo_prometheus.shutil, "which", lambda _: None)
    monkeypatch.chdir(tmp_path)
    command("wine-quality")
    said = " ".join(capsys.readouterr().out.split())
    home = tmp_path / "demo" / "wine-quality"
    champion = Rooms.open(home).store.champion().facts.version
    assert champion > 1
    assert "generated rows: a twin of the table, which was not at hand" in said
    assert re.search(r" 7( \d+\.\d{3}){3} the shift", said)
    assert f"v{champion} takes over" in said
    assert re.search(r"1200 rows answered before they were learnt \(\d+ by v1, .*\), 0 requests failed", said)
    assert "Prometheus is not installed" in said
    assert ".keepfit/reports/stream.html" in said
    assert f"keepfit stream --follow --project {home}" in said
