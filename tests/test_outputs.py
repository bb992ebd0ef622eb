"""What comes out of `labeler label`: kept columns, workbooks, compressed files, standard output."""

import gzip
import subprocess
import sys

import fake_engine
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from corpora import REPORTS, run_cli, write_csv

from labeler.errors import InputError
from labeler.tables.labels import read_label_table

ROWS = [(number, f"ward {number}", text) for number, text in enumerate(REPORTS)]


@pytest.fixture
def corpus(tmp_path):
    return write_csv(tmp_path / "x.csv", ROWS, ("uid", "ward", "report"))


@pytest.fixture
def label(monkeypatch, capsys):
    fake_engine.install(monkeypatch)
    return lambda *arguments: run_cli(monkeypatch, capsys, "label", *arguments)


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_named_columns_are_kept_behind_the_ids(tmp_path, corpus, label):
    assert label(corpus, "-o", tmp_path / "o.csv", "--keep", "ward")[0] == 0
    table = read(tmp_path / "o.csv")
    assert list(table)[:3] == ["uid", "ward", fake_engine.OBSERVATIONS[0]]
    assert list(table["ward"]) == [ward for _, ward, _ in ROWS]


def test_all_columns_are_kept_with_their_cells_as_they_are(tmp_path, corpus, label):
    assert label(corpus, "-o", tmp_path / "o.csv", "--keep", "all", "--workers", "2")[0] == 0
    table = read(tmp_path / "o.csv")
    assert list(table)[:3] == ["uid", "ward", "report"]
    assert label(corpus, "-o", tmp_path / "bare.csv")[0] == 0
    pd.testing.assert_frame_equal(
        table.drop(columns=["ward", "report"]), read(tmp_path / "bare.csv")
    )


def test_values_of_any_kind_are_kept_as_text(tmp_path, label):
    corpus = tmp_path / "x.jsonl"
    corpus.write_text('{"id": 1, "report": "Clear.", "age": 7, "views": ["PA", "LAT"]}\n')
    assert label(corpus, "-o", tmp_path / "o.csv", "--keep", "views,age")[0] == 0
    assert read(tmp_path / "o.csv").iloc[0, :3].tolist() == ["1", '["PA", "LAT"]', "7"]


@pytest.mark.parametrize(
    ("keep", "more", "reason"),
    [
        ("place", [], "no column 'place'"),
        ("ward", ["--layout", "chexpert"], "has columns of its own"),
        ("Edema", [], "has a column of that name"),
    ],
)
def test_what_cannot_be_kept_is_said(tmp_path, label, keep, more, reason):
    rows = [(1, "a", "1", "Clear.")]
    corpus = write_csv(tmp_path / "x.csv", rows, ("uid", "ward", "Edema", "report"))
    status, _, err = label(corpus, "-o", tmp_path / "o.csv", "--keep", keep, *more)
    assert (status, reason in err) == (2, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv"]


def test_a_workbook_for_people(tmp_path, label):
    rows = [("=1+1", "Edema. No pneumonia."), ("007", "-"), ("b\x0bc", "")]
    corpus = write_csv(tmp_path / "x.csv", rows, ("uid", "report"))
    out = tmp_path / "o.xlsx"
    assert label(corpus, "-o", out, "--keep", "report")[0] == 0
    first = out.read_bytes()
    sheet = openpyxl.load_workbook(out).active
    assert [cell.value for cell in sheet[1]] == ["uid", "report", *fake_engine.OBSERVATIONS]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", f"A1:P{len(rows) + 1}")
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert sheet["A3"].value == "007"
    ((area, rules),) = sheet.conditional_formatting._cf_rules.items()
    assert (str(area.sqref), len(rules)) == ("C2:P4", 3)
    assert label(corpus, "-o", tmp_path / "t.csv")[0] == 0
    table = pd.read_csv(tmp_path / "t.csv")
    for row, labels in enumerate(table[list(fake_engine.OBSERVATIONS)].to_numpy(), start=2):
        cells = [cell.value for cell in sheet[row]][2:]
        assert cells == [None if pd.isna(value) else value for value in labels]
    assert label(corpus, "-o", out, "--keep", "report", "--workers", "2")[0] == 0
    assert out.read_bytes() == first


def test_a_text_too_long_for_a_cell_is_said(tmp_path, label):
    corpus = write_csv(tmp_path / "x.csv", [(1, "Edema. " * 5000)], ("uid", "report"))
    status, _, err = label(corpus, "-o", tmp_path / "o.xlsx", "--keep", "all")
    assert status == 2
    assert "column 'report' has a text of more than the 32,767 characters" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv"]


@pytest.mark.parametrize("suffix", [".csv.gz", ".csv.zst", ".jsonl.gz"])
def test_a_compressed_table_holds_the_same_bytes(tmp_path, corpus, label, suffix):
    packed, plain = tmp_path / f"o{suffix}", tmp_path / f"o{suffix.rpartition('.')[0]}"
    assert label(corpus, "-o", packed)[0] == 0
    first = packed.read_bytes()
    assert label(corpus, "-o", packed)[0] == 0
    assert packed.read_bytes() == first
    assert label(corpus, "-o", plain)[0] == 0
    if suffix.endswith("gz"):
        assert gzip.decompress(first) == plain.read_bytes()
    else:
        stream = pa.CompressedInputStream(pa.OSFile(str(packed)), "zstd")
        assert stream.read() == plain.read_bytes()


def test_parquet_is_compressed_already(tmp_path, corpus, label):
    status, _, err = label(corpus, "-o", tmp_path / "o.parquet.gz")
    assert (status, "leave .gz out" in err) == (2, True)


def run(*arguments, stdout=subprocess.PIPE, **more):
    command = [sys.executable, "-m", "labeler", *map(str, arguments)]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=300, **more
    )


def test_standard_output_is_the_same_table(tmp_path, corpus):
    done = run("label", corpus, "-o", "-", "--evidence", tmp_path / "e.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert run("label", corpus, "-o", tmp_path / "o.csv").returncode == 0
    assert done.stdout == (tmp_path / "o.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e.csv", "o.csv", "x.csv"]


def test_a_file_is_needed_to_resume_or_to_list_rejected_rows(corpus, label):
    for option in (["--resume"], ["--on-error", "skip"]):
        status, _, err = label(corpus, "-o", "-", *option)
        assert (status, "needs a file" in err) == (2, True)


@pytest.fixture
def closed_pipe():
    """Give the writing end of a pipe that nobody reads."""
    import os

    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def test_a_closed_pipe_loses_no_file(tmp_path, corpus, closed_pipe):
    evidence = tmp_path / "e.csv"
    done = run("label", corpus, "-o", "-", "--evidence", evidence, stdout=closed_pipe)
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert len(read(evidence)) > 1
    labels, html = tmp_path / "l.csv", tmp_path / "c.html"
    assert run("label", corpus, "-o", labels).returncode == 0
    figures = ["--html", html, "--csv", tmp_path / "f.csv"]
    done = run("compare", labels, labels, "--bootstrap", "0", *figures, stdout=closed_pipe)
    assert (done.returncode, done.stderr.count(b"Broken")) == (0, 0)
    assert html.stat().st_size > 1000
    assert (tmp_path / "f.csv").is_file()


def test_sections_and_evidence_to_standard_output(tmp_path, corpus, label):
    done = run("sections", corpus, "-o", "-", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert run("sections", corpus, "-o", tmp_path / "s.csv").returncode == 0
    assert done.stdout == (tmp_path / "s.csv").read_bytes()
    status, _, err = label(corpus, "-o", tmp_path / "o.csv", "--evidence", "-")
    assert (status, "only --output can be standard output" in err) == (2, True)


def test_a_workbook_of_labels_is_a_label_table(tmp_path, corpus, label):
    for name in ("o.xlsx", "o.csv"):
        assert label(corpus, "-o", tmp_path / name)[0] == 0
    tables = [read_label_table(tmp_path / name) for name in ("o.xlsx", "o.csv")]
    assert tables[0].ids.equals(tables[1].ids)
    assert (tables[0].values == tables[1].values).all()
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    book.create_sheet("notes").append(["more"])
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(InputError, match="has 2 sheets"):
        read_label_table(tmp_path / "two.xlsx")
