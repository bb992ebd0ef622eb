"""Killed runs, full disks, folders that refuse: each test makes the fault happen."""

import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import fake_engine
import pytest
from corpora import write_csv
from fake_engine import FakeLabeler

from labeler.corpus.label import label_corpus
from labeler.errors import InputError, LabelerError
from labeler.writers.checkpoint import Checkpoint
from labeler.writers.formats import FORMATS

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")

ROWS = 60
CHUNK = 4


@pytest.fixture(autouse=True)
def engine(monkeypatch):
    fake_engine.install(monkeypatch)


@pytest.fixture
def corpus(tmp_path):
    rows = [[f"r{i}", "" if i % 9 == 0 else f"Finding {i}.\nLine two, {i}."] for i in range(ROWS)]
    rows[13].append("one field too many")
    rows[44].append("one field too many")
    return write_csv(tmp_path / "reports.csv", rows)


def run(corpus, folder, suffix=".csv", **options):
    folder.mkdir(exist_ok=True)
    arguments = {
        "evidence": folder / f"why{suffix}",
        "chunk_rows": CHUNK,
        "commit_seconds": 0,
        "on_error": "skip",
    }
    return label_corpus([corpus], folder / f"labels{suffix}", **(arguments | options))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def in_child(work):
    """Run `work` in a forked process; gives its id."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def killed(child):
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def die_at_append(monkeypatch, count):
    """Make the process kill itself right before its n-th append; gives the list that counts."""
    calls = []
    real = Checkpoint.append

    def append(self, final, data):
        calls.append(1)
        if len(calls) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, final, data)

    monkeypatch.setattr(Checkpoint, "append", append)
    return calls


@pytest.mark.parametrize("suffix", FORMATS)
def test_kill_9_in_a_run_and_in_the_run_that_resumes_it_gives_the_same_bytes(
    tmp_path, corpus, suffix, monkeypatch
):
    with monkeypatch.context() as patch:
        calls = die_at_append(patch, 0)
        run(corpus, tmp_path / "whole", suffix)
    expected = contents(tmp_path / "whole")
    assert len(expected) == 3
    assert len(calls) == 3 * ROWS / CHUNK

    def doomed(folder, count, resume, commit_seconds):
        die_at_append(pytest.MonkeyPatch(), count)
        run(corpus, folder, suffix, resume=resume, commit_seconds=commit_seconds)

    for first in range(1, len(calls) + 1, 4):
        folder = tmp_path / f"killed at {first}"
        # every second of them has committed nothing when it is killed
        every = 0 if first % 8 == 1 else 1000
        assert killed(in_child(lambda f=folder, n=first, e=every: doomed(f, n, False, e)))
        second = 1 + first % 3
        assert killed(in_child(lambda f=folder, n=second: doomed(f, n, True, 0)))
        for name in expected.keys() & contents(folder).keys():
            assert (folder / name).read_bytes() == expected[name]  # whole, or not at all
        run(corpus, folder, suffix, resume=True)
        assert contents(folder) == expected


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_kill_at_every_step_to_the_disk_can_be_resumed(tmp_path, corpus, suffix, monkeypatch):
    whole = run(corpus, tmp_path / "whole", suffix, chunk_rows=20)
    expected = contents(tmp_path / "whole")
    steps = []

    def die_at(step):
        """Make the process die right before its n-th fsync, rename or removal."""
        for name in ("fsync", "replace", "unlink"):
            real = getattr(os, name)

            def counted(*args, real=real, **kwargs):
                steps.append(1)
                if len(steps) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*args, **kwargs)

            monkeypatch.setattr(os, name, counted)

    with monkeypatch.context():
        die_at(None)
        run(corpus, tmp_path / "counted", suffix, chunk_rows=20)
        total = len(steps)
    monkeypatch.undo()
    fake_engine.install(monkeypatch)
    assert total > 20

    for step in range(1, total + 1):
        folder = tmp_path / f"step {step}"

        def doomed(step=step, folder=folder):
            steps.clear()
            die_at(step)
            run(corpus, folder, suffix, chunk_rows=20)

        assert killed(in_child(doomed))
        for name in expected.keys() & contents(folder).keys():
            assert (folder / name).read_bytes() == expected[name]
        summary = run(corpus, folder, suffix, resume=True)
        assert contents(folder) == expected
        assert (summary.reports, summary.labels) == (whole.reports, whole.labels)
        shutil.rmtree(folder)


def interrupt(corpus, folder, after, monkeypatch, **options):
    """Leave a run unfinished after some chunks, as a kill does."""
    seen = []

    def stop(done, total, reports):
        seen.append(reports)
        if len(seen) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(corpus, folder, progress=stop, **options)
    assert not (folder / "labels.csv").exists()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sections": "impression"}, "--sections"),
        ({"layout": "chexpert"}, "--layout"),
        ({"label_set": "chestxray14"}, "--label-set"),
        ({"evidence": None}, "--evidence"),
        ({"text": "other"}, "columns"),
        ({"ids": ["other"]}, "columns"),
        ({"on_error": "stop"}, "--on-error"),
        ({"encoding": "latin-1"}, "--encoding"),
        ({"rules": "elsewhere"}, "the rules"),
    ],
)
def test_a_changed_option_refuses_to_resume(tmp_path, change, reason, monkeypatch):
    rows = [[i, f"t{i}", f"o{i}"] for i in range(9)]
    corpus = write_csv(tmp_path / "x.csv", rows, header=["uid", "report", "other"])
    interrupt(corpus, tmp_path / "out", 2, monkeypatch)
    with pytest.raises(InputError, match=f"changed since the killed run: .*{reason}"):
        run(corpus, tmp_path / "out", **({"resume": True} | change))
    run(corpus, tmp_path / "out", resume=True)


def test_a_changed_input_refuses_to_resume_though_size_and_time_are_the_same(
    tmp_path, corpus, monkeypatch
):
    interrupt(corpus, tmp_path / "out", 2, monkeypatch)
    path = Path(corpus)
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Finding 59", b"finding 59"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(InputError, match=r"cannot resume.*the input"):
        run(corpus, tmp_path / "out", resume=True)


def test_an_unchanged_copy_of_the_input_may_be_resumed(tmp_path, corpus, monkeypatch):
    expected = run(corpus, tmp_path / "whole")
    interrupt(corpus, tmp_path / "out", 3, monkeypatch)
    os.utime(corpus, (1, 1))
    summary = run(corpus, tmp_path / "out", resume=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert summary.resumed == 3 * CHUNK
    assert summary.reports == expected.reports
    assert summary.labels == expected.labels
    assert summary.rejected == 2


def test_other_chunks_give_the_same_bytes_also_when_resumed(tmp_path, corpus, monkeypatch):
    run(corpus, tmp_path / "whole")
    for chunk_rows in (1, 7, 1000):
        run(corpus, tmp_path / f"c{chunk_rows}", chunk_rows=chunk_rows)
        assert contents(tmp_path / f"c{chunk_rows}") == contents(tmp_path / "whole")
    interrupt(corpus, tmp_path / "out", 5, monkeypatch)
    run(corpus, tmp_path / "out", resume=True, chunk_rows=7)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_commits_from_time_to_time_give_the_same_bytes(tmp_path, corpus, monkeypatch):
    run(corpus, tmp_path / "whole")
    run(corpus, tmp_path / "never", commit_seconds=1000)
    assert contents(tmp_path / "never") == contents(tmp_path / "whole")
    ticks = iter(range(10**6))
    monkeypatch.setattr("labeler.corpus.label.time.monotonic", lambda: next(ticks))
    interrupt(corpus, tmp_path / "out", 8, monkeypatch, commit_seconds=3)
    summary = run(corpus, tmp_path / "out", resume=True, commit_seconds=3)
    assert summary.resumed == 8 * CHUNK - 1  # an interrupt commits; one row was rejected
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize("resume", [True, False])
def test_parts_of_a_run_killed_before_its_first_commit_are_dropped(
    tmp_path, corpus, monkeypatch, resume
):
    run(corpus, tmp_path / "whole")

    def doomed():
        def die(*args):
            os.kill(os.getpid(), signal.SIGKILL)

        run(corpus, tmp_path / "out", progress=die, commit_seconds=1000)

    assert killed(in_child(doomed))
    assert {"labels.csv.part", "labels.csv.checkpoint"} <= contents(tmp_path / "out").keys()
    run(corpus, tmp_path / "out", resume=resume)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("name", ["labels.csv.part", "why.csv.part", "labels.csv.checkpoint"])
def test_a_file_that_is_no_part_of_a_run_is_never_touched(tmp_path, corpus, name, resume):
    (tmp_path / "out").mkdir()
    theirs = tmp_path / "out" / name
    theirs.write_bytes(b"somebody's work")
    with pytest.raises(InputError, match=f"{name}: .*move it"):
        run(corpus, tmp_path / "out", resume=resume)
    assert theirs.read_bytes() == b"somebody's work"
    assert list((tmp_path / "out").iterdir()) == [theirs]


def test_a_part_with_other_bytes_refuses_to_resume(tmp_path, corpus, monkeypatch):
    interrupt(corpus, tmp_path / "out", 3, monkeypatch)
    part = tmp_path / "out" / "labels.csv.part"
    data = part.read_bytes()
    part.write_bytes(data[:-5] + bytes([data[-5] ^ 1]) + data[-4:])
    with pytest.raises(InputError, match=r"labels\.csv\.part: cannot resume, it is not as"):
        run(corpus, tmp_path / "out", resume=True)


@pytest.mark.parametrize(
    "journal",
    [
        "[]", "{}", "null", "1", "\0", "[" * 100_000, '{"rows": "many"}',
        '{"fingerprint": {}, "parts": [], "rows": 1, "sizes": [1], "digests": [], "counts": {},'
        ' "complete": false}',
    ],
)  # fmt: skip
def test_a_damaged_journal_is_one_clear_line(tmp_path, corpus, monkeypatch, journal):
    interrupt(corpus, tmp_path / "out", 3, monkeypatch)
    (tmp_path / "out" / "labels.csv.checkpoint").write_text(journal)
    for resume in (True, False):
        with pytest.raises(InputError, match=r"labels\.csv\.checkpoint: .*delete it"):
            run(corpus, tmp_path / "out", resume=resume)


def modes(folder):
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_holds_text_is_for_its_owner_alone(tmp_path, corpus, monkeypatch, suffix):
    before = os.umask(0o022)
    try:
        interrupt(corpus, tmp_path / "killed", 2, monkeypatch)
        left = modes(tmp_path / "killed")
        assert left.pop("labels.csv.part") == 0o644  # labels, and no text
        assert set(left.values()) == {0o600}
        run(corpus, tmp_path / "out", suffix)
        done = modes(tmp_path / "out")
        assert done.pop(f"labels{suffix}") == 0o644
        assert set(done.values()) == {0o600}
        run(corpus, tmp_path / "out", suffix, layout="chexpert")
        assert modes(tmp_path / "out")[f"labels{suffix}"] == 0o644  # it keeps the mode it had
        (tmp_path / "out" / f"labels{suffix}").chmod(0o640)
        (tmp_path / "out" / f"why{suffix}").chmod(0o604)
        run(corpus, tmp_path / "out", suffix)
        assert modes(tmp_path / "out")[f"labels{suffix}"] == 0o640
        assert modes(tmp_path / "out")[f"why{suffix}"] == 0o604
        run(corpus, tmp_path / "new", suffix, layout="chexpert")
        assert modes(tmp_path / "new")[f"labels{suffix}"] == 0o600
    finally:
        os.umask(before)


def test_a_failing_engine_keeps_what_was_done(tmp_path, corpus, monkeypatch):
    run(corpus, tmp_path / "whole")
    real = FakeLabeler.label_batches

    done = []

    def failing(self, batches, **options):
        for frame in real(self, batches, **options):
            if len(done) == 4:
                raise LabelerError("a worker was killed")
            done.append(frame)
            yield frame

    monkeypatch.setattr(FakeLabeler, "label_batches", failing)
    with pytest.raises(LabelerError, match="worker"):
        run(corpus, tmp_path / "out", commit_seconds=1000)
    monkeypatch.setattr(FakeLabeler, "label_batches", real)
    assert run(corpus, tmp_path / "out", resume=True).resumed > 0
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_without_resume_a_killed_run_is_started_anew(tmp_path, corpus, monkeypatch):
    run(corpus, tmp_path / "whole", layout="chexpert")
    interrupt(corpus, tmp_path / "out", 3, monkeypatch)
    summary = run(corpus, tmp_path / "out", layout="chexpert")
    assert summary.discarded
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_resume_without_a_killed_run_just_runs(tmp_path, corpus):
    run(corpus, tmp_path / "whole")
    run(corpus, tmp_path / "out", resume=True)
    run(corpus, tmp_path / "out", resume=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_the_old_output_stays_until_the_new_one_is_whole(tmp_path, corpus, monkeypatch):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "labels.csv").write_text("old")
    seen = []

    def look(done, total, reports):
        seen.append((tmp_path / "out" / "labels.csv").read_text())

    run(corpus, tmp_path / "out", progress=look)
    assert set(seen) == {"old"}
    assert (tmp_path / "out" / "labels.csv").read_text() != "old"


def test_a_cut_part_file_refuses_to_resume(tmp_path, corpus, monkeypatch):
    interrupt(corpus, tmp_path / "out", 3, monkeypatch)
    os.truncate(tmp_path / "out" / "labels.csv.part", 10)
    with pytest.raises(InputError, match=r"labels\.csv\.part: cannot resume"):
        run(corpus, tmp_path / "out", resume=True)


def test_a_broken_journal_refuses_to_resume(tmp_path, corpus, monkeypatch):
    interrupt(corpus, tmp_path / "out", 3, monkeypatch)
    (tmp_path / "out" / "labels.csv.checkpoint").write_text("{")
    with pytest.raises(InputError, match="delete it"):
        run(corpus, tmp_path / "out", resume=True)


def test_two_runs_into_one_file_are_told_apart(tmp_path):
    pytest.importorskip("fcntl")
    final = tmp_path / "x.csv"
    with (
        Checkpoint(final, {final: FORMATS[".csv"]}, {}, resume=False),
        pytest.raises(LabelerError, match="another run"),
    ):
        Checkpoint(final, {final: FORMATS[".csv"]}, {}, resume=False)


def test_the_journal_and_the_parts_are_all_that_a_killed_run_leaves(tmp_path, corpus, monkeypatch):
    interrupt(corpus, tmp_path / "out", 2, monkeypatch)
    assert sorted(contents(tmp_path / "out")) == [
        "labels.csv.checkpoint",
        "labels.csv.part",
        "labels.csv.rejected.csv.part",
        "why.csv.part",
    ]
    journal = json.loads((tmp_path / "out" / "labels.csv.checkpoint").read_text())
    assert journal["rows"] == 2 * CHUNK


def test_a_missing_output_folder(tmp_path, corpus):
    with pytest.raises(InputError, match=r"no folder .*create it first"):
        label_corpus([corpus], tmp_path / "no" / "x.csv", on_error="skip")
    with pytest.raises(InputError, match="no folder"):
        run(corpus, tmp_path / "out", evidence=tmp_path / "no" / "why.csv")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_output_that_is_a_folder_or_the_input(tmp_path, corpus):
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        label_corpus([corpus], tmp_path / "x.csv", on_error="skip")
    with pytest.raises(InputError, match="is input and output"):
        label_corpus([corpus], corpus, on_error="skip")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 kB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("mounting a small file system needs root on Linux")
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this system lets no file system be mounted")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_output_folder(small_disk, corpus):
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(InputError, match=r"cannot write into .*Read-only file system"):
        run(corpus, small_disk)


def test_an_output_folder_without_permission(tmp_path, corpus, monkeypatch):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(InputError, match="cannot write into"):
        run(corpus, tmp_path / "out")


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_full_disk_is_said_clearly_and_can_be_resumed(small_disk, tmp_path, suffix):
    corpus = write_csv(tmp_path / "x.csv", [[f"r{i}", f"Word{i} " * 30] for i in range(2000)])
    run(corpus, tmp_path / "whole", suffix, chunk_rows=25)
    with pytest.raises(LabelerError, match=r"disk is full.*--resume") as error:
        run(corpus, small_disk, suffix, chunk_rows=25)
    assert error.value.exit_code == 1
    assert not (small_disk / f"labels{suffix}").exists()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    summary = run(corpus, small_disk, suffix, chunk_rows=25, resume=True)
    assert summary.resumed > 0
    assert contents(small_disk) == contents(tmp_path / "whole")


def test_a_failing_disk_keeps_what_was_done(tmp_path, corpus, monkeypatch):
    real, calls = os.fsync, []

    def failing(handle):
        calls.append(handle)
        if len(calls) > 20:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(LabelerError, match="Input/output error"):
        run(corpus, tmp_path / "out")
    monkeypatch.setattr(os, "fsync", real)
    assert run(corpus, tmp_path / "out", resume=True).resumed > 0


def test_a_rename_that_fails_is_done_by_resume(tmp_path, corpus, monkeypatch):
    run(corpus, tmp_path / "whole")
    real = os.replace

    def failing(source, target):
        if str(target).endswith("why.csv"):
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(LabelerError, match=r"why\.csv: cannot be written"):
        run(corpus, tmp_path / "out")
    monkeypatch.setattr(os, "replace", real)
    run(corpus, tmp_path / "out", resume=True)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_vanishing_text_file_is_an_error(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for i in range(20):
        (folder / f"{i:02}.txt").write_text(f"Report {i}.")

    def vanish(done, total, reports):
        (folder / "15.txt").unlink(missing_ok=True)

    for on_error in ("stop", "skip"):
        (folder / "15.txt").write_text("Report 15.")
        with pytest.raises(LabelerError, match=r"15\.txt"):
            label_corpus(
                [str(folder)], tmp_path / "x.csv", progress=vanish, chunk_rows=4, on_error=on_error
            )
        assert not (tmp_path / "x.csv").exists()


def test_an_input_that_changes_while_it_is_read_is_an_error(tmp_path, corpus):
    def change(done, total, reports):
        with open(corpus, "a") as handle:
            handle.write("late,Row.\n")

    with pytest.raises(LabelerError, match="changed while it was read"):
        run(corpus, tmp_path / "out", progress=change)
    assert not (tmp_path / "out" / "labels.csv").exists()


def test_a_bad_row_stops_without_an_output_file(tmp_path, corpus):
    with pytest.raises(InputError, match=r"row 14, line \d+: 3 fields"):
        run(corpus, tmp_path / "out", on_error="stop", chunk_rows=4096)
    assert contents(tmp_path / "out") == {}


def test_standard_input_cannot_be_resumed(tmp_path):
    with pytest.raises(InputError, match="cannot be read again"):
        label_corpus(["-"], tmp_path / "x.csv", resume=True)
