"""Forms of input: workbooks, JSON arrays, R2Gen's annotation.json, folders of Parquet, FHIR, HL7."""

import base64
import datetime
import io
import json
import sys

import openpyxl
import pandas as pd
import pytest
from corpora import read

from labeler.errors import InputError
from labeler.readers.fhir import html_text

TEXT = "FINDINGS: No edema.\nIMPRESSION: Normal."


def rows_of(path, **options):
    """The ids and texts of a corpus, and what was rejected."""
    columns, frame, rejected = read(path, **options)
    ids = ["/".join(row) for row in frame[list(columns.id_columns)].to_numpy()]
    texts = frame[list(columns.text_sources)].agg("|".join, axis=1).tolist()
    return list(zip(ids, texts, strict=True)), rejected


def workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_as_text(tmp_path):
    day = datetime.datetime(2020, 1, 2)
    rows = [["study_id", "report", "day", None], [7.0, "Clear.", day], [None] * 3, ["8", None]]
    path = workbook(tmp_path / "x.xlsx", rows)
    assert rows_of(path) == ([("7", "Clear."), ("8", "")], [])
    columns, frame, _ = read(path, keep=("day",))
    assert frame[columns.extra_columns[0]].tolist() == ["2020-01-02", ""]


def test_the_sheet_with_the_reports_is_found(tmp_path):
    notes, reports = [["about"], ["us"]], [["id", "report"], ["1", "Clear."]]
    path = workbook(tmp_path / "x.xlsx", notes, reports, [])
    assert rows_of(path) == ([("1", "Clear.")], [])
    with pytest.raises(InputError, match="2 of its 2 sheets look like reports"):
        read(workbook(tmp_path / "y.xlsx", reports, reports))
    with pytest.raises(InputError, match="the workbook is empty"):
        read(workbook(tmp_path / "z.xlsx", []))


def test_a_number_is_no_report_in_a_workbook(tmp_path):
    path = workbook(tmp_path / "x.xlsx", [["id", "report"], ["1", "Clear."], ["2", 3]])
    with pytest.raises(InputError, match="row 2, line 3, column 'report': not text"):
        read(path)
    assert rows_of(path, skip_bad_rows=True)[0] == [("1", "Clear.")]


def test_a_json_array(tmp_path):
    path = tmp_path / "x.json"
    items = [{"id": n, "report": f"{n}: “Clear”."} for n in range(2500)]
    path.write_text(json.dumps(items, ensure_ascii=False, indent=1), encoding="utf-8")
    rows, _ = rows_of(path)
    assert rows == [(str(item["id"]), item["report"]) for item in items]


def test_a_json_file_larger_than_the_buffer(tmp_path, monkeypatch):
    monkeypatch.setattr("labeler.readers.json_items._STEP", 7)
    monkeypatch.setattr("labeler.readers.json_items._WHOLE", 11)
    items = [{"id": n, "report": f"{n} clear", "n": n * 1000} for n in range(50)]
    path = tmp_path / "x.json"
    for content in (items, {"info": {"a": [1]}, "train": items[:20], "test": items[20:]}):
        path.write_text(json.dumps(content))
        _, frame, _ = read(path, keep=("n",))
        assert frame["id:0"].tolist() == [str(item["id"]) for item in items]
        assert frame["extra:0"].tolist() == [str(item["n"]) for item in items]


def test_annotation_json_has_a_row_an_item_and_its_split(tmp_path):
    path = tmp_path / "annotation.json"
    content = {
        split: [{"id": f"{split}1", "study_id": 5, "subject_id": 6, "report": "Clear.",
                 "image_path": ["a.png"], "split": split}]
        for split in ("train", "val", "test")
    }  # fmt: skip
    path.write_text(json.dumps(content))
    rows, _ = rows_of(path)
    assert rows == [("train1", "Clear."), ("val1", "Clear."), ("test1", "Clear.")]
    for items in content.values():
        del items[0]["split"]
    path.write_text(json.dumps(content))
    _, frame, _ = read(path, ids=("id",), keep=("split",))
    assert frame["extra:0"].tolist() == ["train", "val", "test"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"id": 1, "report": "a"},\n{"id": 2 "report": "secret"}]', "line 2: broken JSON"),
        ('[{"id": 1, "report": "a"}', r"broken JSON: a comma or \] is expected"),
        ('[{"id": 1, "report": "a"}] x', "goes on behind its end"),
        ("3", "neither"),
        ("[]", "no array of JSON objects"),
        ('[{"id": 1, "report": "a"}, 5]', "row 2, line 1: not a JSON object"),
        ('[{"id": 1, "report": ["secret"]}]', "column 'report': not text"),
    ],
)
def test_broken_json_is_named_with_its_place(tmp_path, content, reason):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(InputError, match=reason) as error:
        read(path)
    assert "secret" not in str(error.value)


def test_a_folder_of_parquet_files_is_one_corpus(tmp_path):
    folder = tmp_path / "reports" / "year=2020"
    folder.mkdir(parents=True)
    for part in range(3):
        frame = pd.DataFrame({"id": [f"{part}a", f"{part}b"], "report": ["Clear.", ""]})
        frame.to_parquet(folder / f"part-{part}.snappy.parquet")
    (tmp_path / "reports" / "_SUCCESS").touch()
    rows, _ = rows_of(tmp_path / "reports")
    assert [id_ for id_, _ in rows] == ["0a", "0b", "1a", "1b", "2a", "2b"]


def form(text, kind="text/plain", charset="utf-8"):
    return {"contentType": kind, "data": base64.b64encode(text.encode(charset)).decode()}


def fhir_report(name="r1", **more):
    code = {"text": "Chest X-ray"}
    return {"resourceType": "DiagnosticReport", "id": name, "status": "final", "code": code, **more}


PATIENT = {"resourceType": "Patient", "id": "p1"}
DIV = '<div xmlns="http://www.w3.org/1999/xhtml"><p>No edema &amp; no</p><p>effusion.</p></div>'


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"conclusion": "No edema."}, "No edema."),
        ({"presentedForm": [form(TEXT)]}, TEXT),
        ({"presentedForm": [form(TEXT)], "conclusion": " Normal. "}, TEXT),
        ({"presentedForm": [form(TEXT)], "conclusion": "Clear."}, f"{TEXT}\n\nClear."),
        ({"presentedForm": [form("<p>A&lt;B</p>C", "text/html"), form("x", "application/pdf")]},
         "A<B\nC"),
        ({"presentedForm": [form("É", "text/plain; charset=latin-1", "latin-1")]}, "É"),
        ({"text": {"status": "generated", "div": DIV}}, "No edema & no\neffusion."),
        ({"text": {"status": "empty", "div": DIV}}, ""),
        ({"presentedForm": [{"contentType": "text/plain", "url": "Binary/1"}]}, ""),
    ],
)  # fmt: skip
def test_the_text_of_a_fhir_report(tmp_path, parts, text):
    path = tmp_path / "x.ndjson"
    resources = [PATIENT, fhir_report(**parts)]
    path.write_text("".join(json.dumps(resource) + "\n" for resource in resources))
    assert rows_of(path) == ([("r1", text)], [])


def test_a_fhir_bundle(tmp_path):
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": "urn:uuid:p", "resource": PATIENT},
            {"fullUrl": "urn:uuid:9f", "resource": fhir_report(None, conclusion="Clear.")},
            {"fullUrl": "urn:uuid:r2", "resource": fhir_report("r2", conclusion="Edema.")},
        ],
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(bundle))
    assert rows_of(path)[0] == [("9f", "Clear."), ("r2", "Edema.")]
    path.write_text(json.dumps(fhir_report("r3", conclusion="Clear.", category=[{"text": "X"}])))
    assert rows_of(path)[0] == [("r3", "Clear.")]
    path.write_text(json.dumps(PATIENT))
    with pytest.raises(InputError, match="no FHIR DiagnosticReport"):
        read(path)


def test_a_form_that_is_no_base64_is_a_bad_row(tmp_path):
    path = tmp_path / "x.ndjson"
    bad = fhir_report("r1", presentedForm=[{"contentType": "text/plain", "data": "secret!"}])
    good = fhir_report("r2", conclusion="Clear.")
    path.write_text(f"{json.dumps(bad)}\n{json.dumps(good)}\n")
    with pytest.raises(InputError, match=r"x\.ndjson, row 1, line 1: .*base64") as error:
        read(path)
    assert "secret" not in str(error.value)
    rows, rejected = rows_of(path, skip_bad_rows=True)
    assert ([id_ for id_, _ in rows], len(rejected)) == (["r2"], 1)


def test_html_without_its_scripts():
    html = "<html><head><title>T</title></head><script>x()</script><b>No</b> edema.<br>Clear</html>"
    assert html_text(html) == "No edema.\nClear"


MESSAGE = "\r".join(
    (
        r"MSH|^~\&|RIS|HOSP|X|Y|20200101||ORU^R01^ORU_R01|M1|P|2.5.1",
        "PID|1||P77^^^HOSP~P78||Doe^Jane",
        "OBR|1|PL9|A100^RIS|71046^CHEST 2 VIEWS^C4|||202001011200||||||||||||||||||F",
        r"OBX|1|TX|71046&GDT^DESCRIPTION||No edema \T\ no effusion.\.br\Heart normal.||||||F",
        "OBX|2|ED|PDF^x||^application^pdf^Base64^JVBERi0=||||||F",
        "OBX|3|TX|71046&GDT^DESCRIPTION||Not this.||||||W",
        "OBX|4|FT|71046&IMP^IMPRESSION||Normal~chest.||||||F",
        "OBR|2||A101|71045^CHEST 1 VIEW",
        "OBX|1|ST|X^Report||Clear.||||||F",
        "",
    )
)


def test_hl7_messages(tmp_path):
    path = tmp_path / "x.hl7"
    second = MESSAGE.replace("A10", "B10").replace("\r", "\n")
    path.write_text(f"\x0b{MESSAGE}\x1c\r{second}", newline="")
    text = "FINDINGS:\nNo edema & no effusion.\nHeart normal.\nIMPRESSION:\nNormal\nchest."
    rows, _ = rows_of(path)
    assert rows == [("A100", text), ("A101", "Clear."), ("B100", text), ("B101", "Clear.")]
    columns, frame, _ = read(path, keep=("subject_id", "message_id", "procedure", "status"))
    kept = frame[list(columns.extra_columns)].iloc[0].tolist()
    assert kept == ["P77", "M1", "CHEST 2 VIEWS", "F"]


def test_a_line_that_is_no_segment_goes_on_with_the_one_before(tmp_path):
    path = tmp_path / "x.hl7"
    path.write_text(MESSAGE.replace("Clear.", "Clear.\nIMPRESSION: Normal.").replace("\r", "\n"))
    assert rows_of(path)[0][1][1].startswith("Clear.\nIMPRESSION: Normal.")


def test_what_is_no_report_in_hl7_is_named(tmp_path):
    path = tmp_path / "x.hl7"
    other = MESSAGE.replace("ORU^R01^ORU_R01", "ADT^A01")
    path.write_text(other + MESSAGE, newline="")
    with pytest.raises(InputError, match="row 1, line 1: a message of another kind"):
        read(path)
    rows, rejected = rows_of(path, skip_bad_rows=True)
    assert ([id_ for id_, _ in rows], len(rejected)) == (["A100", "A101"], 1)
    path.write_text("PID|1\n")
    with pytest.raises(InputError, match="no line begins with MSH"):
        read(path)


def test_standard_input_is_known_by_its_first_characters(monkeypatch):
    for data in (MESSAGE, json.dumps([{"accession": "A100", "report": "Clear."}])):
        piped = io.TextIOWrapper(io.BufferedReader(io.BytesIO(data.encode())))
        monkeypatch.setattr(sys, "stdin", piped)
        _, frame, _ = read("-")
        assert frame["id:0"].iloc[0] == "A100"
