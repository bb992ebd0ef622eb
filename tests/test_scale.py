"""The same result however it is computed: with memory or without, in one process or several."""

import os
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler import Labeler
from labeler.corpus.label import label_corpus
from labeler.corpus.workers import LabelerSettings, run
from labeler.engine.exchange import Exchange
from labeler.errors import InputError, LabelerError

PARTS = (
    "FINDINGS:", "IMPRESSION:", "INDICATION: fall.", "Heart: Normal size.", "\n", "\n\n", " ",
    "No pleural effusion or pneumothorax.", "Small left effusion.", "Pneumonia cannot be excluded.",
    "Heart failure is possible.", "Stable cardiomegaly.", "1. Clear lungs.", "No change.",
    "Lines: Port in place.", "The mediastinum is obscured.", "____", "XXXX", "edema",
)  # fmt: skip


def corpus(rows: int) -> pd.DataFrame:
    texts = [
        " ".join(PARTS[(row * step + row // 7) % len(PARTS)] for step in range(1, 2 + row % 9))
        for row in range(rows)
    ]
    texts[3] = ""
    return pd.DataFrame({"study_id": range(1, rows + 1), "report": texts})


@pytest.fixture(scope="module")
def labelers() -> dict[str, Labeler]:
    return {
        policy: Labeler(sections=policy) for policy in ("findings+impression", "impression-first")
    }


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=8).map(" ".join), min_size=1, max_size=4))
def test_labels_alone_are_the_labels_with_evidence(
    labelers: dict[str, Labeler], texts: list[str]
) -> None:
    for labeler in labelers.values():
        frame = pd.DataFrame({"report": texts})
        (fast,) = labeler.label_batches([frame], text="report")
        (slow,) = labeler.label_batches([frame], text="report", evidence=True)
        reports = [labeler.label(text) for text in texts]
        assert fast.equals(slow.drop(columns="evidence"))
        for report, (_, row) in zip(reports, fast.iterrows(), strict=True):
            given_labels = {
                name: None if pd.isna(row[name]) else int(row[name]) for name in report.labels
            }
            assert given_labels == report.labels
            assert row["sections"] == "+".join(section.name for section in report.sections)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(PARTS)), min_size=1, max_size=4))
def test_split_reports_too(labelers: dict[str, Labeler], cells: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(cells, columns=["findings", "impression"])
    sections = {"findings": "findings", "impression": "impression"}
    for labeler in labelers.values():
        (fast,) = labeler.label_batches([frame], sections=sections)
        (slow,) = labeler.label_batches([frame], sections=sections, evidence=True)
        assert fast.equals(slow.drop(columns="evidence"))


@pytest.mark.parametrize("cache_size", [0, 1, 3, 200_000])
def test_the_memory_of_sentences_changes_nothing(cache_size: int) -> None:
    frame = corpus(60)
    (known,) = Labeler().label_batches([frame], text="report")
    (found,) = Labeler(cache_size=cache_size).label_batches([frame], text="report")
    assert found.equals(known)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_same_bytes_whatever_the_workers_chunks_and_cache(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / "reports.csv"
    corpus(90).to_csv(source, index=False)
    made = []
    for n, options in enumerate(
        (
            {},
            {"workers": 2, "chunk_rows": 7},
            {"chunk_rows": 1},
            {"cache_size": 0, "chunk_rows": 40},
        )
    ):
        output, evidence = tmp_path / f"{n}{suffix}", tmp_path / f"evidence{n}{suffix}"
        summary = label_corpus([str(source)], output, evidence=evidence, **options)
        assert summary.reports == 90
        made.append((output.read_bytes(), evidence.read_bytes()))
    assert made.count(made[0]) == len(made)


def test_workers_keep_the_order_and_the_kept_columns() -> None:
    frame = corpus(50)
    how = LabelerSettings(text="report", keep=("study_id",))
    batches = [frame.iloc[start : start + 4] for start in range(0, 50, 4)]
    alone = pd.concat(run(how, iter(batches)))
    shared = pd.concat(run(how, iter(batches), workers=3))
    assert shared.equals(alone)
    assert list(shared["study_id"]) == list(range(1, 51))


def test_a_mistake_is_told_before_workers_start() -> None:
    batches = [corpus(8), corpus(8)]
    with pytest.raises(InputError, match="no section policy 'all'"):
        list(run(LabelerSettings(text="report", sections="all"), iter(batches), workers=2))


def kill_children() -> None:
    """Kill this process' worker processes, as a machine short of memory would."""
    for child in active_children():
        child.kill()


def test_a_killed_worker_is_told_and_the_run_resumes(tmp_path: Path) -> None:
    source, output = tmp_path / "reports.csv", tmp_path / "labels.csv"
    corpus(400).to_csv(source, index=False)
    label_corpus([str(source)], tmp_path / "whole.csv")

    def kill_later(_done: int, _total: int | None, reports: int) -> None:
        if reports >= 40:
            kill_children()

    with pytest.raises(LabelerError, match=r"worker process was killed.*--resume"):
        label_corpus([str(source)], output, workers=2, chunk_rows=20, progress=kill_later)
    assert not output.exists()
    summary = label_corpus([str(source)], output, workers=2, chunk_rows=20, resume=True)
    assert summary.resumed >= 40
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_help_imports_neither_spacy_nor_pandas() -> None:
    code = (
        "import sys; from labeler.cli import main; sys.argv = ['labeler', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'spacy', 'pandas', 'pyarrow', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


ORPHANS = """
import os, signal, sys, time
from multiprocessing import active_children
import pandas as pd
from labeler.corpus.workers import LabelerSettings, run

if __name__ == "__main__":
    frames = (pd.DataFrame({"report": ["No effusion."]}) for _ in range(10**6))
    labelled = run(LabelerSettings(text="report"), frames, workers=2)
    next(labelled)
    print(*[child.pid for child in active_children()], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_workers_end_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(ORPHANS)
    done = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True)
    workers = [int(pid) for pid in done.stdout.split()]
    assert len(workers) == 2
    left = workers
    for _ in range(600):
        left = [pid for pid in left if _runs(pid)]
        if not left:
            break
        time.sleep(0.1)
    assert not left


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a process that nobody waits for yet has ended all the same
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


class OnlyHeard(Exchange):
    """An exchange for a labeler that reads nothing itself."""

    def get(self, key, read):
        assert key in self._told
        return super().get(key, read)


def test_a_sentence_that_another_process_read_is_not_read_again() -> None:
    frame = corpus(60)
    first, second = Labeler(), Labeler()
    told, heard = Exchange(1000), OnlyHeard(1000)
    first.exchange_with(told)
    second.exchange_with(heard)
    (labels,) = first.label_batches([frame], text="report")
    heard.hear(told.tell())
    (again,) = second.label_batches([frame], text="report")
    pd.testing.assert_frame_equal(labels, again)
    assert told.tell() == heard.tell() == b""


def test_no_more_is_kept_of_what_others_tell_than_asked_for() -> None:
    told, heard = Exchange(10), Exchange(3)
    for number in range(5):
        told.get((f"Sentence {number}.", "", True, ""), lambda *key: 7)
    heard.hear(told.tell())
    read = []
    for number in range(5):
        heard.get((f"Sentence {number}.", "", True, ""), lambda *key: read.append(key[0]) or 8)
    assert read == ["Sentence 0.", "Sentence 1."]
