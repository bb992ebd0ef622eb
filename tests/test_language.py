"""Invented sentences, a class of language each, and some of the labels that each must give."""

import csv
from pathlib import Path

import pytest

from labeler import Labeler

CODES = {
    "EC": "Enlarged Cardiomediastinum",
    "CM": "Cardiomegaly",
    "LL": "Lung Lesion",
    "LO": "Lung Opacity",
    "ED": "Edema",
    "CO": "Consolidation",
    "PN": "Pneumonia",
    "AT": "Atelectasis",
    "PX": "Pneumothorax",
    "PE": "Pleural Effusion",
    "FR": "Fracture",
    "SD": "Support Devices",
}
with (Path(__file__).parent / "language.csv").open(encoding="utf-8", newline="") as handle:
    ROWS = list(csv.DictReader(handle))
KNOWN_WRONG = {
    "Effusion gone on the left, still there on the right.",
    "Pneumonia in the proper clinical setting.",
}


def is_right(labeler: Labeler, row: dict[str, str]) -> bool:
    labels = labeler.label(row["text"]).labels
    pairs = [pair.split("=") for pair in row["want"].split()]
    return all(labels[CODES[code]] == (None if v == "x" else int(v)) for code, v in pairs)


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in ROWS}))
def test_a_class_of_language(kind: str, labeler: Labeler) -> None:
    wrong = {r["text"] for r in ROWS if r["kind"] == kind and not is_right(labeler, r)}
    known = {r["text"] for r in ROWS if r["kind"] == kind} & KNOWN_WRONG
    assert wrong == known


def test_a_second_sentence_takes_its_subject_from_the_first_in_every_path(
    labeler: Labeler,
) -> None:
    import pandas as pd

    texts = [row["text"] for row in ROWS if row["kind"] == "across sentences"]
    frame = labeler.label_frame(pd.DataFrame({"report": texts}), text="report")
    for text, (_, got) in zip(texts, frame.iterrows(), strict=True):
        labels = {name: None if pd.isna(v) else int(v) for name, v in got.items()}
        assert labels == labeler.label(text).labels, text
