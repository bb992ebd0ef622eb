"""No Finding is earned: something normal is said, and nothing is left that was not understood."""

import pandas as pd
import pytest

from labeler import Labeler

NOTHING_NORMAL = (
    "Chest radiograph on admission.", "It has resolved.", "Deterioration since yesterday.",
    "Abnormal study.", "Patient refused.", "Images not available.", "See above.", "4711",
    "scan_0042.png", "nan", "N/A", "None", "No report", "Unchanged.", "No change.", "As above.",
    "The chest tube has been removed.", "Low lung volumes.", "Surgical clips.",
    "Kein Erguss, Herz nicht vergrößert.", "Sin alteraciones pleuropulmonares.",
    "Pas d'épanchement pleural.", "N0 effus1on. L ungs c1ear.", "lorem ipsum dolor",
)  # fmt: skip
EARNED = (
    "Normal chest.", "NAD.", "No acute disease.", "Lungs clear.", "No pneumothorax.",
    "No focal abnormality of the lungs.", "No explanation for the cough.",
    "Jugular line with its tip in the SVC.", "Unchanged normal chest.",
    "Lungs clear. Discussed with Dr. Brown at 14:30 by phone.",
    "Heart normal. If pain persists, CT is suggested.",
    "No effusion. No sarcophagosis.", "Lungs clear. Clips in the upper abdomen. Patient rotated.",
)  # fmt: skip
STRANGE = (
    "Sarcophagosis of the left base.", "Possible sarcophagosis.", "Significant pathology on the left.",
    "Worse than last week.", "The appearances have deteriorated.", "The left apex is not normal.",
    "Cobblestone outline of the left border.", "Suspicious area at the right apex.", "Something odd behind the hilum.",
    "Eggshell rimming of the nodes.", "Splaying of the carina.",
    "No bony abnormality while the smaller one appears to be in the right lung.",
)  # fmt: skip


@pytest.mark.parametrize("text", NOTHING_NORMAL)
def test_where_nothing_normal_is_said_it_is_empty(labeler: Labeler, text: str) -> None:
    assert labeler.label(text).labels["No Finding"] is None


@pytest.mark.parametrize("text", EARNED)
def test_what_is_normal_and_understood_earns_it(labeler: Labeler, text: str) -> None:
    assert labeler.label(text).labels["No Finding"] == 1


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("normal", ["Lungs clear.", "No pneumothorax.", "Pacemaker in place."])
def test_what_may_be_abnormal_takes_it_away(labeler: Labeler, normal: str, text: str) -> None:
    for report in (f"{normal} {text}", f"{text} {normal}"):
        assert labeler.label(report).labels["No Finding"] is None


def test_a_finding_in_text_that_was_left_out_takes_it_away(labeler: Labeler) -> None:
    report = "Portable film with a large left pneumothorax.\n\nFINDINGS:\nLungs clear.\n"
    labels = labeler.label(report).labels
    assert labels["No Finding"] is None
    assert labeler.label(report.replace("a large left", "no")).labels["No Finding"] == 1


def test_a_section_that_was_not_asked_for_does_not(labeler: Labeler) -> None:
    split = {"findings": "Old granuloma.", "impression": "No acute disease."}
    assert Labeler(sections="impression").label_sections(split).labels["No Finding"] == 1
    assert labeler.label_sections(split).labels["No Finding"] is None


def test_frames_and_single_reports_agree(labeler: Labeler) -> None:
    texts = [*NOTHING_NORMAL, *EARNED, *STRANGE, "Old body text with edema.\n\nFINDINGS: Clear."]
    frame = labeler.label_frame(pd.DataFrame({"report": texts}))
    single = [labeler.label(text).labels["No Finding"] for text in texts]
    assert [None if pd.isna(v) else int(v) for v in frame["No Finding"]] == single


@pytest.mark.parametrize(
    ("advice", "wanted"),
    [
        ("Small left effusion should be followed.", None),
        ("Follow up of the 6 mm nodule.", None),
        ("CT to exclude a mass.", 1),
        ("Clinical correlation for pneumonia.", 1),
        ("None.", 1),
    ],
)
def test_a_finding_that_a_recommendation_states_takes_it_away(
    labeler: Labeler, advice: str, wanted: int | None
) -> None:
    for text in (
        f"IMPRESSION: Normal chest.\nRECOMMENDATIONS: {advice}",
        f"RECOMMENDATION: {advice}\nIMPRESSION: Normal chest.",
    ):
        labels = labeler.label(text).labels
        assert labels["No Finding"] == wanted
        assert labels["Pleural Effusion"] is None
        frame = labeler.label_frame(pd.DataFrame({"report": [text]}))
        assert frame["No Finding"].isna()[0] == (wanted is None)
