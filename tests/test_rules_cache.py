"""Rule sets are remembered between runs, and are never out of date."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from labeler.assertion.negex import NegexCues
from labeler.engine.labeler import Labeler
from labeler.errors import RulesError
from labeler.rules import cache, load
from labeler.rules.load import load_rules
from labeler.rules.location import rules_folder
from labeler.text.tokens import Tokenizer


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABELER_CACHE", str(tmp_path / "cache"))
    shutil.copytree(rules_folder(), tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The rule files that were parsed."""
    files: list[Path] = []
    read = load.read_model

    def count(path: Path, *rest: object) -> object:
        files.append(path)
        return read(path, *rest)

    monkeypatch.setattr(load, "read_model", count)
    return files


def test_a_second_load_parses_nothing_and_says_the_same(folder: Path, parsed: list[Path]) -> None:
    first = load_rules(folder=folder)
    assert parsed
    parsed.clear()
    assert load_rules(folder=folder) == first
    assert not parsed


@pytest.mark.parametrize(
    "change",
    [
        lambda rules: (rules / "label_sets/chexpert.yaml").open("a").write("# a remark\n"),
        lambda rules: (rules / "en/assertion/20_negation.yaml").unlink(),
        lambda rules: shutil.copy(
            rules / "en/assertion/20_negation.yaml", rules / "en/assertion/21_more.yaml"
        ),
        lambda rules: (rules / "en/spelling.yaml").rename(rules / "other.yaml"),
    ],
    ids=["changed", "removed", "added", "renamed"],
)
def test_any_change_is_noticed(folder: Path, parsed: list[Path], change) -> None:
    before = load_rules(folder=folder).fingerprint
    parsed.clear()
    change(folder)
    with contextlib.suppress(RulesError):
        assert load_rules(folder=folder).fingerprint != before
    assert parsed


def test_a_change_that_is_an_error_is_told_again_each_time(folder: Path) -> None:
    load_rules(folder=folder)
    with (folder / "en/spelling.yaml").open("a") as file:
        file.write("\nunheard_of: 1\n")
    for _ in range(2):
        with pytest.raises(RulesError, match=r"spelling\.yaml:\d+: unheard_of"):
            load_rules(folder=folder)


def test_files_behind_a_linked_folder_are_not_remembered(
    folder: Path, parsed: list[Path], tmp_path: Path
) -> None:
    shutil.move(folder / "en/assertion", tmp_path / "elsewhere")
    (folder / "en/assertion").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    load_rules(folder=folder)
    parsed.clear()
    with (tmp_path / "elsewhere" / "states.yaml").open("a") as file:
        file.write("\n# a remark that nobody would notice from the link alone\n")
    load_rules(folder=folder)
    assert parsed


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe", b"null"])
def test_a_spoilt_memory_is_replaced(folder: Path, parsed: list[Path], content: bytes) -> None:
    first = load_rules(folder=folder)
    (remembered,) = (folder.parent / "cache").glob("rules-*")
    remembered.write_bytes(content)
    assert load_rules(folder=folder) == first
    parsed.clear()
    assert load_rules(folder=folder) == first
    assert not parsed


def test_no_place_to_remember_is_no_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, parsed: list[Path]
) -> None:
    file = folder.parent / "a file"
    file.touch()
    monkeypatch.setenv("LABELER_CACHE", str(file / "below"))
    first = load_rules(folder=folder)
    monkeypatch.setenv("LABELER_CACHE", "off")
    parsed.clear()
    assert load_rules(folder=folder) == first
    assert parsed
    assert cache.cache_folder() is None


def test_only_the_latest_are_kept(folder: Path) -> None:
    for n in range(20):
        (folder / "extra.yaml").write_text(f"n: {n}\n")
        load_rules(folder=folder)
    assert len(list((folder.parent / "cache").iterdir())) == 16


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path, parsed: list[Path]) -> None:
    load_rules(folder=folder)
    store = cache.cache_folder()
    assert store is not None
    for mode, used in ((0o777, False), (0o770, False), (0o755, True), (0o700, True)):
        store.chmod(mode)
        parsed.clear()
        load_rules(folder=folder)
        assert not parsed if used else parsed


def test_nothing_is_put_where_others_may_write(folder: Path) -> None:
    store = cache.cache_folder()
    assert store is not None
    store.mkdir()
    store.chmod(0o777)
    load_rules(folder=folder)
    assert list(store.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="changes an owner")
def test_a_folder_of_another_user_is_not_used(folder: Path, parsed: list[Path]) -> None:
    load_rules(folder=folder)
    store = cache.cache_folder()
    assert store is not None
    os.chown(store, 12345, -1)
    parsed.clear()
    load_rules(folder=folder)
    assert parsed


def test_phrases_are_remembered_and_change_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Small left pleural efusion. No pneumo-thorax. Haemothoraces with oxymetazoline."
    first = Labeler(rules=folder)
    remembered = list((tmp_path / "cache").glob("phrases-*"))
    assert len(remembered) == 1
    spelt: list[str] = []
    monkeypatch.setattr(
        Tokenizer, "spellings", lambda self, phrase: spelt.append(phrase) or [(phrase,)]
    )
    second = Labeler(rules=folder)
    assert len(spelt) < 500  # of tens of thousands
    monkeypatch.undo()
    assert second.label(text) == first.label(text)
    assert list((tmp_path / "cache").glob("phrases-*")) == remembered


def test_what_one_finder_of_cues_does_not_need_is_made_for_the_next(
    folder: Path, tmp_path: Path
) -> None:
    Labeler(rules=folder, cue_finder=NegexCues)
    said = Labeler(rules=folder).label("No edema.")
    assert said.labels["Edema"] == 0
    assert Labeler(rules=folder).label("No edema.") == said
    assert len(list((tmp_path / "cache").glob("phrases-*"))) == 1


def test_phrases_that_cannot_be_read_are_made_anew(folder: Path, tmp_path: Path) -> None:
    expected = Labeler(rules=folder).label("No edema.")
    (remembered,) = (tmp_path / "cache").glob("phrases-*")
    written = remembered.read_bytes()
    for spoilt in (b"", written[:-1], written[32:], b"[]"):
        remembered.write_bytes(spoilt)
        assert Labeler(rules=folder).label("No edema.") == expected
        assert len(remembered.read_bytes()) == len(written)
