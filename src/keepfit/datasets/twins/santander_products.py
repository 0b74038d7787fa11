"""Which products the generated customers of the Santander panel own in each month.

Each flag is a chain of two states. A customer has a share π of months with the product, by logistic regression on
traits and on two latent ones (how close the relation with the bank is, and whether wages come in); in a month the
product is added with probability kπ and dropped with k(1 - π), so that π stays, and what changes is as rare as k.
Intercepts and rates k are chosen so that the mean of π and the additions of a month are the published ones.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keepfit.datasets.twins.santander_customers import JULY, MONTHS, STUDENT, TOP, Customers, draw_customers


class _Flag(NamedTuple):
    """Share of months with it, additions a month for each 1000 customers, and what traits add to the log-odds."""

    name: str
    owned: float
    added: float
    relation: float = 0.0
    wage: float = 0.0
    student: float = 0.0
    minor: float = 0.0
    top: float = 0.0
    age: float = 0.0  # for each 15 years over 45, of those who are no students
    wealth: float = 0.0  # for each unit of the logarithm of income


_FLAGS = (
    _Flag("ind_ahor_fin_ult1", 0.000102, 0.0002, 0.4, 0, -2.5, -3, 0.3, 0.9, 0.1),
    _Flag("ind_aval_fin_ult1", 0.0000232, 0.0001, 1.0, 0, -3, -3, 0.6, 0.2, 0.3),
    _Flag("ind_cco_fin_ult1", 0.655, 2.5, 0.2, -0.5, 1.3, -2.5, -0.3, 0.1, 0.0),
    _Flag("ind_cder_fin_ult1", 0.000394, 0.006, 1.0, 0, -3, -3, 1.2, 0.6, 0.6),
    _Flag("ind_cno_fin_ult1", 0.0809, 2.5, 1.2, 2.0, -2.2, -3, -0.1, -0.2, 0.2),
    _Flag("ind_ctju_fin_ult1", 0.00947, 0.06, 0.2, 0, -3, 9.0, -3, 0, 0.1),
    _Flag("ind_ctma_fin_ult1", 0.00973, 0.5, 0.9, 0.3, -0.8, -3, 0.0, -0.1, 0.2),
    _Flag("ind_ctop_fin_ult1", 0.129, 0.2, 0.9, -0.2, -3.0, -3, 0.7, 0.7, 0.1),
    _Flag("ind_ctpp_fin_ult1", 0.0433, 0.13, 1.0, 0, -3.0, -3, 1.0, 0.6, 0.2),
    _Flag("ind_deco_fin_ult1", 0.00178, 0.16, 0.8, 0, -3, -3, 0.9, 0.6, 0.3),
    _Flag("ind_deme_fin_ult1", 0.00166, 0.02, 0.9, 0, -3, -3, 1.0, 0.6, 0.3),
    _Flag("ind_dela_fin_ult1", 0.0430, 1.0, 1.1, -0.2, -3.0, -3, 1.3, 0.9, 0.3),
    _Flag("ind_ecue_fin_ult1", 0.0827, 1.9, 1.4, 0.2, -1.5, -3, 0.7, 0.1, 0.3),
    _Flag("ind_fond_fin_ult1", 0.0185, 0.35, 1.2, 0, -3, -2, 1.6, 0.6, 0.5),
    _Flag("ind_hip_fin_ult1", 0.00589, 0.006, 1.2, 0.5, -3, -3, 0.4, -0.2, 0.1),
    _Flag("ind_plan_fin_ult1", 0.00917, 0.06, 1.3, 0.4, -3, -3, 1.4, 0.2, 0.5),
    _Flag("ind_pres_fin_ult1", 0.00263, 0.03, 1.1, 0.6, -2.5, -3, -0.4, -0.2, -0.2),
    _Flag("ind_reca_fin_ult1", 0.0525, 1.6, 1.9, 0.8, -2.2, -3, 0.5, 0.1, 0.1),
    _Flag("ind_tjcr_fin_ult1", 0.0444, 4.6, 1.8, 0.8, -1.8, -3, 0.8, 0.1, 0.2),
    _Flag("ind_valo_fin_ult1", 0.0256, 0.25, 1.2, 0, -3, -1, 1.4, 0.7, 0.5),
    _Flag("ind_viv_fin_ult1", 0.00385, 0.003, 1.1, 0.3, -3, -3, 0.7, 0.3, 0.2),
    _Flag("ind_nomina_ult1", 0.0547, 5.6, 1.4, 2.4, -1.6, -5, -0.1, -0.6, 0.2),
    _Flag("ind_nom_pens_ult1", 0.0025, 1.0, 1.2, 0.3, -3, -5, 0.1, 1.2, 0.0),  # with no wage: a pension
    _Flag("ind_recibo_ult1", 0.128, 10.5, 1.9, 1.3, -2.0, -4, 0.3, 0.1, 0.1),
    _Flag("ind_actividad_cliente", 0.457, 12.0, 1.4, 0.9, -1.1, -0.5, 0.8, 0.3, 0.0),  # lives as a product does
)
NAMES = tuple(flag.name for flag in _FLAGS)
PRODUCTS = NAMES[:-1]
_WAGE, _PENSION = NAMES.index("ind_nomina_ult1"), NAMES.index("ind_nom_pens_ult1")
_WAGE_BRINGS, _WAGE_KEEPS, _WAGE_LEAVES = 0.8, 0.99, 0.4

# of January to December, and where a product has a season of its own: taxes in June, pension plans in December
_SEASON = (0.9, 1.0, 1.05, 1.0, 1.0, 1.35, 0.9, 0.75, 1.05, 1.1, 1.0, 1.15)
_OWN_SEASONS = {"ind_reca_fin_ult1": {6: 2.4}, "ind_nom_pens_ult1": {6: 1.6, 12: 1.6}, "ind_plan_fin_ult1": {12: 4.0}}
_AT_ONCE = 0.35  # how much of what a new customer will own is there in the first month
_SOON, _SOON_MONTHS = 0.45, 2  # the chance of the rest in each of the next months
_REFERENCE_BLOCKS = 4
_REFERENCE_SEED = 2015
_HALVINGS = 16  # of 32: intercepts are multiples of 1/2048
_GRID = 2**24  # shares are rounded to it, so that no processor's last digit decides


def draw_ownership(rng: np.random.Generator, customers: Customers) -> NDArray[np.int8]:
    """Draw the flags of each customer in each month, whether the customer has a row in it or not.

    Returns
    -------
    NDArray[np.int8]
        0 or 1, shape (n_flags, n_customers, n_months), in the order of `NAMES`.
    """
    intercepts, rates = _calibration()
    exact = _share(_log_odds(rng, customers) + intercepts[:, None])
    share = (np.rint(exact * _GRID) / _GRID).astype(np.float32)
    n = len(customers.first)
    start = np.where(customers.is_unknown, JULY, customers.first)
    is_fresh = customers.is_new | customers.is_unknown
    at_first = np.where(is_fresh, np.float32(_AT_ONCE), np.float32(1)) * share
    stays = 1 - rates[:, None] * (1 - share)
    flags = np.empty((len(_FLAGS), n, MONTHS), dtype=np.int8)
    owned = np.zeros((len(_FLAGS), n), dtype=np.bool_)
    for month in range(MONTHS):
        comes = (rates * _season(month))[:, None] * share
        is_soon = is_fresh & (month > start) & (month <= start + _SOON_MONTHS)
        comes[:, is_soon] = _SOON * share[:, is_soon]
        chance = np.where(owned, stays, comes)
        starting = start == month
        chance[:, starting] = at_first[:, starting]
        chance[:, start > month] = 0
        luck = rng.random(chance.shape, dtype=np.float32)
        now = luck < chance
        _follow_wage(now, owned, luck, starting)
        flags[:, :, month] = owned = now
    return flags


def _follow_wage(
    now: NDArray[np.bool_], before: NDArray[np.bool_], luck: NDArray[np.float32], starting: NDArray[np.bool_]
) -> None:
    """Let the payroll-or-pension flag mostly come and go with the payroll flag."""
    has_wage = now[_WAGE]
    chance = np.where(before[_PENSION] | starting, np.float32(_WAGE_KEEPS), np.float32(_WAGE_BRINGS))
    lost = before[_WAGE] & ~has_wage
    luckless = np.where(lost, luck[_PENSION] < _WAGE_LEAVES, True) & now[_PENSION]
    now[_PENSION] = np.where(has_wage, luck[_PENSION] < chance, luckless)


@cache
def _season(month: int) -> NDArray[np.float32]:
    of_year = month % 12 + 1
    factors = [_OWN_SEASONS.get(name, {}).get(of_year, _SEASON[of_year - 1]) for name in NAMES]
    return np.array(factors, dtype=np.float32)


def _log_odds(rng: np.random.Generator, customers: Customers) -> NDArray[np.float64]:
    """Return the log-odds of each flag before its intercept, shape (n_flags, n_customers)."""
    n = len(customers.first)
    is_student = customers.segment == STUDENT
    is_minor = ~is_student & (customers.age_months < 18 * 12)
    years = np.clip(customers.age_months / 12 - 45, -30, 45) / 15
    traits = np.stack(
        [
            rng.standard_normal(n),
            rng.standard_normal(n),
            is_student,
            is_minor,
            customers.segment == TOP,
            np.where(is_student | is_minor, 0, years),
            np.clip(customers.wealth, -2, 3),
        ]
    )
    log_odds: NDArray[np.float64] = np.array([flag[3:] for flag in _FLAGS]) @ traits
    return log_odds


def _share(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    share: NDArray[np.float64] = 1 / (1 + np.exp(-log_odds))
    return share


@cache
def _calibration() -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return intercept and rate of each flag: found by bisection on customers who are the same for every seed."""
    rng = np.random.default_rng(_REFERENCE_SEED)
    blocks = [draw_customers(rng, seed=_REFERENCE_SEED, block=block) for block in range(_REFERENCE_BLOCKS)]
    log_odds = np.concatenate([_log_odds(rng, customers) for customers in blocks], axis=1)
    months = np.concatenate([customers.last - customers.first + 1 for customers in blocks])
    weights = months / months.sum()
    owned = np.array([flag.owned for flag in _FLAGS])
    low, high = np.full(len(_FLAGS), -16.0), np.full(len(_FLAGS), 16.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_less = _share(log_odds + middle[:, None]) @ weights < owned
        low, high = np.where(is_less, middle, low), np.where(is_less, high, middle)
    share = _share(log_odds + low[:, None])
    rates = np.array([flag.added for flag in _FLAGS]) / 1000 / ((share * (1 - share)) @ weights)
    return low, np.round(rates, 5).astype(np.float32)
