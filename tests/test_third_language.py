"""A third language without code: the small French folder that docs/languages.md tells how to write."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from labeler import InputError, Labeler
from labeler.authoring.check import check_rules
from labeler.rules.languages import AUTO, load_asked
from labeler.rules.location import rules_folder
from tests.corpora import run_cli

FRENCH = Path(__file__).parent / "languages" / "fr"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rule folder as the page says to make it: the label sets, English, and the new language."""
    folder = tmp_path_factory.mktemp("rules")
    for name in ("label_sets", "en"):
        shutil.copytree(rules_folder() / name, folder / name)
    shutil.copytree(FRENCH, folder / "fr")
    return folder


@pytest.fixture(scope="module")
def french(rules: Path) -> Labeler:
    return Labeler(rules=rules, language="fr")


def said(labeler: Labeler, text: str) -> dict[str, int]:
    return {name: v for name, v in labeler.label(text).labels.items() if v is not None}


def test_every_example_holds(rules: Path) -> None:
    outcome = check_rules(rules, "fr")
    assert [str(failure) for failure in outcome.failures] == []
    assert outcome.skipped == ()
    assert len(outcome.examples) >= 20


def test_the_command_checks_one_language(
    rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run_cli(monkeypatch, capsys, "rules", "check", rules, "--language", "fr")
    assert (status, out) == (0, "")
    assert "examples hold" in err


EFFUSION, CONSOLIDATION = "Pleural Effusion", "Consolidation"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        # negation, through a list and from behind
        (
            "Pas d'épanchement pleural, de pneumothorax ni de condensation.",
            {"No Finding": 1, CONSOLIDATION: 0, "Pneumothorax": 0, EFFUSION: 0},
        ),
        (
            "Aucun pneumothorax ni atélectasie décelable.",
            {"No Finding": 1, "Atelectasis": 0, "Pneumothorax": 0},
        ),
        (
            "Le pneumothorax droit a complètement disparu, petit épanchement résiduel.",
            {"Pneumothorax": 0, EFFUSION: 1},
        ),
        # a contrast ends it
        (
            "Il n'existe pas de foyer de condensation mais un discret épanchement droit.",
            {CONSOLIDATION: 0, EFFUSION: 1},
        ),
        # a list of what is there
        (
            "Épanchement pleural bilatéral, atélectasies des bases et cardiomégalie.",
            {"Cardiomegaly": 1, "Atelectasis": 1, EFFUSION: 1},
        ),
        # hedges
        ("On ne peut pas exclure un petit pneumothorax apical.", {"Pneumothorax": -1}),
        ("Suspicion d'épanchement, à confirmer.", {EFFUSION: -1}),
        (
            "Probable atélectasie plane. Le cœur n'est pas augmenté de volume.",
            {"Cardiomegaly": 0, "Atelectasis": -1},
        ),
        # "or": open what is stated, shared by what is denied
        (
            "Opacité basale gauche : atélectasie ou condensation.",
            {CONSOLIDATION: -1, "Atelectasis": -1},
        ),
        (
            "Pas d'épanchement ou de pneumothorax.",
            {"No Finding": 1, "Pneumothorax": 0, EFFUSION: 0},
        ),
        # capitals, accents missing, the other apostrophe
        (
            "PAS D'EPANCHEMENT PLEURAL. CARDIOMEGALIE MODEREE.",
            {"Cardiomegaly": 1, EFFUSION: 0},
        ),
        (
            "Pas d’epanchement ni d’atelectasie. Coeur de taille normale.",
            {"No Finding": 1, "Cardiomegaly": 0, "Atelectasis": 0, EFFUSION: 0},
        ),
        # a finding that French has no file for yet
        ("Pas de pneumothorax. Fracture de côte.", {"Pneumothorax": 0}),
        # sections
        (
            "INDICATION : recherche de pneumothorax.\nRÉSULTATS : Condensation du lobe moyen.",
            {CONSOLIDATION: 1},
        ),
    ],
)
def test_sentences(french: Labeler, text: str, labels: dict[str, int]) -> None:
    assert said(french, text) == labels


def test_a_report_is_told_to_be_french(rules: Path) -> None:
    auto = Labeler(rules=rules, language="auto")
    assert said(auto, "Pas d'épanchement. La silhouette cardiaque est élargie.") == {
        "Cardiomegaly": 1,
        EFFUSION: 0,
    }
    assert said(auto, "The heart is enlarged. No effusion.") == {"Cardiomegaly": 1, EFFUSION: 0}


def test_a_table_of_two_languages_is_labelled_and_explained(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, labels = tmp_path / "reports.csv", tmp_path / "labels.csv"
    reports = [
        "Pas de pneumothorax. La silhouette cardiaque est élargie.",
        "The heart is enlarged.",
    ]
    pd.DataFrame({"id": [1, 2], "report": reports}).to_csv(table, index=False)
    options = ("--rules", rules, "--language", "auto")
    status, _, _ = run_cli(monkeypatch, capsys, "label", table, "--output", labels, *options)
    assert status == 0
    assert pd.read_csv(labels)["Cardiomegaly"].tolist() == [1.0, 1.0]
    assert "language" not in pd.read_csv(labels).columns  # it is no label
    for report, file in zip(reports, ("fr/assertion/states.yaml", "en/assertion"), strict=True):
        status, out, _ = run_cli(monkeypatch, capsys, "explain", report, *options)
        assert status == 0
        assert file in out


def test_the_fingerprint_of_all_languages_changes_with_each(rules: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(rules, tmp_path / "rules"))
    before = load_asked("chexpert", folder, AUTO).fingerprint
    assert before == load_asked("chexpert", rules, AUTO).fingerprint
    file = folder / "fr/findings/pneumothorax.yaml"
    file.write_text(file.read_text().replace(", pno]", ", pno, ptx]"))
    assert load_asked("chexpert", folder, AUTO).fingerprint != before
    english = [load_asked("chexpert", root, "en").fingerprint for root in (folder, rules)]
    assert english[0] == english[1]


def test_spark_reads_one_language() -> None:
    from labeler.spark import label

    with pytest.raises(InputError, match="name it"):
        label(None, text="report", language="auto")


def test_the_command_labels_a_table(
    rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, labels = tmp_path / "reports.csv", tmp_path / "labels.csv"
    pd.DataFrame({"id": [1], "report": ["Absence de pneumothorax."]}).to_csv(table, index=False)
    options = ("--rules", rules, "--language", "fr")
    status, _, _ = run_cli(monkeypatch, capsys, "label", table, "--output", labels, *options)
    assert status == 0
    assert pd.read_csv(labels).loc[0, "Pneumothorax"] == 0.0
