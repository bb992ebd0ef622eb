"""Figures against scikit-learn, against the accuracy script, and by hand."""

import importlib.util
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared_data import SHARED, needs_shared
from sklearn import metrics as sk

from labeler.comparison.compare import compare, meaning_of_empty
from labeler.comparison.disagreements import disagreements
from labeler.comparison.metrics import AVERAGES, MEASURES, METRICS, POLICIES, TASKS
from labeler.comparison.results import comparison_dict, comparison_rows
from labeler.errors import InputError
from labeler.tables.labels import Labels
from labeler.tables.names import BLANK, CHEXPERT

NAMES = ("Edema", "Fracture", "Pneumonia")
WANTED = {
    "mention": lambda codes: codes != BLANK,
    "positive": lambda codes: codes == 1,
    "negation": lambda codes: codes == 0,
    "uncertainty": lambda codes: codes == -1,
}


def table(values, names=NAMES, source="table.csv", ids=None):
    values = np.array(values, dtype=np.int8).reshape(-1, len(names))
    ids = pd.Index(ids if ids is not None else [f"r{n}" for n in range(len(values))], dtype=object)
    return Labels(source, "uid", ids, tuple(names), values)


def random_table(rng, rows, names=NAMES, shares=(0.2, 0.3, 0.1, 0.4)):
    return table(rng.choice([1, 0, -1, BLANK], size=(rows, len(names)), p=shares), names)


def noisy(rng, labels, share=0.3):
    other = random_table(rng, len(labels.ids), labels.observations)
    change = rng.random(labels.values.shape) < share
    return table(np.where(change, other.values, labels.values), labels.observations)


@pytest.fixture
def pair():
    rng = np.random.default_rng(11)
    reference = random_table(rng, 400)
    return noisy(rng, reference), reference


def metric(comparison, row, measure, name):
    return comparison.point.metrics[row, MEASURES.index(measure), METRICS.index(name)]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("row", range(len(NAMES)))
def test_tasks_are_scikit_learns(pair, task, row):
    predicted, reference = pair
    comparison = compare(predicted, reference, draws=0)
    truth = WANTED[task](reference.values[:, row])
    guess = WANTED[task](predicted.values[:, row])
    expected = {
        "precision": sk.precision_score(truth, guess),
        "recall": sk.recall_score(truth, guess),
        "f1": sk.f1_score(truth, guess),
        "specificity": sk.recall_score(~truth, ~guess),
        "kappa": sk.cohen_kappa_score(truth, guess),
        "mcc": sk.matthews_corrcoef(truth, guess),
    }
    for name, value in expected.items():
        assert metric(comparison, row, task, name) == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("average", AVERAGES)
def test_averages_are_scikit_learns(pair, task, average):
    predicted, reference = pair
    comparison = compare(predicted, reference, draws=0)
    truth, guess = WANTED[task](reference.values), WANTED[task](predicted.values)
    row = len(NAMES) + AVERAGES.index(average)
    for name, function in [
        ("precision", sk.precision_score),
        ("recall", sk.recall_score),
        ("f1", sk.f1_score),
    ]:
        expected = function(truth, guess, average=average)
        assert metric(comparison, row, task, name) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("policy", POLICIES)
def test_policies_are_scikit_learns_on_binary_references(policy):
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, size=(300, 3))
    reference = table(np.where(rng.random(truth.shape) < 0.1, BLANK, truth))
    predicted = noisy(rng, reference, 0.5)
    comparison = compare(predicted, reference, draws=0)
    assert comparison.empty == "unknown"
    for row in range(3):
        codes = predicted.values[:, row]
        kept = reference.values[:, row] != BLANK
        if policy == "ignore":
            kept &= codes != -1
        guess = (codes == 1) | ((codes == -1) & (policy == "ones"))
        expected = sk.f1_score(reference.values[kept, row] == 1, guess[kept])
        assert metric(comparison, row, policy, "f1") == pytest.approx(expected, abs=1e-12)
        kappa = sk.cohen_kappa_score(reference.values[kept, row] == 1, guess[kept])
        assert metric(comparison, row, policy, "kappa") == pytest.approx(kappa, abs=1e-12)


def test_four_way_confusion_and_kappa_are_scikit_learns(pair):
    predicted, reference = pair
    comparison = compare(predicted, reference, draws=0)
    for row in range(len(NAMES)):
        codes = predicted.values[:, row], reference.values[:, row]
        expected = sk.confusion_matrix(*codes, labels=[1, 0, -1, BLANK])
        assert comparison.confusion[row].tolist() == expected.tolist()
        assert comparison.point.kappa[row] == pytest.approx(sk.cohen_kappa_score(*codes))


def test_weighted_f1_by_hand():
    # Edema: positive tp 1 fp 1 fn 0 -> 2/3 (n 1); negative tp 1 fp 0 fn 1 -> 2/3 (n 2);
    # uncertain tp 1 -> 1 (n 1). Weighted: (2/3 + 2 * 2/3 + 1) / 4 = 0.75.
    reference = table([1, 0, 0, -1, BLANK], ["Edema"])
    predicted = table([1, 0, 1, -1, BLANK], ["Edema"])
    figures = compare(predicted, reference, draws=0).point
    assert figures.weighted_f1.tolist() == pytest.approx([0.75, 0.75])
    assert figures.exact == pytest.approx(3 / 4)


def test_no_finding_is_positive_or_not_mentioned():
    reference = table([[1, 1], [0, 1], [BLANK, 0], [-1, -1]], ["No Finding", "Edema"])
    predicted = table([[1, 1], [BLANK, 1], [0, 0], [1, -1]], ["No Finding", "Edema"])
    comparison = compare(predicted, reference, empty="not-mentioned", draws=0)
    assert comparison.confusion[0].tolist() == [[1, 0, 0, 1], [0] * 4, [0] * 4, [0, 0, 0, 2]]
    measures = comparison_dict(comparison)["observations"]["No Finding"]["measures"]
    assert set(measures) == {"positive", *POLICIES}
    assert {one.kind for one in disagreements(comparison)} == {"extra"}


def test_nothing_is_zero_that_is_undefined():
    reference = table([1, 1, 0], ["Edema"])
    predicted = table([BLANK, 0, BLANK], ["Edema"])
    comparison = compare(predicted, reference, draws=0)
    assert math.isnan(metric(comparison, 0, "positive", "precision"))
    assert metric(comparison, 0, "positive", "recall") == 0
    assert metric(comparison, 0, "positive", "f1") == 0


def test_a_reference_without_negatives_gives_recall_only():
    reference = table([1, 1, BLANK, BLANK], ["Edema"])
    predicted = table([1, 0, 1, 1], ["Edema"])
    comparison = compare(predicted, reference, draws=0)
    assert metric(comparison, 0, "ones", "recall") == 0.5
    for name in ("precision", "f1", "specificity", "kappa", "mcc"):
        assert math.isnan(metric(comparison, 0, "ones", name))


@needs_shared
@pytest.mark.parametrize("predicted", ["gold_findings.csv", "gold_impression.csv"])
def test_figures_are_those_of_the_accuracy_script(predicted):
    from labeler.tables.labels import read_label_table

    spec = importlib.util.spec_from_file_location("score", SHARED / "accuracy" / "score.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    paths = SHARED / "openi" / predicted, SHARED / "openi" / "gold_report.csv"
    guess, truth = (script.read(path, "uid") for path in paths)
    expected = script.score({name: truth[name] for name in truth if name in guess}, guess)
    comparison = compare(*(read_label_table(path) for path in paths), draws=0, count_silent=True)
    result = comparison_dict(comparison)
    assert result["reports"] == expected["n"]
    assert result["exact"]["value"] == pytest.approx(expected["exact"])
    for average in ("macro", "micro"):
        for task in TASKS:
            found = result["averages"][average][task]["f1"]["value"]
            assert found == pytest.approx(expected[average][task]), (average, task)
    for name in CHEXPERT:
        for task, figures in expected["labels"][name].items():
            found = result["observations"][name]
            assert found["support"][task] == figures["support"]
            if figures["f1"] is None:
                assert found["measures"][task]["f1"]["value"] is None
            else:
                assert found["measures"][task]["f1"]["value"] == pytest.approx(figures["f1"])


# --- bootstrap


def test_the_seed_decides_the_intervals(pair):
    one, same, other = (compare(*pair, draws=200, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(one.low.metrics, same.low.metrics, equal_nan=True)
    assert not np.array_equal(one.low.metrics, other.low.metrics, equal_nan=True)


def test_intervals_are_those_of_resampling_reports(pair):
    predicted, reference = pair
    comparison = compare(predicted, reference, draws=4000, seed=1)
    rng = np.random.default_rng(99)
    truth, guess = reference.values[:, 0] == 1, predicted.values[:, 0] == 1
    drawn = []
    for _ in range(2000):
        rows = rng.integers(len(truth), size=len(truth))
        drawn.append(sk.f1_score(truth[rows], guess[rows]))
    place = (0, MEASURES.index("positive"), METRICS.index("f1"))
    expected = np.percentile(drawn, [2.5, 97.5])
    assert comparison.low.metrics[place] == pytest.approx(expected[0], abs=0.015)
    assert comparison.high.metrics[place] == pytest.approx(expected[1], abs=0.015)


def test_the_paired_difference_of_equal_predictions_is_zero(pair):
    predicted, reference = pair
    comparison = compare(predicted, reference, other=predicted, draws=100)
    for figures in (comparison.difference, comparison.difference_low, comparison.difference_high):
        assert np.nanmax(np.abs(figures.metrics)) == 0


def test_the_paired_difference_is_narrower_than_the_unpaired_one(pair):
    predicted, reference = pair
    rng = np.random.default_rng(2)
    values = predicted.values.copy()
    values[rng.random(values.shape) < 0.02] = 1
    comparison = compare(predicted, reference, other=table(values), draws=500)
    place = (len(NAMES), MEASURES.index("positive"), METRICS.index("f1"))
    width = comparison.high.metrics[place] - comparison.low.metrics[place]
    paired = comparison.difference_high.metrics[place] - comparison.difference_low.metrics[place]
    assert 0 < paired < width


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_intervals_hold_their_figure_and_stay_in_bounds(seed, rows):
    rng = np.random.default_rng(seed)
    reference = random_table(rng, rows)
    reference.values[0] = 1
    comparison = compare(noisy(rng, reference), reference, draws=50, seed=seed)
    low, high = comparison.low.metrics, comparison.high.metrics
    there = ~np.isnan(low)
    assert (low[there] <= high[there]).all()
    assert (low[there] >= -1).all()
    assert (high[there] <= 1).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_order_of_rows_and_columns_makes_no_difference(seed):
    rng = np.random.default_rng(seed)
    reference = random_table(rng, 30)
    predicted = noisy(rng, reference)
    rows, columns = rng.permutation(30), rng.permutation(3)
    mixed = Labels(
        "mixed.csv",
        "uid",
        predicted.ids[rows],
        tuple(NAMES[column] for column in columns),
        predicted.values[rows][:, columns],
    )
    one = compare(predicted, reference, draws=0)
    other = compare(mixed, reference, draws=0)
    assert one.point.exact == other.point.exact
    for number, name in enumerate(one.pairs.observations):
        place = other.pairs.observations.index(name)
        assert one.confusion[number].tolist() == other.confusion[place].tolist()


# --- pairing


def test_ids_without_a_partner_are_listed():
    predicted = table([[1] * 3] * 3, ids=["a", "b", "c"])
    reference = table([[1] * 3] * 3, ids=["c", "d", "b"])
    pairs = compare(predicted, reference, draws=0).pairs
    assert pairs.ids.tolist() == ["c", "b"]
    assert pairs.only_predicted == ("a",)
    assert pairs.only_reference == ("d",)


def test_reports_that_the_second_prediction_lacks_are_listed():
    predicted = table([[1] * 3] * 3, ids=["a", "b", "c"])
    other = table([[1] * 3], ids=["a"])
    pairs = compare(predicted, predicted, other=other, draws=0).pairs
    assert pairs.ids.tolist() == ["a"]
    assert pairs.only_reference == ("b", "c")


def test_nothing_in_common_shows_the_form_of_the_ids_of_each_side():
    with pytest.raises(InputError, match=r"of the form '9'.*'aaa9'.*--id-pattern"):
        compare(table([1] * 3, ids=["1"]), table([1] * 3, ids=["CXR1"]))
    with pytest.raises(InputError, match="share no observation"):
        compare(table([1], ["Edema"]), table([1], ["Fracture"]))
    with pytest.raises(InputError, match="says nothing"):
        compare(table([1], ["Edema"]), table([BLANK], ["Edema"]))


def test_observations_that_the_reference_never_has_are_left_out_and_named():
    predicted = table([[1, 1, 1], [1, 0, 1]])
    reference = table([[1, BLANK, 1], [0, BLANK, -1]])
    comparison = compare(predicted, reference, draws=0)
    assert comparison.pairs.observations == ("Edema", "Pneumonia")
    assert comparison.pairs.silent == ("Fracture",)
    counted = compare(predicted, reference, draws=0, count_silent=True)
    assert counted.pairs.observations == NAMES


def test_meaning_of_empty_cells():
    from_reports = np.array([[1, BLANK, -1], [BLANK, 0, 1], [BLANK] * 3], dtype=np.int8)
    from_images = np.array([[1, 0, BLANK], [0, BLANK, 1]], dtype=np.int8)
    complete = np.array([[1, 0, -1], [0, 1, 1], [BLANK] * 3], dtype=np.int8)
    assert meaning_of_empty(from_reports, "auto") == "not-mentioned"
    assert meaning_of_empty(from_images, "auto") == "unknown"
    assert meaning_of_empty(complete, "auto") == "unknown"
    assert meaning_of_empty(complete, "not-mentioned") == "not-mentioned"
    with pytest.raises(InputError, match="--empty"):
        meaning_of_empty(complete, "nothing")


# --- disagreements


def test_each_kind_of_disagreement():
    values = [1, 0, -1, BLANK]
    reference = table([[one] for one in values for _ in values], ["Edema"])
    predicted = table([[one] for _ in values for one in values], ["Edema"])
    kinds = {
        (one.reference, one.predicted): one.kind
        for one in disagreements(compare(predicted, reference, empty="not-mentioned", draws=0))
    }
    assert kinds == {
        (1, 0): "flipped", (0, 1): "flipped",
        (1, -1): "uncertain", (0, -1): "uncertain", (-1, 1): "uncertain", (-1, 0): "uncertain",
        (1, None): "missed", (0, None): "missed", (-1, None): "missed",
        (None, 1): "extra", (None, 0): "extra", (None, -1): "extra",
    }  # fmt: skip
    images = disagreements(compare(predicted, reference, empty="unknown", draws=0))
    assert {(one.reference, one.predicted) for one in images} == {
        pair for pair in kinds if pair[0] is not None and pair != (0, None)
    }


def test_rows_hold_every_figure_and_the_difference(pair):
    predicted, reference = pair
    result = comparison_dict(compare(predicted, reference, other=reference, draws=20))
    rows = comparison_rows(result)
    assert len(rows) == (len(NAMES) + len(AVERAGES)) * len(MEASURES)
    first = rows[0]
    figures = result["observations"]["Edema"]["measures"]["mention"]["f1"]
    assert (first["f1"], first["f1_low"]) == (figures["value"], figures["low"])
    assert first["f1_difference"] == pytest.approx(figures["value"] - 1)
    assert first["f1_difference_low"] <= first["f1_difference"] <= first["f1_difference_high"]
