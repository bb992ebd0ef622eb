"""Stage 3: a report's mentions add up to labels as the label set declares."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.engine.aggregate import Aggregator
from labeler.rules.load import load_rules
from labeler.rules.schema import Implication, LabelSetFile, NoFinding, UncertainPolicy

CHEXPERT = Aggregator(load_rules("chexpert").label_set)


def label_set(**more: object) -> LabelSetFile:
    return LabelSetFile(
        name="test",
        definition="Three observations and none of them.",
        observations=["No Finding", "A", "B", "Device"],
        hidden=["Other"],
        no_finding=NoFinding(label="No Finding", ignores=["Device"]),
        **more,
    )


def labels(
    mentions: list[tuple[str, int]], *, says: bool = True, **more: object
) -> dict[str, int | None]:
    """Labels of (observation, value) mentions, unmentioned ones left out."""
    out = Aggregator(label_set(**more))(
        [(o, f"{o}:rule", v, "cue") for o, v in mentions], says=says
    )
    return {name: value for name, value in out.items() if value is not None}


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ([], None),
        ([0], 0),
        ([1], 1),
        ([-1], -1),
        ([0, 1], 1),
        ([0, -1], -1),
        ([-1, 1], 1),
        ([0, -1, 1], 1),
        ([0, 0], 0),
    ],
)
def test_positive_over_uncertain_over_negative(values: list[int], label: int | None) -> None:
    for order in permutations(values):
        assert labels([("A", value) for value in order]).get("A") == label


def test_every_observation_of_the_label_set_is_there_in_order() -> None:
    assert list(CHEXPERT([], says=False)) == [
        *("No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Lesion"),
        *("Lung Opacity", "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax"),
        *("Pleural Effusion", "Pleural Other", "Fracture", "Support Devices"),
    ]


# ------------------------------------------------------------------------------- no finding


def test_no_finding_is_one_or_nothing() -> None:
    assert labels([]) == {"No Finding": 1}
    assert labels([("A", 0)]) == {"No Finding": 1, "A": 0}
    assert labels([("A", 1)]) == {"A": 1}
    assert labels([("A", -1)]) == {"A": -1}


def test_devices_do_not_stand_in_its_way() -> None:
    assert labels([("Device", 1)]) == {"No Finding": 1, "Device": 1}


def test_hidden_observations_do_and_are_not_given() -> None:
    assert labels([("Other", 1)]) == {}
    assert labels([("Other", -1)]) == {}
    assert labels([("Other", 0)]) == {"No Finding": 1}


def test_a_text_that_says_nothing_has_no_labels() -> None:
    assert labels([], says=False) == {}


# ------------------------------------------------------------------------------ implications


IMPLIES = [Implication(rule="A:rule", when=["positive", "uncertain"], adds={"B": "uncertain"})]


@pytest.mark.parametrize(
    ("mentions", "b"),
    [
        ([("A", 1)], -1),
        ([("A", -1)], -1),
        ([("A", 0)], None),
        ([("A", 1), ("B", 0)], -1),
        ([("A", 1), ("B", 1)], 1),
        ([("A", 0), ("B", 0)], 0),
    ],
)
def test_an_implication_adds_a_mention(mentions: list[tuple[str, int]], b: int | None) -> None:
    assert labels(mentions, implications=IMPLIES).get("B") == b


def test_an_implication_belongs_to_one_rule() -> None:
    out = Aggregator(label_set(implications=IMPLIES))([("A", "A:other", 1, "")], says=True)
    assert out["B"] is None


def test_heart_failure_in_the_rules_that_come_with_the_package() -> None:
    failure = ("Edema", "edema:heart failure", 1, "stated")
    size = ("Cardiomegaly", "cardiomegaly:heart", 0, "")
    assert CHEXPERT([failure], says=True)["Cardiomegaly"] == -1
    assert CHEXPERT([failure, size], says=True)["Cardiomegaly"] == -1
    assert CHEXPERT([failure], says=True)["No Finding"] is None


# ---------------------------------------------------------------------------------- policies


def test_uncertain_mentions_count_as_the_label_set_says() -> None:
    policy = UncertainPolicy(otherwise="none", hedges={"suggestion": "positive"})
    aggregate = Aggregator(label_set(uncertain_as={"A": policy}))

    def a(*mentions: tuple[int, str]) -> int | None:
        return aggregate([("A", "A:rule", v, reason) for v, reason in mentions], says=True)["A"]

    assert a((-1, "suggestion")) == 1
    assert a((-1, "possibility")) is None
    assert a((-1, "possibility"), (0, "no")) == 0
    assert a((-1, "possibility"), (1, "stated")) == 1
    assert a((0, "suggestion")) == 0


def test_negatives_may_be_left_out() -> None:
    assert labels([("A", 0), ("B", 1)], negative_as="none") == {"B": 1}


NAMES = st.sampled_from(CHEXPERT.observations[1:])
MENTIONS = st.lists(st.tuples(NAMES, st.sampled_from([1, 0, -1])), max_size=12)


@settings(deadline=None, max_examples=100)
@given(MENTIONS, st.randoms(use_true_random=False))
def test_the_order_of_mentions_does_not_matter(mentions: list[tuple[str, int]], random) -> None:
    shuffled = random.sample(mentions, len(mentions))
    one, other = (
        CHEXPERT([(name, "rule", value, "") for name, value in order], says=True)
        for order in (mentions, shuffled)
    )
    assert one == other


@settings(deadline=None, max_examples=100)
@given(MENTIONS, NAMES)
def test_a_further_positive_makes_one_label_positive(
    mentions: list[tuple[str, int]], name: str
) -> None:
    before = CHEXPERT([(n, "rule", v, "") for n, v in mentions], says=True)
    after = CHEXPERT([(n, "rule", v, "") for n, v in [*mentions, (name, 1)]], says=True)
    assert after[name] == 1
    assert {n: v for n, v in after.items() if n not in (name, "No Finding")} == {
        n: v for n, v in before.items() if n not in (name, "No Finding")
    }
