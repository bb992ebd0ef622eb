"""Inputs and machines that are not as they should be: each test makes the fault happen."""

import gc
import gzip
import os
import stat
import subprocess
import sys
import weakref
from pathlib import Path

import fake_engine
import pandas as pd
import pyarrow as pa
import pytest
from corpora import write_csv

from labeler import Labeler
from labeler.corpus.label import label_corpus
from labeler.corpus.sections import write_sections
from labeler.engine.exchange import Exchange
from labeler.errors import InputError, LabelerError
from labeler.readers import find_sources
from labeler.references import read_reference
from labeler.rules import assertion_schema
from labeler.rules.load import read_model
from labeler.tables.files import read_frame, write_text
from labeler.tables.labels import match_id
from labeler.writers.frame import write_frame

ROOT = Path(__file__).parents[1]


@pytest.fixture
def engine(monkeypatch):
    fake_engine.install(monkeypatch)
    return fake_engine.FakeLabeler


def packed(data: bytes, suffix: str) -> bytes:
    if suffix == ".gz":
        return gzip.compress(data)
    if suffix == ".zst":
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(data)
        return sink.getvalue().to_pybytes()
    module = __import__({".bz2": "bz2", ".xz": "lzma"}[suffix])
    return module.compress(data)


SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
LABELS = b"uid,Edema\n" + b"".join(b"%d,%d\n" % (n, n % 2) for n in range(20_000))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_command_reads_every_compression(tmp_path, engine, suffix):
    reports = b"uid,report\n1,Small effusion.\n"
    (tmp_path / f"x.csv{suffix}").write_bytes(packed(reports, suffix))
    assert label_corpus([str(tmp_path / f"x.csv{suffix}")], tmp_path / "o.csv").reports == 1
    (tmp_path / f"y.csv{suffix}").write_bytes(packed(LABELS, suffix))
    assert len(read_frame(tmp_path / f"y.csv{suffix}")) == 20_000


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("damage", ["cut", "flipped", "no content"])
def test_damaged_compressed_data_is_told(tmp_path, engine, suffix, damage):
    data = bytearray(packed(LABELS, suffix))
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        if suffix == ".zst":
            pytest.skip("a frame without a checksum: not every change can be seen")
        for place in range(len(data) // 2, len(data) // 2 + 40):
            data[place] ^= 0xFF
    else:
        del data[6:]
    path = tmp_path / f"x.csv{suffix}"
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged or cut off"):
        read_frame(path)
    with pytest.raises(InputError, match="damaged or cut off"):
        label_corpus([str(path)], tmp_path / "o.csv", text="Edema")
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("name", ["x.zip", "x.csv.zip", "x.tgz", "x.tar.gz", "x.tar"])
def test_archives_are_refused_with_the_way_to_unpack_them(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    for read in (read_frame, lambda path: find_sources([str(path)])):
        with pytest.raises(InputError, match="this is an archive: un"):
            read(tmp_path / name)


@pytest.mark.parametrize("cut", [0, 1])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_wide_encodings_without_a_mark_or_cut(tmp_path, engine, encoding, cut):
    text = "uid,report\n" + "".join(f"{n},Small effusion no {n}.\n" for n in range(50))
    data = text.encode(encoding)
    path = tmp_path / "x.csv"
    path.write_bytes(data[: len(data) - cut])
    with pytest.raises(InputError, match=r"utf-16|utf-32|binary data"):
        label_corpus([str(path)], tmp_path / "o.csv")
    if cut:
        with pytest.raises(InputError, match="does not decode"):
            label_corpus([str(path)], tmp_path / "o.csv", encoding=encoding)
    else:
        assert label_corpus([str(path)], tmp_path / "o.csv", encoding=encoding).reports == 50


@pytest.mark.parametrize(
    "encoding", ["base64", "rot13", "hex", "undefined", "idna", "punycode", "", "no\0ne", "🩻"]
)
@pytest.mark.parametrize("name", ["x.csv", "x.jsonl"])
def test_odd_codecs(tmp_path, engine, encoding, name):
    (tmp_path / name).write_text("uid,report\n1,Small effusion.\n")
    with pytest.raises(InputError, match="there is no such text encoding"):
        label_corpus([str(tmp_path / name)], tmp_path / "o.csv", encoding=encoding)


def test_a_json_number_of_too_many_digits(tmp_path, engine):
    lines = ['{"id": 1, "report": "x"}', f'{{"id": {"9" * 5000}, "report": "y"}}']
    (tmp_path / "x.jsonl").write_text("\n".join(lines))
    with pytest.raises(InputError, match="line 2, byte 25: a number of too many digits"):
        label_corpus([str(tmp_path / "x.jsonl")], tmp_path / "o.csv")
    with pytest.raises(InputError, match="line 2: not JSON"):
        read_frame(tmp_path / "x.jsonl")


def test_json_rows_of_a_label_table_stay_as_they_are(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": 12345678901234567890, "date": "2020-01-01"}\n{"date": null}\n')
    frame = read_frame(path)
    assert frame["id"].iloc[0] == 12345678901234567890
    assert frame["date"].iloc[0] == "2020-01-01"


@pytest.mark.parametrize(
    "value", ["2024-13-45", "!!timestamp no", "!!int x", "!!binary x", "!!python/object:os.x {}"]
)
def test_dates_and_tags_in_rule_files(tmp_path, value):
    path = tmp_path / "x.yaml"
    path.write_text(f"value: {value}\n")
    with pytest.raises(InputError, match=r"x\.yaml"):
        read_model(path, assertion_schema.CueFile)


@pytest.mark.parametrize("anchor", ["a", "$a", "é", "-a"])
def test_anchors_are_refused_whatever_their_name(tmp_path, anchor):
    path = tmp_path / "x.yaml"
    path.write_text(f"a: &{anchor} [x]\nb: *{anchor}\n")
    with pytest.raises(InputError, match="anchors and aliases are not allowed"):
        read_model(path, assertion_schema.CueFile)


def test_a_pattern_of_the_user_that_takes_too_long():
    with pytest.raises(InputError, match="--id-pattern: takes longer"):
        match_id("a" * 40, r"^(a|a|aa)+b$")


def test_header_only_files(tmp_path):
    (tmp_path / "x.csv").write_text("Image Index,Finding Labels\n")
    (tmp_path / "y.csv").write_text("uid,Edema\n")
    for kind in ("nih", "mimic", "chexpert", "vindr", "openi", "padchest", "vinbigdata"):
        with pytest.raises(InputError, match="there are no rows below the header"):
            read_reference(kind, [tmp_path / "x.csv"])


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        write_frame(pd.DataFrame({"a": [1]}), tmp_path / "x.csv")


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".csv.zst", ".jsonl", ".parquet", ".xlsx"])
def test_a_failing_disk_under_a_table(tmp_path, monkeypatch, suffix):
    (tmp_path / f"x{suffix}").write_text("before")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("labeler.tables.places.os.replace", full)
    with pytest.raises(LabelerError, match="No space left on device"):
        write_frame(pd.DataFrame({"a": [1]}), tmp_path / f"x{suffix}")
    assert [path.name for path in tmp_path.iterdir()] == [f"x{suffix}"]
    assert (tmp_path / f"x{suffix}").read_text() == "before"


def test_an_unlike_part_beside_a_table_stays(tmp_path):
    (tmp_path / ".x.csv.part").write_text("somebody's")
    (tmp_path / "x.csv.part").write_text("somebody's")
    write_frame(pd.DataFrame({"a": [1]}), tmp_path / "x.csv")
    write_text(tmp_path / "x.html", "text", private=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".x.csv.part", "x.csv", "x.csv.part", "x.html",
    ]  # fmt: skip
    assert stat.S_IMODE((tmp_path / "x.html").stat().st_mode) == 0o600


def folder_of_reports(tmp_path):
    folder = tmp_path / "reports"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "1.txt").write_text("Small effusion.")
    return folder


def test_linked_folders_are_walked_once(tmp_path):
    folder = folder_of_reports(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "2.txt").write_text("No edema.")
    (folder / "b").symlink_to(elsewhere, target_is_directory=True)
    (folder / "a" / "loop").symlink_to(folder, target_is_directory=True)
    told = []
    found = [os.path.relpath(s.path, folder) for s in find_sources([str(folder)], told)]
    assert found == ["a/1.txt", "b/2.txt"]
    assert len(told) == 1
    assert "a/loop: passed over, the same folder as" in told[0]


def test_pipes_and_other_files_are_named_and_not_opened(tmp_path, engine):
    folder = folder_of_reports(tmp_path)
    os.mkfifo(folder / "a" / "2.txt")
    (folder / "notes.docx").write_text("x")
    (folder / ".3.txt").write_text("x")
    summary = label_corpus([str(folder)], tmp_path / "o.csv")
    assert summary.reports == 1
    assert any("2.txt: passed over, a pipe" in one for one in summary.passed_over)
    assert any("2 files are none of .txt" in one for one in summary.passed_over)


@pytest.mark.parametrize("suffix", [".txt", ".xml"])
def test_a_broken_link_obeys_on_error(tmp_path, engine, suffix):
    folder = tmp_path / "reports"
    folder.mkdir()
    good = "Small effusion." if suffix == ".txt" else "<eCitation><uId id='1'/></eCitation>"
    (folder / f"1{suffix}").write_text(good)
    (folder / f"2{suffix}").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match=f"2{suffix}.*cannot be opened"):
        label_corpus([str(folder)], tmp_path / "o.csv")
    summary = label_corpus([str(folder)], tmp_path / "o.csv", on_error="skip")
    assert (summary.reports, summary.rejected) == (1, 1)
    assert f"2{suffix}" in (tmp_path / "o.csv.rejected.csv").read_text()


def test_entities_are_refused(tmp_path, engine):
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]><eCitation><uId id='1'/>&a;</eCitation>"
    (tmp_path / "x.xml").write_text(bomb)
    with pytest.raises(InputError, match="declares entities"):
        label_corpus([str(tmp_path / "x.xml")], tmp_path / "o.csv")
    with pytest.raises(InputError, match="declares entities"):
        read_reference("openi", [tmp_path / "x.xml"])


def test_outputs_that_clash_with_the_list_of_rejected_rows(tmp_path, engine):
    corpus = write_csv(tmp_path / "x.csv", [[1, "Small effusion."]])
    with pytest.raises(InputError, match="rejected rows are listed there"):
        label_corpus(
            [corpus],
            tmp_path / "o.csv",
            on_error="skip",
            evidence=tmp_path / "o.csv.rejected.csv",
        )


def test_missing_ids_of_a_float_column(tmp_path, engine):
    frame = pd.DataFrame({"uid": [1.0, float("nan"), 3.0], "report": ["a", "b", "c"]})
    frame.to_parquet(tmp_path / "x.parquet")
    with pytest.raises(InputError, match="row 2, column 'uid': the id is missing"):
        label_corpus([str(tmp_path / "x.parquet")], tmp_path / "o.csv")
    label_corpus([str(tmp_path / "x.parquet")], tmp_path / "o.csv", on_error="skip")
    assert pd.read_csv(tmp_path / "o.csv", dtype=str)["uid"].tolist() == ["1", "3"]


@pytest.mark.parametrize("error", [MemoryError, TimeoutError, RecursionError])
def test_a_row_that_takes_too_much_is_rejected_and_not_the_run(
    tmp_path, engine, monkeypatch, error
):
    real = engine.label_batches

    def limited(self, batches, *, text=None, **options):
        for batch in batches:
            if batch[text].str.contains("huge").any():
                raise error
            yield from real(self, [batch], text=text, **options)

    monkeypatch.setattr(engine, "label_batches", limited)
    rows = [[n, "A huge report." if n in (3, 7) else f"Effusion {n}."] for n in range(1, 11)]
    corpus = write_csv(tmp_path / "x.csv", rows)
    with pytest.raises(InputError, match="row 3: cannot be labelled with the memory and time"):
        label_corpus([corpus], tmp_path / "o.csv")
    summary = label_corpus([corpus], tmp_path / "o.csv", on_error="skip", chunk_rows=4)
    assert (summary.reports, summary.rejected) == (8, 2)
    assert pd.read_csv(tmp_path / "o.csv")["uid"].tolist() == [1, 2, 4, 5, 6, 8, 9, 10]
    rejected = pd.read_csv(tmp_path / "o.csv.rejected.csv")
    assert rejected["row"].tolist() == [3, 7]


def test_a_run_leaves_the_garbage_collector_as_it_was(tmp_path, engine):
    corpus = write_csv(tmp_path / "x.csv", [[1, "Small effusion."]])
    before = (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count())
    label_corpus([corpus], tmp_path / "o.csv")
    assert (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count()) == before


def test_a_labeler_goes_with_its_last_reference():
    labeler = Labeler()
    labeler.label("Small effusion.")
    labeler.label_frame(pd.DataFrame({"report": ["Small effusion. No edema."]}))
    exchange = Exchange(1)
    labeler.exchange_with(exchange)
    gone = [weakref.ref(labeler), weakref.ref(exchange)]
    gc.collect()
    gc.disable()
    try:
        del labeler, exchange
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()


@pytest.mark.parametrize("words", [100, 300, 1000])
def test_a_stretch_without_a_full_stop_is_read_alike_by_both_ways(labeler, words):
    text = "The lungs are clear and there is a small left effusion but no edema " * (words // 10)
    frame = labeler.label_frame(pd.DataFrame({"report": [text]}))
    labels = {name: None if pd.isna(value) else int(value) for name, value in frame.iloc[0].items()}
    assert labels == labeler.label(text).labels


def command(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "labeler", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )


@pytest.mark.skipif(os.name == "nt", reason="closes descriptors before the start")
def test_closed_standard_streams(tmp_path):
    (tmp_path / "x.csv").write_text("uid,report\n1,Small effusion.\n")
    for closed in (0, 1, 2):
        output = tmp_path / f"o{closed}.csv"
        done = command(
            "label", tmp_path / "x.csv", "--output", output, preexec_fn=lambda n=closed: os.close(n)
        )
        assert done.returncode == 0, done.stderr
        assert output.read_text().count("\n") == 2
    done = command("label", "-", "--output", tmp_path / "n.csv", preexec_fn=lambda: os.close(0))
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr
    done = command("explain", "-", preexec_fn=lambda: os.close(0))
    assert done.returncode == 2
    assert "standard input is closed" in done.stderr


def test_a_full_disk_under_sections_advises_what_there_is(tmp_path, monkeypatch):
    (tmp_path / "reports.csv").write_text("id,report\n1,Small effusion.\n")

    calls = []

    def full(*args, **kwargs):
        calls.append(args)
        if len(calls) > 2:  # the journal and its folder, before anything is labelled
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("labeler.writers.checkpoint.os.fsync", full)
    with pytest.raises(LabelerError, match=r"the disk is full; free some space and run again$"):
        write_sections([str(tmp_path / "reports.csv")], tmp_path / "sections.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["reports.csv"]
