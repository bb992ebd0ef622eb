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
import marshal
import os
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from labeler.rules import assertion_schema, schema, text_schema
from labeler.rules.attributes import AttributeFile, BindingFile
from labeler.rules.location import Layers
from labeler.version import __version__

_MAX_FILES = 500
_MAX_BYTES = 32 * 2**20
_KEPT = 16
_SUFFIX = ".remembered"


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
    content = read_remembered("rules", snapshot.key) if snapshot is not None else None
    if content is not None:
        with contextlib.suppress(ValueError):  # not the JSON that was written
            return StoredRules.model_validate_json(content)
    return None


def remember(snapshot: Snapshot | None, rules: StoredRules, read: Iterable[Path]) -> None:
    """Remember a rule set, and forget the oldest ones.

    Args:
        snapshot: of the folder, from before and after the files were read.
        rules: what they say.
        read: the files that were read; with one that the snapshot does not hold (behind a linked
            folder, say) nothing is remembered.
    """
    if snapshot is not None and {p.resolve() for p in read} <= snapshot.files:
        write_remembered("rules", snapshot.key, rules.model_dump_json().encode())


def read_remembered(kind: str, key: str) -> bytes | None:
    """What a run before remembered, `None` where there is nothing.

    Args:
        kind: what it is, one word.
        key: digest of all that it was made from.
    """
    folder = cache_folder()
    if folder is not None and _is_own(folder):
        with contextlib.suppress(OSError):
            return _file(folder, kind, key).read_bytes()
    return None


def write_remembered(kind: str, key: str, content: bytes, kept: int = _KEPT) -> None:
    """Remember something for later runs, and forget the oldest ones of its kind but for some."""
    folder = cache_folder()
    if folder is None:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(folder):
            return
        handle, beside = tempfile.mkstemp(dir=folder, prefix=f"{kind}-", suffix=".part")
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.replace(beside, _file(folder, kind, key))
        finally:
            with contextlib.suppress(OSError):
                os.unlink(beside)
        known = sorted(folder.glob(f"{kind}-*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
        for path in known[:-kept]:
            path.unlink()


def recall_data(kind: str, key: str) -> Any:
    """Data that a run before remembered, `None` where there is none, or not what was written.

    Bytes that a run did not write are not given to marshal, which is not made for them.

    Args:
        kind, key: as of `read_remembered`.
    """
    content = memoryview(read_remembered(kind, key) or b"")
    if content[:32] != hashlib.sha256(content[32:]).digest():
        return None
    return marshal.loads(content[32:])


def remember_data(kind: str, key: str, data: Any, kept: int = _KEPT) -> None:
    """Remember text, numbers, bytes, tuples, lists, sets and dicts, as `write_remembered` does bytes."""
    content = marshal.dumps(data)
    write_remembered(kind, key, hashlib.sha256(content).digest() + content, kept)


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


def _file(folder: Path, kind: str, key: str) -> Path:
    return folder / f"{kind}-{key}{_SUFFIX}"
