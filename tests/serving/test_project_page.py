"""`GET /`: a page for a browser, a status for a program, and requests to copy that work."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from journal_contents import ids_of
from keepfit.bundle import BundleStore, Lineage, Pointer, Recipe
from keepfit.reporting import render_html
from keepfit.serving.project_facts import Entrance, ProjectFacts, card_entry
from keepfit.serving.project_page import project_page
from keepfit.signature import Column, Kind, Outcome, Signature
from keepfit.workflows.rooms import Rooms

TOKEN = "a-token-of-our-own-1"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HOSTILE = "</code></pre><script>alert(1)</script>"
NAMES = ('age "in" years\\', "in'come $(touch owned) `id`", "job <b>&amp;</b> ${1} größer 🙂")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr"),
)
ENTRANCE = Entrance("t", "http://a", "http://a/metrics", 10, 1000, "", {}, asks_for_token=False)
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")


class Seen(HTMLParser):
    """The tags of a page, what is said in it, its codes, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.codes: list[str] = []
        self.said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]
        if tag == "code":
            self.codes.append("")

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")

    def handle_data(self, data):
        self.said += data
        if self.tags and self.tags[-1] == "code":
            self.codes[-1] += data


def renamed(rooms: Rooms, names: tuple[str, ...], text: str) -> Rooms:
    """Give a scoring project a champion with these columns, every other text of which is the same."""
    store = BundleStore(rooms.folder / ".keepfit" / "bundles")
    old = store.champion()
    columns = [
        replace(column, name=name, description=text, label=text)
        for column, name in zip(old.facts.signature.columns, names, strict=True)
    ]
    columns[2] = replace(columns[2], categories=(text, "partime"))
    signature = replace(old.facts.signature, columns=tuple(columns))
    lineage = Lineage(text, "file", "t.csv", "f", 10, Recipe("by_hand", {"text": text}), 0, "0", "e")
    facts = replace(old.facts, signature=signature, scores={"f1": (0.8, 0.75, 0.85)}, protocol=text, lineage=lineage)
    card = f"| owner | {text} |\n"
    made = store.add(lambda version: replace(facts, version=version), model=old.model, profile={}, card=lambda _: card)
    store.point("champion", Pointer(made.facts.version, made.digest, 1))
    return rooms


@pytest.fixture(scope="module")
def make_rooms(make_scoring_project, tmp_path_factory):
    """Makes a project that scores at once, with keys of its own under `[serving]`."""

    def make(serving: str = "", name: str = "t") -> Rooms:
        folder = make_scoring_project(tmp_path_factory.mktemp("page"), data=f"[serving]\n{serving}")
        file = folder / "keepfit.toml"
        file.write_text(file.read_text().replace('name = "t"', f'name = "{name}"', 1))
        return Rooms.open(folder)

    return make


@pytest.fixture(scope="module")
def hostile(make_rooms, serve):
    """A service whose names hold everything that quotes and escapes are for; with an entity and a token."""
    rooms = renamed(make_rooms('entity_parameter = "cus_id"\nanswer = { PD = "probability" }'), NAMES, HOSTILE)
    with serve(rooms, KEEPFIT_API_TOKEN=TOKEN) as service:
        yield service, rooms, "t"


@pytest.fixture(scope="module")
def several(make_rooms, serve):
    """A service of two projects, with a token."""
    one, other = make_rooms(name="one"), make_rooms(name="other")
    with serve(one, several=[one, other], KEEPFIT_API_TOKEN=TOKEN) as service:
        yield service, other, "other"


@pytest.fixture(scope="module")
def alone(make_rooms, serve):
    """A service of one project."""
    rooms = make_rooms()
    with serve(rooms) as service:
        yield service, rooms, "t"


@pytest.fixture(params=["alone", "several", "hostile"])
def served(request):
    """A service, one of its projects, and that project's name."""
    return request.getfixturevalue(request.param)


def page_of(service, path: str = "/") -> Seen:
    answer = service.get(path, Accept=BROWSER)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return Seen(answer.data.decode())


def below(service, name: str) -> str:
    return f"/{name}" if name in service.get("/").json().get("projects", {}) else ""


def test_a_program_gets_a_status(served):
    """Project, version and what a request may hold; every link leads somewhere."""
    service, rooms, name = served
    prefix = below(service, name)
    answer = service.get(f"{prefix}/")
    status = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert (status["project"], status["model_version"]) == (name, str(rooms.store.champion().facts.version))
    assert status["request"]["max_rows"] == rooms.project.serving.max_rows
    assert status["request"]["entity_column"] == "id"
    assert status["answer"]["id"] == "id"
    for link, address in status["links"].items():
        assert address.startswith(service.url)
        found = service.get(address.removeprefix(service.url), Authorization=f"Bearer {TOKEN}")
        assert found.status == (405 if link in {"prediction", "labels"} else 200), link


def test_every_link_of_the_page_leads_somewhere(served):
    """Relative links are right below a prefix too."""
    service, _, name = served
    prefix = below(service, name)
    seen = page_of(service, f"{prefix}/")
    assert len(seen.links) == 4
    for link in seen.links:
        path = link.removeprefix(service.url) if link.startswith("http") else f"{prefix}/{link}"
        assert service.get(path, Authorization=f"Bearer {TOKEN}").status == 200


def test_a_browser_gets_a_page(service, rooms):
    """Which model answers and since when, how good it is and how that was measured, and each column."""
    seen = page_of(service)
    facts = rooms.store.champion().facts
    with rooms.journal() as journal:
        promoted = journal.ledger("credit")[-1].at
    for said in (
        *("credit", f"version {facts.version} answers", promoted.strftime("%Y-%m-%dT%H:%M"), facts.created_at),
        *(facts.lineage.recipe.title, facts.protocol[1:], "ROC AUC", f"{facts.scores['f1'][0]:.4f}"),
        *("Generated data", *facts.signature.names, "one of no, yes", "rownames"),
    ):
        assert said in seen.said, said
    column = facts.signature.columns[0]
    assert f"whole number, {column.minimum:g} to {column.maximum:g}" in seen.said


def test_what_the_owner_declares_is_on_the_page(make_rooms, serve):
    """Owner and intended use stand in the card; what is not declared is left out."""
    rooms = renamed(make_rooms(), ("a", "b", "c"), "Risk & Co.")
    with serve(rooms) as service:
        seen = page_of(service)
        assert service.get("/card").data.decode() == "| owner | Risk & Co. |\n"
    assert "owner" in seen.said
    assert "Risk & Co." in seen.said
    assert "intended use" not in seen.said
    assert card_entry("| a | 1 | 2 |\n| owner | x \\| \\_y\\_ &amp;amp; |\n| owner | z |", "owner") == "x | _y_ &amp;"
    assert card_entry("# nothing", "owner") == ""


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/plain", ""])
def test_only_a_browser_gets_the_page(alone, accept):
    """Who does not ask for HTML gets JSON; caches keep the two apart."""
    answer = alone[0].get("/", Accept=accept)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["vary"] == "accept"


def ran(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={"PATH": "/usr/bin:/bin", **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def snippet(seen: Seen, beginning: str) -> str:
    (code,) = [code for code in seen.codes if code.startswith(beginning)]
    return code


@pytest.mark.parametrize(
    ("beginning", "command"),
    [
        pytest.param("curl ", ["bash", "-c"], marks=needs_curl),
        ("from keepfit.client import Client", [sys.executable, "-c"]),
        ("import json", [sys.executable, "-c"]),
        pytest.param("fetch(", ["node", "-e"], marks=needs_node),
    ],
    ids=["curl", "client", "python", "javascript"],
)
def test_a_request_to_copy_works_as_it_stands(served, beginning, command, tmp_path):
    """Each program is run as it is shown; its answer is printed, and its prediction journalled with its entity."""
    service, rooms, name = served
    seen = page_of(service, f"{below(service, name)}/")
    with rooms.journal() as journal:
        before = ids_of(journal, name)
    said = ran([*command, snippet(seen, beginning)], KEEPFIT_API_TOKEN=TOKEN, HOME=str(tmp_path))
    with rooms.journal() as journal:
        (made,) = [row.prediction for row in journal.window(name, rows=1)]
        (new,) = ids_of(journal, name) - before
    assert new == made.id
    assert made.id in said
    assert made.features == rooms.store.champion().facts.signature.example_record()
    assert made.entity == ("12345" if rooms.project.serving.entity_parameter else None)
    assert TOKEN not in said + "".join(seen.codes)


def test_nothing_that_is_named_changes_the_page(hostile, make_rooms, serve):
    """Names, categories, descriptions and the card are shown as they are; the tags are those of harmless ones."""
    harmless = renamed(
        make_rooms('entity_parameter = "cus_id"\nanswer = { PD = "probability" }'), ("a", "b", "c"), "harmless"
    )
    with serve(harmless, KEEPFIT_API_TOKEN=TOKEN) as service:
        expected = page_of(service)
    seen = page_of(hostile[0])
    assert seen.tags == expected.tags
    for text in (*NAMES, HOSTILE):
        assert text in seen.said


def test_a_service_with_a_token_keeps_its_model_to_itself(hostile):
    """Anybody sees how to ask; scores, recipe and card are for those with a token."""
    service, _, _ = hostile
    seen = page_of(service)
    assert "0.8000" not in seen.said
    assert "by_hand" not in seen.said
    assert "those who have a token" in seen.said
    assert "$KEEPFIT_API_TOKEN" in snippet(seen, "curl ")
    for path in ("/card", "/api/model"):
        assert service.get(path).status == 401
        assert service.get(path, Authorization=f"Bearer {TOKEN}").status == 200


def test_a_service_without_one_shows_it(make_rooms, serve):
    """Where anybody may ask, the page tells all."""
    with serve(renamed(make_rooms(), NAMES, HOSTILE)) as service:
        seen = page_of(service)
    for text in ("0.8000", "0.7500 to 0.8500", "by_hand", HOSTILE):
        assert text in seen.said
    assert seen.tags.count("script") == 1
    assert "KEEPFIT_API_TOKEN" not in seen.said


def test_the_page_of_several_lists_them(several):
    """The service's own address names its projects; each link leads to a project's page."""
    service, _, _ = several
    assert service.get("/").json()["projects"] == {name: f"{service.url}/{name}" for name in ("one", "other")}
    seen = page_of(service)
    assert seen.links == ["one/", "other/", "metrics"]
    assert "predicts y; version 1 answers" in seen.said
    for link in seen.links[:2]:
        assert link.strip("/") in page_of(service, f"/{link}").said
    added = service.get("/other", Accept=BROWSER)
    assert (added.status, added.headers["location"]) == (307, f"{service.url}/other/")


def test_the_page_may_only_run_what_is_its_own(served):
    """Its policy names one style and one script by their digests; nothing is loaded, sent or framed."""
    service, _, name = served
    answer = service.get(f"{below(service, name)}/", Accept=BROWSER)
    policy = answer.headers["content-security-policy"]
    for said in ("default-src 'none'", "style-src 'sha256-", "script-src 'sha256-", "form-action 'none'"):
        assert said in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_odd_host_is_not_repeated(make_rooms, serve):
    """What can be no host is not written into addresses; the bound one is."""
    with serve(make_rooms("open = true"), "--host", "0.0.0.0") as service:
        for host in ('a"b', "a b", "a/../b", "<b>", ""):
            status = service.get("/", Host=host).json()
            assert re.fullmatch(r"http://[0-9.]+:[0-9]+/docs", status["links"]["docs"]), host


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
@pytest.mark.parametrize("width", [390, 1200])
def test_a_real_browser_shows_it(service, width, tmp_path):
    """A browser draws the page, and complains of nothing: the policy lets its style and script pass."""
    picture = tmp_path / "page.png"
    with tempfile.TemporaryDirectory() as profile:
        options = [*FLAGS, f"--user-data-dir={profile}", f"--window-size={width},2000", f"--screenshot={picture}"]
        done = subprocess.run(
            ["chromium", *options, f"{service.url}/"], capture_output=True, text=True, timeout=60, check=False
        )
    assert picture.stat().st_size > 20_000
    assert "CONSOLE" not in done.stderr


def test_the_service_starts_without_pages():
    """What only a page needs is imported when the first one is asked for."""
    script = (
        "import sys, keepfit.workflows.serve;"
        "print([name for name in ('jinja2', 'keepfit.reporting') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (Column("a", Kind.INTEGER, minimum=0, maximum=1234567), "whole number, 0 to 1234567"),
        (Column("a", Kind.NUMBER, minimum=-0.5, maximum=2.25), "number, -0.5 to 2.25"),
        (Column("a", Kind.NUMBER), "number"),
        (Column("a", Kind.NUMBER, minimum=0, maximum=1, out_of_range="clip"), "; others count as the nearer end"),
        (Column("a", Kind.NUMBER, minimum=0, maximum=1, out_of_range="reject"), "; others are refused"),
        (Column("a", Kind.CATEGORY, categories=("x", "y")), "one of x, y"),
        (Column("a", Kind.CATEGORY, categories=tuple(map(str, range(50)))), "18, 19 and 30 more"),
        (Column("a", Kind.FLAG), "true or false"),
        (
            Column("a", Kind.DATE, minimum=0, maximum=31, format="%d.%m.%Y"),
            "date, 01.01.1970 to 01.02.1970; written as %d.%m.%Y",
        ),
        (Column("a", Kind.NUMBER, is_written_as_text=True), "number; also as a text"),
        (Column("a", Kind.NUMBER, missing_values=("NA", "")), "missing if NA, an empty text"),
        (Column("a", Kind.NUMBER, aliases=("b", "c")), "also called b, c"),
    ],
    ids=str,
)
def test_a_column_is_told_in_words(column, said):
    """Kind, values and what else is taken for them."""
    facts = ProjectFacts(ENTRANCE, "1", Signature((column,), Outcome("y", "no", "yes")), "", None)
    assert said in render_html(project_page(facts))


@pytest.mark.parametrize(
    ("label", "description", "said"),
    [
        ("Years of work", "Since the first job.", "Years of work: Since the first job."),
        ("Age", "Age in years.", "Age in years."),
        ("Assets", "", "Assets"),
        ("", "Value of assets.", "Value of assets."),
    ],
)
def test_a_column_has_a_name_for_people(label, description, said):
    """The label and the description stand beside the name, and say nothing twice."""
    column = Column("a", Kind.NUMBER, label=label, description=description)
    facts = ProjectFacts(ENTRANCE, "1", Signature((column,), Outcome("y", "no", "yes")), "", None)
    assert f'<td data-sort="{said}">{said}</td>' in render_html(project_page(facts))
