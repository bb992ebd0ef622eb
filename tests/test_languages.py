"""Languages: a folder of rules each, with the same label sets."""

import pickle
from pathlib import Path

import pandas as pd
import pytest
import spacy

from labeler import InputError, Labeler
from labeler.rules.languages import load_languages
from labeler.text.language import LanguageFinder
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


def test_the_review_file_tells_the_language_of_each_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, review = tmp_path / "reports.csv", tmp_path / "review.csv"
    texts = [SPANISH, "The heart is enlarged. There is no effusion."]
    pd.DataFrame({"id": [1, 2], "report": texts}).to_csv(table, index=False)
    options = ("--output", tmp_path / "labels.csv", "--review", review, "--language", "auto")
    status, _, _ = run_cli(monkeypatch, capsys, "label", table, *options)
    assert status == 0
    assert list(pd.read_csv(review).columns) == ["id", "doubt", "reasons", "language"]
    assert list(pd.read_csv(review)["language"]) == ["es", "en"]


def test_the_spacy_component_takes_the_language_of_its_pipeline() -> None:
    nlp = spacy.blank("es")
    nlp.add_pipe("cxr_labeler")
    assert nlp(SPANISH)._.cxr_labels["Cardiomegaly"] == 1


@pytest.fixture(scope="module")
def auto() -> Labeler:
    return Labeler(language="auto")


def test_each_report_is_read_in_its_own_language(auto: Labeler) -> None:
    assert said(auto, SPANISH) == {"Cardiomegaly": 1, "Pneumothorax": 0, "Pleural Effusion": 0}
    assert said(auto, "The heart is enlarged. No effusion is seen.") == {
        "Cardiomegaly": 1,
        "Pleural Effusion": 0,
    }
    assert auto.label(None).labels == auto.label("").labels


def test_it_pickles_and_tells_its_language(auto: Labeler) -> None:
    again = pickle.loads(pickle.dumps(auto))
    assert repr(again) == repr(auto)
    assert "language='auto'" in repr(again)
    assert said(again, SPANISH) == said(auto, SPANISH)


def test_a_frame_of_both_languages_keeps_its_order_and_index(auto: Labeler) -> None:
    frame = pd.DataFrame(
        {"report": ["The lungs are clear.", SPANISH, None, "There is a small effusion."]},
        index=[7, 7, 1, 0],
    )
    (labelled,) = auto.label_batches([frame], text="report")
    assert list(labelled.index) == [7, 7, 1, 0]
    assert list(labelled["language"]) == ["en", "es", "en", "en"]
    alone = [labeler.label_frame(frame) for labeler in (Labeler(), Labeler(language="es"))]
    assert labelled["Pneumothorax"].tolist() == alone[1]["Pneumothorax"].tolist()
    assert labelled["Pleural Effusion"].iloc[3] == alone[0]["Pleural Effusion"].iloc[3] == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The heart is normal in size and there is no effusion.", "en"),
        ("La silueta cardiaca es normal y no se observa derrame.", "es"),
        ("SIN CONDENSACIONES. SENOS LIBRES.", "es"),
        ("Normal.", None),
        ("", None),
    ],
)
def test_words_tell_the_language(text: str, language: str | None) -> None:
    assert LanguageFinder(load_languages())(text) == language
