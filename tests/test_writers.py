import csv
import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_engine import OBSERVATIONS
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.errors import InputError
from labeler.readers.records import Columns
from labeler.writers.formats import EVIDENCE, FORMATS, csv_cell, defuse, find_format
from labeler.writers.layouts import find_layout
from labeler.writers.table import LabelTable, Run

CELLS = {1: "1.0", 0: "0.0", -1: "-1.0", 2: ""}
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def table_of(ids, rows):
    columns = np.array(rows, dtype=np.int8).reshape(len(rows), -1).T
    return LabelTable({"uid": ids}, {f"L {i}": column for i, column in enumerate(columns)})


@st.composite
def tables(draw):
    width = draw(st.integers(1, 16))
    row = st.lists(st.sampled_from([1, 0, -1, 2]), min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=1, max_size=6))
    ids = draw(st.lists(TEXT, min_size=len(rows), max_size=len(rows)))
    return ids, rows


@settings(deadline=None)
@given(table=tables())
def test_csv_reads_back_as_written(table):
    ids, rows = table
    data = FORMATS[".csv"].labels(table_of(ids, rows), True).decode()
    header, *lines = csv.reader(io.StringIO(data, newline=""), strict=True)
    assert header == ["uid", *(f"L {i}" for i in range(len(rows[0])))]
    assert lines == [[i, *(CELLS[v] for v in row)] for i, row in zip(ids, rows, strict=True)]


@settings(deadline=None)
@given(table=tables())
def test_jsonl_reads_back_as_written(table):
    ids, rows = table
    data = FORMATS[".jsonl"].labels(table_of(ids, rows), True).decode()
    lines = [json.loads(line) for line in data.split("\n")[:-1]]
    assert [line.pop("uid") for line in lines] == ids
    expected = [[None if v == 2 else float(v) for v in row] for row in rows]
    assert [list(line.values()) for line in lines] == expected


@settings(deadline=None, max_examples=30)
@given(table=tables(), cut=st.integers(1, 5))
def test_parquet_has_the_same_bytes_however_the_rows_came(tmp_path_factory, table, cut):
    ids, rows = table
    folder = tmp_path_factory.mktemp("parquet")
    form = FORMATS[".parquet"]
    whole = form.labels(table_of(ids, rows), True)
    parts = [
        form.labels(table_of(ids[i : i + cut], rows[i : i + cut]), i == 0)
        for i in range(0, len(rows), cut)
    ]
    for name, data in (("whole", whole), ("parts", b"".join(parts))):
        (folder / name).write_bytes(data)
        form.finish(folder / name, folder / f"{name}.parquet")
    assert (folder / "whole.parquet").read_bytes() == (folder / "parts.parquet").read_bytes()
    read_back = pq.read_table(folder / "whole.parquet").to_pydict()
    assert read_back["uid"] == ids
    assert read_back["L 0"] == [None if row[0] == 2 else float(row[0]) for row in rows]


def test_the_header_stands_once():
    table = table_of(["a"], [[1, 2]])
    first, later = (FORMATS[".csv"].labels(table, flag) for flag in (True, False))
    assert (first, later) == (b"uid,L 0,L 1\na,1.0,\n", b"a,1.0,\n")


def test_an_unknown_suffix_names_the_known_ones():
    with pytest.raises(InputError, match=r"--output x\.docx.*\.csv, \.parquet, \.jsonl"):
        find_format("x.docx", "--output")


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "- No effusion."])
def test_a_formula_is_defused(cell):
    assert defuse(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "-1.0", "+5", "12", "No effusion = good.", "CXR-1"])
def test_other_cells_stay(cell):
    assert defuse(cell) == cell


@pytest.mark.parametrize("suffix", FORMATS)
def test_evidence_keeps_the_mention_exact_and_defuses_the_rest_in_csv_only(tmp_path, suffix):
    row = ("=id", "body", "Edema", -1.0, 2, 7, "edema", "-cue", "edema:x", "edema", "left", "lower|upper", "mild",
           "new", 12.5, '- edema, "mild"\n')  # fmt: skip
    form = FORMATS[suffix]
    path = tmp_path / f"e{suffix}"
    path.write_bytes(form.rows(EVIDENCE, [row], True))
    if form.finish:
        path = tmp_path / f"f{suffix}"
        form.finish(tmp_path / f"e{suffix}", path)
    frame = {
        ".csv": lambda: pd.read_csv(path),
        ".jsonl": lambda: pd.read_json(path, lines=True),
        ".parquet": lambda: pd.read_parquet(path),
        ".xlsx": lambda: pd.read_excel(path),
    }[suffix]()
    assert list(frame.columns) == [column.name for column in EVIDENCE]
    mark = "'" if suffix == ".csv" else ""
    assert frame.iloc[0].tolist() == [
        f"{mark}=id", "body", "Edema", -1.0, 2, 7, "edema", f"{mark}-cue", "edema:x", "edema",
        "left", "lower|upper", "mild", "new", 12.5, f'{mark}- edema, "mild"\n',
    ]  # fmt: skip


def labelled(ids, **extra):
    frame = pd.DataFrame({f"id:{i}": values for i, values in enumerate(ids)} | extra)
    for position, name in enumerate(OBSERVATIONS):
        frame[name] = pd.array([(1, 0, -1, None)[position % 4]] * len(frame), dtype="Int8")
    return frame


def test_the_table_layout_has_the_ids_and_the_labels_in_order():
    columns = Columns(ids=("uid",), text="report")
    table = find_layout("table").arrange(labelled([["a", "b"]]), columns, OBSERVATIONS, Run())
    assert table.text == {"uid": ["a", "b"]}
    assert tuple(table.labels) == OBSERVATIONS
    assert [codes[0] for codes in table.labels.values()] == [1, 0, -1, 2] * 3 + [1, 0]


def test_the_chexpert_layout_has_the_reports():
    layout = find_layout("chexpert")
    whole = Columns(ids=(), text="Reports")
    frame = labelled([["1"]], text=["Clear."])
    assert layout.keep(whole) == ("text",)
    assert layout.arrange(frame, whole, OBSERVATIONS, Run()).text == {"Reports": ["Clear."]}
    split = Columns(ids=(), text=None, sections={"findings": "f", "impression": "i"})
    parts = {"section:findings": ["A", ""], "section:impression": ["B", "C"]}
    frame = labelled([["1", "2"]], **parts)
    assert layout.arrange(frame, split, OBSERVATIONS, Run()).text == {"Reports": ["A\nB", "C"]}


def test_the_mimic_layout_is_alphabetical_and_needs_its_ids():
    layout = find_layout("mimic")
    columns = Columns(ids=("subject_id", "study_id"), text="text")
    table = layout.arrange(labelled([["1"], ["2"]]), columns, OBSERVATIONS, Run())
    assert table.text == {"subject_id": ["1"], "study_id": ["2"]}
    assert list(table.labels) == sorted(OBSERVATIONS)
    with pytest.raises(InputError, match="subject_id and study_id"):
        layout.keep(Columns(ids=("uid",), text="text"))


def test_an_unknown_layout_names_the_known_ones():
    with pytest.raises(InputError, match="table, wide, chexpert, mimic"):
        find_layout("long")


def test_cells_are_quoted_only_where_needed():
    assert [csv_cell(c) for c in ("a", "a,b", 'a"b', "a\rb", "")] == [
        "a", '"a,b"', '"a""b"', '"a\rb"', "",
    ]  # fmt: skip
