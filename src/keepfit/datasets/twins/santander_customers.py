"""Who the generated customers of the Santander panel are: what of them is drawn once and then only grows older."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

CUSTOMERS_PER_BLOCK = 4096
# the published count of rows for each month, 2015-01 to 2016-05
MONTHLY_ROWS = (
    *(625457, 627394, 629209, 630367, 631957, 632110, 829817, 843201, 865440),
    *(892251, 906109, 912021, 916269, 920904, 925076, 928274, 931453),
)
MONTHS = len(MONTHLY_ROWS)
JULY = 6  # of 2015: the intake; what is known before it was noted at the end of June
SNAPSHOTS = (np.datetime64("2015-01", "M") + np.arange(MONTHS)).astype("datetime64[D]").astype(np.int64) + 27
FIRST_DAY = int(np.datetime64("1995-01-16", "D").astype(np.int64))
LAST_DAY = int(SNAPSHOTS[-1])
TOP, PARTICULAR, STUDENT = 0, 1, 2
SEGMENTS = ("01 - TOP", "02 - PARTICULARES", "03 - UNIVERSITARIO")
EMPLOYMENTS = ("N", "B", "F", "A", "S")
RELATIONS = ("1", "1.0", "2", "3", "4", "P")  # indrel_1mes; that a one has two spellings is the real table's
CO_OWNER, FORMER, FORMER_CO_OWNER, POTENTIAL = 2, 3, 4, 5

# name, thousands of rows, thousands of euros of median household income
PROVINCES: tuple[tuple[str, int, int], ...] = (
    *(("ALAVA", 42, 105), ("ALBACETE", 108, 76), ("ALICANTE", 313, 75), ("ALMERIA", 87, 76), ("AVILA", 54, 76)),
    *(("BADAJOZ", 190, 64), ("BALEARS, ILLES", 142, 112), ("BARCELONA", 1275, 130), ("BURGOS", 120, 98)),
    *(("CACERES", 150, 70), ("CADIZ", 300, 82), ("CASTELLON", 110, 73), ("CIUDAD REAL", 110, 62), ("CORDOBA", 162, 75)),
    *(("CORUÑA, A", 429, 90), ("CUENCA", 63, 66), ("GIRONA", 96, 106), ("GRANADA", 195, 84), ("GUADALAJARA", 78, 94)),
    *(("GIPUZKOA", 60, 105), ("HUELVA", 100, 72), ("HUESCA", 55, 80), ("JAEN", 68, 67), ("LEON", 92, 86)),
    *(("LERIDA", 73, 74), ("RIOJA, LA", 77, 88), ("LUGO", 85, 72), ("MADRID", 4410, 142), ("MALAGA", 367, 90)),
    *(("MURCIA", 397, 72), ("NAVARRA", 90, 100), ("OURENSE", 76, 75), ("ASTURIAS", 263, 89), ("PALENCIA", 66, 88)),
    *(("PALMAS, LAS", 235, 78), ("PONTEVEDRA", 258, 82), ("SALAMANCA", 188, 90), ("SANTA CRUZ DE TENERIFE", 156, 82)),
    *(("CANTABRIA", 168, 92), ("SEGOVIA", 68, 88), ("SEVILLA", 605, 95), ("SORIA", 22, 78), ("TARRAGONA", 112, 92)),
    *(("TERUEL", 28, 76), ("TOLEDO", 190, 72), ("VALENCIA", 682, 83), ("VALLADOLID", 240, 97), ("BIZKAIA", 149, 112)),
    *(("ZAMORA", 55, 72), ("ZARAGOZA", 343, 98), ("CEUTA", 16, 118), ("MELILLA", 11, 108)),
)
_FORAL = (1, 20, 31, 48)  # Basque provinces and Navarre have a tax of their own, and more incomes are unknown
COUNTRIES = (
    *("ES", "FR", "AR", "DE", "GB", "US", "CO", "IT", "RO", "MX", "VE", "BR", "EC", "CH", "BO", "PE", "CL", "PT", "BE"),
    *("CU", "CN", "DO", "PY", "NL", "AT", "UY", "IE", "PL", "RU", "SE", "UA", "MA", "HN", "BG", "GT", "JP", "CA", "SV"),
    *("NI", "PR", "CR", "PA", "IN", "SN", "AU", "NO", "FI", "DK", "LU", "AD", "TR", "GR", "CZ", "HU", "IL", "AE", "QA"),
    *("SA", "DZ", "NG", "GN", "GQ", "ZA", "KR", "TH", "NZ", "SG", "PH", "PK", "GE", "MD", "BY", "LT", "LV", "EE", "HR"),
)
CHANNELS = (
    *("KHE", "KAT", "KFC", "KHQ", "KFA", "KHK", "KHM", "KHD", "KHN", "KAS", "RED", "KAG", "KAY", "KAA", "KAB"),
    *("KAE", "KCC", "KBZ", "KHL", "KFD", "KAI", "KEY", "KAW", "KAR", "KAZ", "KAF", "013", "KCI", "KCH", "007"),
    *("KAH", "KAJ", "KAQ", "KAP", "KAK", "KAC", "KAD", "KAL", "KAM", "KAN", "KAO", "KAU", "KAV", "KBB", "KBD"),
    *("KBE", "KBF", "KBG", "KBH", "KBJ", "KBL", "KBM", "KBN", "KBO", "KBP", "KBQ", "KBR", "KBS", "KBU", "KBV"),
    *("KBW", "KBX", "KBY", "KCA", "KCB", "KCD", "KCE", "KCF", "KCG", "KCJ", "KCK", "KCL", "KCM", "KCN", "KCO"),
    *("KCP", "KCQ", "KCR", "KCS", "KCT", "KCU", "KCV", "KCX", "KDA", "KDB", "KDC", "KDD", "KDE", "KDF", "KDG"),
    *("KDH", "KDI", "KDL", "KDM", "KDN", "KDO", "KDP", "KDQ", "KDR", "KDS", "KDT", "KDU", "KDV", "KDW", "KDX"),
    *("KDY", "KDZ", "KEA", "KEB", "KEC", "KED", "KEE", "KEF", "KEG", "KEH", "KEI", "KEJ", "KEK", "KEL", "KEM"),
    *("KEN", "KEO", "KEQ", "KES", "KEU", "KEV", "KEW", "KEZ", "KFB", "KFE", "KFF", "KFG", "KFH", "KFI", "KFJ"),
    *("KFK", "KFL", "KFM", "KFN", "KFP", "KFR", "KFS", "KFT", "KFU", "KFV", "KGC", "KGN", "KGU", "KGV", "KGW"),
    *("KGX", "KGY", "KHA", "KHC", "KHF", "KHO", "KHP", "KHR", "KHS", "K00", "004", "025"),
)
# of students and others, who joined before the panel or in it; what is left is shared by the other codes
_CHANNEL_SHARES: dict[tuple[bool, bool], dict[str, float]] = {
    (True, False): {"KHE": 0.87, "KFC": 0.04, "KAT": 0.02, "KHD": 0.012, "KHK": 0.01},
    (True, True): {"KHQ": 0.72, "KHE": 0.1, "KHN": 0.05, "KHM": 0.04, "KHK": 0.03},
    (False, False): {"KAT": 0.415, "KFC": 0.385, "KFA": 0.05, "KHK": 0.02, "KAS": 0.012, "RED": 0.006},
    (False, True): {"KHM": 0.25, "KHQ": 0.22, "KHK": 0.18, "KHN": 0.1, "KFC": 0.08, "RED": 0.05, "KAT": 0.04},
}

_LEAVING = 0.002  # the chance of a month
_LEAVING_DAYS = 27
_RETURNING = {JULY: 0.93}  # how many of a month's intake joined the bank before the panel
_RETURNING_ELSE = 0.12
_STUDENTS = {"first": 0.305, "returning": 0.55, "new": 0.56}
_UNKNOWN = 0.0074
_WITHOUT_CHANNEL = 0.002
_ABROAD = 0.0048
_WITHOUT_INCOME = {"at home": 0.165, "foral": 0.6, "new": 0.45, "abroad": 0.5}
_WITHOUT_SENIORITY = 0.0001
_WITH_SPOUSE_FLAG, _SPOUSES = 0.00014, 0.01
_TOPS = 0.063  # of those who are no students and not new
_RICH = 0.015
_LEAST_INCOME, _GREATEST_INCOME = 1202.73, 28894395.51
_DAYS_PER_MONTH = 30.4375
_FIRST_ID = 15889
MOST_BLOCKS = 375  # so many blocks have numbers of their own below 1.55 million
_BLOCK_STEP = 149  # has no divisor in common with it
# chance, years of age: what the ages of a segment are, straight between
_AGES = {
    TOP: ((0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1), (26, 38, 46, 54, 64, 74, 88, 99)),
    PARTICULAR: (
        (0, 0.012, 0.03, 0.1, 0.25, 0.5, 0.75, 0.9, 0.985, 0.9995, 1),
        (2, 15, 24, 32, 39, 46, 57, 71, 87, 101, 117),
    ),
    STUDENT: ((0, 0.02, 0.1, 0.3, 0.5, 0.75, 0.9, 0.98, 1), (17, 19, 20.2, 21.7, 23, 25, 28, 40, 60)),
}
# chance, months since the customer joined, at the first row
_SENIORITIES = {
    True: ((0, 0.25, 0.5, 0.75, 0.95, 1), (1, 9, 20, 32, 50, 120)),
    False: ((0, 0.1, 0.25, 0.5, 0.75, 0.95, 1), (1, 14, 42, 104, 160, 212, 240)),
}
_TERM = 0.75  # of the students join with a term: in one of these months
_TERM_MONTHS, _TERM_SHARES = (7, 8, 9, 10, 11, 12), (0.1, 0.07, 0.21, 0.36, 0.18, 0.08)


@dataclass(frozen=True, slots=True)
class Customers:
    """A block of customers, each array of shape (n_customers,).

    Attributes
    ----------
    number
        `ncodpers`; who joined later has a higher one.
    first, last
        Months of the panel, from 0, between which the customer has rows, both included.
    left
        Day since 1970-01-01, within the last month, on which the customer stopped being a primary one; 0 for those
        who stay.
    is_new
        Whether the customer joined the bank in the first month of rows, after the panel's first.
    is_unknown
        Whether nothing is known of the customer before July 2015.
    age_months
        At the end of June 2015.
    joined
        Day since 1970-01-01.
    has_seniority
        Whether the table knows for how long.
    segment, channel, country, province, employment, relation
        Positions in `SEGMENTS`, `CHANNELS`, `COUNTRIES`, `PROVINCES`, `EMPLOYMENTS` and `RELATIONS`; the channel is
        that of nobody when it equals the number of channels, and so is the province of those abroad.
    income
        Euros a year, NaN when unknown.
    wealth
        Logarithm of income over the median of 101 850, also for those whose income is not told.
    is_man, is_foreign, is_deceased, is_spouse, has_spouse
        The other flags; `is_spouse` has a meaning where `has_spouse` is true only.
    """

    number: NDArray[np.int32]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    left: NDArray[np.int64]
    is_new: NDArray[np.bool_]
    is_unknown: NDArray[np.bool_]
    age_months: NDArray[np.int64]
    joined: NDArray[np.int64]
    has_seniority: NDArray[np.bool_]
    segment: NDArray[np.int64]
    channel: NDArray[np.int64]
    country: NDArray[np.int64]
    province: NDArray[np.int64]
    employment: NDArray[np.int64]
    relation: NDArray[np.int64]
    income: NDArray[np.float64]
    wealth: NDArray[np.float64]
    is_man: NDArray[np.bool_]
    is_foreign: NDArray[np.bool_]
    is_deceased: NDArray[np.bool_]
    is_spouse: NDArray[np.bool_]
    has_spouse: NDArray[np.bool_]


def draw_customers(rng: np.random.Generator, *, seed: int, block: int) -> Customers:
    """Draw the customers of a block.

    Parameters
    ----------
    rng
        The block's own.
    seed, block
        They say which numbers (`ncodpers`) the block's customers have; no two blocks of a seed share one.
    """
    n = CUSTOMERS_PER_BLOCK
    first, last, left = _stay(rng, n)
    returning = np.full(MONTHS, _RETURNING_ELSE)
    returning[list(_RETURNING)] = list(_RETURNING.values())
    is_new = (first > 0) & (rng.random(n) >= returning[first])
    student_share = np.select([is_new, first > 0], [_STUDENTS["new"], _STUDENTS["returning"]], _STUDENTS["first"])
    is_student = rng.random(n) < student_share
    segment = np.where(is_student, STUDENT, np.where(rng.random(n) < _TOPS * ~is_new, TOP, PARTICULAR))
    age_months = _age_months(rng, segment)
    joined = _joined(rng, first, age_months, is_student=is_student, is_new=is_new)
    country = np.where(rng.random(n) < _ABROAD, 1 + _pick(rng, _falling(len(COUNTRIES) - 1, 1.0), n), 0)
    province = _pick(rng, [rows for _, rows, _ in PROVINCES], n)
    province[country > 0] = len(PROVINCES)
    wealth = _wealth(rng, segment, province)
    has_spouse = rng.random(n) < _WITH_SPOUSE_FLAG
    return Customers(
        number=_numbers(rng, joined, seed=seed, block=block),
        first=first,
        last=last,
        left=left,
        is_new=is_new,
        is_unknown=(first == 0) & (rng.random(n) < _UNKNOWN),
        age_months=age_months,
        joined=joined,
        has_seniority=rng.random(n) >= _WITHOUT_SENIORITY,
        segment=segment,
        channel=_channel(rng, is_student=is_student, is_new=is_new),
        country=country,
        province=province,
        employment=_pick(rng, (13611000, 3566, 2523, 2492, 17), n),
        relation=_pick(rng, (13490000, 0, 1320, 4360, 305, 874), n),
        income=_income(rng, wealth, province, is_new=is_new),
        wealth=wealth,
        is_man=rng.random(n) < np.where(is_student, 0.49, 0.577),
        is_foreign=rng.random(n) < np.where(country > 0, 0.75, 0.044),
        is_deceased=rng.random(n) < np.where(age_months > 75 * 12, 0.025, 0.001),
        is_spouse=rng.random(n) < _SPOUSES,
        has_spouse=has_spouse,
    )


def _stay(rng: np.random.Generator, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Draw first and last month and the day of leaving, so that the months have as many rows as is published."""
    intake = [now - (1 - _LEAVING) * before for before, now in pairwise((0, *MONTHLY_ROWS))]
    first = _pick(rng, intake, n)
    leaving = first + rng.geometric(_LEAVING, n) - 1
    last = np.minimum(leaving, MONTHS - 1)
    left = SNAPSHOTS[last] - rng.integers(0, _LEAVING_DAYS, n)
    return first, last, np.where(leaving < MONTHS, left, 0)


def _age_months(rng: np.random.Generator, segment: NDArray[np.int64]) -> NDArray[np.int64]:
    chance = rng.random(len(segment))
    years = np.zeros(len(segment))
    for name, (chances, ages) in _AGES.items():
        of_segment = segment == name
        years[of_segment] = np.interp(chance[of_segment], chances, ages)
    return (12 * years).astype(np.int64)


def _joined(
    rng: np.random.Generator,
    first: NDArray[np.int64],
    age_months: NDArray[np.int64],
    *,
    is_student: NDArray[np.bool_],
    is_new: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Draw the day on which a customer joined the bank: before the first row, in its month when new."""
    n = len(first)
    chance = rng.random(n)
    months = np.where(is_student, np.interp(chance, *_SENIORITIES[True]), np.interp(chance, *_SENIORITIES[False]))
    old = SNAPSHOTS[first] - (np.minimum(months, 0.9 * age_months) * _DAYS_PER_MONTH).astype(np.int64)
    term = (old.astype("datetime64[D]").astype("datetime64[Y]") - np.timedelta64(1, "Y")).astype("datetime64[M]")
    term += (np.asarray(_TERM_MONTHS)[_pick(rng, _TERM_SHARES, n)] - 1).astype("timedelta64[M]")
    with_term = term.astype("datetime64[D]").astype(np.int64) + rng.integers(0, 28, n)
    of_term = is_student & (rng.random(n) < _TERM)
    days = np.where(is_new, SNAPSHOTS[first] - rng.integers(0, 30, n), np.where(of_term, with_term, old))
    clipped: NDArray[np.int64] = np.clip(days, FIRST_DAY, LAST_DAY)
    return clipped


def _numbers(rng: np.random.Generator, joined: NDArray[np.int64], *, seed: int, block: int) -> NDArray[np.int32]:
    """Give numbers in about the order of joining: one of each stretch of numbers, a different one for each block."""
    n = len(joined)
    shifts = np.random.default_rng(seed).integers(0, MOST_BLOCKS, n)
    of_block = _FIRST_ID + np.arange(n) * MOST_BLOCKS + (block * _BLOCK_STEP + shifts) % MOST_BLOCKS
    numbers = np.empty(n, dtype=np.int32)
    numbers[np.argsort(joined + rng.normal(0, 60, n))] = of_block
    return numbers


def _channel(
    rng: np.random.Generator, *, is_student: NDArray[np.bool_], is_new: NDArray[np.bool_]
) -> NDArray[np.int64]:
    n = len(is_student)
    channel = np.empty(n, dtype=np.int64)
    for (student, new), heads in _CHANNEL_SHARES.items():
        of_group = (is_student == student) & (is_new == new)
        channel[of_group] = _pick(rng, _channel_shares(heads), int(of_group.sum()))
    channel[rng.random(n) < _WITHOUT_CHANNEL] = len(CHANNELS)
    return channel


def _channel_shares(heads: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the share of each channel: those that are stated, and the rest falling with the position."""
    shares = _falling(len(CHANNELS), 1.3)
    at = [CHANNELS.index(name) for name in heads]
    shares[at] = 0
    shares *= (1 - sum(heads.values())) / shares.sum()
    shares[at] = list(heads.values())
    return shares


def _wealth(rng: np.random.Generator, segment: NDArray[np.int64], province: NDArray[np.int64]) -> NDArray[np.float64]:
    n = len(segment)
    medians = np.log(np.array([*(income for *_, income in PROVINCES), 101.85]) / 101.85)
    of_segment = np.array([0.3, -0.02, -0.06])
    rare = rng.exponential(1.0, n) * (rng.random(n) < _RICH)
    wealth: NDArray[np.float64] = medians[province] + of_segment[segment] + rng.normal(0, 0.55, n) + rare
    return wealth


def _income(
    rng: np.random.Generator, wealth: NDArray[np.float64], province: NDArray[np.int64], *, is_new: NDArray[np.bool_]
) -> NDArray[np.float64]:
    absent = np.full(len(PROVINCES) + 1, _WITHOUT_INCOME["at home"])
    absent[np.array(_FORAL) - 1] = _WITHOUT_INCOME["foral"]
    absent[-1] = _WITHOUT_INCOME["abroad"]
    chance = np.where(is_new, _WITHOUT_INCOME["new"], absent[province])
    income: NDArray[np.float64] = np.round(np.clip(101850 * np.exp(wealth), _LEAST_INCOME, _GREATEST_INCOME), 2)
    income[rng.random(len(income)) < chance] = np.nan
    return income


def _falling(count: int, power: float) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = np.power(np.arange(3.0, count + 3), -power)
    return shares


def _pick(rng: np.random.Generator, shares: Sequence[float] | NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """Draw positions in proportion to the shares."""
    bounds = np.cumsum(np.asarray(shares, dtype=np.float64))
    return np.searchsorted(bounds / bounds[-1], rng.random(n), side="right").astype(np.int64)
