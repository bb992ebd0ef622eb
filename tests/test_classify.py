"""Stage 2: is a mention positive, negative or uncertain, how far does a cue reach, and which decided."""

import pytest
from annotated import check

from labeler import Labeler


@pytest.mark.parametrize(
    "annotated",
    [
        "<m obs='Edema' value=1 cue=''>Edema</m>.",
        "Small <m obs='Pleural Effusion' value=1 cue=''>effusion</m>.",
        "<m obs='Pneumothorax' value=1>Pneumothorax</m> is unchanged.",
        "Old <m obs='Fracture' value=1>rib fracture</m>.",
        "Findings suggestive of <m obs='Edema' value=1>edema</m>.",
        "Most likely <m obs='Atelectasis' value=1>atelectasis</m>.",
    ],
)
def test_a_finding_states_itself(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        "No <m obs='Pleural Effusion' value=0 cue='No'>effusion</m>.",
        "Without evidence of <m obs='Pneumonia' value=0 cue='Without evidence of'>pneumonia</m>.",
        "The lungs are free of <m obs='Consolidation' value=0 cue='free of'>consolidation</m>.",
        "The <m obs='Pleural Effusion' value=0 cue='has resolved'>effusion</m> has resolved.",
        "<m obs='Pneumothorax' value=0 cue='not seen'>Pneumothorax</m> is not seen.",
        "The <m obs='Support Devices' value=0>endotracheal tube</m> has been removed.",
        "<m obs='Atelectasis' value=1>Atelectasis</m> rather than "
        "<m obs='Pneumonia' value=0 cue='rather than'>pneumonia</m>.",
        "History of <m obs='Pneumonia' value=0 cue='History of'>pneumonia</m>.",
    ],
)
def test_negation(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        "Possible <m obs='Pneumonia' value=-1 cue='Possible'>pneumonia</m>.",
        "<m obs='Pneumonia' value=-1 cue='is not excluded'>Pneumonia</m> is not excluded.",
        "Cannot exclude a small <m obs='Pneumothorax' value=-1 cue='Cannot exclude'>pneumothorax</m>.",
        "Rule out <m obs='Pneumonia' value=-1 cue='Rule out'>pneumonia</m>.",
        "<m obs='Pleural Effusion' value=-1 cue='is unlikely'>Effusion</m> is unlikely.",
        "No new <m obs='Consolidation' value=-1 cue='No new'>consolidation</m>.",
        "Suspicious for <m obs='Pneumonia' value=-1 cue='Suspicious for'>pneumonia</m>.",
        "? <m obs='Pneumonia' value=-1 cue='?'>pneumonia</m> at the base.",
    ],
)
def test_uncertainty(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        # uncertainty before negation: the "no" and the "not" in these negate nothing
        "No new <m obs='Pleural Effusion' value=-1>effusion</m>.",
        "<m obs='Pneumonia' value=-1>Pneumonia</m> cannot be excluded.",
        # negation before what comes after it
        "No definite <m obs='Pleural Effusion' value=0>effusion</m>.",
        "No <m obs='Atelectasis' value=0 cue='No'>atelectasis</m> "
        "or <m obs='Lung Opacity' value=0 cue='No'>infiltrate</m>.",
        # an explicit hedge makes "consistent with" uncertain
        "This may be consistent with <m obs='Edema' value=-1>edema</m>.",
    ],
)
def test_the_order_of_the_cue_groups(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        "Stable <m obs='Pleural Effusion' value=1>effusion</m> with no change.",
        "No change in the <m obs='Pleural Effusion' value=1>effusion</m>.",
        "Not only <m obs='Pleural Effusion' value=1>effusion</m> "
        "but also <m obs='Edema' value=1>edema</m>.",
    ],
)
def test_words_that_only_look_like_cues(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


# ------------------------------------------------------------------------------------ scope


@pytest.mark.parametrize(
    "annotated",
    [
        "No <m obs='Edema' value=0 cue='No'>edema</m>, "
        "<m obs='Pleural Effusion' value=0 cue='No'>effusion</m> "
        "or <m obs='Consolidation' value=0 cue='No'>consolidation</m>.",
        "No <m obs='Edema' value=0>edema</m>, <m obs='Pleural Effusion' value=0>effusion</m>, "
        "<m obs='Pneumothorax' value=0>pneumothorax</m>, and "
        "<m obs='Consolidation' value=0>consolidation</m>.",
        "Neither <m obs='Pleural Effusion' value=0>effusion</m> "
        "nor <m obs='Pneumothorax' value=0>pneumothorax</m>.",
        "<m obs='Pleural Effusion' value=0>Effusion</m> and "
        "<m obs='Pneumothorax' value=0>pneumothorax</m> are not seen.",
    ],
)
def test_a_cue_reaches_over_its_list(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        "No <m obs='Pleural Effusion' value=0>effusion</m>, "
        "but a small <m obs='Pneumothorax' value=1 cue=''>pneumothorax</m>.",
        "No <m obs='Edema' value=0>edema</m>, and there is a new "
        "<m obs='Pleural Effusion' value=1>effusion</m>.",
        "No <m obs='Pneumothorax' value=0>pneumothorax</m>; small "
        "<m obs='Pleural Effusion' value=1>effusion</m>.",
        "No <m obs='Pneumothorax' value=0>pneumothorax</m> with a small "
        "<m obs='Pleural Effusion' value=1>effusion</m>.",
        "<m obs='Cardiomegaly' value=1>Cardiomegaly</m> with lungs free of "
        "<m obs='Consolidation' value=0>consolidation</m>.",
        "Small <m obs='Pleural Effusion' value=1>effusion</m>, "
        "no <m obs='Pneumothorax' value=0>pneumothorax</m>.",
        "Stable <m obs='Pleural Effusion' value=1>effusion</m>; "
        "<m obs='Pneumothorax' value=0>pneumothorax</m> no longer seen.",
        "No acute <m obs='Fracture' value=0>fracture</m>, old healed "
        "<m obs='Fracture' value=1>rib fracture</m>.",
        "No <m obs='Pneumothorax' value=0>pneumothorax</m> - small "
        "<m obs='Pleural Effusion' value=1>effusion</m>.",
    ],
)
def test_a_cue_ends_with_its_clause(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize(
    "annotated",
    [
        "Small <m obs='Pleural Effusion' value=1>effusion</m>. "
        "No <m obs='Pneumothorax' value=0>pneumothorax</m>.",
        "No <m obs='Pneumothorax' value=0>pneumothorax</m>. "
        "Small <m obs='Pleural Effusion' value=1>effusion</m>.",
        "1. Possible <m obs='Pneumonia' value=-1>pneumonia</m>\n"
        "2. <m obs='Edema' value=1>Edema</m>",
    ],
)
def test_a_cue_ends_with_its_sentence(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


def test_a_nearer_cue_comes_first(labeler: Labeler) -> None:
    check(
        labeler,
        "No <m obs='Edema' value=0 cue='No'>edema</m>, "
        "possible <m obs='Pneumonia' value=-1 cue='possible'>pneumonia</m>.",
    )


# ----------------------------------------------------------------------------- alternatives


@pytest.mark.parametrize(
    "annotated",
    [
        "<m obs='Atelectasis' value=-1 cue='versus'>Atelectasis</m> versus "
        "<m obs='Pneumonia' value=-1 cue='versus'>pneumonia</m>.",
        "<m obs='Atelectasis' value=-1 cue='or'>Atelectasis</m> or "
        "<m obs='Lung Opacity' value=-1 cue='or'>infiltrate</m>.",
        "<m obs='Lung Opacity' value=1>Opacity</m> may represent "
        "<m obs='Atelectasis' value=-1>atelectasis</m> or "
        "<m obs='Pneumonia' value=-1>pneumonia</m>.",
        # two words for one thing are no alternative
        "Lobar <m obs='Pneumonia' value=1>pneumonia</m> or "
        "<m obs='Pneumonia' value=1>bronchopneumonia</m>.",
    ],
)
def test_alternatives(labeler: Labeler, annotated: str) -> None:
    check(labeler, annotated)


@pytest.mark.parametrize("observation", ["Pleural Effusion", "Pneumonia", "Pneumothorax"])
def test_a_value_needs_no_final_full_stop(labeler: Labeler, observation: str) -> None:
    text = f"No {observation.lower()}"
    assert labeler.label(text).labels[observation] == 0
    assert labeler.label(text + ".").labels[observation] == 0


def test_label_sets_do_not_share_cues(labeler: Labeler) -> None:
    text = "Findings suggesting pneumonia."
    before = labeler.label(text).labels
    Labeler("chestxray14", cache_size=0).label(text)
    fresh = Labeler(cache_size=0)
    assert fresh.label(text).labels == before


def test_an_absent_finding_needs_no_sentence_end(labeler: Labeler) -> None:
    check(
        labeler,
        "<m obs='Pneumothorax' value=0 cue='absent'>Pneumothorax</m> absent; "
        "<m obs='Pleural Effusion' value=1>effusion</m> small.",
    )
