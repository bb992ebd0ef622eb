"""Where outputs go: files that appear whole or not at all, with the right permissions.

An existing file keeps its mode. Only its owner may read a new file that holds report text
(0600); a table of labels or figures follows the umask.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from labeler.errors import InputError, LabelerError

PRIVATE = 0o600
"""Mode of a file with text of reports: nobody but its owner reads it."""


def opener(final: Path, *, private: bool) -> Callable[[str, int], int]:
    """Give an `opener` for `open` that creates the file which will take a place.

    Args:
        final: the place.
        private: whether the file holds text of reports.
    """
    mode = PRIVATE if private or final.exists() else 0o666
    return lambda path, flags: os.open(path, flags, mode)


def keep_mode(written: Path, final: Path) -> None:
    """Give a file the mode of the file whose place it will take, if there is one."""
    # a file system without modes has none to keep
    with contextlib.suppress(FileNotFoundError, PermissionError, NotImplementedError):
        os.chmod(written, stat.S_IMODE(final.stat().st_mode))


@contextlib.contextmanager
def whole(final: Path, *, private: bool) -> Iterator[Path]:
    """Write a temporary file next to its place; it is moved there if no error occurs.

    Args:
        final: its place.
        private: whether it holds text of reports.

    Yields:
        The path to write to, in the same folder.

    Raises:
        InputError: the folder is missing or cannot be written to.
        LabelerError: the disk is full, or fails.
    """
    beside = final.with_name(f".{final.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        open(beside, "xb", opener=opener(final, private=private)).close()
    except OSError as error:
        raise InputError(
            f"{final}: cannot be written ({error.strerror}); choose another place"
        ) from error
    try:
        yield beside
        keep_mode(beside, final)
        os.replace(beside, final)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise LabelerError(f"{final}: cannot be written: {reason}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a text whole or not at all.

    Args:
        path: its place.
        text: what to write, as UTF-8.
        private: whether it holds text of reports.

    Raises:
        InputError: the folder is missing or cannot be written to.
        LabelerError: the disk is full, or fails.
    """
    with whole(path, private=private) as beside:
        beside.write_text(text, encoding="utf-8", errors="replace", newline="\n")


def check_place(*paths: Path | None, inputs: Iterable[Path | None] = ()) -> None:
    """Raise InputError where a file cannot be put, before any work is done.

    Args:
        paths: the files to write; None is ignored.
        inputs: the files to read, which no file to write may be; None is ignored.
    """
    read = {path.resolve() for path in inputs if path is not None}
    written: set[Path] = set()
    for path in paths:
        if path is None:
            continue
        if not path.parent.is_dir():
            raise InputError(f"{path}: there is no folder {str(path.parent)!r}; make it first")
        if path.is_dir():
            raise InputError(f"{path}: is a folder; give a file name")
        if path.resolve() in read:
            raise InputError(f"{path}: is input and output: name another output")
        if path.resolve() in written:
            raise InputError(f"{path}: is named for two outputs: name another for one of them")
        written.add(path.resolve())
