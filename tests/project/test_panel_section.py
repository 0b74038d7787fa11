"""`[panel]`: a table of months and products, and what of it cannot be declared."""

from __future__ import annotations

import pytest

from keepfit.errors import ProjectError
from keepfit.project.declaration import sections
from keepfit.project.panel_section import PanelCandidate, PanelSection
from keepfit.project.reader import read_project
from keepfit.project.scaffold import project_text

DATA = '[data]\nsource = "t.csv"\ntarget = "added"\nentity = "who"\n'
PANEL = '[panel]\nmonth = "month"\nproducts = ["card", "loan"]\nhold_from = "2016-02"\n'


@pytest.fixture
def read(tmp_path):
    def reading(text: str):
        (tmp_path / "keepfit.toml").write_text(text, encoding="utf-8")
        return read_project(tmp_path / "keepfit.toml")

    return reading


def test_a_panel_needs_months_products_and_a_month_to_hold_out(read):
    """All else has a default: both ways to learn, the lags of the published system, and what the competition scores."""
    panel = read(DATA + PANEL).panel
    assert (panel.month, panel.products, panel.hold_from) == ("month", ["card", "loan"], "2016-02")
    assert (panel.since, panel.impossible, panel.train_from) == ("", "reject", None)
    assert (panel.lags, panel.metric, panel.staging_threshold) == ([1, 2, 3, 5], "map", 0.0)
    assert panel.candidates == [PanelCandidate(model="per_product"), PanelCandidate(model="ranker")]


def test_a_project_without_a_panel_has_none(read):
    """It predicts one outcome; the section is there to be declared."""
    assert read('[data]\nsource = "t.csv"\ntarget = "y"\n').panel is None
    assert sections()["panel"] is PanelSection


def test_products_have_names_by_language(read):
    """In any script; not each needs one."""
    named = read(f'{DATA}{PANEL}[panel.names.ru]\ncard = "Карта"\n[panel.names.en]\ncard = "Card"\nloan = "Loan"\n')
    assert named.panel.names == {"ru": {"card": "Карта"}, "en": {"card": "Card", "loan": "Loan"}}


@pytest.mark.parametrize(
    ("panel", "said"),
    [
        ('products = ["card", "card"]\n', '[panel] products = ["card", "card"]: holds card twice; name it once'),
        ("lags = [1, 2, 1]\n", "[panel] lags = [1, 2, 1]: holds 1 twice; name it once"),
        ("lags = [0]\n", "[panel] lags.0 = 0: input should be greater than or equal to 1"),
        ('products = ["a,b"]\n', '[panel] products = ["a,b"]: names "a,b": a list of products is written with commas'),
        ('products = ["card "]\n', 'names "card ": a list of products is written with commas, and blanks around'),
        ('products = ["nothing"]\n', 'names "nothing": so is a label called that lists none; call the column otherw'),
        ('products = ["card", "something"]\n', 'names "something": so is a label called that lists none'),
        ("products = []\n", "[panel] products = []: list should have at least 1 item"),
        ('products = ["card", ""]\n', '[panel] products.1 = "": string should have at least 1 character'),
        ("candidates = []\n", "[panel] candidates = []: list should have at least 1 item"),
        (
            'candidates = [{ model = "forest" }]\n',
            "candidates.0.model = \"forest\": input should be 'per_product' or 'ran",
        ),
        (
            'candidates = [{ model = "ranker", rounds = 0 }]\n',
            "candidates.0.rounds = 0: input should be greater than or",
        ),
        ('metric = "f1"\n', "[panel] metric = \"f1\": input should be 'map', 'map_of_taking', 'f1_micro'"),
        ('hold_from = "2016"\n', '[panel] hold_from = "2016": string should match pattern'),
        ('train_from = "2016-02"\n', "[panel]: train_from 2016-02 is not before hold_from 2016-02"),
        ('names = { English = { card = "Card" } }\n', 'names the language "English"; write its code, such as en'),
        ('names = { en = { card = "A", loan = "A" } }\n', 'en calls two products "A"; name them apart'),
        ('names = { en = { card = "loan" } }\n', '[panel]: names.en calls two products "loan"; name them apart'),
        ('names = { en = { fund = "Fund" } }\n', '[panel]: names.en names "fund", which is none of the products'),
        ('month = "card"\n', "[panel]: month, since and products name different columns"),
        ('since = "loan"\n', "[panel]: month, since and products name different columns"),
        ('since = "month"\n', "[panel]: month, since and products name different columns"),
        ('mont = "month"\n', '[panel] mont: no such key; did you mean "month"?'),
    ],
)
def test_what_is_no_panel_is_told_with_its_key(read, panel, said):
    """When the file is read, before any table is."""
    key = panel.partition(" =")[0]
    kept = "".join(f"{line}\n" for line in PANEL.splitlines() if not line.startswith(f"{key} ="))
    with pytest.raises(ProjectError) as error:
        read(DATA + kept + panel)
    assert said in str(error.value)


@pytest.mark.parametrize("key", ["month", "products", "hold_from"])
def test_what_a_panel_cannot_do_without_is_named(read, key):
    """One key is missing, and it is told."""
    kept = "".join(f"{line}\n" for line in PANEL.splitlines() if not line.startswith(key))
    with pytest.raises(ProjectError, match=rf"\[panel\] {key} is missing"):
        read(DATA + kept)


def test_no_more_products_than_a_number_has_bits(read):
    """64 are taken, 65 are not."""
    products = [f"p{number}" for number in range(65)]
    head = DATA + PANEL.replace('["card", "loan"]', "{}")
    assert len(read(head.format(products[:64])).panel.products) == 64
    with pytest.raises(ProjectError, match="list should have at most 64 items"):
        read(head.format(products))


@pytest.mark.parametrize(
    ("data", "panel", "said"),
    [
        (
            DATA.replace('entity = "who"\n', ""),
            PANEL,
            "[panel] needs [data] entity: the column that says whom a row is",
        ),
        (DATA.replace('"who"', '"card"'), PANEL, '[panel] names "card", which is the entity'),
        (DATA.replace('"who"', '"month"'), PANEL, '[panel] names "month", which is the entity'),
        (DATA + 'drop = ["x", "loan", "month"]\n', PANEL, '[data] drop names "loan", which [panel] needs'),
        (
            DATA + 'missing = { card = ["-1"] }\n',
            PANEL,
            '[data] missing names "card": the months and products of a [pan',
        ),
        (DATA + 'replace = { month = { a = "b" } }\n', PANEL, '[data] replace names "month": the months and products'),
        (DATA + 'drop = ["joined"]\n', PANEL + 'since = "joined"\n', '[data] drop names "joined", which [panel] needs'),
    ],
)
def test_a_panel_agrees_with_the_table_of_the_project(read, data, panel, said):
    """Whom a row is about is a column of its own, and nothing that a panel needs is dropped."""
    with pytest.raises(ProjectError) as error:
        read(data + panel)
    assert said in str(error.value)


def test_a_new_project_has_the_section_commented_out(read):
    """A newcomer sees it, and has no panel until it is wanted."""
    text = project_text(source="t.csv", target="y", name="credit", positive="good")
    assert "# [panel]\n" in text
    assert read(text).panel is None
    part = text.split("# [panel]\n")[1].split("\n[")[0]
    assert all(line.startswith("#") or not line for line in part.splitlines())
    assert all(f"# {key} = " in part for key in PanelSection.model_fields)


def test_a_record_may_have_what_is_dropped(read):
    """Where that is declared; by default an unknown column is refused."""
    assert read(DATA).request.dropped == "reject"
    assert read(f'{DATA}[request]\ndropped = "accept"\n').request.dropped == "accept"
    with pytest.raises(ProjectError, match=r"\[request\] dropped = \"ignore\": input should be 'accept' or 'reject'"):
        read(f'{DATA}[request]\ndropped = "ignore"\n')


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("%Y-%m-%d|%d-%m", 'says "%Y-%m-%d|%d-%m" of "month", which names no year'),
        ("%d-%m-%Y|%m-%d-%Y", 'which reads "02-01-2016" in two ways'),
    ],
)
def test_several_formats_of_a_date_are_each_one(read, form, said):
    """And no text means two days."""
    with pytest.raises(ProjectError) as error:
        read(f'{DATA}dates = {{ month = "{form}" }}\n{PANEL}')
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (
            "[split]\nholdout = 0.3\n",
            "[split] holdout is never read where there is a [panel]; say it by [panel] hold_from",
        ),
        (
            '[split]\ntime = "month"\n',
            "[split] time is never read where there is a [panel]; say it by [panel] hold_from",
        ),
        ("[split]\nseed = 1\n", "[split] seed is never read"),
        ("[split]\nstratify = true\n", "[split] stratify is never read"),
        ('[training]\ncandidates = [{ model = "lightgbm" }]\n', "a [panel]; say it by [panel] candidates"),
        (
            '[training]\nmetric = "f1"\n',
            "[training] metric is never read where there is a [panel]; say it by [panel] metric",
        ),
        ("[training]\nfolds = 5\n", "[training] folds is never read where there is a [panel]; take it out"),
        ("[training]\nthreshold = 0.5\n", "[training] threshold is never read"),
        ("[training.costs]\nfalse_negative = 5.0\n", "[training] costs is never read"),
        ('[training]\ncalibration = "none"\n', "[training] calibration is never read"),
        ('[training]\nmissing = "zero"\n', "[training] missing is never read"),
        ('[training]\ncategories = "ordinal"\n', "[training] categories is never read"),
        ('[training]\nclass_weight = "balanced"\n', "[training] class_weight is never read"),
        ('[training.selection]\nmethod = "forward"\n', "[training] selection is never read"),
        ('[training.monotone]\nage = "increasing"\n', "[training] monotone is never read"),
        (
            '[promotion]\nstaging_metric = "f1"\n',
            "[promotion] staging_metric is never read where there is a [panel]; say it",
        ),
        ("[promotion]\nstaging_threshold = 0.5\n", "a [panel]; say it by [panel] staging_threshold"),
        ("[promotion]\nkeep = 3\n", "[promotion] keep is never read where there is a [panel]; take it out"),
    ],
)
def test_what_a_panel_never_reads_is_refused(read, section, said):
    """Even at its default: who declares it thinks that it says something. Without a panel it does."""
    with pytest.raises(ProjectError) as error:
        read(DATA + PANEL + section)
    assert said in str(error.value)
    read(DATA + section)


@pytest.mark.parametrize("key", ['positive = "yes"', "positive_above = 1.0"])
def test_a_panel_s_positive_class_is_that_something_is_added(read, key):
    """No other can be declared."""
    with pytest.raises(
        ProjectError, match=r"\[data\] positive\w* is never read where there is a \[panel\]; take it out"
    ):
        read(f"{DATA}{key}\n{PANEL}")


def test_the_features_of_a_panel_and_its_processes_are_read(read):
    """They are declared as those of other tables; empty sections say nothing."""
    steps = '[training]\njobs = 1\nfeatures = [{ step = "frequency", columns = ["city"] }]\n[split]\n[promotion]\n'
    assert read(DATA + PANEL + steps).training.jobs == 1


def test_a_panel_stages_by_its_own_metric(read):
    """Without a panel `[promotion]` decides."""
    promotion = '[promotion]\nstaging_metric = "roc_auc"\nstaging_threshold = 0.7\n'
    panel = f'{PANEL}metric = "f1_micro"\nstaging_threshold = 0.02\n'
    assert read(DATA + panel).staging == ("f1_micro", 0.02)
    assert read(DATA + PANEL).staging == ("map", 0.0)
    assert read(f'[data]\nsource = "t.csv"\ntarget = "y"\n{promotion}').staging == ("roc_auc", 0.7)
