"""A page as HTML: what is said is shown, nothing else is; and how it behaves in a browser."""

from __future__ import annotations

import math
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepfit.reporting import (
    Code,
    Mark,
    Page,
    Section,
    Table,
    TableColumn,
    Worded,
    content_policy,
    render_html,
    write_page,
)
from keepfit.reporting.figures import (
    Bar,
    Interval,
    confusion_matrix,
    effect_bars,
    interval_chart,
    overlaid_categories,
    overlaid_numbers,
)

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></svg></style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<!-- never closed",
    "]]>",
    "&lt;b&gt; &amp; &#60;",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "@import url(https://example.org/x.css)",
    "Größe · 価格 · Ω · 🙂",
)
# What XML, and so an SVG of its own, cannot hold is left out: control characters.
PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=40)
FETCHING = {"src", "href", "xlink:href", "srcset", "action", "formaction", "data", "poster", "background", "ping"}


class Tree(HTMLParser):
    """The tags with their attributes' names, in order, and what is said in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.attributes: list[tuple[str, str]] = []
        self.said = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        self.tags.append((f"/{tag}", ()))

    def handle_data(self, data):
        self.said += data

    def handle_comment(self, data):
        self.tags.append(("a comment", ()))

    def handle_pi(self, data):
        self.tags.append(("an instruction", ()))

    def unknown_decl(self, data):
        self.tags.append(("a declaration", ()))


def rows_of(browser) -> list[list[str]]:
    return browser.value(
        "[...document.querySelector('table').tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText))"
    )


def click(browser, name: str) -> None:
    """Click where a button is, as a reader does."""
    box = browser.value(
        f"(() => {{ const one = [...document.querySelectorAll('button')].find(b => b.innerText === '{name}');"
        " one.scrollIntoView({block: 'center'}); const {x, y, width, height} = one.getBoundingClientRect();"
        " return [x + width / 2, y + height / 2] })()"
    )
    for kind in ("mousePressed", "mouseReleased"):
        browser.ask("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)


@settings(max_examples=60)
@given(st.one_of(st.sampled_from(HOSTILE), PRINTED))
def test_no_text_changes_the_page(page_of, text):
    """Whatever the texts are, the tags and attributes are those of a harmless page, and the texts are shown."""
    harmless, hostile = Tree(render_html(page_of("harmless"))), Tree(render_html(page_of(text)))
    assert hostile.tags == harmless.tags
    assert text in hostile.said
    assert any(text in value for name, value in hostile.attributes if name == "aria-label")


@pytest.mark.parametrize("text", HOSTILE)
def test_every_place_shows_its_text(page_of, text):
    """What stands outside of the drawings is said word for word, as often as a harmless text is."""
    harmless, hostile = (
        Tree(re.sub(r"<svg.*?</svg>", "", render_html(page_of(one)), flags=re.DOTALL)) for one in ("harmless", text)
    )
    assert hostile.said == harmless.said.replace("harmless", text)
    swapped = [(name, value.replace("harmless", text)) for name, value in harmless.attributes]
    assert hostile.attributes == swapped


@pytest.mark.parametrize("text", ["plain", *HOSTILE])
def test_nothing_is_fetched(page_of, text):
    """A page is one file: no import, no script but its own, and addresses only where a reader may click."""
    html = render_html(page_of(text))
    tree = Tree(html)
    assert [(tag, names) for tag, names in tree.tags if FETCHING & {*names}] == [("a", ("href",))] * 2
    assert not {"link", "iframe", "img", "object", "embed", "base"} & {tag for tag, _ in tree.tags}
    assert [tag for tag, _ in tree.tags].count("script") == 1
    for own in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", html, re.DOTALL):
        assert not re.search(r"url\(|@import|https?:|//cdn|\bfetch\b|XMLHttpRequest|import\(", own)


def test_no_handler_stands_in_an_attribute(page_of):
    """Behaviour is added by the one script: no `on…` attribute and no inline style, as a strict policy asks."""
    names = {name for name, _ in Tree(render_html(page_of("text"))).attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]


def test_what_is_not_given_leaves_no_trace():
    """Without badge, notice, key figures and footer there are no empty boxes."""
    html = render_html(Page("Title", "Subtitle", []))
    body = html[html.index("<body>") :]
    for box in ('class="badge', 'class="notice', "<dl", "<footer", "<section"):
        assert box not in body


def test_a_figure_is_told_to_those_who_do_not_see_it(page_of):
    """Each drawing is an image with its description as its name."""
    html = render_html(page_of("word"))
    assert html.count("<svg") == html.count('class="drawing" role="img" aria-label=') == 5


def test_a_table_without_rows_says_so():
    """An empty table keeps its head and says that there is nothing."""
    html = render_html(Page("t", "s", [Section("one", [Table([TableColumn("a"), TableColumn("b")], [])])]))
    assert '<td class="nothing" colspan="2">nothing to show</td>' in html


@pytest.mark.parametrize("text", ["  indented\n\n\tand on\n", "\nfirst line is empty", *HOSTILE])
def test_code_keeps_its_blanks(text):
    """What is copied is what was given, to the last blank."""
    html = render_html(Page("t", "s", [Section("one", [Code(text)])]))
    found = re.search("<code>(.*?)</code>", html, re.DOTALL)
    assert Tree(found[1]).said == text


def test_the_policy_names_the_pages_own_style_and_script(page_of):
    """Whatever the texts are, the digests are of what the kit brings; nothing else may run, load or frame."""
    policies = {content_policy(render_html(page_of(text))) for text in ("harmless", *HOSTILE)}
    (policy,) = policies
    assert len(re.findall(r"'sha256-[A-Za-z0-9+/]{43}='", policy)) == 2
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.fixture
def opened(browser, tmp_path):
    """Write a page and open it in the browser."""

    def opening(page: Page) -> None:
        path = tmp_path / "page.html"
        write_page(page, path)
        browser.look(1440, "light")
        browser.open(path.as_uri())

    return opening


@pytest.mark.parametrize("text", ["A word or two", "unbroken" * 30, HOSTILE[2]])
def test_a_page_fits_its_window(browser, opened, page_of, text):
    """On a telephone and on a desk, in light and in dark, nothing scrolls sideways, nothing complains or is fetched."""
    opened(page_of(text))
    papers = set()
    for width in (390, 1440):
        for scheme in ("light", "dark"):
            browser.look(width, scheme)
            wide, window, paper = browser.value(
                "[document.documentElement.scrollWidth, innerWidth, getComputedStyle(document.body).backgroundColor]"
            )
            assert window == width
            assert wide <= width
            papers.add(paper)
    assert len(papers) == 2
    assert browser.complaints == []
    assert [address for address in browser.requests if not address.startswith("file:")] == []
    assert len(browser.requests) == 1


LONG_NAMES = ("age", "AMT_INCOME_TOTAL_OF_ALL_PERSONS_OF_THE_HOUSEHOLD", "m" * 60, "価格" * 30, "a few words " * 8)
EDGES = (
    [0, 1, 2, 3, 4],
    [2000, 2005, 2010, 2015, 2020],
    [1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6],
    [1.7e9, 1.71e9, 1.715e9, 1.72e9, 1.721e9],
    [-1e-9, 0, 1e-9, 2e-9, 3e-9],
    [-1e6, 1000.123, 1100.5, 1200.5, 1e6],
)


def drawings(name: str):
    """Draw what is hard to fit: long names, whole shares, bars without an end."""
    names = ("reference", "window")
    yield overlaid_categories(name, [name, f"{name}2"], [1, 0], [1, 0], names=names)
    yield overlaid_categories(name, [f"{number} {name}" for number in range(30)], [1] * 30, [1] * 30, names=names)
    sizes = (0.0, 0.1, 123.456, math.inf, math.nan)
    yield effect_bars("Size", [Bar(name, size, "ok") for size in sizes], threshold=0.1, threshold_name="counts from")
    rows = [Interval(name, -0.5, -0.987, -0.1), Interval(name, 0.5, 0.1, 0.987, is_marked=True)]
    yield interval_chart("F1", rows, line=0.65, line_name="floor 0.65")
    yield confusion_matrix((name, name), ((12_345_678, 3), (0, 0)))
    for edges in EDGES:
        yield overlaid_numbers(name, edges, [10, 40, 40, 10], [12, 40, 40, 8], names=names)
    yield overlaid_numbers(name, [*range(101)], [1] * 60 + [900] + [1] * 39, [1] * 100, names=names)


def test_no_text_of_a_figure_is_cut_off(browser, opened):
    """Every text within a figure lies within its drawing, whatever the names and the numbers are."""
    opened(Page("t", "s", [Section("all", [figure for name in LONG_NAMES for figure in drawings(name)])]))
    assert outside(browser) == []


def outside(browser) -> list[str]:
    """Return the texts that do not lie within their drawing."""
    return browser.value(
        "[...document.querySelectorAll('svg')].flatMap(svg => [...svg.querySelectorAll('text')].filter(text => {"
        " const box = text.getBBox(), view = svg.viewBox.baseVal;"
        " return box.x < -1 || box.y < -1 || box.x + box.width > view.width + 1 || box.y + box.height > view.height + 1"
        "}).map(text => text.textContent))"
    )


def sorting_page() -> Page:
    columns = [
        TableColumn("name"),
        TableColumn("number", is_number=True),
        TableColumn("state"),
        TableColumn("range"),
        TableColumn("mixed"),
    ]
    rows = [
        ["b", 10, Mark("alarm", "drifted"), Worded("2 to 30", 2.0), "10"],
        ["a", 9.5, Mark("ok", "stable"), Worded("10 to 11", 10.0), "9"],
        [None, float("nan"), Mark("unknown", "too few"), Worded("no values", float("nan")), "1a"],
        ["c", -1e-7, Mark("warn", "close"), Worded("-1 to 1", -1.0), None],
        ["d", float("inf"), Mark("ok", "stable"), Worded("3 to 4", 3.0), "100"],
        ["e", float("-inf"), Mark("ok", "stable"), Worded("4 to 5", 4.0), "a9"],
    ]
    return Page("Sorting", "by a click", [Section("one", [Table(columns, rows)])])


def test_a_click_sorts(browser, opened):
    """Numbers, states, worded intervals and names ascend on a click and descend on the next; a gap comes last."""
    opened(sorting_page())
    expected = {
        "name": ["a", "b", "c", "d", "e"],
        "range": ["-1 to 1", "2 to 30", "3 to 4", "4 to 5", "10 to 11"],
        "number": ["−∞", "-1e-07", "9.5", "10", "∞"],  # noqa: RUF001 - the sign of a number
    }
    at = {"name": 0, "range": 3, "number": 1}
    for heading, order in expected.items():
        click(browser, heading)
        assert [row[at[heading]] for row in rows_of(browser)][:-1] == order
        click(browser, heading)
        assert [row[at[heading]] for row in rows_of(browser)][:-1] == order[::-1]
    click(browser, "state")
    assert [row[2] for row in rows_of(browser)] == ["stable"] * 3 + ["close", "drifted", "too few"]
    assert browser.value("document.querySelectorAll('th[aria-sort]').length") == 1
    assert browser.complaints == []


def test_texts_and_numbers_in_one_column_have_one_order(browser, opened):
    """A column that is not all numbers sorts as text, the same from wherever it starts."""
    opened(sorting_page())
    orders = set()
    for first in ("name", "number", "state", "range"):
        click(browser, first)
        click(browser, "mixed")
        orders.add(tuple(row[4] for row in rows_of(browser)))
        browser.value("document.querySelectorAll('th').forEach(head => head.removeAttribute('aria-sort'))")
    assert orders == {("10", "100", "1a", "9", "a9", "–")}  # noqa: RUF001 - a dash, as typography has it


def test_a_click_copies(browser, opened):
    """The button beside a code puts it on the clipboard as it is, says so, and is a button again."""
    text = "curl 'http://127.0.0.1'\n  <b>&amp;</b>\n"
    opened(Page("t", "s", [Section("one", [Code(text, "sh")])]))
    click(browser, "Copy")
    assert browser.value("document.querySelector('button.copy').innerText") == "Copied"
    assert browser.value("getSelection().toString()").strip() == text.strip()
    assert browser.complaints == []
