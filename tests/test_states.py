"""Structures and the states that make them mentions: which state belongs to which structure."""

import pytest
from annotated import check

from labeler import Labeler


@pytest.mark.parametrize(
    "text",
    [
        "The heart.",
        "The mediastinum is seen behind it.",
        "The heart lies to the left of the spine.",
        "Shadow over the heart.",
        "Mediastinal shift to the left.",
    ],
)
def test_a_structure_by_itself_says_nothing(labeler: Labeler, text: str) -> None:
    said = labeler.label(text).labels
    assert said["Cardiomegaly"] is None
    assert said["Enlarged Cardiomediastinum"] is None


@pytest.mark.parametrize(
    "annotated",
    [
        "The <m obs='Cardiomegaly' value=1 cue='enlarged'>heart</m> is enlarged.",
        "Enlarged <m obs='Cardiomegaly' value=1 cue='Enlarged'>heart</m>.",
        "Enlargement of the <m obs='Cardiomegaly' value=1 cue='Enlargement'>heart</m>.",
        "<m obs='Cardiomegaly' value=1 cue='Enlarged'>Heart</m>: Enlarged.",
        "<m obs='Cardiomegaly' value=0 cue='normal'>Heart size</m> is normal.",
        "Normal <m obs='Cardiomegaly' value=0 cue='Normal'>heart size</m>.",
        "The <m obs='Cardiomegaly' value=0 cue='not enlarged'>heart</m> is not enlarged.",
        "No enlargement of the <m obs='Cardiomegaly' value=0>heart</m>.",
        "<m obs='Cardiomegaly' value=0>Heart size</m> at the upper limits of normal.",
        "<m obs='Cardiomegaly' value=-1 cue='stable'>Heart size</m> is stable.",
        "<m obs='Cardiomegaly' value=-1 cue='borderline'>Heart size</m> is borderline.",
        "The <m obs='Cardiomegaly' value=-1 cue='obscured'>heart</m> is obscured.",
        "<m obs='Enlarged Cardiomediastinum' value=0 cue='not widened'>Mediastinum</m> "
        "is not widened.",
    ],
)
def test_states_before_and_behind(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        "<m obs='Cardiomegaly' value=0>Heart</m> and "
        "<m obs='Enlarged Cardiomediastinum' value=0>mediastinum</m> are normal.",
        "<m obs='Cardiomegaly' value=0>Heart</m>, "
        "<m obs='Enlarged Cardiomediastinum' value=0>mediastinum</m> and hila are normal.",
        "<m obs='Cardiomegaly' value=0>Heart</m> and "
        "<m obs='Enlarged Cardiomediastinum' value=0>mediastinum</m>: Normal.",
    ],
)
def test_a_state_reaches_over_a_list(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        "The <m obs='Cardiomegaly' value=0>heart</m> is normal and the "
        "<m obs='Enlarged Cardiomediastinum' value=1 cue='widened'>mediastinum</m> is widened.",
        "Normal <m obs='Cardiomegaly' value=0>heart size</m>, enlarged "
        "<m obs='Enlarged Cardiomediastinum' value=1>mediastinum</m>.",
        "The lungs are clear and the <m obs='Cardiomegaly' value=1>heart</m> is enlarged.",
        "Tortuous aorta with normal <m obs='Cardiomegaly' value=0>heart</m>.",
    ],
)
def test_a_state_stays_with_its_structure(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        # a size that is said outranks "stable"
        "Mildly enlarged <m obs='Cardiomegaly' value=1 cue='enlarged'>cardiac silhouette</m>, "
        "stable.",
        "<m obs='Cardiomegaly' value=0 cue='normal'>Heart size</m> is normal, unchanged.",
        # "borderline" outranks the size that it softens
        "Borderline enlarged <m obs='Cardiomegaly' value=-1>heart</m>.",
        "The <m obs='Cardiomegaly' value=-1>heart</m> is normal or mildly enlarged.",
    ],
)
def test_of_several_states_the_most_telling_counts(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


def test_the_composite_speaks_for_the_mediastinum_only(labeler: Labeler) -> None:
    said = labeler.label("The cardiomediastinal silhouette is enlarged.").labels
    assert said["Enlarged Cardiomediastinum"] == 1
    assert said["Cardiomegaly"] is None


def test_a_heading_is_said_once(labeler: Labeler) -> None:
    report = labeler.label("Heart: Normal size. Unchanged since the last film.")
    assert [m.value for m in report.mentions if m.observation == "Cardiomegaly"] == [0]
