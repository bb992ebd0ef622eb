"""Patterns that are compiled late, and recalled by later runs."""

from pathlib import Path

import pytest
import regex

from labeler.text import late_pattern
from labeler.text.late_pattern import LatePattern

WORDS = "|".join(f"word{n}s?" for n in range(100))
LONG = rf"(?P<first>{WORDS})\s+(?P<second>\p{{L}}+)(?<!x)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABELER_CACHE", str(tmp_path))
    return tmp_path


def matched(pattern: LatePattern) -> list[dict[str, str]]:
    return [m.groupdict() for m in pattern.finditer("a WORD7 Übung, word99s ax, word5 b")]


def no_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ = regex.compile

    def refuse(pattern: str, *args: object) -> object:
        assert not pattern, "compiled again"
        return compile_(pattern, *args)

    monkeypatch.setattr(late_pattern.regex, "compile", refuse)


def test_a_later_run_recalls_the_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    first = matched(LatePattern(LONG))
    assert [m["second"] for m in first] == ["Übung", "a", "b"]
    no_compiling(monkeypatch)
    assert matched(LatePattern(LONG)) == first


def test_another_pattern_is_another_one() -> None:
    assert LatePattern(LONG).match("word1 b")
    assert not LatePattern(LONG.replace("word", "ward")).match("word1 b")


def test_spoilt_memory_is_no_pattern(folder: Path) -> None:
    first = matched(LatePattern(LONG))
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-3] + b"abc")
    assert matched(LatePattern(LONG)) == first


def test_nothing_is_remembered_where_nothing_may_be(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELER_CACHE", "off")
    assert LatePattern(LONG).search("see word1 b")
    assert not list(folder.iterdir())
