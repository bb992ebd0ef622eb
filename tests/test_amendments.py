"""An addendum that takes back what the report says, or adds to it."""

import pandas as pd
import pytest

from labeler import Labeler

CASES = [
    # the finding is denied
    (
        "FINDINGS: Small right pneumothorax. The heart is enlarged.\n"
        "ADDENDUM: There is no pneumothorax; the line is a skin fold.",
        {"Pneumothorax": 0, "Cardiomegaly": 1},
    ),
    # it is something else
    (
        "Nodule in the right lower zone. No effusion.\nADDENDUM: On review the nodule is a nipple shadow.",
        {"Pleural Effusion": 0, "No Finding": 1},
    ),
    (
        "IMPRESSION: Left basal pneumonia.\nADDENDUM: The mention of pneumonia was in error.",
        {"Pneumonia": 0, "No Finding": 1},
    ),
    (
        "IMPRESSION: Nodule in the left apex. No effusion.\nADDENDUM: The nodule is a calcified granuloma.",
        {"Pleural Effusion": 0},
    ),
    # a kind of what is denied goes as well; what is not denied stays
    (
        "FINDINGS: Tension pneumothorax on the left, left effusion.\nADDENDUM: No pneumothorax.",
        {"Pneumothorax": 0, "Pleural Effusion": 1},
    ),
    # another side
    (
        "FINDINGS: Right pneumothorax.\nADDENDUM: There is no left pneumothorax.",
        {"Pneumothorax": 1},
    ),
    # denied and stated
    (
        "FINDINGS: Right pneumothorax.\nADDENDUM: No pneumothorax on the left, a small one on the right.",
        {"Pneumothorax": 1},
    ),
    # added
    (
        "FINDINGS: No pneumothorax.\nADDENDUM: There is a small left apical pneumothorax.",
        {"Pneumothorax": 1},
    ),
    # a denial anywhere else takes nothing back
    (
        "FINDINGS: Right pneumothorax.\nIMPRESSION: No pneumothorax.",
        {"Pneumothorax": 1},
    ),
]


@pytest.fixture(scope="module")
def labeler() -> Labeler:
    return Labeler()


@pytest.mark.parametrize(("text", "labels"), CASES)
def test_an_addendum_takes_back(labeler: Labeler, text: str, labels: dict[str, int]) -> None:
    said = {name: value for name, value in labeler.label(text).labels.items() if value is not None}
    assert said == labels


def test_runs_for_labels_only_agree_with_the_evidence(labeler: Labeler) -> None:
    texts = [text for text, _ in CASES]
    frame = labeler.label_frame(pd.DataFrame({"report": texts}))
    for text, (_, row) in zip(texts, frame.iterrows(), strict=True):
        labels = labeler.label(text).labels
        assert {k: None if pd.isna(v) else int(v) for k, v in row.items()} == labels


def test_what_was_taken_back_is_no_evidence(labeler: Labeler) -> None:
    report = labeler.label(CASES[0][0])
    assert [m.value for m in report.mentions if m.observation == "Pneumothorax"] == [0]
