import gzip
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from corpora import REPORTS, read, write_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labeler.errors import InputError
from labeler.readers import find_sources
from labeler.readers.columns import recognise

OPENI = """<?xml version="1.0" encoding="utf-8"?>
<eCitation><uId id="{uid}"/><MedlineCitation><Article><Abstract>
<AbstractText Label="COMPARISON">None.</AbstractText>
<AbstractText Label="INDICATION">Cough &amp; fever.</AbstractText>
<AbstractText Label="FINDINGS">{findings}</AbstractText>
<AbstractText Label="IMPRESSION"/>
</Abstract></Article></MedlineCitation></eCitation>
"""


# -- which columns ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "ids", "text", "sections"),
    [
        ("uid,report", ("uid",), "report", {}),
        ("study_id,text", ("study_id",), "text", {}),
        ("Report Impression", (), "Report Impression", {}),
        ("filename,Reports", ("filename",), "Reports", {}),
        (
            "uid,MeSH,Problems,image,indication,comparison,findings,impression",
            ("uid",),
            None,
            {"findings": "findings", "impression": "impression", "comparison": "comparison"},
        ),
        (
            "study,impression,findings,last_paragraph,comparison",
            ("study",),
            None,
            {
                "findings": "findings",
                "impression": "impression",
                "last_paragraph": "last_paragraph",
                "comparison": "comparison",
            },
        ),
        ("subject_id,study_id,report", ("subject_id", "study_id"), "report", {}),
        (
            "path_to_image,report,section_narrative,section_findings,section_impression",
            ("path_to_image",),
            None,
            {"findings": "section_findings", "impression": "section_impression"},
        ),
        (
            ",ImageID,ImageDir,StudyID,PatientID,ReportID,Report,MethodLabel,Labels",
            ("ImageID",),
            "Report",
            {},
        ),
        ("id,impression", ("id",), None, {"impression": "impression"}),
    ],
)
def test_the_obvious_columns_are_recognised(header, ids, text, sections):
    columns = recognise(header.split(","), "x.csv")
    assert (columns.ids, columns.text, dict(columns.sections)) == (ids, text, sections)


@pytest.mark.parametrize(
    "header",
    ["uid,report,text", "uid,report,findings,impression", "uid,report,report", "uid,words"],
)
def test_no_or_several_text_columns_are_an_error_that_lists_the_columns(header):
    with pytest.raises(InputError) as error:
        recognise(header.split(","), "x.csv")
    assert "x.csv" in str(error.value)
    for name in header.split(","):
        assert repr(name) in str(error.value)


def test_several_id_columns_are_an_error_until_one_is_named():
    with pytest.raises(InputError, match="--id"):
        recognise(["uid", "accession", "report"], "x.csv")
    assert recognise(["uid", "accession", "report"], "x.csv", ids=["accession"]).ids == (
        "accession",
    )


@pytest.mark.parametrize("option", ["text", "findings", "impression"])
def test_a_named_column_must_exist(option):
    with pytest.raises(InputError, match=r"no column 'words'.*'uid', 'report'"):
        recognise(["uid", "report"], "x.csv", **{option: "words"})


def test_named_columns_win_over_the_obvious_ones():
    names = ["uid", "report", "findings", "impression", "body"]
    assert recognise(names, "x.csv", text="body").text == "body"
    assert dict(recognise(names, "x.csv", impression="body").sections) == {"impression": "body"}


def test_a_report_in_the_place_of_a_header_is_not_printed(tmp_path):
    path = write_csv(tmp_path / "x.csv", [["Patient Zorblatt is well."]] * 3, header=None)
    with pytest.raises(InputError, match="--no-header") as error:
        read(path)
    assert "Zorblatt" not in str(error.value)


# -- the forms ----------------------------------------------------------------------------------


def as_csv(path, ids, texts):
    # Everything quoted: Python's writer leaves a lone carriage return bare, which ends a row.
    return write_csv(path.with_suffix(".csv"), zip(ids, texts, strict=True), quoting=1)


def as_tsv(path, ids, texts):
    rows = zip(ids, texts, strict=True)
    return write_csv(path.with_suffix(".tsv"), rows, delimiter="\t", quoting=1)


def as_jsonl(path, ids, texts):
    path = path.with_suffix(".jsonl")
    rows = (json.dumps({"uid": i, "report": t}) for i, t in zip(ids, texts, strict=True))
    path.write_text("".join(row + "\n" for row in rows))
    return str(path)


def as_parquet(path, ids, texts):
    path = path.with_suffix(".parquet")
    table = pa.table({"other": [0] * len(ids), "uid": ids, "report": pa.array(texts, pa.string())})
    pq.write_table(table, path, row_group_size=2)
    return str(path)


FORMS = [as_csv, as_tsv, as_jsonl, as_parquet]


@pytest.mark.parametrize("write", FORMS)
@pytest.mark.parametrize("chunk_rows", [1, 2, 4096])
def test_every_form_keeps_rows_ids_text_and_order(tmp_path, write, chunk_rows):
    ids = [f"a{i}" for i in range(len(REPORTS))]
    columns, frame, rejected = read(write(tmp_path / "x", ids, REPORTS), chunk_rows=chunk_rows)
    assert columns.ids == ("uid",)
    assert frame["id:0"].tolist() == ids
    assert frame["text"].tolist() == ["" if r.isspace() else r for r in REPORTS]
    assert frame.index.tolist() == [1, 2, 3, 4, 5, 6]
    assert rejected == []


# Control characters make a file binary, but for those that stand in real text.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r\f\x85"))
IDS = TEXT.filter(lambda text: text.strip() != "")


@pytest.mark.parametrize("write", FORMS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(IDS, TEXT), min_size=1, max_size=8, unique_by=lambda row: row[0]))
def test_any_text_survives_any_form(tmp_path, write, rows):
    ids, texts = (list(column) for column in zip(*rows, strict=True))
    _, frame, rejected = read(write(tmp_path / "x", ids, texts), chunk_rows=3)
    assert rejected == []
    assert frame["id:0"].tolist() == ids
    blank = ["" if not t.replace("\\n", "").strip() else t for t in texts]
    assert [t if b else "" for t, b in zip(frame["text"], blank, strict=True)] == blank


@pytest.mark.parametrize("suffix", [".csv.gz", ".csv.zst"])
def test_compressed_files(tmp_path, suffix):
    plain = write_csv(tmp_path / "x.csv", [["1", "Clear."], ["2", "No effusion."]])
    data = Path(plain).read_bytes()
    packed = tmp_path / f"y{suffix}"
    if suffix.endswith("gz"):
        packed.write_bytes(gzip.compress(data))
    else:
        packed.write_bytes(pa.Codec("zstd").compress(data, asbytes=True))
    assert read(packed)[1].equals(read(plain)[1])


@pytest.mark.parametrize("suffix", [".csv.gz", ".csv.zst"])
def test_damaged_compressed_files_are_an_error(tmp_path, suffix):
    rows = [[i, f"Report {i * 7919 % 10007} of many."] for i in range(5000)]
    data = Path(write_csv(tmp_path / "x.csv", rows)).read_bytes()
    if suffix.endswith("gz"):
        packed = gzip.compress(data)
    else:
        packed = pa.Codec("zstd").compress(data, asbytes=True)
    path = tmp_path / f"y{suffix}"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match="damaged or cut off"):
        read(path)


def test_a_headerless_column_of_reports(tmp_path):
    path = write_csv(tmp_path / "x.csv", [[r] for r in REPORTS], header=None, quoting=1)
    columns, frame, _ = read(path, header=False)
    assert columns.ids == ()
    assert frame["id:0"].tolist() == ["1", "2", "3", "4", "5", "6"]
    assert frame["text"].tolist() == ["" if r.isspace() else r for r in REPORTS]


def test_without_an_id_the_row_number_is_one_over_all_inputs(tmp_path):
    for name in "ab":
        write_csv(tmp_path / f"{name}.csv", [["Clear."], ["Edema."]], header=["report"])
    columns, frame, _ = read(tmp_path / "*.csv")
    assert columns.id_names == ("row",)
    assert frame["id:0"].tolist() == ["1", "2", "3", "4"]


def test_split_sections_and_the_blanks_of_chexpert_plus(tmp_path):
    header = ["path_to_image", "report", "section_findings", "section_impression"]
    path = write_csv(
        tmp_path / "x.csv",
        [["a.jpg", "all", "\\n", "1. CLEAR LUNGS."], ["b.jpg", "all", "\\n \\n", "\\n"]],
        header=header,
    )
    _, frame, _ = read(path)
    assert frame["section:findings"].tolist() == ["", ""]
    assert frame["section:impression"].tolist() == ["1. CLEAR LUNGS.", ""]


def test_openi_xml_file_and_folder(tmp_path):
    for uid in ("CXR2", "CXR1"):
        (tmp_path / f"{uid}.xml").write_text(OPENI.format(uid=uid, findings=f"Clear &lt; {uid}."))
    columns, frame, _ = read(tmp_path)
    assert columns.ids == ("uid",)
    assert list(columns.sections) == ["comparison", "indication", "findings", "impression"]
    assert frame["id:0"].tolist() == ["CXR1", "CXR2"]
    assert frame["section:findings"].tolist() == ["Clear < CXR1.", "Clear < CXR2."]
    assert frame["section:indication"].tolist() == ["Cough & fever."] * 2
    assert frame["section:impression"].tolist() == ["", ""]
    assert read(tmp_path / "CXR2.xml")[1]["id:0"].tolist() == ["CXR2"]


def test_mimic_tree_gives_subject_and_study(tmp_path):
    for subject, study in (("10000032", "50414267"), ("10000032", "53189527"), ("11000011", "1")):
        folder = tmp_path / "files" / f"p{subject[:2]}" / f"p{subject}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"s{study.zfill(8)}.txt").write_text(f" FINAL REPORT\n IMPRESSION: {study}\n")
    columns, frame, _ = read(tmp_path / "files")
    assert columns.ids == ("subject_id", "study_id")
    assert frame["id:0"].tolist() == ["10000032", "10000032", "11000011"]
    assert frame["id:1"].tolist() == ["50414267", "53189527", "00000001"]
    below = read(tmp_path / "files" / "p11" / "p11000011")
    assert below[1]["id:0"].tolist() == ["11000011"]


def test_a_folder_of_text_files_has_its_paths_as_ids(tmp_path):
    (tmp_path / "ward").mkdir()
    (tmp_path / "b.txt").write_bytes(b"One.\r\nTwo.\n")
    (tmp_path / "ward" / "a.txt").write_text("Clear.")
    (tmp_path / "ward" / "c.txt").write_text("")
    columns, frame, _ = read(tmp_path)
    assert columns.ids == ("id",)
    assert frame["id:0"].tolist() == ["b", "ward/a", "ward/c"]
    assert frame["text"].tolist() == ["One.\r\nTwo.\n", "Clear.", ""]


def test_jsonl_numbers_blank_lines_and_missing_keys(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": 7, "report": "Clear."}\n\n{"id": "8"}\r\n')
    _, frame, _ = read(path)
    assert frame["id:0"].tolist() == ["7", "8"]
    assert frame["text"].tolist() == ["Clear.", ""]


def test_parquet_dictionary_text_and_integer_ids(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pd.DataFrame({"study_id": [5, 6], "report": pd.Categorical(["Clear.", "Edema."])})
    frame.to_parquet(path)
    _, read_back, _ = read(path)
    assert read_back["id:0"].tolist() == ["5", "6"]
    assert read_back["text"].tolist() == ["Clear.", "Edema."]


def test_encodings(tmp_path):
    rows = [["1", "Kavität links."], ["2", "Größe normal."]]
    for encoding in ("latin-1", "utf-16", "utf-8-sig", "cp1252"):
        path = write_csv(tmp_path / "x.csv", rows, encoding=encoding)
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        columns, frame, _ = read(path, encoding=name)
        assert columns.ids == ("uid",)
        assert frame["text"].tolist() == [row[1] for row in rows]
    with pytest.raises(InputError, match="--encoding nonsense"):
        read(path, encoding="nonsense")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_also_mixed(tmp_path, ends):
    path = tmp_path / "x.csv"
    path.write_bytes(f'uid,report{ends}1,"A\r\nb\nc"{ends}{ends}2,Clear.\r\n3,Edema.'.encode())
    _, frame, _ = read(path)
    assert frame["id:0"].tolist() == ["1", "2", "3"]
    assert frame["text"].tolist() == ["A\r\nb\nc", "Clear.", "Edema."]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_another_delimiter(tmp_path, delimiter):
    path = write_csv(tmp_path / "x.csv", [["1", "Clear, dry."]], delimiter=delimiter)
    assert read(path)[1]["text"].tolist() == ["Clear, dry."]


def test_large_fields_and_reports(tmp_path):
    rows = [["1", "x" * 10_000_000], ["2", "No effusion. " * 8000], ["3", "Clear."]]
    _, frame, _ = read(write_csv(tmp_path / "x.csv", rows))
    assert frame["text"].str.len().tolist() == [10_000_000, 104_000, 6]


# -- what is wrong, and where -------------------------------------------------------------------

HEAD = b"uid,report\n1,Clear.\n"
BAD_ROWS = {
    "too many fields": (HEAD + b"2,No edema, no effusion.\n", 2, 3, None, "3 fields .* has 2"),
    "too few fields": (HEAD + b"2\n", 2, 3, None, "1 fields .* has 2"),
    "unclosed quote at the end": (HEAD + b'2,"No edema.\n', 2, 3, None, "never closed"),
    "unclosed quote before others": (HEAD + b'2,"No edema.\n3,"x"\n', 2, 3, None, r"line 4\)"),
    "undoubled quote": (HEAD + b'2,"a "water bottle" heart"\n', 2, 3, None, "not doubled"),
    "undecodable byte": (HEAD + b"2,\xff edema\n", 2, 3, 22, "--encoding"),
    "undecodable byte on a later line": (HEAD + b'2,"a\nb\xc3("\n', 2, 4, 26, "--encoding"),
    "cut-off character": (HEAD + b"2,\xe2\x80", 2, 3, 22, "--encoding"),
    "NUL": (HEAD + b"2,a\0b\n", 2, 3, None, "NUL"),
    "duplicate id": (HEAD + b"1,Edema.\n", 2, 3, None, "duplicate id: row 1 "),
    "missing id": (HEAD + b",Edema.\n", 2, 3, None, "id is missing"),
}


@pytest.mark.parametrize("fault", BAD_ROWS)
def test_a_bad_row_is_named_with_its_place(tmp_path, fault):
    data, row, line, byte, reason = BAD_ROWS[fault]
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=reason) as error:
        read(path)
    place = f"{path}, row {row}, line {line}" + (f", byte {byte}" if byte is not None else "")
    assert str(error.value).startswith(place)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("fault", BAD_ROWS)
@pytest.mark.parametrize("chunk_rows", [1, 3, 4096])
def test_skipping_rejects_the_bad_row_and_keeps_the_rest(tmp_path, fault, chunk_rows):
    data, row, line, byte, _ = BAD_ROWS[fault]
    path = tmp_path / "x.csv"
    path.write_bytes(data.rstrip(b"\n") + b"\n9,Fine.\n")
    _, frame, rejected = read(path, skip_bad_rows=True, chunk_rows=chunk_rows)
    assert [(r.row, r.line, r.byte) for r in rejected[:1]] == [(row, line, byte)]
    assert frame["id:0"].tolist()[0] == "1"
    assert frame["id:0"].tolist()[-1] == "9"
    assert frame["text"].tolist()[-1] == "Fine."


def test_the_rest_of_a_report_with_a_broken_quote_is_no_row_of_its_own(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(
        HEAD + b'2,"The "water" heart.\nLungs clear, no effusion.\nEnd."\n3,"Fine,\nwell."\n'
    )
    _, frame, rejected = read(path, skip_bad_rows=True)
    assert frame["id:0"].tolist() == ["1", "3"]
    assert frame["text"].tolist() == ["Clear.", "Fine,\nwell."]
    assert [r.line for r in rejected] == [3, 4, 5]


def test_several_bad_bytes_keep_their_places(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"uid,report\n1,\xff\xfe\n2,ok\n\n3,a\xe4\n4,ok \xc3\xa4\n5,\x80\n")
    _, frame, rejected = read(path, skip_bad_rows=True)
    data = path.read_bytes()
    assert [r.byte for r in rejected] == [data.index(b"\xff"), data.index(b"\xe4"), len(data) - 2]
    assert [r.line for r in rejected] == [2, 5, 7]
    assert frame["text"].tolist() == ["ok", "ok ä"]


BOMB = b"<!DOCTYPE eCitation [<!ENTITY a0 'haha'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (i, b"&a%d;" % (i - 1) * 20) for i in range(1, 9)
)
BOMB += b"]><eCitation><uId id='1'/><note>&a8;</note></eCitation>"
FILE_FAULTS = {
    "empty file": ("x.csv", b"", "empty"),
    "header only": ("x.csv", b"uid,report\n", "no rows"),
    "binary file": ("x.csv", bytes(range(256)) * 20, "binary data"),
    "Excel file named csv": ("x.csv", b"PK\x03\x04" + b"\0" * 40, "Excel"),
    "Excel file": ("x.xlsx", b"PK\x03\x04", "no Excel workbook"),
    "Parquet file named csv": ("x.csv", b"PAR1....", "Parquet"),
    "UTF-16 without saying so": ("x.csv", "uid,report\n1,a".encode("utf-16"), "--encoding utf-16"),
    "bad byte in the header": ("x.csv", b"uid,rep\xffort\n1,a\n", "line 1, byte 7"),
    "NUL in the header": ("x.csv", b"uid,re\0port\n1,a\n", "NUL"),
    "unclosed header": ("x.csv", b'"uid,report\n1,a\n', "header"),
    "no Parquet": ("x.parquet", b"uid,report\n1,a\n", "no Parquet file"),
    "no JSON": ("x.jsonl", b"uid,report\n1,a\n", "line 1, byte 0"),
    "JSON without objects": ("x.jsonl", b"[1]\n", "not a JSON object"),
    "empty JSON Lines": ("x.jsonl", b"", "empty"),
    "not compressed": ("x.csv.gz", HEAD, "not compressed"),
    "unknown form": ("x.docx", b"hello", "no known form"),
    "empty XML": ("x.xml", b"", "empty"),
    "broken XML": ("x.xml", b"<eCitation>\n<uId", "line 2"),
    "XML that grows without end": ("x.xml", BOMB, "declares entities"),
    "another XML": ("x.xml", b"<html/>", "no Open-i report"),
}


@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_a_bad_file_is_one_clear_line(tmp_path, fault):
    name, data, reason = FILE_FAULTS[fault]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=reason) as error:
        read(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_inputs(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        find_sources([str(tmp_path / "x.csv")])
    with pytest.raises(InputError, match="no such file"):
        find_sources([str(tmp_path / "*.csv")])
    with pytest.raises(InputError, match="without reports"):
        find_sources([str(tmp_path)])
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "a.xml").write_text("a")
    with pytest.raises(InputError, match=r"several forms"):
        find_sources([str(tmp_path)])


def test_jsonl_places(tmp_path):
    path = tmp_path / "x.jsonl"
    good = b'{"id": 1, "report": "Clear."}\n'
    path.write_bytes(good + b'{"id": 2, "report": "Cl\xffear."}\n{"id": 3, "report": "x}\n')
    _, frame, rejected = read(path, skip_bad_rows=True)
    assert frame["id:0"].tolist() == ["1"]
    data = path.read_bytes()
    assert [(r.row, r.line) for r in rejected] == [(2, 2), (3, 3)]
    assert rejected[0].byte == data.index(b"\xff")
    assert rejected[1].byte == len(data) - 1  # the line ends inside a string


def test_jsonl_values_that_are_no_text(tmp_path):
    path = tmp_path / "x.jsonl"
    rows = [{"id": "1", "report": "a"}, {"id": "2", "report": 5}, {"id": ["3"], "report": "a"}]
    surrogate = '{"id": "4", "report": "\\ud800"}\n'
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + surrogate)
    _, frame, rejected = read(path, skip_bad_rows=True)
    assert frame["id:0"].tolist() == ["1"]
    assert [(r.row, r.column) for r in rejected] == [(2, "report"), (3, "id"), (4, "report")]


def test_parquet_text_must_be_text(tmp_path):
    pq.write_table(pa.table({"uid": [1], "report": [2.5]}), tmp_path / "x.parquet")
    with pytest.raises(InputError, match="column 'report' holds double, not text"):
        read(tmp_path / "x.parquet")


def test_a_cut_off_parquet_file(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"uid": ["1"], "report": ["a"]}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="damaged or cut off"):
        read(path)


def test_bad_text_and_xml_files_are_rejected_one_by_one(tmp_path):
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "a.txt").write_text("Clear.")
    (tmp_path / "t" / "b.txt").write_bytes(b"one\ntwo \xff\n")
    (tmp_path / "t" / "c.txt").write_bytes(b"PK\x03\x04\0\0\0\0")
    _, frame, rejected = read(tmp_path / "t", skip_bad_rows=True)
    assert frame["id:0"].tolist() == ["a"]
    assert [(r.file, r.line, r.byte) for r in rejected] == [
        (str(tmp_path / "t" / "b.txt"), 2, 8),
        (str(tmp_path / "t" / "c.txt"), None, None),
    ]
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "1.xml").write_text(OPENI.format(uid="CXR1", findings="Clear."))
    (tmp_path / "x" / "2.xml").write_text(OPENI.format(uid="CXR1", findings="Clear."))
    with pytest.raises(InputError, match=r"2\.xml.*duplicate id"):
        read(tmp_path / "x")


def test_an_id_is_unique_over_all_inputs_and_chunks(tmp_path):
    first = write_csv(tmp_path / "a.csv", [[i, "a"] for i in range(300)])
    second = write_csv(tmp_path / "b.csv", [[i, "a"] for i in range(299, 900)])
    with pytest.raises(InputError, match=r"b\.csv, row 1, .*row 300 of the input"):
        read(first, second, chunk_rows=7)
    _, frame, rejected = read(first, second, chunk_rows=7, skip_bad_rows=True)
    assert len(frame) == 900
    assert len(rejected) == 1


def test_ids_of_two_columns_are_unique_together(tmp_path):
    rows = [["p1", "s1", "a"], ["p1", "s2", "a"], ["p2", "s1", "a"]]
    header = ["subject_id", "study_id", "report"]
    assert len(read(write_csv(tmp_path / "a.csv", rows, header=header))[1]) == 3
    with pytest.raises(InputError, match="duplicate id"):
        read(write_csv(tmp_path / "b.csv", [*rows, rows[1]], header=header))


def test_inputs_of_different_columns_are_refused_before_any_is_read(tmp_path):
    first = write_csv(tmp_path / "a.csv", [["1", "a"]])
    second = write_csv(tmp_path / "b.csv", [["2", "a"]], header=["id", "text"])
    with pytest.raises(InputError, match=r"b\.csv: its id and text columns differ"):
        read(first, second)
