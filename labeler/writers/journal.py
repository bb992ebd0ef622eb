"""The journal of a run, and what its files ask of the disk; see `labeler.writers.checkpoint`."""

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from labeler.errors import InputError, LabelerError
from labeler.tables.places import opener


def read_journal(path: Path) -> dict[str, Any] | None:
    """Read a journal, `None` where there is none.

    Raises:
        InputError: the file is no journal, or damaged.
    """
    try:
        return _checked(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path}: cannot be read as the journal of a run: delete it, or move it if "
            "it is something else, and run without --resume"
        ) from error


def write_journal(path: Path, record: Mapping[str, Any]) -> None:
    """Replace a journal, so that a kill leaves the old one or the new one."""
    fresh = path.with_name(path.name + ".new")
    try:
        with open(fresh, "w", encoding="utf-8", opener=opener(fresh, private=True)) as handle:
            json.dump(record, handle)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)  # half a journal on a full disk helps nobody
        raise
    sync_folder(path.parent)


def _checked(saved: Any) -> dict[str, Any]:
    """Return a journal, or raise ValueError where it is none of this form."""
    kinds = {
        "fingerprint": dict, "parts": list, "rows": int, "sizes": list, "digests": list,
        "counts": dict, "complete": bool,
    }  # fmt: skip
    if not isinstance(saved, dict) or not all(
        isinstance(saved.get(key), kind) for key, kind in kinds.items()
    ):
        raise ValueError("no journal")
    sizes = saved["sizes"]
    if not all(isinstance(size, int) and size >= 0 for size in sizes) or not (
        len(sizes) == len(saved["parts"]) == len(saved["digests"])
    ):
        raise ValueError("no journal")
    return saved


def digest_of(path: Path, size: int) -> Any:
    """Digest the first bytes of a file."""
    digest = hashlib.blake2b(digest_size=16)
    with open(path, "rb") as handle:
        while size > 0 and (data := handle.read(min(size, 1 << 20))):
            digest.update(data)
            size -= len(data)
    return digest


def beside(final: Path, suffix: str) -> Path:
    """The file of a run that stands beside a final one."""
    return final.with_name(final.name + suffix)


@contextlib.contextmanager
def explained(final: Path, *, keeps: bool = True) -> Iterator[None]:
    """Say in a user's words what a disk did to a file.

    Args:
        final: the file's final name.
        keeps: whether what was written so far is kept for `--resume`.

    Raises:
        LabelerError: the disk is full, or fails.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = (
                "what was labelled so far is kept: free some space and run again with --resume"
                if keeps
                else "free some space and run again"
            )
            raise LabelerError(f"{final}: the disk is full; {remedy}") from error
        raise LabelerError(f"{final}: cannot be written: {error.strerror}") from error


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    # Not every file system lets a folder be synchronised; the rename stands without it.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
