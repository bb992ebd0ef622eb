"""Agreement between readers against published worked examples."""

import math

import numpy as np
import pandas as pd
import pytest

from labeler.comparison.agreement import agreement, readings
from labeler.comparison.results import agreement_dict
from labeler.errors import InputError
from labeler.tables.names import BLANK


def given_votes(columns, *, empty="unknown"):
    """Measure one observation from one list of codes a reader; None is a gap."""
    ids, readers, values = [], [], []
    for reader, votes in columns.items():
        for image, vote in enumerate(votes):
            ids.append(f"image {image}")
            readers.append(reader)
            values.append([BLANK if vote is None else vote])
    grid = readings(pd.Index(ids), readers, np.array(values, dtype=np.int8), ["Edema"])
    (found,) = agreement(grid, empty=empty)
    return found


def test_cohens_kappa_of_the_textbook_table():
    # 50 grant proposals, two readers: both yes 20, both no 15, yes/no 5, no/yes 10. p_o = 0.7,
    # p_e = 0.5, kappa = 0.4 (the worked example of the Wikipedia article on Cohen's kappa).
    one = [1] * 20 + [1] * 5 + [0] * 10 + [0] * 15
    other = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    found = given_votes({"A": one, "B": other})
    assert found.cohen == pytest.approx(0.4)
    assert found.agreement == pytest.approx(0.7)
    assert found.prevalence == pytest.approx(55 / 100)
    assert found.pairs[0].readers == ("A", "B")
    assert found.pairs[0].images == 50


def test_cohens_kappa_of_three_classes():
    # Two readers, three classes, counts [[10, 4, 1], [6, 16, 2], [0, 2, 9]], n 50: p_o = 35/50;
    # p_e = (15 * 16 + 24 * 22 + 11 * 12) / 2500 = 0.36; kappa = 0.34 / 0.64 = 0.53125.
    counts = {(1, 1): 10, (1, 0): 4, (1, -1): 1, (0, 1): 6, (0, 0): 16, (0, -1): 2,
              (-1, 1): 0, (-1, 0): 2, (-1, -1): 9}  # fmt: skip
    rows = [pair for pair, count in counts.items() for _ in range(count)]
    found = given_votes({"A": [row[0] for row in rows], "B": [row[1] for row in rows]})
    assert found.cohen == pytest.approx(0.53125)


def test_fleiss_kappa_by_hand():
    # Four images, three readers, counts of (1, 0): (3, 0), (2, 1), (0, 3), (1, 2).
    # P_i = 1, 1/3, 1, 1/3, mean 2/3; p = 1/2 each, so P_e = 1/2 (Fleiss 1971, formulas 1 to 7):
    # kappa = (2/3 - 1/2) / (1 - 1/2) = 1/3.
    found = given_votes({"A": [1, 1, 0, 0], "B": [1, 0, 0, 1], "C": [1, 1, 0, 0]})
    assert found.fleiss == pytest.approx(1 / 3)
    assert found.agreement == pytest.approx(2 / 3)
    assert found.complete == 4


def test_fleiss_kappa_of_the_psychiatric_example_reduced_to_its_table():
    # The worked example of the Wikipedia article on Fleiss' kappa has 14 readers, 10 subjects and
    # five categories; kappa 0.210. Our labels have four values, so statsmodels is asked directly.
    from statsmodels.stats.inter_rater import fleiss_kappa

    table = np.array(
        [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
         [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]
    )  # fmt: skip
    assert fleiss_kappa(table) == pytest.approx(0.210, abs=5e-4)


def test_krippendorffs_alpha_of_binary_data():
    # Krippendorff, Computing Krippendorff's alpha-reliability (2011), section A: two observers,
    # ten units, binary data, no missing: alpha = 0.095.
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    found = given_votes({"Meg": meg, "Owen": owen})
    assert found.alpha == pytest.approx(0.095, abs=5e-4)


def test_krippendorffs_alpha_of_nominal_data_with_gaps():
    # Ibid., section C: four observers, twelve units, five categories, missing data, nominal
    # alpha = 0.743. Its categories 1 to 5 are asked of the package by value counts, as we do.
    import krippendorff

    none = np.nan
    data = np.array(
        [[1, 2, 3, 3, 2, 1, 4, 1, 2, none, none, none],
         [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, none, 3],
         [none, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, none],
         [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, none]]
    )  # fmt: skip
    counts = np.stack([(data == value).sum(axis=0) for value in range(1, 6)], axis=1)
    counts = counts[counts.sum(axis=1) > 1]
    found = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found == pytest.approx(0.743, abs=5e-4)


def test_gaps_leave_the_other_ratings_in():
    with_gap = given_votes({"A": [1, 0, 1, 0, 1], "B": [1, 0, 0, 0, None], "C": [1, 0, 1, 0, None]})
    assert with_gap.images == 4
    assert with_gap.ratings == 13
    whole = given_votes({"A": [1, 0, 1, 0], "B": [1, 0, 0, 0], "C": [1, 0, 1, 0]})
    assert with_gap.alpha == pytest.approx(whole.alpha)
    assert with_gap.fleiss == pytest.approx(whole.fleiss)


def test_an_empty_cell_is_a_gap_or_a_rating():
    votes = {"A": [1, None, None, 0], "B": [1, None, 1, 0]}
    assert given_votes(votes).images == 2
    rated = given_votes(votes, empty="not-mentioned")
    assert rated.images == 4
    assert rated.agreement == pytest.approx(0.75)


def test_one_value_only_has_no_kappa():
    found = given_votes({"A": [0, 0, 0], "B": [0, 0, 0]})
    assert found.agreement == 1
    assert all(math.isnan(value) for value in (found.cohen, found.fleiss, found.alpha))
    result = agreement_dict([found], images=3, readers=["A", "B"], empty="unknown")
    assert result["observations"]["Edema"]["krippendorff_alpha"] is None


def test_more_readers_than_an_image_has():
    # VinDr-CXR: 17 readers, three of them an image
    rng = np.random.default_rng(0)
    ids, names, values = [], [], []
    for image in range(60):
        truth = int(rng.random() < 0.4)
        for reader in rng.choice(17, 3, replace=False):
            ids.append(f"i{image}")
            names.append(f"R{reader + 1}")
            values.append([truth if rng.random() < 0.9 else 1 - truth])
    grid = readings(pd.Index(ids), names, np.array(values, dtype=np.int8), ["Edema"])
    (found,) = agreement(grid)
    assert len(grid.readers) > 10
    assert found.complete == 60
    assert 0.3 < found.fleiss < 0.95
    assert found.alpha == pytest.approx(found.fleiss, abs=0.02)


def test_what_is_no_set_of_readings():
    with pytest.raises(InputError, match="reads an image twice, again in row 2"):
        readings(pd.Index(["a", "a"]), ["R1", "R1"], np.ones((2, 1), np.int8), ["Edema"])
    with pytest.raises(InputError, match="no id has two readings"):
        readings(pd.Index(["a", "b"]), ["R1", "R2"], np.ones((2, 1), np.int8), ["Edema"])
