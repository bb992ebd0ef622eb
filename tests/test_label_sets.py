"""Label sets beside CheXpert's: NIH's 14 labels, and one of another body region from YAML alone."""

import json
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from labeler import Labeler
from labeler.authoring.check import check_rules
from labeler.cli import app
from labeler.errors import InputError, RulesError
from labeler.rules.load import load_rules
from labeler.rules.location import rules_folder
from labeler.rules.schema import Strict

NIH = [
    *("Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia"),
    *("Pneumothorax", "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening"),
    "Hernia",
]
EXAMPLES = sorted(
    {
        sentence
        for examples in load_rules("chestxray14").label_examples["chestxray14"].examples.values()
        for _, sentences in examples
        for sentence in sentences
    }
)


@cache
def nih_labeler() -> Labeler:
    return Labeler("chestxray14")


@pytest.fixture
def nih() -> Labeler:
    return nih_labeler()


@pytest.fixture
def own_rules(tmp_path: Path) -> Path:
    """Rules for knees: the package's cues, states and fractures, and findings and labels of its own."""
    folder = Path(shutil.copytree(rules_folder(), tmp_path / "rules"))
    for path in [*folder.glob("en/findings/*.yaml"), *folder.glob("label_sets/*.yaml")]:
        if path.stem != "fracture":
            path.unlink()
    for path in folder.glob("en/attributes/*.yaml"):  # some are of the chest's findings only
        if "only_for" in path.read_text() or "not_for" in path.read_text():
            path.unlink()
    for path in folder.iterdir():  # other languages would lack the knee's findings
        if path.name not in ("en", "label_sets"):
            shutil.rmtree(path)
    shutil.copytree(Path(__file__).parent / "own_rules/knee", folder, dirs_exist_ok=True)
    return folder


def labels(labeler: Labeler, text: str) -> dict[str, int]:
    return {k: v for k, v in labeler.label(text).labels.items() if v is not None}


# ------------------------------------------------------------------------------ ChestX-ray14


POLICY = {
    # alternatives count, whichever side
    "Left basilar scarring or atelectasis.": {"Atelectasis": 1},
    "Infiltrate versus atelectasis in the lingula.": {"Infiltration": 1, "Atelectasis": 1},
    # unless another hedge governs them, or what they name is a lesion
    "This may represent atelectasis or infiltrate.": {"No Finding": 1},
    "Nodule versus vessel on end.": {"No Finding": 1},
    # probable counts, possible does not
    "Probable small left effusion.": {"Effusion": 1},
    "Possible small left effusion.": {"No Finding": 1},
    "Pneumonia cannot be excluded.": {"No Finding": 1},
    # what is merely suggested, edema aside
    "Flat diaphragms suggesting emphysema.": {"No Finding": 1},
    "Interstitial prominence suggesting edema.": {"Edema": 1},
    "Basilar streaks suggestive of scarring or atelectasis.": {"No Finding": 1},
    "No opacity to suggest pneumonia.": {"Pneumonia": 0, "No Finding": 1},
    # the heart
    "The heart is of borderline size.": {"Cardiomegaly": 1},
    "Borderline cardiomegaly.": {"Cardiomegaly": 1},
    "Heart size is unchanged.": {"No Finding": 1},
    # an uncounted hedge leaves what is said elsewhere
    "No pneumothorax. A tiny pneumothorax cannot be excluded.": {
        "Pneumothorax": 0,
        "No Finding": 1,
    },
    # an explanation that is only probable makes the nodule no more likely
    "The nodule is probably a nipple shadow.": {"No Finding": 1},
}


@pytest.mark.parametrize("text", POLICY)
def test_uncertain_mentions_are_decided(text: str, nih: Labeler) -> None:
    assert labels(nih, text) == POLICY[text]


def test_the_evidence_keeps_what_was_said(nih: Labeler) -> None:
    report = nih.label("Left basilar scarring or atelectasis. Pneumonia cannot be excluded.")
    said = {m.observation: (m.value, m.cue) for m in report.mentions}
    assert said["Atelectasis"] == (-1, "or")
    assert said["Pneumonia"] == (-1, "cannot be excluded")
    assert report.labels["Atelectasis"] == 1
    assert report.labels["Pneumonia"] is None


def test_no_finding_speaks_of_the_14_alone(nih: Labeler) -> None:
    assert labels(nih, "Old rib fracture. Tortuous aorta.") == {"No Finding": 1}
    assert labels(nih, "") == {}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(EXAMPLES), max_size=6))
def test_every_label_is_decided(sentences: list[str]) -> None:
    found = nih_labeler().label(" ".join(sentences)).labels
    assert list(found) == [*NIH, "No Finding"]
    assert set(found.values()) <= {1, 0, None}
    if sentences:
        assert (found["No Finding"] == 1) is not any(found[name] == 1 for name in NIH)
    else:
        assert found["No Finding"] is None


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.csv"
    rows = [
        ("a.png", "The heart is mildly enlarged. No effusion.", "Basilar scarring or atelectasis."),
        ("b.png", "Clear lungs.", "Normal chest."),
        ("c.png", "", ""),
    ]
    pd.DataFrame(rows, columns=["filename", "findings", "impression"]).to_csv(path, index=False)
    return path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_table_has_the_14_columns_in_nih_spelling(reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.csv"
    run("label", reports, "--id", "filename", "--label-set", "chestxray14", "--output", out)
    assert out.read_text().splitlines() == [
        ",".join(["filename", *NIH, "No Finding"]),
        "a.png,1.0,1.0,0.0" + "," * 12,
        "b.png" + "," * 15 + "1.0",
        "c.png" + "," * 15,
    ]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_the_nih_layout_joins_the_findings(suffix: str, reports: Path, tmp_path: Path) -> None:
    out = tmp_path / f"labels.{suffix}"
    options = ["--id", "filename", "--label-set", "chestxray14", "--layout", "nih"]
    run("label", reports, *options, "--output", out)
    if suffix == "csv":
        frame = pd.read_csv(out, keep_default_na=False)
    elif suffix == "jsonl":
        frame = pd.read_json(out, lines=True)
    else:
        frame = pd.read_parquet(out)
    assert list(frame.columns) == ["filename", "Finding Labels"]
    assert list(frame["Finding Labels"]) == ["Atelectasis|Cardiomegaly", "No Finding", ""]


# ----------------------------------------------------------------------- several label sets

SEVERAL = ("chexpert", "vindr", "chestxray14", "chestxdet10", "findings")
SENTENCES = [
    "Calcified nodule in the left upper lobe, probably a granuloma.",
    "Hydropneumothorax on the right with fractures of the clavicle and first rib.",
    "Hyperexpanded lungs suggesting emphysema. No effusion.",
    "Pulmonary vascular congestion. The heart is not enlarged.",
    "Unchanged.",
    "",
]


@cache
def several() -> Labeler:
    return Labeler(SEVERAL)


@pytest.mark.parametrize("name", SEVERAL)
def test_one_reading_gives_what_each_label_set_gives_alone(name: str) -> None:
    alone = Labeler(name)
    for text in SENTENCES:
        assert several().label(text).label_sets[name] == alone.label(text).labels


def test_with_several_label_sets_columns_and_mentions_name_theirs() -> None:
    frame = pd.DataFrame({"report": SENTENCES})
    out = several().label_frame(frame)
    assert list(out.columns) == list(several().observations)
    assert out["chexpert:Pneumothorax"].tolist()[1] == 1
    report = several().label(SENTENCES[1])
    assert report.labels == report.label_sets["chexpert"]
    said = {m.observation: m.finding for m in report.mentions}
    assert said["chexpert:Pleural Effusion"] == "hydropneumothorax"
    assert said["chexpert:Fracture"] == "rib_fracture|clavicle_fracture"
    assert said["vindr:Rib fracture"] == "rib_fracture"


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "csv.gz"])
def test_one_run_writes_a_table_for_each_label_set(
    suffix: str, reports: Path, tmp_path: Path
) -> None:
    out, evidence = tmp_path / f"out.{suffix}", tmp_path / "evidence.csv"
    command = ["label", reports, "--id", "filename", "--output"]
    run(*command, out, "--label-set", "chexpert,chestxray14", "--evidence", evidence)
    assert not out.exists()
    for name in ("chexpert", "chestxray14"):
        alone = tmp_path / f"alone.{suffix}"
        run(*command, alone, "--label-set", name)
        assert (tmp_path / f"out.{name}.{suffix}").read_bytes() == alone.read_bytes()
    rows = pd.read_csv(evidence)
    assert {"chexpert:Cardiomegaly", "chestxray14:Cardiomegaly"} <= set(rows["observation"])
    assert set(rows.loc[rows["observation"] == "chestxray14:Effusion", "finding"]) == {
        "pleural_effusion"
    }


def test_workers_and_resume_write_the_same_tables(reports: Path, tmp_path: Path) -> None:
    command = ["label", reports, "--id", "filename", "--label-set", "vindr,findings"]
    run(*command, "--output", tmp_path / "one.csv")
    run(*command, "--output", tmp_path / "two.csv", "--workers", "2", "--chunk-rows", "1")
    run(*command, "--output", tmp_path / "two.csv", "--resume", "--chunk-rows", "1")
    for name in ("vindr", "findings"):
        one, two = (tmp_path / f"{stem}.{name}.csv" for stem in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("chexpert,nothing", "no label set 'nothing'"),
        ("vindr,vindr", "named twice"),
        (",", "no label"),
    ],
)
def test_a_wrong_list_of_label_sets_is_refused(
    option: str, message: str, reports: Path, tmp_path: Path
) -> None:
    command = ["label", str(reports), "--label-set", option, "--output", str(tmp_path / "o.csv")]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)


VINDR = [
    *("Aortic enlargement", "Atelectasis", "Calcification", "Cardiomegaly", "Clavicle fracture"),
    *("Consolidation", "Edema", "Emphysema", "Enlarged PA", "ILD", "Infiltration", "Lung Opacity"),
    *("Lung cavity", "Lung cyst", "Mediastinal shift", "Nodule/Mass", "Pleural effusion"),
    *("Pleural thickening", "Pneumothorax", "Pulmonary fibrosis", "Rib fracture", "Other lesion"),
    *("COPD", "Lung tumor", "Pneumonia", "Tuberculosis", "Other diseases", "No finding"),
]


def test_further_label_sets_have_their_data_sets_names_and_order() -> None:
    sets = load_rules(SEVERAL).label_sets
    assert sets["vindr"].observations == VINDR
    assert sets["chestxdet10"].observations == [
        *("Atelectasis", "Calcification", "Consolidation", "Effusion", "Emphysema", "Fibrosis"),
        *("Fracture", "Mass", "Nodule", "Pneumothorax"),
    ]
    assert len(sets["findings"].observations) >= 90


# ---------------------------------------------------------------------- another body region


def test_a_label_set_of_another_region_works_from_yaml_alone(
    own_rules: Path, tmp_path: Path
) -> None:
    reports = tmp_path / "knees.csv"
    reports.write_text(
        "id,report\n"
        'k1,"FINDINGS: Large suprapatellar effusion. Joint spaces are preserved."\n'
        'k2,"FINDINGS: One senses an effusion. IMPRESSION: Possible early gonarthrosis."\n'
        'k3,"FINDINGS: No effusion or osteoarthritis."\n'
        'k4,"FINDINGS: A loose body lies in the notch."\n'
    )
    out = tmp_path / "labels.csv"
    run("label", reports, "--rules", own_rules, "--label-set", "knee", "--output", out)
    assert out.read_text().splitlines() == [
        "id,Joint Effusion,Osteoarthritis,Unremarkable",
        "k1,1.0,0.0,",
        "k2,1.0,-1.0,",
        "k3,0.0,0.0,1.0",
        "k4,,,",
    ]


def test_its_examples_are_run_with_the_others(own_rules: Path) -> None:
    outcome = check_rules(own_rules)
    assert "knee" in outcome.label_sets
    ran = {e.file.relative_to(own_rules).as_posix() for e in outcome.examples}
    assert "en/findings/joint_effusion.yaml" in ran
    assert "en/findings/fracture.yaml" in ran
    assert "en/assertion/40_gut_feeling.yaml" in ran
    chests = ("silent.yaml", "doubt.yaml")  # their examples are of chests
    assert not [f for f in outcome.failures if f.example.file.name not in chests]
    assert own_rules / "en/assertion/20_negation.yaml" in outcome.skipped  # so do these


def test_a_remark_counts_only_for_the_labels_that_list_it(own_rules: Path) -> None:
    cues = own_rules / "en/assertion/40_gut_feeling.yaml"
    cues.write_text(
        cues.read_text().replace("value: uncertain\n", "value: uncertain\nremark: true\n")
    )
    knee = own_rules / "label_sets/knee.yaml"
    assert labels(Labeler("knee", own_rules), "One senses an effusion.") == {"Joint Effusion": 1}
    knee.write_text(knee.read_text().replace("hedges: {gut feeling: positive}", "hedges: {}"))
    assert labels(Labeler("knee", own_rules), "One senses an effusion.") == {"Joint Effusion": 1}
    listed = "findings: [joint_effusion]\n    remarks: [gut feeling]"
    knee.write_text(knee.read_text().replace("findings: [joint_effusion]", listed))
    report = Labeler("knee", own_rules).label("One senses an effusion.")
    assert report.labels["Joint Effusion"] == -1
    assert report.mentions[0].cue == "One senses"


# -------------------------------------------------------------------------------- overlays


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    run("rules", "init", tmp_path / "ours", "--extend", "chexpert")
    return tmp_path / "ours"


def test_an_overlay_adds_to_the_shipped_rules(overlay: Path) -> None:
    assert len(list(overlay.rglob("*.yaml"))) == 4
    mine = Labeler("local", overlay)
    assert list(mine.observations) == [*Labeler().observations, "Sternotomy Wires"]
    assert labels(mine, "Air leak sign. Sternotomy wires.") == {
        "Pneumothorax": 1,
        "Sternotomy Wires": 1,
    }
    assert labels(mine, "Sternotomy wires. No effusion.") == {
        "No Finding": 1,
        "Pleural Effusion": 0,
        "Sternotomy Wires": 1,
    }
    assert labels(Labeler("chexpert", overlay), "Air leak sign.") == {"Pneumothorax": 1}


def test_an_overlay_s_file_takes_the_place_of_the_shipped_one(overlay: Path) -> None:
    shipped = (rules_folder() / "en/findings/pneumothorax.yaml").read_text()
    ours = overlay / "en/findings/pneumothorax.yaml"
    ours.write_text(shipped.replace('- "(ptx|pntx|pnx|ptnx|pneumo)"', "- zorb"))
    assert labels(Labeler("chexpert", overlay), "Zorb. No PTX.") == {"Pneumothorax": 1}


def test_examples_and_cache_of_an_overlay_hold(overlay: Path) -> None:
    outcome = check_rules(overlay)
    assert not outcome.failures
    assert overlay / "en/findings/our_phrases.yaml" in {e.file for e in outcome.examples}
    first = load_rules("local", overlay).fingerprint
    assert load_rules("local", overlay).fingerprint == first
    (overlay / "label_sets/local.yaml").open("a").write("# a remark\n")
    assert load_rules("local", overlay).fingerprint != first


def test_an_overlay_extends_only_what_there_is(overlay: Path) -> None:
    local = overlay / "label_sets/local.yaml"
    local.write_text(local.read_text().replace("extends: chexpert", "extends: chexpart"))
    with pytest.raises(RulesError, match="extends: no label set 'chexpart'"):
        load_rules("local", overlay)
    local.write_text(local.read_text().replace("extends: chexpart", "extends: local"))
    with pytest.raises(RulesError, match="extends this label set itself"):
        load_rules("local", overlay)


def test_a_rule_folder_is_not_written_over(overlay: Path) -> None:
    result = CliRunner().invoke(app, ["rules", "init", str(overlay), "--extend", "chexpert"])
    assert isinstance(result.exception, InputError)


def test_the_difference_of_two_rule_folders_names_reports_and_mentions(
    overlay: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "reports.csv"
    corpus.write_text("id,report\nr1,Air leak sign on the left.\nr2,No effusion.\n")
    out = run("rules", "diff", "shipped", overlay, "--corpus", corpus)
    assert "r1\tPneumothorax\tnone -> positive" in out
    assert "+ 'Air leak sign' positive (our_phrases:air_leak_sign)" in out
    assert "r2" not in out
    assert "1 reports change" in out


def test_schemas_for_editors_know_the_keys_of_rule_files(tmp_path: Path) -> None:
    run("rules", "schema", tmp_path)
    schema = json.loads((tmp_path / "findings.schema.json").read_text())
    assert {"family", "findings", "exclude"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False
    titles = {json.loads(file.read_text())["title"] for file in tmp_path.iterdir()}
    files = {m.__name__ for m in Strict.__subclasses__() if m.__name__.endswith("File")}
    assert files <= titles


@pytest.mark.parametrize("options", [["schema"], ["init"], ["init", "--extend", "chexpert"]])
def test_a_folder_that_cannot_be_written_is_one_clear_error(
    tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(app, ["rules", *options, str(tmp_path / "file" / "x")])
    assert isinstance(result.exception, InputError)
    assert "cannot be written into" in str(result.exception)


def test_a_yml_file_is_an_error(overlay: Path) -> None:
    (overlay / "en/findings/extra.yml").write_text("family: x\n")
    with pytest.raises(RulesError, match=r"extra\.yml: is not read: rule files end in \.yaml"):
        check_rules(overlay)


# ------------------------------------------------------------------------------- mistakes

LOOSE = "en/findings/loose_body.yaml"
SPACE = "en/findings/osteoarthritis.yaml"
LABELSET = "label_sets/knee.yaml"
MISTAKES = {
    "unknown parent": (
        LOOSE,
        "id: loose_body",
        "id: loose_body\n    parent: body",
        "no finding 'body'",
    ),
    "parent of itself": (
        LOOSE,
        "id: loose_body",
        "id: loose_body\n    parent: loose_body",
        "parent of itself",
    ),
    "one unknown parent of two": (
        LOOSE,
        "id: loose_body",
        "id: loose_body\n    parent: [osteoarthritis, body]",
        "no finding 'body'",
    ),
    "same finding": (LOOSE, "id: loose_body", "id: fracture", "finding 'fracture' stands twice"),
    "same phrase": (
        LOOSE,
        "[loose body]",
        "[loose body, gonarthrosis]",
        "duplicate phrase 'gonarthrosis'",
    ),
    "finding without words": (LOOSE, "phrases: [loose body]", "", "no words"),
    "unknown fragment": (SPACE, "{side}", "{sides}", "no fragment 'sides'; there are side"),
    "unknown finding": (LABELSET, "[osteoarthritis]", "[osteoarthrosis]", "no finding"),
    "label without finding": (
        LABELSET,
        "  - name: Osteoarthritis\n    findings: [osteoarthritis]",
        "  - name: Osteoarthritis",
        "label 'Osteoarthritis' has no finding",
    ),
    "label twice": (LABELSET, "name: Osteoarthritis", "name: Joint Effusion", "stands twice"),
    "unknown remark": (
        LABELSET,
        "findings: [osteoarthritis]",
        "findings: [osteoarthritis]\n    remarks: [guess]",
        "no remark 'guess'",
    ),
    "unknown hedge": (LABELSET, "gut feeling: p", "gut feelings: p", "no cue is named"),
    "unknown decision": (LABELSET, "feeling: positive", "feeling: maybe", "gut feeling"),
    "unknown no finding label": (LABELSET, "label: Unremarkable", "label: Normal", "unknown label"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_its_place(mistake: str, own_rules: Path) -> None:
    name, old, new, message = MISTAKES[mistake]
    path = own_rules / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(RulesError, match=message) as caught:
        load_rules("knee", own_rules)
    # of two places that do not fit together either may be named
    places = [own_rules / name, *own_rules.glob("en/findings/*.yaml")]
    assert any(str(caught.value).startswith(f"{place}:") for place in places)
    assert "\n" not in str(caught.value)
