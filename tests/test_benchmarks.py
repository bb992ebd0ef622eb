"""The corpora of the benchmarks are what they claim to be."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.corpus import Sentences, write_corpus


def test_distinct_sentences_grow_as_the_power_that_is_claimed() -> None:
    sentences = Sentences(seed=1)
    counts = []
    for upto in (4_000, 40_000):
        while sentences.drawn < upto:
            sentences.draw()
        counts.append(sentences.distinct)
    assert math.log10(counts[1] / counts[0]) == pytest.approx(0.82, abs=0.06)


def test_a_corpus_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert write_corpus(first, 50).drawn == write_corpus(second, 50).drawn
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("benchmarks/accuracy.py", "{}"),
        ("benchmarks/nih14.py", "{}"),
        ("-m", "benchmarks", "reports"),
    ],
)
def test_without_the_data_a_benchmark_ends_in_one_line(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    root = Path(__file__).resolve().parents[1]
    command = [sys.executable, *(word.format(tmp_path) for word in words)]
    environment = {**os.environ, "LABELER_SHARED": str(tmp_path), "PYTHONPATH": str(root)}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "no such file" in line
    assert "docs/data.md" in line
