"""The twin of the Santander panel: real columns and quirks, customers who change little, files in constant memory."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from keepfit.datasets.table import read_table
from keepfit.datasets.twins import santander
from keepfit.datasets.twins.santander import ROWS, SCHEMA, generate, write_panel
from keepfit.datasets.twins.santander_customers import MOST_BLOCKS
from keepfit.errors import DatasetError

# the header of train_ver2.csv
CUSTOMER = (
    *("fecha_dato", "ncodpers", "ind_empleado", "pais_residencia", "sexo", "age", "fecha_alta", "ind_nuevo"),
    *("antiguedad", "indrel", "ult_fec_cli_1t", "indrel_1mes", "tiprel_1mes", "indresi", "indext", "conyuemp"),
    *("canal_entrada", "indfall", "tipodom", "cod_prov", "nomprov", "ind_actividad_cliente", "renta", "segmento"),
)
PRODUCTS = (
    *("ind_ahor_fin_ult1", "ind_aval_fin_ult1", "ind_cco_fin_ult1", "ind_cder_fin_ult1", "ind_cno_fin_ult1"),
    *("ind_ctju_fin_ult1", "ind_ctma_fin_ult1", "ind_ctop_fin_ult1", "ind_ctpp_fin_ult1", "ind_deco_fin_ult1"),
    *("ind_deme_fin_ult1", "ind_dela_fin_ult1", "ind_ecue_fin_ult1", "ind_fond_fin_ult1", "ind_hip_fin_ult1"),
    *("ind_plan_fin_ult1", "ind_pres_fin_ult1", "ind_reca_fin_ult1", "ind_tjcr_fin_ult1", "ind_valo_fin_ult1"),
    *("ind_viv_fin_ult1", "ind_nomina_ult1", "ind_nom_pens_ult1", "ind_recibo_ult1"),
)
ALWAYS_THERE = ("fecha_dato", "ncodpers", "age", "antiguedad")
# rows of train_ver2.csv with the flag, of 13 647 309, as published
OWNERS = {
    "ind_cco_fin_ult1": 8945588,
    "ind_ctop_fin_ult1": 1760616,
    "ind_recibo_ult1": 1745712,
    "ind_ecue_fin_ult1": 1129227,
    "ind_cno_fin_ult1": 1103620,
    "ind_nom_pens_ult1": 810085,
    "ind_nomina_ult1": 745961,
    "ind_reca_fin_ult1": 716980,
    "ind_tjcr_fin_ult1": 605786,
    "ind_ctpp_fin_ult1": 591008,
    "ind_dela_fin_ult1": 586381,
    "ind_valo_fin_ult1": 349475,
    "ind_fond_fin_ult1": 252284,
}
# rows without a value
GAPS = {
    "ind_empleado": 27734,
    "indrel_1mes": 149781,
    "tiprel_1mes": 149781,
    "canal_entrada": 186126,
    "cod_prov": 93591,
    "nomprov": 93591,
    "renta": 2794375,
    "segmento": 189368,
    "ind_nomina_ult1": 16063,
    "ind_nom_pens_ult1": 16063,
}
PANEL_ROWS = 400_000
SOME_ROWS = 130_000  # three blocks, the last one cut


@pytest.fixture(scope="module")
def panel():
    """Give the panel of some 28 000 customers."""
    return generate(7, PANEL_ROWS)


@pytest.fixture(scope="module")
def changes(panel):
    """Give the change of each flag against the customer's month before, and the month."""
    change = [(pl.col(name) - pl.col(name).shift(1).over("ncodpers")).alias(name) for name in PRODUCTS]
    return panel.select("fecha_dato", "ind_nuevo", *change).filter(pl.col("ind_cco_fin_ult1").is_not_null())


def share(values: pl.Series) -> float:
    return values.mean() or 0.0


# the real table's columns


def test_the_header_is_the_real_one(panel):
    """The 48 columns have the real names in the real order."""
    assert tuple(panel.columns) == (*CUSTOMER, *PRODUCTS)
    assert dict(panel.schema) == SCHEMA
    assert panel.height == PANEL_ROWS


def test_months_are_the_real_ones(panel):
    """There are seventeen months, each on its 28th day; as many customers are in each as in the real table."""
    counts = panel["fecha_dato"].value_counts().sort("fecha_dato")
    assert counts["fecha_dato"].to_list() == [
        f"{year}-{month:02}-28" for year in (2015, 2016) for month in range(1, 13) if (year, month) <= (2016, 5)
    ]
    assert (counts["count"] / PANEL_ROWS * ROWS).to_list() == pytest.approx(santander.MONTHLY_ROWS, rel=0.03)
    assert ROWS == 13_647_309


def test_ages_and_seniorities_are_padded_text(panel):
    """Ages have three characters, seniorities seven; unknown ones are NA with blanks before it, or -999999."""
    assert panel["age"].str.contains(r"^( NA|  \d| \d\d|1\d\d)$").all()
    assert panel["antiguedad"].str.contains(r"^(     NA|-999999| {4,6}\d{1,3})$").all()
    assert (panel["antiguedad"].str.len_chars() == 7).all()
    assert {" 35", " NA"} < set(panel["age"])
    assert 0 < (panel["antiguedad"] == "-999999").mean() < 0.001
    years = panel["age"].str.strip_chars().cast(pl.Int64, strict=False)
    assert years.mean() == pytest.approx(40.2, abs=1)
    assert years.median() == pytest.approx(39, abs=2)


def test_dates_are_text(panel):
    """Dates are text, year first; nobody joined before 1995 or after the month of the row."""
    for name in ("fecha_dato", "fecha_alta", "ult_fec_cli_1t"):
        assert panel[name].drop_nulls().str.contains(r"^\d{4}-\d\d-\d\d$").all()
    assert panel["fecha_alta"].min() >= "1995-01-16"
    assert (panel["fecha_alta"] <= panel["fecha_dato"]).all()


def test_relations_are_spelt_in_several_ways(panel):
    """What a customer was at the beginning of the month is 1, 1.0, another digit, P, or nothing."""
    assert {"1", "1.0", "3", None} <= set(panel["indrel_1mes"]) <= {"1", "1.0", "2", "3", "4", "P", None}
    assert {"A", "I", "P", None} <= set(panel["tiprel_1mes"]) <= {"A", "I", "P", "R", None}
    potential = panel.filter(pl.col("indrel_1mes") == "P")
    assert (potential["tiprel_1mes"] == "R").all()
    assert share(panel["indrel_1mes"] == "1.0") > 0.2
    assert share(panel["indrel_1mes"] == "1") > 0.2


@pytest.mark.parametrize("name", GAPS)
def test_gaps_are_as_many(panel, name):
    """The share of rows without a value is the real one, within a quarter."""
    assert panel[name].null_count() / PANEL_ROWS == pytest.approx(GAPS[name] / ROWS, rel=0.25)


def test_two_columns_are_almost_empty(panel):
    """Nearly nobody has a last date as a primary customer, or is known to be an employee's spouse or not."""
    assert 0 < panel["ult_fec_cli_1t"].count() / PANEL_ROWS < 0.004
    assert panel["conyuemp"].count() / PANEL_ROWS < 0.001
    left = panel.filter(pl.col("ult_fec_cli_1t").is_not_null())
    assert (left["indrel"] == 99).all()
    assert (left["ult_fec_cli_1t"].str.slice(0, 7) == left["fecha_dato"].str.slice(0, 7)).all()


def test_of_some_customers_nothing_is_known(panel):
    """In two of a thousand rows all customer fields are missing at once, before July 2015 only."""
    unknown = panel.filter(pl.col("sexo").is_null())
    assert unknown.height / PANEL_ROWS == pytest.approx(27734 / ROWS, rel=0.25)
    assert all(unknown[name].null_count() == unknown.height for name in CUSTOMER if name not in ALWAYS_THERE)
    assert set(unknown["age"]) == {" NA"}
    assert set(unknown["antiguedad"]) == {"     NA"}
    assert unknown["fecha_dato"].max() < "2015-07"
    untold = panel.filter(pl.col("ind_nomina_ult1").is_null())
    assert untold["sexo"].null_count() == untold.height


def test_provinces_have_one_name_each(panel):
    """The codes 1 to 52 have the names of the Spanish provinces, one each; those abroad have none."""
    pairs = panel.select("cod_prov", "nomprov").drop_nulls().unique().sort("cod_prov")
    assert pairs["cod_prov"].to_list() == list(range(1, 53))
    assert pairs["nomprov"].n_unique() == 52
    names = dict(pairs.iter_rows())
    assert (names[8], names[15], names[28], names[29], names[52]) == (
        *("BARCELONA", "CORUÑA, A", "MADRID", "MALAGA", "MELILLA"),
    )
    assert (panel["cod_prov"].is_null() == panel["nomprov"].is_null()).all()
    abroad = panel.filter(pl.col("indresi") == "N")
    assert abroad["cod_prov"].null_count() == abroad.height > 0
    assert "ES" not in set(abroad["pais_residencia"])


def test_income_depends_on_the_province(panel):
    """Households in Madrid and Barcelona earn most of the large provinces; a customer's income stays."""
    medians = dict(panel.group_by("nomprov").agg(pl.col("renta").median()).iter_rows())
    large = ("VALENCIA", "SEVILLA", "CORUÑA, A", "MURCIA", "MALAGA", "BADAJOZ")
    assert medians["MADRID"] > medians["BARCELONA"] > max(medians[name] for name in large)
    assert panel["renta"].median() == pytest.approx(101850, rel=0.03)
    assert panel.group_by("ncodpers").agg(pl.col("renta").drop_nulls().n_unique())["renta"].max() == 1


def test_channels_are_many_and_skewed(panel):
    """There are some 160 channels; three of them brought three customers of four."""
    counts = panel["canal_entrada"].drop_nulls().value_counts(sort=True, normalize=True)
    assert 120 < counts.height <= 162
    assert set(counts["canal_entrada"].head(3)) == {"KHE", "KAT", "KFC"}
    assert counts["proportion"].head(3).sum() == pytest.approx(0.77, abs=0.05)


def test_segments_go_with_age(panel):
    """Students are young, top customers older than others; shares are the real ones."""
    known = panel.filter(pl.col("segmento").is_not_null())
    shares = dict(known["segmento"].value_counts(normalize=True).iter_rows())
    assert shares["02 - PARTICULARES"] == pytest.approx(0.59, abs=0.03)
    assert shares["03 - UNIVERSITARIO"] == pytest.approx(0.37, abs=0.03)
    assert shares["01 - TOP"] == pytest.approx(0.042, abs=0.01)
    years = pl.col("age").str.strip_chars().cast(pl.Int64, strict=False)
    medians = dict(known.group_by("segmento").agg(years.median()).iter_rows())
    assert medians["03 - UNIVERSITARIO"] < 26 < medians["02 - PARTICULARES"] < medians["01 - TOP"]


def test_many_students_come_in_july(panel):
    """A fifth of all customers have their first row in July 2015, and most of those are students."""
    first = panel.group_by("ncodpers", maintain_order=True).first()
    july = first.filter(pl.col("fecha_dato") == "2015-07-28")
    assert july.height / first.height == pytest.approx(0.21, abs=0.02)
    assert share(july["segmento"] == "03 - UNIVERSITARIO") > 0.5
    before, after = (
        first.filter((pl.col("fecha_dato") > low) & (pl.col("fecha_dato") < high)).height
        for low, high in (("2015-02", "2015-07"), ("2015-08", "2016-01"))
    )
    assert after > 3 * before


# customers over the months


def test_a_customer_has_months_without_a_hole(panel):
    """A customer's rows follow each other, month by month, and no other customer has the number."""
    month = panel["fecha_dato"].str.to_date().dt.year() * 12 + panel["fecha_dato"].str.to_date().dt.month()
    step = panel.select(step=month.diff(), same=pl.col("ncodpers") == pl.col("ncodpers").shift(1))
    assert (step.filter(pl.col("same"))["step"] == 1).all()
    assert panel["ncodpers"].rle().len() == panel["ncodpers"].n_unique()
    assert panel["ncodpers"].min() >= 15889
    assert panel["ncodpers"].max() < 1_560_000


def test_what_a_customer_is_stays(panel):
    """Sex, province, channel and date of joining are told in the same words each month; nobody grows younger."""
    fixed = ("sexo", "nomprov", "canal_entrada", "fecha_alta", "pais_residencia")
    found = panel.group_by("ncodpers").agg(pl.col(name).drop_nulls().n_unique() for name in fixed)
    assert all(found[name].max() == 1 for name in fixed)
    years = panel["age"].str.strip_chars().cast(pl.Int64, strict=False)
    grown = panel.select(by=years.diff(), same=pl.col("ncodpers") == pl.col("ncodpers").shift(1))
    assert set(grown.filter(pl.col("same"))["by"].drop_nulls()) == {0, 1}


@pytest.mark.parametrize("name", OWNERS)
def test_a_product_is_as_common(panel, name):
    """The share of rows with a product is the real one: within 4 %, and four standard errors of so many customers."""
    real = OWNERS[name] / ROWS
    error = np.sqrt(real / panel["ncodpers"].n_unique())
    assert share(panel[name]) == pytest.approx(real, abs=0.04 * real + 4 * error)


def test_flags_are_flags(panel):
    """A product is owned or not; every one but the rarest has an owner."""
    assert all(set(panel[name].drop_nulls()) <= {0, 1} for name in PRODUCTS)
    assert all(panel[name].sum() > 0 for name in PRODUCTS if name != "ind_aval_fin_ult1")
    assert share(panel["ind_aval_fin_ult1"]) < 0.0002


def test_customers_change_little(changes):
    """A flag is last month's in more than 99.5 % of cells, and in most months of a customer nothing changes."""
    cells = changes.select(PRODUCTS).fill_null(0).to_numpy()
    assert (cells == 0).mean() > 0.995
    assert (cells == 0).all(axis=1).mean() > 0.9


def test_additions_and_drops_are_rare(changes):
    """Between 0.1 and 0.3 % of cells a month are additions; drops are as rare, somewhat fewer."""
    cells = changes.select(PRODUCTS).fill_null(0).to_numpy()
    added, dropped = (cells == 1).mean(), (cells == -1).mean()
    assert 0.001 < added < 0.003
    assert 0.001 < dropped < added


def test_june_is_the_season_of_taxes(changes):
    """In June 2015 more is added than in the months around it, direct debits of taxes above all."""
    added = changes.group_by("fecha_dato").agg((pl.col(name) == 1).mean() for name in PRODUCTS)
    of_month = {row[0]: dict(zip(PRODUCTS, row[1:], strict=True)) for row in added.iter_rows()}
    may, june, july = (of_month[f"2015-{month}-28"] for month in ("05", "06", "07"))
    assert sum(june.values()) > 1.15 * max(sum(may.values()), sum(july.values()))
    assert june["ind_reca_fin_ult1"] > 1.5 * max(may["ind_reca_fin_ult1"], july["ind_reca_fin_ult1"])


def test_products_go_together(panel):
    """Payroll, payroll or pension, debits and payroll account go together; the last replaces a current account."""

    def correlation(first: str, second: str) -> float:
        return panel.select(pl.corr(f"ind_{first}_ult1", f"ind_{second}_ult1")).item()

    assert correlation("nomina", "nom_pens") > 0.85
    assert correlation("recibo", "nomina") > 0.2
    assert correlation("recibo", "nom_pens") > 0.2
    assert correlation("cno_fin", "nomina") > 0.25
    assert correlation("cco_fin", "nomina") < -0.03


def test_activity_goes_with_products(panel):
    """The active customers own twice as many products."""
    owned = panel.with_columns(owned=pl.sum_horizontal(PRODUCTS)).group_by("ind_actividad_cliente")
    means = dict(owned.agg(pl.col("owned").mean()).iter_rows())
    assert means[1] > 1.5 * means[0]
    assert share(panel["ind_actividad_cliente"]) == pytest.approx(0.457, abs=0.02)


def test_new_customers_buy_more(changes):
    """What is there to recommend is first with those who joined in the last six months."""
    added = changes.select("ind_nuevo", added=pl.sum_horizontal(pl.col(name) == 1 for name in PRODUCTS))
    means = dict(added.group_by("ind_nuevo").agg(pl.col("added").mean()).iter_rows())
    assert means[1] > 2 * means[0]


# its laws


def test_a_seed_repeats():
    """The same seed gives the same rows, another seed others."""
    assert_frame_equal(generate(3, 1000), generate(3, 1000))
    assert not generate(3, 1000).equals(generate(4, 1000))


@pytest.mark.parametrize("rows", [1, 17, 70_000])
def test_a_table_is_the_beginning_of_a_longer_one(rows):
    """How many rows follow does not change the first ones, across blocks too."""
    assert_frame_equal(generate(11, rows), generate(11, SOME_ROWS).head(rows))


def test_no_two_blocks_share_a_customer():
    """Each block has numbers of its own, up to the last block that the panel can need."""
    last = MOST_BLOCKS - 1
    numbers = [set(santander._block(5, block)["ncodpers"]) for block in (0, 1, 2, 149, last)]
    assert len(set.union(*numbers)) == sum(len(of_block) for of_block in numbers)


def test_the_blocks_suffice():
    """There are blocks enough for the whole panel."""
    assert santander._block(5, 0).height * MOST_BLOCKS > 1.2 * ROWS


@pytest.mark.parametrize("rows", [0, -1, ROWS + 1])
def test_a_wrong_number_of_rows_is_refused(tmp_path, rows):
    """No rows, and more than the real table has, are an error that says what is possible."""
    with pytest.raises(DatasetError, match="1 to 13647309 rows"):
        generate(1, rows)
    with pytest.raises(DatasetError, match=f"{rows} rows are asked for"):
        write_panel(tmp_path / "panel.csv", rows=rows, seed=1)


# files


def test_a_parquet_file_holds_what_is_generated(tmp_path):
    """What is streamed to Parquet is what is generated at once, types included."""
    write_panel(tmp_path / "panel.parquet", rows=SOME_ROWS, seed=11)
    assert_frame_equal(read_table(tmp_path / "panel.parquet"), generate(11, SOME_ROWS))


def test_a_csv_file_holds_what_is_generated(tmp_path):
    """What is streamed to CSV is what is generated at once: blanks, spellings and gaps too."""
    write_panel(tmp_path / "panel.csv", rows=SOME_ROWS, seed=11)
    found = pl.read_csv(tmp_path / "panel.csv", schema_overrides=SCHEMA)
    assert_frame_equal(found, generate(11, SOME_ROWS))


def test_a_csv_file_reads_as_a_table(tmp_path):
    """Read without being told the types, numbers are numbers and padded ages are text."""
    write_panel(tmp_path / "panel.csv", rows=20_000, seed=11)
    found = read_table(tmp_path / "panel.csv")
    assert tuple(found.columns) == (*CUSTOMER, *PRODUCTS)
    assert all(found.schema[name] == pl.Int64 for name in (*PRODUCTS, "ncodpers", "ind_nuevo", "cod_prov"))
    assert (found.schema["age"], found.schema["renta"]) == (pl.String, pl.Float64)


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_seed_gives_the_same_file(tmp_path, suffix):
    """Two files of the same seed and size are the same, byte for byte."""
    for name in ("one", "two"):
        write_panel(tmp_path / f"{name}.{suffix}", rows=70_000, seed=11)
    assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"two.{suffix}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_progress_is_told_block_by_block(tmp_path):
    """After each block the rows so far are told, and all of them at the end."""
    told = []
    write_panel(tmp_path / "panel.csv", rows=SOME_ROWS, seed=11, on_progress=lambda *step: told.append(step))
    assert [total for _, total in told] == [SOME_ROWS] * 3
    assert told[-1][0] == SOME_ROWS
    assert np.all(np.diff([done for done, _ in told]) > 0)


MEMORY = """
import resource, sys
from pathlib import Path
from keepfit.datasets.twins.santander import write_panel
write_panel(Path(sys.argv[1]), rows=int(sys.argv[2]), seed=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux")
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_memory_does_not_grow_with_rows(tmp_path, suffix):
    """Four times the rows take less than 45 MiB more, where all of them at once would take 90."""

    def peak_mib(rows: int) -> int:
        command = [sys.executable, "-c", MEMORY, str(tmp_path / f"panel.{suffix}"), str(rows)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout)

    assert peak_mib(400_000) < peak_mib(100_000) + 45


def test_an_unknown_suffix_is_refused(tmp_path):
    """Only CSV and Parquet are written, and the error says so."""
    with pytest.raises(DatasetError, match=r"cannot write \.xlsx files; accepted: \.csv, \.parquet"):
        write_panel(tmp_path / "panel.xlsx", rows=10, seed=1)
    with pytest.raises(DatasetError, match="without a suffix"):
        write_panel(tmp_path / "panel", rows=10, seed=1)


def test_a_failure_leaves_the_file_as_it_was(tmp_path):
    """When writing breaks off, the older file is still there and nothing else is."""
    path = tmp_path / "panel.csv"
    write_panel(path, rows=10, seed=1)
    before = path.read_bytes()

    def stop(done, total):
        raise KeyError(done, total)

    with pytest.raises(KeyError):
        write_panel(path, rows=SOME_ROWS, seed=2, on_progress=stop)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_is_an_error(tmp_path):
    """A path that leads through a file is told as such."""
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="cannot be written"):
        write_panel(tmp_path / "file" / "panel.csv", rows=10, seed=1)
