"""Stage 3: a report's mentions add up to labels as the label set declares."""

from collections.abc import Iterable
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.assertion.cues import Remark
from labeler.engine.aggregate import Effect, View, firm
from labeler.engine.codes import decode
from labeler.rules.load import load_rules
from labeler.rules.schema import Implication, Label, LabelSetFile, NoFinding, UncertainPolicy

RULES = load_rules("chexpert")
CHEXPERT = View(RULES.label_set, RULES.parents())
PARENTS = {"a": (), "a_kind": ("a",), "b": (), "device": (), "other": ()}


def label_set(a: Label | None = None, **more: object) -> LabelSetFile:
    return LabelSetFile(
        name="test",
        definition="Three labels and none of them.",
        labels=[
            Label(name="No Finding"),
            a or Label(name="A", findings=["a"]),
            Label(name="B", findings=["b"]),
            Label(name="Device", findings=["device"]),
        ],
        no_finding=NoFinding(label="No Finding", ignores=["Device"]),
        **more,
    )


def add_up(
    view: View,
    mentions: list[tuple[str, int]],
    *,
    normal: bool = True,
    reason: str = "cue",
    remarks: tuple[Remark, ...] = (),
) -> dict[str, int | None]:
    effects = [
        effect
        for finding, value in mentions
        for effect in view.effects(finding, value, reason, remarks, False)
    ]
    return dict(zip(view.observations, elected(view, effects, normal=normal), strict=True))


def elected(view: View, effects: Iterable[Effect], **more: bool) -> list[int | None]:
    return decode(view.elect(view.votes(effects), **more))


def labels(
    mentions: list[tuple[str, int]], *, normal: bool = True, a: Label | None = None, **more: object
) -> dict[str, int | None]:
    """Labels of (finding, value) mentions, unmentioned ones left out."""
    out = add_up(View(label_set(a, **more), PARENTS), mentions, normal=normal)
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
        assert labels([("a", value) for value in order]).get("A") == label


def test_every_observation_of_the_label_set_is_there_in_order() -> None:
    assert list(add_up(CHEXPERT, [], normal=False)) == [
        *("No Finding", "Enlarged Cardiomediastinum", "Cardiomegaly", "Lung Lesion"),
        *("Lung Opacity", "Edema", "Consolidation", "Pneumonia", "Atelectasis", "Pneumothorax"),
        *("Pleural Effusion", "Pleural Other", "Fracture", "Support Devices"),
    ]


# ------------------------------------------------------------------------------- no finding


def test_no_finding_is_one_or_nothing() -> None:
    assert labels([]) == {"No Finding": 1}
    assert labels([("a", 0)]) == {"No Finding": 1, "A": 0}
    assert labels([("a", 1)]) == {"A": 1}
    assert labels([("a", -1)]) == {"A": -1}


def test_devices_do_not_stand_in_its_way() -> None:
    assert labels([("device", 1)]) == {"No Finding": 1, "Device": 1}


def test_findings_without_a_label_stand_in_its_way() -> None:
    assert labels([("other", 1)]) == {}
    assert labels([("other", -1)]) == {}
    assert labels([("other", 0)]) == {"No Finding": 1}


def test_a_text_that_says_nothing_has_no_labels() -> None:
    assert labels([], normal=False) == {}


# ------------------------------------------------------------------------------------ views


def test_a_label_counts_the_children_of_its_findings() -> None:
    assert labels([("a_kind", 1)]) == {"A": 1}
    assert labels([("a_kind", 1)], a=Label(name="A", findings=["a"], without=["a_kind"])) == {}


def test_a_finding_of_several_kinds_counts_for_each() -> None:
    view = View(label_set(), {**PARENTS, "both": ("a", "b")})
    assert {k for k, v in add_up(view, [("both", 1)]).items() if v == 1} == {"A", "B"}


def test_a_finding_may_make_several_labels() -> None:
    both = label_set(Label(name="A", findings=["a", "b"]))
    assert add_up(View(both, PARENTS), [("b", 1)]) == {
        "No Finding": None,
        "A": 1,
        "B": 1,
        "Device": None,
    }


@pytest.mark.parametrize(("value", "label"), [(1, -1), (-1, -1), (0, 0)])
def test_a_possible_finding_is_uncertain_where_it_is_stated(value: int, label: int) -> None:
    a = Label(name="A", findings=["a"], possible=["a_kind"])
    assert labels([("a_kind", value)], a=a)["A"] == label
    assert labels([("a", 1)], a=a)["A"] == 1


@pytest.mark.parametrize(("value", "label"), [(-1, -1), (None, None)])
def test_a_remark_counts_where_the_label_lists_it(value: int | None, label: int | None) -> None:
    said = (Remark("granuloma", value, "explained", ()),)
    listed = View(label_set(Label(name="A", findings=["a"], remarks=["granuloma"])), PARENTS)
    assert add_up(listed, [("a", 1)], remarks=said)["A"] == label
    assert add_up(View(label_set(), PARENTS), [("a", 1)], remarks=said)["A"] == 1


# ------------------------------------------------------------------------------ implications


IMPLIES = [Implication(finding="a", when=["positive", "uncertain"], adds={"B": "uncertain"})]


@pytest.mark.parametrize(
    ("mentions", "b"),
    [
        ([("a", 1)], -1),
        ([("a", -1)], -1),
        ([("a", 0)], None),
        ([("a", 1), ("b", 0)], -1),
        ([("a", 1), ("b", 1)], 1),
        ([("a", 0), ("b", 0)], 0),
    ],
)
def test_an_implication_adds_a_mention(mentions: list[tuple[str, int]], b: int | None) -> None:
    assert labels(mentions, implications=IMPLIES).get("B") == b


def test_an_implication_belongs_to_one_finding() -> None:
    assert "B" not in labels([("other", 1)], implications=IMPLIES)


def test_heart_failure_in_the_rules_that_come_with_the_package() -> None:
    failure, size = ("heart_failure", 1), ("cardiomegaly", 0)
    assert add_up(CHEXPERT, [failure])["Cardiomegaly"] == -1
    assert add_up(CHEXPERT, [failure, size])["Cardiomegaly"] == -1
    assert add_up(CHEXPERT, [failure])["No Finding"] is None


# ---------------------------------------------------------------------------------- policies


def test_uncertain_mentions_count_as_the_label_set_says() -> None:
    policy = UncertainPolicy(otherwise="none", hedges={"suggestion": "positive"})
    view = View(label_set(Label(name="A", findings=["a"], uncertain_as=policy)), PARENTS)

    def a(*mentions: tuple[int, str]) -> int | None:
        effects = [e for v, reason in mentions for e in view.effects("a", v, reason, (), False)]
        return elected(view, effects, normal=True)[1]

    assert a((-1, "suggestion")) == 1
    assert a((-1, "possibility")) is None
    assert a((-1, "possibility"), (0, "no")) == 0
    assert a((-1, "possibility"), (1, "stated")) == 1
    assert a((0, "suggestion")) == 0


def test_negatives_may_be_left_out() -> None:
    assert labels([("a", 0), ("b", 1)], negative_as="none") == {"B": 1}


FINDINGS = st.sampled_from(sorted(RULES.parents()))
MENTIONS = st.lists(st.tuples(FINDINGS, st.sampled_from([1, 0, -1])), max_size=12)


@settings(deadline=None, max_examples=100)
@given(MENTIONS, st.randoms(use_true_random=False))
def test_the_order_of_mentions_does_not_matter(mentions: list[tuple[str, int]], random) -> None:
    shuffled = random.sample(mentions, len(mentions))
    assert add_up(CHEXPERT, mentions) == add_up(CHEXPERT, shuffled)


@settings(deadline=None, max_examples=100)
@given(MENTIONS)
def test_a_further_positive_makes_one_label_positive(mentions: list[tuple[str, int]]) -> None:
    before = add_up(CHEXPERT, mentions)
    after = add_up(CHEXPERT, [*mentions, ("pneumothorax", 1)])
    assert after["Pneumothorax"] == 1
    assert {n: v for n, v in after.items() if n not in ("Pneumothorax", "No Finding")} == {
        n: v for n, v in before.items() if n not in ("Pneumothorax", "No Finding")
    }


@pytest.mark.parametrize(
    ("normal", "strange", "value", "earned"),
    [
        (False, False, 0, 1),  # a denied finding is something normal
        (True, False, 0, 1),
        (True, True, 0, None),
        (True, False, 1, None),
        (True, False, -1, None),
    ],
)
def test_no_finding_is_earned(normal: bool, strange: bool, value: int, earned: int | None) -> None:
    effects = CHEXPERT.effects("pulmonary_edema", value, "", (), False)
    labels = elected(CHEXPERT, effects, normal=normal, strange=strange)
    assert labels[CHEXPERT.observations.index("No Finding")] == earned


def _by_the_book(view: View, effects: list[Effect], normal: bool) -> list[int | None]:
    """The labels as Irvin et al. define them, from lists and sets."""
    effects = firm(effects)
    out: list[int | None] = []
    for place in range(len(view.observations)):
        counted = {e.counts_as for e in effects if e.label == place}
        out.append(next((value for value in (1, -1, 0) if value in counted), None))
    if view.no_finding is not None:
        earned = normal or any(e.earns for e in effects)
        stopped = any(e.stops for e in effects)
        out[view.no_finding] = 1 if earned and not stopped else None
    return out


EFFECTS = st.builds(
    Effect,
    label=st.sampled_from([-1, 1, 2, 13]),
    value=st.sampled_from([1, 0, -1]),
    counts_as=st.sampled_from([1, 0, -1, None]),
    weak=st.booleans(),
    stops=st.booleans(),
    earns=st.booleans(),
    remark=st.sampled_from([-2, -1, 0]),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(EFFECTS, max_size=6), st.booleans())
def test_votes_elect_what_the_definition_says(effects: list[Effect], normal: bool) -> None:
    assert elected(CHEXPERT, effects, normal=normal) == _by_the_book(CHEXPERT, effects, normal)
    votes = CHEXPERT.votes(effects)
    assert CHEXPERT.states(votes) == any(e.stops and e.value == 1 for e in firm(effects))
    values = [
        {e.value for e in effects if e.label == place} for place in {e.label for e in effects}
    ]
    assert CHEXPERT.hedged_once(votes) == any(-1 in v and len(v) > 1 for v in values)
