"""Other systems' tables and resources, from their reports to their labels: OMOP and FHIR."""

import json

import pandas as pd
import pyarrow.parquet as pq
import pytest
from corpora import run_cli, write_csv
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.observation import Observation

from labeler.engine.labeler import Labeler
from labeler.tables.names import CHEXPERT
from labeler.writers.note_nlp import COLUMNS

NOTES = [
    (11, "FINDINGS: Small left pleural effusion. No pneumothorax.\nIMPRESSION: Possible edema."),
    (12, ""),
    (13, "Heart size is normal. " + "x" * 300 + " and cardiomegaly " + "y" * 300),
]
DAY = ("--date", "2026-01-31")


@pytest.fixture
def label(monkeypatch, capsys):
    return lambda *arguments: run_cli(monkeypatch, capsys, "label", *arguments)


@pytest.fixture
def notes(tmp_path):
    rows = [(note, 44814640, text) for note, text in NOTES]
    return write_csv(tmp_path / "note.csv", rows, ("note_id", "note_type_concept_id", "note_text"))


def test_omop_notes_give_a_row_a_mention(tmp_path, notes, label):
    out = tmp_path / "note_nlp.csv"
    status, _, err = label(notes, "--layout", "note_nlp", *DAY, "-o", out)
    assert status == 0, err
    table = pd.read_csv(out, keep_default_na=False)
    assert tuple(table.columns) == COLUMNS
    assert list(table["note_nlp_id"]) == list(range(1, len(table) + 1))
    mentions = [(note, m) for note, text in NOTES for m in Labeler().label(text).mentions]
    assert len(mentions) == len(table) > 4
    texts = dict(NOTES)
    for row, (note, mention) in zip(table.itertuples(), mentions, strict=True):
        assert row.note_id == note
        assert texts[note][row.offset :].startswith(row.lexical_variant)
        assert row.lexical_variant in row.snippet
        assert len(row.snippet) <= 250
        assert (row.term_exists == "N") == (mention.value == 0)
        modifiers = dict(part.split("=") for part in row.term_modifiers.split(";"))
        assert modifiers["observation"] == mention.observation
        assert modifiers["certainty"] == ("uncertain" if mention.value == -1 else "certain")
    assert set(table["nlp_date"]) == {"2026-01-31"}
    assert set(table["nlp_datetime"]) == {"2026-01-31 00:00:00"}
    assert set(table["section_concept_id"]) == set(table["note_nlp_concept_id"]) == {0}
    assert table["nlp_system"].str.fullmatch(r"labeler \S+ rules [0-9a-f]{12}").all()


def test_note_nlp_does_not_depend_on_workers_or_chunks(tmp_path, notes, label):
    outs = [tmp_path / f"{number}.parquet" for number in range(2)]
    for out, more in zip(outs, ([], ["--workers", "2", "--chunk-rows", "1"]), strict=True):
        assert label(notes, "--layout", "note_nlp", *DAY, "-o", out, *more)[0] == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert str(pq.read_schema(outs[0]).field("note_nlp_id").type) == "int64"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--date", "31.1.2026", "--layout", "note_nlp"], "YYYY-MM-DD"),
        (["--date", "2026-01-31"], "no date stands in layout table"),
        (["--layout", "fhir"], "must end in .ndjson, .jsonl, .json"),
    ],
)
def test_a_wrong_option_is_said(tmp_path, notes, label, arguments, reason):
    status, _, err = label(notes, "-o", tmp_path / "o.csv", *arguments)
    assert (status, reason in err) == (2, True)


REPORTS = [
    {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "code": {"text": "Chest X-ray"},
        "subject": {"reference": "Patient/p1"},
        "imagingStudy": [{"reference": "ImagingStudy/s1"}],
        "effectiveDateTime": "2026-01-02T10:00:00Z",
        "conclusion": "Small left pleural effusion. No pneumothorax. Possible edema.",
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "r2",
        "status": "final",
        "code": {"text": "Chest X-ray"},
        "subject": {"display": "John Example"},
    },
]


def test_fhir_reports_give_an_observation_a_label(tmp_path, label):
    corpus = tmp_path / "reports.ndjson"
    corpus.write_text("".join(json.dumps(report) + "\n" for report in REPORTS))
    out = tmp_path / "o.ndjson"
    assert label(corpus, "--layout", "fhir", "-o", out)[0] == 0
    resources = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(resources) == 2 * len(CHEXPERT)
    assert len({resource["id"] for resource in resources}) == len(resources)
    for resource in resources:
        Observation.model_validate(resource)
    first = {resource["code"]["text"]: resource for resource in resources[: len(CHEXPERT)]}
    assert tuple(first) == CHEXPERT
    values = {
        name: resource.get("valueCodeableConcept", {}).get("text")
        for name, resource in first.items()
    }
    assert {name: value for name, value in values.items() if value} == {
        "Pleural Effusion": "positive", "Pneumothorax": "negative", "Edema": "uncertain",
    }  # fmt: skip
    assert all(("dataAbsentReason" in r) != ("valueCodeableConcept" in r) for r in resources)
    edema = first["Edema"]
    assert edema["status"] == "preliminary"
    assert edema["subject"] == {"reference": "Patient/p1"}
    assert edema["derivedFrom"][0] == {"reference": "ImagingStudy/s1"}
    assert edema["derivedFrom"][1]["identifier"] == {"value": "DiagnosticReport/r1"}
    assert edema["effectiveDateTime"] == "2026-01-02T10:00:00Z"
    assert resources[-1]["subject"] == {"display": "John Example"}
    assert all("dataAbsentReason" in resource for resource in resources[len(CHEXPERT) :])


def test_a_bundle_of_labels_of_any_corpus(tmp_path, label):
    rows = [("7", "s1", "Edema."), ("7", "s2", "")]
    corpus = write_csv(tmp_path / "x.csv", rows, ("subject_id", "study_id", "report"))
    outs = tmp_path / "o.json", tmp_path / "p.json"
    assert label(corpus, "--layout", "fhir", "-o", outs[0])[0] == 0
    bundle = Bundle.model_validate_json(outs[0].read_bytes())
    assert len(bundle.entry) == 2 * len(CHEXPERT)
    resource = bundle.entry[0].resource
    assert isinstance(resource, Observation)
    assert resource.subject.identifier.value == "7"
    assert resource.derivedFrom[0].identifier.value == "s1"
    assert label(corpus, "--layout", "fhir", "-o", outs[1], "--workers", "2")[0] == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_an_hl7_message_gives_observations(tmp_path, label):
    corpus = tmp_path / "x.hl7"
    corpus.write_text(
        "MSH|^~\\&|RIS||||20260101||ORU^R01|M1|P|2.5\rPID|1||P77\rOBR|1||A1|CXR^Chest\r"
        "OBX|1|TX|CXR^Chest||Edema.||||||F\r"
    )
    assert label(corpus, "--layout", "fhir", "-o", tmp_path / "o.jsonl")[0] == 0
    resource = json.loads((tmp_path / "o.jsonl").read_text().splitlines()[0])
    assert resource["subject"] == {"identifier": {"value": "P77"}}
    assert resource["derivedFrom"] == [{"identifier": {"value": "A1"}, "display": "A1"}]
