"""Invented sentences, a file a class of language: every label of a sentence must be right."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from labeler import Labeler

# The sentences that come out wrong today, word for word: one more fails by name, and one less is to be taken out.
KNOWN_WRONG = Path(__file__).parent / "known_wrong_sentences.txt"
FILES = sorted((Path(__file__).parent / "sentences").glob("*.yaml"))
# Share of the sentences that get exactly their labels; raise it when the rules get better.
FLOOR = 0.99
CLASS_FLOOR = 0.9


def wrong(path: Path, labeler: Labeler) -> tuple[int, list[str], list[str]]:
    """How many sentences a file has, what is wrong with those that do not get their labels, and their texts."""
    cases = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    out = []
    texts = []
    for case in cases:
        got = {k: v for k, v in labeler.label(case["text"]).labels.items() if v is not None}
        if got != case["labels"]:
            names = [n for n in labeler.observations if got.get(n) != case["labels"].get(n)]
            said = "; ".join(f"{n} {case['labels'].get(n)} got {got.get(n)}" for n in names)
            out.append(f"{case['text']!r}: {said}")
            texts.append(case["text"])
    return len(cases), out, texts


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[int, list[str], list[str]]]:
    labeler = Labeler()
    return {path.stem: wrong(path, labeler) for path in FILES}


def test_all_classes_together(results: dict[str, tuple[int, list[str], list[str]]]) -> None:
    total = sum(n for n, *_ in results.values())
    right = total - sum(len(bad) for _, bad, _ in results.values())
    table = "\n".join(f"{name:30} {n - len(bad)}/{n}" for name, (n, bad, _) in results.items())
    print(f"{table}\n{'all':30} {right}/{total}")
    assert total >= 1500
    assert right / total >= FLOOR, table


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_one_class(name: str, results: dict[str, tuple[int, list[str], list[str]]]) -> None:
    n, bad, _ = results[name]
    print("\n".join(bad))
    assert 1 - len(bad) / n >= CLASS_FLOOR, "\n".join(bad)


def test_no_sentence_is_newly_wrong(
    results: dict[str, tuple[int, list[str], list[str]]],
) -> None:
    known = KNOWN_WRONG.read_text(encoding="utf-8").splitlines()
    now = {" ".join(text.split()) for _, _, texts in results.values() for text in texts}
    assert sorted(now - {*known}) == [], "newly wrong"
    assert sorted({*known} - now) == [], "right by now: take them out of the list"
