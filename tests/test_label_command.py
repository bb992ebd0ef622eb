"""`labeler label` and `labeler sections` as a user meets them."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import fake_engine
import pandas as pd
import pyarrow.parquet as pq
import pytest
from corpora import REPORTS, run_cli, write_csv
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from labeler.cli import app
from labeler.corpus.label import label_corpus

SHARED = Path(
    os.environ.get("LABELER_SHARED") or Path(__file__).resolve().parents[1].parent / "shared"
)
needs_shared = pytest.mark.skipif(
    not (SHARED / "openi" / "reports.csv").is_file(), reason="the shared corpora are not here"
)
HEADER = ",".join(("uid", *fake_engine.OBSERVATIONS))


@pytest.fixture
def fake(monkeypatch):
    fake_engine.install(monkeypatch)


@pytest.fixture
def label(monkeypatch, capsys):
    return lambda *arguments: run_cli(monkeypatch, capsys, "label", *arguments)


def test_a_table_of_labels_and_a_summary(tmp_path, fake, label):
    corpus = write_csv(tmp_path / "x.csv", enumerate(REPORTS))
    status, out, err = label(corpus, "--output", tmp_path / "o.csv")
    assert (status, out) == (0, "")
    lines = (tmp_path / "o.csv").read_text().splitlines()
    assert lines[0] == HEADER
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "1", "2", "3", "4", "5"]
    assert lines[2] == "1" + "," * 14  # a blank report is a blank row
    assert set(",".join(lines[1:]).split(",")) <= {*"012345", "1.0", "0.0", "-1.0", ""}
    assert "6 reports, 2 without text" in err
    assert "sections used: body 4" in err
    assert "reports/s" in err
    for name in fake_engine.OBSERVATIONS:
        counted = [sum(fake_engine.fake_labels(r)[name] == v for r in REPORTS) for v in (1, 0, -1)]
        (line,) = (line for line in err.splitlines() if line.startswith(f"{name}  "))
        assert [int(n) for n in line.split()[-3:]] == counted


def test_the_summary_names_the_columns_read(tmp_path, fake, label):
    rows = [(1, "s1", "a", "b"), (2, "s2", "c", "d")]
    corpus = write_csv(tmp_path / "x.csv", rows, ("n", "study_id", "Findings", "IMPRESSION"))
    *_, err = label(corpus, "--output", tmp_path / "o.csv")
    assert "columns read: 'Findings', 'IMPRESSION', ids from 'study_id'" in err
    *_, err = label(corpus, "--output", tmp_path / "o.csv", "--text", "n", "--id", "IMPRESSION")
    assert "columns read: 'n', ids from 'IMPRESSION'" in err
    bare = write_csv(tmp_path / "bare.csv", [("a",), ("b",)], header=())
    *_, err = label(bare, "--no-header", "--output", tmp_path / "o.csv")
    assert "columns read" not in err


def test_a_pipe_shows_no_progress_bar(tmp_path, fake, label):
    corpus = write_csv(tmp_path / "x.csv", enumerate(REPORTS))
    _, _, err = label(corpus, "--output", tmp_path / "o.csv")
    assert "\r" not in err
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["missing.csv", "--output", "o.csv"], "missing.csv: no such file"),
        (["x.csv", "--output", "o.docx"], "must end in .csv"),
        (["x.csv", "--output", "o.csv", "--text", "words"], "'uid', 'report'"),
        (["x.csv", "--output", "o.csv", "--id", "words"], "'uid', 'report'"),
        (["x.csv", "--output", "o.csv", "--layout", "long"], "'table', 'wide', 'chexpert'"),
        (["x.csv", "--output", "o.csv", "--layout", "mimic"], "subject_id"),
        (["x.csv", "--output", "o.csv", "--on-error", "ignore"], "'stop', 'skip'"),
        (["x.csv", "--output", "o.csv", "--workers", "0"], "at least one"),
        (["x.csv", "--output", "o.csv", "--no-header", "--text", "a"], "--no-header"),
        (["x.csv", "--output", "o.csv", "--evidence", "o.csv"], "the same file"),
        (["x.csv", "--output", "no/o.csv"], "create it first"),
        (["x.csv", "--output", "o.csv", "--text", "a", "--text", "b"], "--text is given 2 times"),
        (["x.csv", "-o", "o.csv", "--output", "p.csv"], "--output is given 2 times"),
        (["x.csv", "--output", "x.csv"], "is input and output"),
        (["x.csv", "--output", "o.csv", "--html", "x.csv"], "is input and output"),
        (["x.csv", "--output", "o.csv", "--html", "o.csv"], "the name of another output"),
        (
            ["x.csv", "--output", "o.csv", "--evidence", "e.csv", "--html", "e.csv"],
            "the name of another output",
        ),
        (["x.csv", "--output", "o.csv", "--text", "report", "--findings", "report"], "one way"),
        (["x.csv"], "--output"),
    ],
)
def test_a_mistake_is_one_line_and_status_2_and_leaves_no_file(
    tmp_path, fake, label, monkeypatch, arguments, reason
):
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "x.csv", enumerate(REPORTS))
    status, out, err = label(*arguments)
    assert (status, out) == (2, "")
    assert reason in err
    assert "Traceback" not in err
    assert err.startswith("labeler: ")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r"))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(ANY_TEXT.filter(str.strip), ANY_TEXT), min_size=1, unique_by=lambda row: row[0]
    )
)
def test_rows_in_are_rows_out_in_order_whatever_their_text(tmp_path, fake, suffix, rows):
    source = tmp_path / "x.jsonl"
    source.write_text("".join(json.dumps({"uid": i, "report": t}) + "\n" for i, t in rows))
    path = tmp_path / f"o{suffix}"
    summary = label_corpus([str(source)], path, chunk_rows=2, commit_seconds=1000)
    if suffix == ".csv":
        with open(path, newline="", encoding="utf-8") as handle:
            table = [(r["uid"], r["Edema"]) for r in csv.DictReader(handle, strict=True)]
    elif suffix == ".jsonl":
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
        table = [(json.loads(line)["uid"], json.loads(line)["Edema"]) for line in lines]
    else:
        records = pq.read_table(path).to_pylist()
        table = [(record["uid"], record["Edema"]) for record in records]
    blank = "" if suffix == ".csv" else None
    edema = [fake_engine.fake_labels(text)["Edema"] for _, text in rows]
    expected = [blank if value is None else float(value) for value in edema]
    assert [uid for uid, _ in table] == [uid for uid, _ in rows]
    assert [float(v) if isinstance(v, str) and v else v for _, v in table] == expected
    assert summary.reports == len(rows)
    assert summary.without_text == sum(not text.strip() for _, text in rows)


def test_skip_lists_the_rejected_rows(tmp_path, fake, label):
    (tmp_path / "x.csv").write_bytes(
        b'uid,report\n1,Clear.\n2,a,b\n3,\xff\n1,Again.\n4,"lost quote\n5,Fine.\n'
    )
    status, _, err = label(tmp_path / "x.csv", "--output", tmp_path / "o.csv", "--on-error", "skip")
    assert status == 0
    assert "rejected rows: 4" in err
    rejected = pd.read_csv(tmp_path / "o.csv.rejected.csv", dtype=str, keep_default_na=False)
    assert list(rejected.columns) == ["file", "row", "line", "byte", "column", "reason"]
    assert rejected["row"].tolist() == ["2", "3", "4", "5"]
    assert rejected["line"].tolist() == ["3", "4", "5", "6"]
    assert rejected["byte"].tolist() == ["", "28", "", ""]
    assert pd.read_csv(tmp_path / "o.csv")["uid"].tolist() == [1, 5]


def test_a_headerless_column_in_chexpert_layout_keeps_the_reports(tmp_path, fake, label):
    reports = ["Clear, no edema.", 'Two\nlines, "quoted".', "=1+1", "x"]
    corpus = write_csv(tmp_path / "x.csv", [[r] for r in reports], header=None)
    status, *_ = label(corpus, "--no-header", "--layout", "chexpert", "-o", tmp_path / "o.csv")
    assert status == 0
    text = (tmp_path / "o.csv").read_text()
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows[0] == ["Reports", *fake_engine.OBSERVATIONS]
    assert [row[0] for row in rows[1:]] == reports


def test_several_inputs_and_patterns_are_one_corpus(tmp_path, fake, label):
    for name in "abc":
        write_csv(tmp_path / f"{name}.csv", [[f"{name}{i}", f"Text {i}."] for i in range(3)])
    label(tmp_path / "a.csv", tmp_path / "[bc].csv", "--output", tmp_path / "o.jsonl")
    ids = pd.read_json(tmp_path / "o.jsonl", lines=True)["uid"].tolist()
    assert ids == [f"{name}{i}" for name in "abc" for i in range(3)]


@pytest.mark.parametrize("data", [b"uid,report\n1,Clear.\n", b'{"uid": "1", "report": "Clear."}\n'])
def test_standard_input(tmp_path, fake, label, monkeypatch, data):
    class Stdin:
        buffer = io.BufferedReader(io.BytesIO(data))

    monkeypatch.setattr(sys, "stdin", Stdin())
    status, *_ = label("-", "--output", tmp_path / "o.csv")
    assert status == 0
    assert pd.read_csv(tmp_path / "o.csv")["uid"].tolist() == [1]


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom labeler.cli import main\nsys.argv = ['labeler', '--help']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'spacy', 'pandas', 'pyarrow', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_labelling_loads_no_spacy(tmp_path):
    source = write_csv(tmp_path / "in.csv", [["a", "No effusion. Possible pneumonia."]])
    code = (
        "import sys\nfrom labeler.cli import main\n"
        f"sys.argv = ['labeler', 'label', {source!r}, '-o', {str(tmp_path / 'o.csv')!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'spacy', 'negspacy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# -- with the real rules ------------------------------------------------------------------------

RAW = [
    ["a", "INDICATION: Cough.\n\nFINDINGS: Small left effusion.\r\nHeart size is normal.\n\n"
          "IMPRESSION:\n- No pneumothorax.\n= Stable edema."],
    ["b", ""],
    ["c", "Cannot exclude pneumonia,\n\"possible\" atelectasis"],
    ["d", "@ right base: consolidation\n+ 2 cm nodule"],
]  # fmt: skip


def assert_evidence_reproduces(evidence, texts):
    """`texts`: id -> the text, or section -> text."""
    assert len(evidence) > 0
    for row in evidence.itertuples():
        text = texts[row.id]
        text = text if isinstance(text, str) else text[row.section]
        assert text[row.start : row.end] == row.mention


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_evidence_offsets_reproduce_the_mention(tmp_path, label, suffix):
    corpus = write_csv(tmp_path / "x.csv", RAW)
    path = tmp_path / f"why{suffix}"
    status, *_ = label(corpus, "--output", tmp_path / "o.csv", "--evidence", path)
    assert status == 0
    frame = {
        ".csv": lambda: pd.read_csv(path, keep_default_na=False),
        ".jsonl": lambda: pd.read_json(path, lines=True),
        ".parquet": lambda: pd.read_parquet(path),
    }[suffix]()
    assert_evidence_reproduces(frame, dict(RAW))
    assert {"a", "c", "d"} == set(frame["id"])
    if suffix == ".csv":
        text = frame[["sentence", "cue", "mention"]].to_numpy().ravel()
        assert not any(cell[:1] in set("=+-@\t\r") for cell in text if cell)


def test_sections_command(tmp_path, monkeypatch, capsys):
    rows = [
        ["a", "FINDINGS: Clear lungs.\n\nIMPRESSION: Normal."],
        ["b", "FINDINGS: Small effusion."],
        ["c", "Heart is enlarged."],
        ["d", ""],
        ["e", "IMPRESSION: Edema."],
    ]
    corpus = write_csv(tmp_path / "x.csv", rows)
    status, out, _ = run_cli(
        monkeypatch, capsys, "sections", corpus, "--output", tmp_path / "s.csv"
    )
    assert status == 0
    table = pd.read_csv(tmp_path / "s.csv", keep_default_na=False).set_index("uid")
    assert table["findings"].tolist() == ["Clear lungs.", "Small effusion.", "", "", ""]
    assert table["impression"].tolist() == ["Normal.", "", "", "", "Edema."]
    assert table["body"].tolist() == ["", "", "Heart is enlarged.", "", ""]
    shares = {line[:28].strip(): line[28:].split() for line in out.splitlines()}
    assert shares["impression"] == ["2", "40.0%"]
    assert shares["findings only"] == ["1", "20.0%"]
    assert shares["neither"] == ["2", "40.0%"]
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["s.csv", "x.csv"]


@needs_shared
def test_the_shared_corpora(tmp_path, label):
    openi = SHARED / "openi" / "reports.csv"
    label(openi, "--output", tmp_path / "o.csv", "--evidence", tmp_path / "e.csv")
    given = pd.read_csv(openi, keep_default_na=False, dtype=str)
    labels = pd.read_csv(tmp_path / "o.csv", dtype={"uid": str})
    assert labels["uid"].tolist() == given["uid"].tolist()
    texts = given.set_index("uid")[["findings", "impression"]].to_dict("index")
    evidence = pd.read_csv(tmp_path / "e.csv", keep_default_na=False, dtype={"id": str})
    assert_evidence_reproduces(evidence, texts)
    blank = (given["findings"] == "") & (given["impression"] == "")
    assert labels.drop(columns="uid")[blank].isna().all(axis=None)

    fictional = SHARED / "fictional" / "reports.csv"
    label(fictional, "--text", "report", "-o", tmp_path / "f.csv", "--evidence", tmp_path / "g.csv")
    with open(fictional, newline="", encoding="utf-8") as handle:
        texts = {row["uid"]: row["report"] for row in csv.DictReader(handle)}
    assert pd.read_csv(tmp_path / "f.csv")["uid"].tolist() == list(texts)
    assert_evidence_reproduces(pd.read_csv(tmp_path / "g.csv", keep_default_na=False), texts)

    status, *_ = label(SHARED / "openi" / "xml", "--output", tmp_path / "x.csv")
    assert status == 0
    assert len(pd.read_csv(tmp_path / "x.csv")) == len(list((SHARED / "openi" / "xml").iterdir()))


@pytest.mark.parametrize("begun", [True, False])
def test_an_interrupted_run_says_whether_it_can_go_on(tmp_path, monkeypatch, begun):
    def interrupted(*_: object, **__: object) -> None:
        if begun:
            (tmp_path / "out.csv.checkpoint").write_text("{}")
        raise KeyboardInterrupt

    monkeypatch.setattr("labeler.corpus.label.label_corpus", interrupted)
    command = ["label", str(tmp_path / "reports.csv"), "-o", str(tmp_path / "out.csv")]
    result = CliRunner().invoke(app, command)
    assert result.exit_code != 0
    assert ("--resume goes on" in result.output) is begun
    assert ("nothing was kept" in result.output) is not begun
