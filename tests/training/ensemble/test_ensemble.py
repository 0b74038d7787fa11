"""The ensemble of all families."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from keepfit.signature import Column, Kind, Signature
from keepfit.training.ensemble import Plan, Rows, ensemble_graph, fit_ensemble
from keepfit.training.export import check_parity, stress_rows
from keepfit.training.folds import cross_validation_folds, time_folds


def plan(rows, members, *, repetitions=1, count=3, seed=0):
    folds = [cross_validation_folds(rows.labels, None, count=count, seed=seed + at) for at in range(repetitions)]
    return Plan(members, folds, seed)


def fitted(rows, signature, members, jobs=2, **options):
    return fit_ensemble(rows, signature, plan(rows, members, **options), jobs=jobs)


def test_every_member_can_be_exported(mixed, members):
    """Each family alone, in one graph: rows with missing values and unseen categories get the same answers."""
    make, signature = mixed
    rows = make()
    asked = np.concatenate([rows.matrix, stress_rows(rows.matrix, signature)])
    for member in members:
        ensemble = fitted(rows, signature, [member])
        expected = ensemble.predict_proba(asked)[:, 1]
        assert check_parity(expected, ensemble_graph(ensemble), asked, threshold=2.0) <= 2e-6, member.name


@pytest.mark.parametrize("columns", [[0, 1, 2, 3, 4], [0, 2, 3], [1, 4], [0]], ids=str)
def test_all_members_in_one_graph(mixed, members, columns):
    """Tables of mixed columns, of numbers only, of categories only, and of one column."""
    make, whole = mixed
    rows = make()
    rows = Rows(rows.matrix[:, columns], rows.labels)
    signature = Signature(tuple(whole.columns[at] for at in columns), whole.outcome)
    ensemble = fitted(rows, signature, members)
    asked = np.concatenate([rows.matrix, stress_rows(rows.matrix, signature)])
    assert check_parity(ensemble.predict_proba(asked)[:, 1], ensemble_graph(ensemble), asked, threshold=2.0) <= 2e-6


def test_dates_are_days_to_every_member(mixed, members):
    """Large numbers near each other, some missing: all members keep to the graph as with any number."""
    make, whole = mixed
    rows = make()
    days = np.random.default_rng(3).integers(16_900, 16_930, len(rows.labels)).astype(np.float32)
    days[::9] = np.nan
    signature = Signature((*whole.columns[:2], Column("joined", Kind.DATE)), whole.outcome)
    rows = Rows(np.column_stack([rows.matrix[:, :2], days]), rows.labels)
    ensemble = fitted(rows, signature, members)
    asked = np.concatenate([rows.matrix, stress_rows(rows.matrix, signature)])
    assert check_parity(ensemble.predict_proba(asked)[:, 1], ensemble_graph(ensemble), asked, threshold=2.0) <= 2e-6


def test_the_same_seed_gives_the_same_digits_on_any_number_of_workers(mixed, members):
    """One worker and two give the same weights and the same probabilities."""
    make, signature = mixed
    one, two = (fitted(make(), signature, members, jobs=jobs) for jobs in (1, 2))
    assert [member.weight for member in one.members] == [member.weight for member in two.members]
    np.testing.assert_array_equal(one.out_of_fold, two.out_of_fold)
    np.testing.assert_array_equal(one.predict_proba(make(seed=1).matrix), two.predict_proba(make(seed=1).matrix))


def test_a_row_alone_is_as_in_a_table(mixed, members):
    """What an ensemble says of a row does not depend on the rows around it."""
    make, signature = mixed
    ensemble, asked = fitted(make(), signature, members), make(20, seed=2).matrix
    alone = np.concatenate([ensemble.predict_proba(asked[at : at + 1]) for at in range(len(asked))])
    np.testing.assert_allclose(alone, ensemble.predict_proba(asked), atol=1e-12)


def test_out_of_fold_predictions_are_those_of_models_that_had_not_seen_the_row(mixed, members):
    """On labels without any signal they have no skill, while the ensemble remembers its training rows."""
    make, signature = mixed
    rows = make(500)
    noise = np.random.default_rng(5).integers(0, 2, 500).astype(np.int8)
    ensemble = fitted(Rows(rows.matrix, noise), signature, members)
    assert 0.42 < roc_auc_score(noise, ensemble.out_of_fold) < 0.58
    assert log_loss(noise, ensemble.out_of_fold) > 0.68


def test_it_is_about_as_good_on_new_rows_as_out_of_fold(mixed, members):
    """The out-of-fold log-loss tells what new rows will show, and it is no worse than that of any member."""
    make, signature = mixed
    rows, new = make(800), make(4000, seed=9)
    ensemble = fitted(rows, signature, members)
    told = log_loss(rows.labels, ensemble.out_of_fold)
    assert log_loss(new.labels, ensemble.predict_proba(new.matrix)[:, 1]) == pytest.approx(told, abs=0.05)
    assert told <= min(log_loss(rows.labels, report.probability) for report in ensemble.reports) + 1e-6


def test_folds_that_are_drawn_twice_are_averaged(mixed, members):
    """With repetitions every training row is asked about in each of them."""
    make, signature = mixed
    rows = make()
    linear = [member for member in members if member.kind == "linear"][:1]
    ensemble = fitted(rows, signature, linear, repetitions=2)
    assert ensemble.out_of_fold.shape == (200,)
    assert len(ensemble.members[0].fits) == 6
    assert roc_auc_score(rows.labels, ensemble.out_of_fold) > 0.7


def test_a_row_of_little_weight_teaches_little(mixed, members):
    """Rows whose labels are turned round do no harm when they weigh nothing much."""
    make, signature = mixed
    rows, new = make(500), make(2000, seed=3)
    turned = rows.labels.copy()
    turned[:250] = 1 - turned[:250]
    weights = np.where(np.arange(500) < 250, 1e-3, 1.0)
    light, heavy = (
        fitted(Rows(rows.matrix, turned, weights=one), signature, members).predict_proba(new.matrix)[:, 1]
        for one in (weights, None)
    )
    assert roc_auc_score(new.labels, light) > 0.75
    assert roc_auc_score(new.labels, light) > roc_auc_score(new.labels, heavy) + 0.05


def test_each_fit_is_told(mixed, members):
    """Progress is told once for each member and fold."""
    make, signature = mixed
    rows, told = make(), []
    fit_ensemble(rows, signature, plan(rows, members[:2]), jobs=2, on_fit=lambda: told.append(1))
    assert len(told) == 2 * 3


def test_in_time_the_first_rows_have_no_say_and_all_models_are_fitted_on_all(mixed, members):
    """Rows that no fold is asked about have no out-of-fold answer; weights and rounds come from the others."""
    make, signature = mixed
    rows = make()
    folds = time_folds(rows.labels, np.arange(len(rows.labels)), count=3)
    ensemble = fit_ensemble(rows, signature, Plan(members, [folds], 0))
    first = folds[0][0]
    assert np.isnan(ensemble.out_of_fold[first]).all()
    assert np.isfinite(np.delete(ensemble.out_of_fold, first)).all()
    assert all(len(member.fits) == 1 for member in ensemble.members)
    asked = np.concatenate([rows.matrix, stress_rows(rows.matrix, signature)])
    assert check_parity(ensemble.predict_proba(asked)[:, 1], ensemble_graph(ensemble), asked, threshold=2.0) <= 2e-6
