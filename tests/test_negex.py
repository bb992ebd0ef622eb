"""Cues found in tables, and by negspacy: both ways give the same cues and the same values."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from labeler import Labeler
from labeler.assertion.negex import NegexCues, NegexGroup
from labeler.rules.location import rules_folder
from tests.shared_data import SHARED, needs_shared

TESTS = Path(__file__).parent
READER = YAML(typ="safe")


def strings(data: Any) -> Iterator[str]:
    """Every text in YAML data, keys included."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from strings(key)
            yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


def examples(data: Any) -> Iterator[str]:
    """The texts below every key `examples`."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from strings(value) if key == "examples" else examples(value)
    elif isinstance(data, list):
        for value in data:
            yield from examples(value)


def of_rules(language: str) -> list[str]:
    files = sorted((rules_folder() / language).rglob("*.yaml"))
    return [text for file in files for text in examples(READER.load(file.read_text("utf-8")))]


def of_tests() -> list[str]:
    files = sorted((TESTS / "sentences").glob("*.yaml"))
    return [case["text"] for file in files for case in READER.load(file.read_text("utf-8"))]


def of_reports(files: Iterable[Path]) -> list[str]:
    found: set[str] = set()
    for file in files:
        with file.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                for cell in row.values():
                    found.update(regex.split(r"(?<=[.?!:])\s+|\n+", str(cell or "")))
    return sorted(text for text in found if " " in text)


@pytest.fixture(scope="module")
def by_negex() -> Labeler:
    return Labeler(cue_finder=NegexCues, cache_size=0)


def assert_same(tables: Labeler, negex: Labeler, texts: Iterable[str]) -> int:
    """Compare two labelers on some sentences, and count the cues that stand in them."""
    one, other = tables.sentences, negex.sentences
    count = 0
    for text in texts:
        words = one._tokenizer.norms(text)
        if not words:
            continue
        (mine, said) = one._classifier.read(words, 0)
        (theirs, told) = other._classifier.read(words, 0)
        assert {name: list(cues) for name, cues in mine.cues.items()} == theirs.cues, text
        for a, b in zip(mine.targets, theirs.targets, strict=True):
            assert (a.start, a.end, a.cue, a.value) == (b.start, b.end, b.cue, b.value), text
            assert a.remarks == b.remarks, text
        assert said == told, text
        assert one.statements(text, "", True, "") == other.statements(text, "", True, ""), text
        count += sum(map(len, mine.cues.values()))
    return count


def test_every_example_of_the_rules(labeler: Labeler, by_negex: Labeler) -> None:
    assert assert_same(labeler, by_negex, of_rules("en")) > 500


def test_every_spanish_example() -> None:
    spanish = Labeler(language="es"), Labeler(language="es", cue_finder=NegexCues, cache_size=0)
    assert assert_same(*spanish, of_rules("es")) > 100


def test_every_sentence_of_the_tests(labeler: Labeler, by_negex: Labeler) -> None:
    assert assert_same(labeler, by_negex, of_tests()) > 2000


def test_every_sentence_of_the_test_reports(labeler: Labeler, by_negex: Labeler) -> None:
    files = [p for p in sorted((TESTS / "reports").glob("*.csv")) if "gold" not in p.stem]
    assert assert_same(labeler, by_negex, of_reports(files)) > 2000


@needs_shared
def test_every_sentence_of_openi(labeler: Labeler, by_negex: Labeler) -> None:
    texts = of_reports([SHARED / "openi" / "reports.csv"])
    assert assert_same(labeler, by_negex, texts) > 2000


def test_every_tenth_cue_phrase_before_and_behind_a_finding(
    labeler: Labeler, by_negex: Labeler
) -> None:
    cues = by_negex.sentences._classifier._cues
    assert isinstance(cues, NegexCues)
    for group in cues._groups.values():
        assert isinstance(group, NegexGroup)
        phrases = [" ".join(words) for words in list(group.phrases)[::10]]
        texts = [f"{p} effusion" if i % 2 else f"effusion {p} edema" for i, p in enumerate(phrases)]
        assert_same(labeler, by_negex, texts)


PARTS = [word for text in of_tests()[::7] for word in text.split()]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PARTS), max_size=25).map(" ".join))
def test_words_in_any_order(labeler: Labeler, by_negex: Labeler, text: str) -> None:
    assert_same(labeler, by_negex, [text])
