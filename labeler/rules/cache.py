"""Remembers rule sets between runs: a start need not parse and check YAML that did not change.

A remembered rule set is found by a digest of every rule file's bytes and of the code that reads
them: what changed is read anew, so nothing here can be out of date. It is JSON, checked against the
schema when it is read; a file that cannot be read or written costs time, never a run.

The folder is the user's cache folder, or what the environment variable `LABELER_CACHE` names;
`LABELER_CACHE=off` remembers nothing. A folder that another user owns or may write to is not used:
who can put a rule set there decides what the labels are.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from labeler.rules import assertion_schema, schema, text_schema
from labeler.rules.attributes import AttributeFile, BindingFile
from labeler.rules.location import Layers
from labeler.version import __version__

_MAX_FILES = 500
_MAX_BYTES = 32 * 2**20
_KEPT = 16


class StoredRules(BaseModel):
    """A rule set as it is remembered."""

    label_sets: dict[str, schema.LabelSetFile]
    findings: dict[str, schema.FindingsFile]
    label_examples: dict[str, schema.LabelExamplesFile]
    cue_groups: dict[str, assertion_schema.CueFile]
    states: assertion_schema.StatesFile
    clauses: assertion_schema.ClausesFile
    spelling: text_schema.SpellingFile
    sections: text_schema.SectionsFile
    forms: text_schema.FormsFile
    silent: schema.SilentFile
    doubt: schema.DoubtFile
    attributes: dict[str, AttributeFile]
    binding: BindingFile | None
    fingerprint: str


def cache_folder() -> Path | None:
    """Where rule sets are remembered, `None` where they are not."""
    named = os.environ.get("LABELER_CACHE", "")
    if named.lower() in ("off", "0", "no", "false"):
        return None
    if named:
        return Path(named)
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA", "")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
    with contextlib.suppress(RuntimeError):  # a user without a home
        return (Path(base) if base else Path.home() / ".cache") / "labeler"
    return None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a rule folder holds at one moment.

    Attributes:
        key: digest of the files' names and bytes, the label sets' names, the language and the reading code.
        files: the files behind it, symbolic links resolved.
    """

    key: str
    files: frozenset[Path]


def take_snapshot(layers: Layers, label_set: str, language: str) -> Snapshot | None:
    """Look at all rule files below a folder; `None` where that fails or does not pay."""
    digest = hashlib.sha256(f"{__version__}\0{label_set}\0{language}\0".encode())
    left = _MAX_BYTES
    try:
        files = {
            f"{number}/{path.relative_to(root).as_posix()}": path
            for number, root in enumerate(layers.roots)
            for path in root.rglob("*.yaml")
        }
        code = {path.name: path for path in Path(__file__).parent.glob("*.py")}
        if len(files) > _MAX_FILES:
            return None
        for name, path in (*sorted(code.items()), *sorted(files.items())):
            content = path.read_bytes()
            left -= len(content)
            if left < 0:
                return None
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return Snapshot(digest.hexdigest(), frozenset(path.resolve() for path in files.values()))
    except OSError:
        return None


def recall(snapshot: Snapshot | None) -> StoredRules | None:
    """The rule set remembered of a snapshot, if there is one."""
    folder = cache_folder()
    if folder is None or snapshot is None or not _is_own(folder):
        return None
    with contextlib.suppress(OSError, ValueError):  # ValueError: not the JSON that was written
        return StoredRules.model_validate_json(_file(folder, snapshot).read_bytes())
    return None


def remember(snapshot: Snapshot | None, rules: StoredRules, read: Iterable[Path]) -> None:
    """Remember a rule set, and forget the oldest ones.

    Args:
        snapshot: of the folder, from before and after the files were read.
        rules: what they say.
        read: the files that were read; with one that the snapshot does not hold (behind a linked
            folder, say) nothing is remembered.
    """
    folder = cache_folder()
    if folder is None or snapshot is None or not {p.resolve() for p in read} <= snapshot.files:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(folder):
            return
        handle, beside = tempfile.mkstemp(dir=folder, prefix="rules-", suffix=".part")
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(rules.model_dump_json())
            os.replace(beside, _file(folder, snapshot))
        finally:
            with contextlib.suppress(OSError):
                os.unlink(beside)
        known = sorted(folder.glob("rules-*.json"), key=lambda path: path.stat().st_mtime)
        for path in known[:-_KEPT]:
            path.unlink()


def _is_own(folder: Path) -> bool:
    """Does the folder belong to the user, and may nobody else write into it?"""
    if os.name == "nt":  # the user's own application data; there are no modes to look at
        return True
    try:
        status = folder.stat()
    except OSError:
        return False
    others = stat.S_IWGRP | stat.S_IWOTH
    return status.st_uid == os.geteuid() and not status.st_mode & others


def _file(folder: Path, snapshot: Snapshot) -> Path:
    return folder / f"rules-{snapshot.key}.json"
