"""Side, place, severity, change and size are bound to the mention that they belong to."""

import csv
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from labeler import Labeler
from labeler.cli import app
from labeler.rules.location import rules_folder
from labeler.types import ATTRIBUTES, cell


@pytest.fixture(scope="module")
def labeler() -> Labeler:
    return Labeler()


def said(labeler: Labeler, text: str, attribute: str) -> dict[str, str]:
    """Observation -> what its mentions say, of those that the label set writes."""
    out: dict[str, list[str]] = {}
    for mention in labeler.label_sections({"findings": text}).mentions:
        if mention.observation in labeler.observations:
            out.setdefault(mention.observation, []).append(cell(mention, attribute))
    return {name: "; ".join(dict.fromkeys(cells)) for name, cells in out.items()}


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Right pneumothorax and small left effusion.", "right left"),
        ("Right pneumothorax, left effusion.", "right left"),
        ("Left basilar consolidation and effusion.", "left left"),
        ("Consolidation and effusion at the left base.", "left left"),
        ("Consolidation in the left base with small right effusion.", "left right"),
        ("Effusion is present on the left, larger than before.", "left"),
        ("Bilateral effusions, larger on the right.", "bilateral"),
        ("Effusions, R > L.", "bilateral"),
        ("Right greater than left effusions.", "bilateral"),
        ("Consolidation in the right apex and the left base.", "bilateral"),
        ("Small left and moderate right effusions.", "bilateral"),
        ("On the right, there is a small effusion.", "right"),
        ("Left lung: small effusion.", "left"),
        ("Opacity in the right base, likely atelectasis.", "right right"),
        ("Left effusion with adjacent atelectasis.", "left left"),
        ("The right lung is clear and there is a left effusion.", "left"),
        ("Moderate effusion on the right, none on the left.", "right"),
        ("Cardiomegaly with a left effusion.", " left"),
        ("There is left atrial enlargement.", ""),
        ("Consolidation at the bases.", "bilateral"),
        ("Effusion on the side of surgery.", ""),
    ],
)
def test_a_side_belongs_to_its_own_mention(labeler, text, sides):
    assert list(said(labeler, text, "side").values()) == sides.split(" ")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Consolidation in the right upper lobe.", ["upper"]),
        ("Consolidation in the upper and lower lobes.", ["upper|lower"]),
        ("Retrocardiac consolidation.", ["retrocardiac"]),
        ("Consolidation behind the heart.", ["retrocardiac"]),
        ("Diffuse consolidation, worst in the perihilar region.", ["diffuse|perihilar"]),
        ("Right apical pneumothorax with atelectasis at the left base.", ["lower", "apical"]),
        ("Fracture of the lower thoracic spine.", [""]),
        ("ET tube tip lies 3.5 cm above the carina.", ["carina 3.5 cm"]),
        ("The endotracheal tube ends 35 mm above the carina.", ["carina 3.5 cm"]),
        ("Feeding tube coiled in the stomach.", ["stomach|malposition"]),
        ("PICC with its tip at the cavoatrial junction.", ["cavoatrial junction"]),
    ],
)
def test_a_place_belongs_to_its_own_mention(labeler, text, places):
    found = said(labeler, text, "location")
    got = {v for cells in found.values() for v in cells.split("|")}
    assert got == {v for cells in places for v in cells.split("|")}
    if len(places) == 1:
        assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Mild cardiomegaly with a large effusion.", "mild severe"),
        ("The heart is mildly enlarged and there is moderate edema.", "mild moderate"),
        ("Trace effusion.", "minimal"),
        ("The effusion is tiny.", "minimal"),
        ("Moderate to large effusion.", "moderate|severe"),
        ("Borderline cardiomegaly.", "borderline"),
        ("The heart is large.", ""),
        ("Small bore chest tube.", ""),
        ("Slightly increased effusion.", ""),
        ("Small amount of pleural fluid.", "mild"),
        ("Bilateral effusions, left small, right moderate.", "mild|moderate"),
    ],
)
def test_an_amount_belongs_to_its_own_mention(labeler, text, amounts):
    assert " ".join(said(labeler, text, "severity").values()) == amounts


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("12 mm nodule in the lingula.", "12"),
        ("A 2.3 x 1.1 cm mass.", "23"),
        ("Nodule measuring up to 1.5 cm.", "15"),
        ("The nodule measures 8 mm, previously 6 mm.", "8"),
        ("Nodule of 2 to 3 cm.", "30"),
        ("Nodule 4 cm from the hilum.", ""),
        ("Nodule.", ""),
    ],
)
def test_a_size_is_the_largest_diameter_in_mm(labeler, text, size):
    assert said(labeler, text, "size_mm") == {"Lung Lesion": size}


def test_the_evidence_file_has_the_attributes_before_the_sentence(tmp_path):
    source, evidence = tmp_path / "r.csv", tmp_path / "e.csv"
    source.write_text("id,report\n1,Small new left effusion. 8 mm right apical nodule.\n")
    result = CliRunner().invoke(
        app,
        ["label", str(source), "-o", str(tmp_path / "l.csv"), "--evidence", str(evidence)],
    )
    assert result.exit_code == 0, result.output
    with open(evidence, newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    assert names[names.index("finding") + 1 :] == [*ATTRIBUTES, "sentence"]
    assert [[row[name] for name in ATTRIBUTES] for row in rows] == [
        ["left", "", "mild", "new", ""],
        ["right", "apical", "", "", "8"],
    ]


def test_a_language_without_attribute_files_says_nothing(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    shutil.rmtree(folder / "en" / "attributes")
    (mention,) = Labeler(rules=folder).label("Small left effusion.").mentions
    assert (mention.observation, mention.side, mention.severity) == ("Pleural Effusion", "", "")


def test_labels_do_not_depend_on_the_attribute_files(tmp_path, labeler):
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder)
    shutil.rmtree(folder / "en" / "attributes")
    bare = Labeler(rules=folder)
    for text in ("Stable left effusion, no new edema.", "Peripheral opacity. Resolved edema."):
        assert bare.label(text).labels == labeler.label(text).labels


def test_explain_shows_the_attributes():
    result = CliRunner().invoke(app, ["explain", "New small left effusion."])
    assert "side left, severity mild, change new" in result.output


CHANGES = YAML(typ="safe").load(Path(__file__).with_name("attribute_changes.yaml"))


@pytest.mark.parametrize(("text", "label", "change"), CHANGES)
def test_a_change_belongs_to_its_own_mention(labeler, text, label, change):
    assert said(labeler, text, "change")[label] == change


def test_a_finding_that_persists_and_changes_has_the_change_alone(labeler):
    text = "Persistent but smaller effusion."
    assert said(labeler, text, "change") == {"Pleural Effusion": "decreased"}
