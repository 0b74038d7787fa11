"""A recommender's bundle, ready to answer: a row alone, in a batch and in a table, and what it is asked first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import polars as pl
import pytest

from age_model import age_in_percent
from keepfit.bundle import Bundle, BundleFacts, BundleStore, Probe
from keepfit.errors import BundleError
from keepfit.scoring import Graph, Scorer
from keepfit.scoring.probes import probe_rows
from keepfit.scoring.refusals import Refusals
from keepfit.scoring.table_scorer import TableScorer
from recommender_model import RECOMMENDED, panel, record, records_with_history, tiny_recommender, write_recommender


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Bundle:
    return write_recommender(BundleStore(tmp_path_factory.mktemp("bundles")), tiny_recommender())


@pytest.fixture(scope="module")
def scorer(bundle) -> Scorer:
    return Scorer(bundle)


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    """Rows of the panel, and rows that nobody has: gaps, codes of unseen words, flags that are missing."""
    tiny = tiny_recommender()
    return np.concatenate([tiny.matrix[-400:], probe_rows(tiny.dataset.signature)])


def with_probes(bundle: Bundle, probes: tuple[Probe, ...]) -> Bundle:
    return replace(bundle, facts=replace(bundle.facts, probes=probes))


def test_a_row_alone_gets_exactly_what_it_gets_in_any_batch(bundle, matrix):
    """Every probability of every product to the last bit, alone and in batches of any size."""
    graph = Graph(bundle.model, where="tiny")
    whole = graph.offers(matrix)
    np.testing.assert_array_equal(whole[0], graph.probabilities(matrix))
    for size in (1, 2, 3, 7, 50, 129):
        parts = [graph.offers(matrix[at : at + size]) for at in range(0, len(matrix), size)]
        for found, expected in zip(zip(*parts, strict=True), whole, strict=True):
            np.testing.assert_array_equal(np.concatenate(found), expected)


def test_many_rows_are_scored_in_parts(bundle, matrix, monkeypatch):
    """Of each output the parts are put together."""
    graph = Graph(bundle.model, where="tiny")
    whole = graph.offers(matrix)
    monkeypatch.setattr("keepfit.scoring.graph._ROWS_AT_ONCE", 101)
    for found, expected in zip(graph.offers(matrix), whole, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_is_owned_is_never_recommended(scorer, matrix):
    """It has no probability, and is in no list; all else has one between 0 and 1."""
    answers = scorer.answers(matrix)
    names = scorer.door.signature.names
    owned = matrix[:, [names.index(product) for product in RECOMMENDED]] == 1
    np.testing.assert_array_equal(np.isnan(answers.offers), owned)
    assert ((answers.offers[~owned] >= 0) & (answers.offers[~owned] <= 1)).all()
    for row, decision in zip(owned, answers.decision, strict=True):
        assert not {RECOMMENDED[at] for at in np.flatnonzero(row)} & set(scorer.decided(decision))
    assert len({*answers.decision}) > 3


def test_who_owns_everything_is_recommended_nothing(scorer):
    """And adds nothing."""
    answers = scorer.answers(scorer.door.row(record(**dict.fromkeys(RECOMMENDED, 1))))
    assert (answers.probability, answers.decision) == ([0.0], ["nothing"])


def test_the_probability_is_that_of_any_product(scorer, matrix):
    """As it was learnt."""
    answers = scorer.answers(matrix)
    expected = tiny_recommender().result.best.model.probability(matrix)
    np.testing.assert_allclose(answers.probability, expected, atol=1e-5)


def test_a_decision_is_a_list_of_products(scorer):
    """Which are all known before; a product that nobody adds is none of them."""
    assert scorer.decisions == ("nothing", *RECOMMENDED)
    assert scorer.decided("loan,card") == ["loan", "card"]
    assert scorer.decided("nothing") == ["nothing"]


def test_a_model_of_one_outcome_answers_its_label(tmp_path):
    """The same call for both kinds."""
    facts = tiny_recommender_facts(tmp_path)
    signature = replace(facts.signature, offers=None, columns=facts.signature.columns[:3])
    plain = replace(facts, signature=signature, probes=(), threshold=0.5, offer_thresholds=())
    bundle = BundleStore(tmp_path).add(lambda _: plain, model=age_in_percent(3), profile={}, card=lambda _: "")
    found = Scorer(bundle).answers(np.array([[70, 0, 0], [20, 0, 0]], dtype=np.float32))
    assert (found.decision, found.offers) == (["something", "nothing"], None)


def tiny_recommender_facts(folder) -> BundleFacts:
    return write_recommender(BundleStore(folder), tiny_recommender()).facts


def test_a_bundle_is_read_back_as_it_was_written(bundle):
    """Offers of probes, thresholds of products and names in any script among it."""
    again = BundleStore(bundle.path.parent).read(bundle.facts.version)
    assert again.facts == bundle.facts
    assert len(again.facts.offer_thresholds) == len(RECOMMENDED)
    assert any(None in probe.offers for probe in again.facts.probes)


def moved(probe: Probe) -> Probe:
    """Return a probe that was told of one product what the graph does not say."""
    at = next((at for at, told in enumerate(probe.offers) if told is not None), None)
    if at is None:
        return probe  # of somebody who owns everything
    return replace(probe, offers=(*probe.offers[:at], probe.offers[at] + 1e-3, *probe.offers[at + 1 :]))


@pytest.mark.parametrize(
    "change",
    [
        moved,
        lambda probe: replace(probe, offers=(None,) * len(probe.offers)),
        lambda probe: replace(probe, offers=()),
        lambda probe: replace(probe, offers=probe.offers[:-1]),
        lambda probe: replace(probe, probability=probe.probability + 1e-3),
    ],
    ids=["one product", "all owned", "not told", "one too few", "whether anything"],
)
def test_a_recommender_that_answers_otherwise_is_refused(bundle, change):
    """Of one product is enough, or that it takes others for owned."""
    probes = tuple(change(probe) for probe in bundle.facts.probes)
    with pytest.raises(BundleError, match="its model answers otherwise here than the pipeline did"):
        Scorer(with_probes(bundle, probes))


def test_a_recommender_without_probes_is_asked_too(bundle):
    """A row of which nothing is known."""
    assert Scorer(with_probes(bundle, ())).recommending is not None


@pytest.mark.parametrize("has_probes", [True, False])
def test_a_graph_that_recommends_nothing_is_refused(bundle, has_probes):
    """One of a model of one outcome under a recommender's name: when it is loaded, not when it is asked."""
    model = age_in_percent(len(bundle.facts.signature.columns))
    other = replace(with_probes(bundle, bundle.facts.probes if has_probes else ()), model=model)
    with pytest.raises(BundleError, match="its model does not score"):
        Scorer(other)


@pytest.mark.parametrize("has_probes", [True, False])
def test_a_graph_of_other_products_is_refused(bundle, has_probes):
    """Each has a threshold, and each threshold a product."""
    facts = replace(bundle.facts, offer_thresholds=bundle.facts.offer_thresholds[:-1])
    with pytest.raises(BundleError, match=r"recommends 4 products, and bundle.json has thresholds of 3 of 4"):
        Scorer(with_probes(replace(bundle, facts=facts), facts.probes if has_probes else ()))


def test_the_graph_has_two_outputs(bundle):
    """Whatever the number of products."""
    graph = onnx.load_model_from_string(bundle.model).graph
    assert [output.name for output in graph.output] == ["probabilities", "offers"]


def test_a_table_is_scored_as_its_records(scorer):
    """Without the past, row by row and wherever it is cut: probabilities to the last bit, lists to the letter."""
    frame = panel().tail(60)
    expected = scorer.answers(scorer.door.rows(frame.to_dicts()))
    table = TableScorer(scorer, frame.schema)
    for size in (1, 7, 60):
        parts = pl.concat([table.score(frame.slice(at, size)).answers for at in range(0, 60, size)])
        assert parts["probability"].to_list() == expected.probability
        assert parts["decision"].to_list() == expected.decision
        assert parts["model_version"].unique().to_list() == ["1"]
        assert dict(parts.schema) == table.answer_schema


def test_a_table_with_its_past_is_scored_as_records_with_a_history(scorer):
    """The columns that training saw."""
    tiny = tiny_recommender()
    frame = tiny.dataset.frame[tiny.dataset.split.holdout.tolist()]
    wanted = {(row["who"], row["month"]) for row in frame.to_dicts()}
    records = [one for one in records_with_history(panel()) if (one["who"], one["month"]) in wanted]
    answers = TableScorer(scorer, frame.schema).score(frame).answers
    expected = scorer.answers(scorer.door.rows(records))
    assert answers["probability"].to_list() == expected.probability
    assert answers["decision"].to_list() == expected.decision


def test_rows_that_cannot_be_are_refused_and_the_others_scored(scorer):
    """A future month, a customer of tomorrow, a flag that is none; all of them too."""
    wrong = [record(month="28-12-2999"), record(joined="29-12-2015"), record(card=2)]
    frame = pl.DataFrame([record(), *wrong, record(age="80")])
    table = TableScorer(scorer, frame.schema)
    scored = table.score(frame)
    assert scored.accepted.tolist() == [0, 4]
    expected = scorer.answers(scorer.door.rows([record(), record(age="80")]))
    assert scored.answers["decision"].to_list() == expected.decision
    told = Refusals(scorer.door.signature).table(scored.refused)
    assert told.select("row", "field").rows() == [(1, "month"), (2, "joined"), (3, "card")]
    nobody = table.score(frame[1:4])
    assert (nobody.answers.height, dict(nobody.answers.schema)) == (0, table.answer_schema)


def test_texts_of_a_csv_are_scored_as_their_table(scorer):
    """All of them texts, as a file has them."""
    frame = panel().tail(40)
    texts = frame.with_columns(pl.all().cast(pl.String))
    found = TableScorer(scorer, texts.schema, missing_values=["", "NA"]).score(texts)
    assert found.refused == []
    expected = TableScorer(scorer, frame.schema).score(frame).answers
    assert found.answers.equals(expected)
