"""A marker planted in the reports turns up in the output folder and nowhere else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from corpora import write_csv

MARKER = "Zorblatt"
TEXT = f'Mr {MARKER} has "an" effusion.\nNo edema, says {MARKER}.'
BYTES = f"uid,report\n1,{MARKER} well.\n".encode()

# Runs in a process of its own: the fake engine, or one that fails with the text in its message.
DRIVER = """
import sys
import pytest, fake_engine
from labeler.cli import main
fake_engine.install(pytest.MonkeyPatch())
if sys.argv[1] == "broken":
    def fail(self, batches, text=None, **options):
        for batch in batches:
            raise RuntimeError("cannot label " + str(batch[text].tolist()))
        yield
    fake_engine.FakeLabeler.label_batches = fail
sys.argv = ["labeler", *sys.argv[2:]]
main()
"""


def xml(folder):
    (folder / "x").mkdir()
    (folder / "x" / "1.xml").write_text(f"<eCitation><uId id='1'/>{MARKER}<{MARKER}")
    return "x"


def texts(folder):
    (folder / "x").mkdir()
    (folder / "x" / "a.txt").write_text(TEXT)
    (folder / "x" / "b.txt").write_bytes(TEXT.encode() + b"\xff")
    return "x"


def file(name, data):
    def write(folder):
        (folder / name).write_bytes(data)
        return name

    return write


def parquet(folder):
    pq.write_table(pa.table({"uid": ["1", "1"], "report": [TEXT, TEXT]}), folder / "x.parquet")
    return "x.parquet"


INPUTS = {
    "sound": lambda folder: write_csv(folder / "x.csv", [[1, TEXT], [2, ""]]),
    "no header": file("x.csv", f"{MARKER} is well.\n{MARKER} is ill.\n".encode()),
    "no header, with commas": file("x.csv", f"{MARKER} is well, no edema\na,b\n".encode()),
    "ragged": file("x.csv", BYTES + f"2,{MARKER},{MARKER}\n".encode()),
    "unclosed quote": file("x.csv", BYTES + f'2,"{MARKER} lost\n3,{MARKER}\n'.encode()),
    "undoubled quote": file("x.csv", BYTES + f'2,"{MARKER} "lost" quote"\n'.encode()),
    "bad byte": file("x.csv", BYTES + f"2,{MARKER} ".encode() + b"\xff\n"),
    "NUL": file("x.csv", BYTES + f"2,{MARKER}\0\n".encode()),
    "duplicate id": file("x.csv", BYTES + f"1,{MARKER}\n".encode()),
    "broken JSON": file("x.jsonl", f'{{"id": 1, "report": "{MARKER}"}}\n{{"{MARKER}\n'.encode()),
    "odd JSON": file("x.jsonl", json.dumps({"id": [MARKER], "report": [TEXT]}).encode()),
    "binary": file("x.csv", MARKER.encode() + bytes(range(256)) * 9),
    "XML": xml,
    "texts": texts,
    "Parquet": parquet,
}


@pytest.mark.parametrize(
    ("kind", "engine"), [*((kind, "fake") for kind in INPUTS), ("sound", "broken")]
)
def test_report_text_stays_in_the_output_folder(tmp_path, kind, engine):
    for name in ("in", "out", "tmp", "home"):
        (tmp_path / name).mkdir()
    given = INPUTS[kind](tmp_path / "in")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parent),
        "TMPDIR": str(tmp_path / "tmp"),
        "HOME": str(tmp_path / "home"),
        "FORCE_COLOR": "1",
    }
    for on_error in ("stop", "skip"):
        done = subprocess.run(
            [
                sys.executable, "-c", DRIVER, engine, "label", given,
                "--output", "../out/labels.csv", "--evidence", "../out/why.csv",
                "--on-error", on_error,
            ],
            capture_output=True, text=True, cwd=tmp_path / "in", env=environment,
        )  # fmt: skip
        assert MARKER not in done.stdout + done.stderr
        if kind == "sound" and engine == "fake":
            assert done.returncode == 0
            assert MARKER in (tmp_path / "out" / "why.csv").read_text()
        if engine == "broken":
            assert done.returncode == 1
            assert "internal error, RuntimeError" in done.stderr
        rejected = tmp_path / "out" / "labels.csv.rejected.csv"
        if rejected.exists():
            assert MARKER not in rejected.read_text()
    for path in {path for path in tmp_path.rglob("*") if path.is_file()} - before:
        if tmp_path / "out" not in path.parents:
            assert MARKER.encode() not in path.read_bytes()


MARKED = f"Mr {MARKER} is well, no edema."
TABLES = {  # command -> the file it reads, which is another than it should be, and its arguments
    "no header": ("x.csv", f"{MARKED}\n{MARKED}\n".encode()),
    "no header, quoted": ("x.csv", f'1001,"{MARKED}"\n1002,"{MARKED}"\n'.encode()),
    "no header, one word": ("x.csv", f"r17,{MARKER} 19470312,effusion\n".encode()),
    "a text for a label": ("x.csv", f'uid,Edema,No Finding\n1,"{MARKED}",1\n'.encode()),
    "a text for an id": ("x.csv", f'uid,Edema\n"{MARKED}",1\n"{MARKED}",0\n'.encode()),
    "doubled columns": ("x.csv", f'"{MARKED}","{MARKED}",Edema\n1,2,0\n'.encode()),
    "ragged": ("x.csv", f'uid,Edema\n1,0,"{MARKED}"\n'.encode()),
    "JSON": ("x.jsonl", f'{{"uid": "1", "Edema": "{MARKED}"}}\n{{"{MARKED}'.encode()),
    "NIH": ("x.csv", f'Image Index,Finding Labels\n1.png,"{MARKED}"\n'.encode()),
    "Open-i": ("x.csv", f'uid,MeSH\n1,"{MARKED}"\n'.encode()),
    "VinBigData": ("x.csv", f'image_id,class_name,x_min,rad_id\n1,"{MARKED}",1,R1\n'.encode()),
}


@pytest.mark.parametrize("kind", TABLES)
def test_no_command_quotes_a_cell_or_a_row_that_is_no_header(tmp_path, kind):
    name, data = TABLES[kind]
    (tmp_path / name).write_bytes(data)
    (tmp_path / "good.csv").write_text("uid,Edema\n1,1\n")
    references = ("nih", "openi", "vinbigdata", "vindr", "chexpert", "mimic", "padchest")
    commands = [
        ["label", name, "--output", "o.csv"],
        ["sections", name, "--output", "o.csv"],
        ["encode", name, "--output", "o.csv", "--uncertain", "ones"],
        ["compare", name, "good.csv"],
        ["compare", "good.csv", name],
        ["agreement", name],
        *(["reference", kind, name, "--output", "o.csv"] for kind in references),
    ]
    script = (
        "import contextlib, io, sys\n"
        "from labeler.cli import main\n"
        "for command in eval(sys.stdin.read()):\n"
        "    sys.argv = ['labeler', *command]\n"
        "    try:\n"
        "        main()\n"
        "    except SystemExit as done:\n"
        "        print(command[:2], done.code, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=repr(commands),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.stderr.count("labeler: ") >= len(commands) // 2
    assert "internal error" not in done.stderr
    for word in (MARKER, "edema", "19470312"):
        assert word not in done.stdout + done.stderr
