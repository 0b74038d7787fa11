"""A page as Markdown, read back with a parser."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from keepfit.reporting import (
    Badge,
    Bullets,
    Code,
    Details,
    Figure,
    FigureGrid,
    KeyFigure,
    Link,
    Links,
    Mark,
    Page,
    Paragraph,
    Section,
    Table,
    TableColumn,
    Worded,
    render_markdown,
)

HOSTILE = (
    "# heading",
    "heading #",
    "- item",
    "+ item",
    "* item",
    "-",
    "---",
    "- - -",
    "===",
    "1. item",
    "12) item",
    "> quote",
    "    code",
    "```",
    "~~~",
    "`code`",
    "**strong** _soft_ ~~gone~~",
    "[link](javascript:alert(1))",
    "![image](https://example.org/x.png)",
    "<https://example.org>",
    "<script>alert(1)</script>",
    "<!-- comment -->",
    "a | b | c",
    "| --- |",
    "back\\slash \\* \\",
    "&amp; &lt; &#60; &nbsp;",
    "$x^2$",
    "two\nlines\n\n# and a heading",
    "[^1]: note",
    "- [ ] task",
)
PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"]), min_size=1, max_size=40)


def parsed(page: Page):
    """Return the kinds of a page's parts, and its texts, as a reader of Markdown has them."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(render_markdown(page))
    kinds, texts = [], []
    for token in tokens:
        if token.type != "inline":
            kinds.append(token.type)
            continue
        kinds += [part.type for part in token.children if part.type not in {"text", "text_special"}]
        texts.append("".join(part.content for part in token.children))
    return kinds, texts


def page_of(text: str) -> Page:
    """Compose a page, every text of which is the same."""
    figure = Figure("<svg></svg>", text)
    table = Table(
        [TableColumn(text), TableColumn(text, is_number=True)],
        [[text, 0.5], [Mark("ok", text), None], [Worded(text, 1.0), 1234]],
    )
    blocks = [Paragraph(text), Bullets([text, text]), table, figure, FigureGrid([figure])]
    blocks.append(Links([Link(text, "https://example.org/a(b)?c=1", text), Link(text, "docs")]))
    sections = [Section(text, blocks, lead=text), Section(text, [Details(text, [Paragraph(text)])])]
    return Page(
        text, text, sections, Badge("ok", text), [KeyFigure(text, text, text), KeyFigure(text, text)], text, text
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_no_markup(text):
    """What would be a heading, a list, a link or a tag is read as the text that it is, wherever it stands."""
    assert_is_shown(text)


@given(PRINTED.filter(lambda text: text.strip()))
def test_no_text_changes_the_page(text):
    """Whatever the texts are, the page has the same parts and says them."""
    assert_is_shown(text)


def assert_is_shown(text: str) -> None:
    kinds, texts = parsed(page_of("harmless"))
    assert parsed(page_of(text)) == (kinds, [one.replace("harmless", one_line(text)) for one in texts])


def test_the_parts_are_in_order():
    """Title, notice, subtitle, key figures, sections, footer; figures as their words."""
    page = Page(
        "Title",
        "Subtitle",
        [Section("First", [Figure("<svg></svg>", "A drawing of a line")], lead="Lead"), Section("Next", [])],
        badge=Badge("warn", "look"),
        key_figures=[KeyFigure("rows", "0.853", "of many"), KeyFigure("gain", "+0.1")],
        notice="Notice",
        footer="Footer",
    )
    assert render_markdown(page).split("\n\n") == [
        "# Title · **look**",
        "> **Notice**",
        "Subtitle",
        "- rows: **0.853** (of many)\n- gain: **+0.1**",
        "## First",
        "Lead",
        "*A drawing of a line*",
        "## Next",
        "---",
        "Footer\n",
    ]


def test_a_table_has_its_columns_sides():
    """Numbers stand to the right, and nothing is a dash."""
    columns = [TableColumn("name"), TableColumn("size", is_number=True, form=".2f")]
    said = render_markdown(Page("t", "s", [Section("one", [Table(columns, [["a|b", -0.5], [None, float("nan")]])])]))
    assert said.endswith("| name | size |\n| --- | ---: |\n| a\\|b | -0.50 |\n| – | – |\n")  # noqa: RUF001 - a dash


def test_an_empty_table_says_so():
    """A table without rows is not a head alone."""
    table = Table([TableColumn("name")], [])
    assert render_markdown(Page("t", "s", [Section("one", [table])])).endswith("## one\n\nnothing to show\n")


@given(st.floats(-1e6, 1e6))
def test_a_number_is_read_without_a_parser(value):
    """Numbers are as they are also where nobody renders the Markdown, such as in a terminal."""
    text = f"{value:+.3f}"
    said = render_markdown(
        Page("t", text, [Section("one", [Paragraph(text), Bullets([text])])], None, [KeyFigure("k", text)])
    )
    assert len(re.findall(rf"(?<!\\){re.escape(text)}", said)) == 4


@pytest.mark.parametrize("text", [*HOSTILE, "````\n```` ```", "a\n  b\n\n\tc", "no end\n", "~~~\n"])
def test_code_stands_as_it_is(text):
    """Whatever a code holds, it is one fenced part, word for word, and what follows is outside of it."""
    page = Page("t", "s", [Section("one", [Code(text, "python"), Paragraph("after")])])
    tokens = MarkdownIt("commonmark").parse(render_markdown(page))
    (fence,) = [token for token in tokens if token.type == "fence"]
    assert (fence.info, fence.content.removesuffix("\n")) == ("python", text.removesuffix("\n"))
    assert tokens[-2].content == "after"


def test_a_link_is_a_link():
    """A link leads where it should."""
    page = Page("t", "s", [Section("one", [Links([Link("a [name]", "https://example.org/a(b)?c=1", "a note")])])])
    tokens = MarkdownIt("commonmark").parse(render_markdown(page))
    (begin,) = [part for token in tokens for part in token.children or () if part.type == "link_open"]
    assert begin.attrs == {"href": "https://example.org/a(b)?c=1"}
