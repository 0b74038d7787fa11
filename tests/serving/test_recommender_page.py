"""The page of a recommender: its requests by name work as they stand, its history and its products are told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from keepfit.serving.recommender_page import (
    example_label,
    product_cell,
    products_section,
    record_with_history,
    threshold_figure,
)

from keepfit.scoring import Door
from keepfit.signature import Outcome, Signature
from recommender_model import PRODUCTS, tiny_recommender

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


class Read(HTMLParser):
    """What a page says, and its codes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.codes: list[str] = []
        self.said = ""
        self._is_code = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._is_code = tag == "code"
        if self._is_code:
            self.codes.append("")

    def handle_endtag(self, tag):
        self._is_code = self._is_code and tag != "code"

    def handle_data(self, data):
        self.said += data
        if self._is_code:
            self.codes[-1] += data


@pytest.fixture(scope="module")
def page(recommender) -> Read:
    return Read(recommender.get("/", Accept=BROWSER).data.decode())


@pytest.fixture(scope="module")
def signature() -> Signature:
    return tiny_recommender().dataset.signature


@needs_curl
def test_the_requests_by_name_work_as_they_stand(recommender, page):
    """One says what is recommended, one ranks, one tells of the month before; with each an answer comes by name."""
    commands = [code for code in page.codes if code.startswith("curl ")]
    assert [re.search(r"/\w+ ", code)[0].strip(" /") for code in commands] == ["predict", "predict_proba", "predict"]
    told = []
    for command in commands:
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
        told.append(json.loads(done.stdout))
    assert list(told[0]) == list(told[2]) == ["Карта", "Кредит", "fund", "Пенсионный план"]
    assert told[1]["months_known"] == 0
    assert "history" in commands[2]


def test_it_says_what_a_request_holds(page):
    """Every column that is sent, and the history; what is made of them is nobody's to send."""
    for said in ("month", "joined", "age", "city", *PRODUCTS, "history"):
        assert said in page.said
    assert "a list of the months before, each with its month and the products that were owned then" in page.said
    assert "%Y-%m-%d or %d-%m-%Y" in page.said
    assert page.said.count("1 where it is owned, 0 or nothing where it is not") == len(PRODUCTS)
    for made in ("products_owned", "months_known", "owned_1_ago"):
        assert made not in page.said


def test_it_says_what_is_recommended(page):
    """Products with their names in each language, how to ask for one, and what is never recommended."""
    for said in ("Пенсионный план", "Pension plan", "answer in ru; ?lang=en asks for another language", "MAP@7"):
        assert said in page.said
    assert "Never recommended, for nobody added it in the months that taught: bond." in page.said
    assert 'client.label(answer.id, "card,loan")' in page.said
    assert "a product from there on" in page.said


def test_the_example_with_a_history_is_taken(signature):
    """The month before the record's own, whatever day it is, in the column's own format."""
    for form in ("%Y-%m-%d", "%d-%m-%Y|%Y-%m-%d", "%Y%m%d"):
        columns = tuple(replace(one, format=form) if one.name == "month" else one for one in signature.columns)
        offers = replace(signature.offers, panel=replace(signature.offers.panel, date_format=form))
        changed = replace(signature, columns=columns, offers=offers)
        told = record_with_history(changed, offers)
        row = dict(zip(changed.names, Door(changed).row(told)[0].tolist(), strict=True))
        assert (row["months_known"], row["owned_1_ago__card"]) == (1, 1)


def test_without_names_and_with_all_products_there_is_less_to_say(signature):
    """Then a product is called as its column, and none is left out."""
    panel = replace(signature.offers.panel, products=signature.offers.products)
    section = products_section(replace(signature.offers, panel=panel, names={}))
    assert len(section.blocks) == 1
    assert section.lead == (
        "What somebody owns is never recommended to him. Answers call a product as its column; no other names are "
        "declared."
    )
    one = products_section(replace(signature.offers, names={"en": signature.offers.products}))
    assert one.lead.endswith("/predict and /predict_proba answer in en.")


def test_thresholds_are_told_by_their_ends():
    """One where all are the same."""
    assert threshold_figure((0.125, 0.125)).value == "0.125"
    assert threshold_figure((0.125, 0.5, 0.25)).value == "0.125 to 0.5"


def test_a_model_of_one_outcome_has_none_of_it(signature):
    """Its label is a class, and no column is a product."""
    plain = replace(signature, offers=None, outcome=Outcome("y", "no", "yes"))
    assert example_label(plain) == "yes"
    assert product_cell(None, "card") == ""
    assert product_cell(signature.offers, "age") == ""
