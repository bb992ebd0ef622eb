"""Languages: a folder of rules each, with the same label sets."""

from pathlib import Path

import pandas as pd
import pytest
import spacy

from labeler import InputError, Labeler
from tests.corpora import run_cli

SPANISH = "HALLAZGOS: Cardiomegalia. No se observa derrame pleural ni neumotórax."


@pytest.fixture(scope="module")
def spanish() -> Labeler:
    return Labeler(language="es")


def said(labeler: Labeler, text: str) -> dict[str, int]:
    return {name: v for name, v in labeler.label(text).labels.items() if v is not None}


def test_a_language_is_a_folder_of_rules(spanish: Labeler) -> None:
    assert said(spanish, SPANISH) == {"Cardiomegaly": 1, "Pneumothorax": 0, "Pleural Effusion": 0}


@pytest.mark.parametrize(
    "text",
    [
        "derram pleural izquierd . sin neumotorax .",
        "DERRAME PLEURAL IZQUIERDO. SIN NEUMOTORAX.",
        "Derrames pleurales izquierdos. Sin neumotórax.",
    ],
)
def test_stems_capitals_and_missing_accents(spanish: Labeler, text: str) -> None:
    assert said(spanish, text) == {"Pneumothorax": 0, "Pleural Effusion": 1}


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(InputError, match="no language 'xx'"):
        Labeler(language="xx")


def test_the_command_takes_a_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, labels = tmp_path / "reports.csv", tmp_path / "labels.csv"
    pd.DataFrame({"id": [1], "report": [SPANISH]}).to_csv(table, index=False)
    run_cli(monkeypatch, capsys, "label", table, "--output", labels, "--language", "es")
    assert pd.read_csv(labels).loc[0, "Cardiomegaly"] == 1.0


def test_the_spacy_component_takes_the_language_of_its_pipeline() -> None:
    nlp = spacy.blank("es")
    nlp.add_pipe("cxr_labeler")
    assert nlp(SPANISH)._.cxr_labels["Cardiomegaly"] == 1
