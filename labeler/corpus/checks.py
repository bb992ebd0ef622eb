"""What is made sure of before a corpus is labelled: the day, and which input it is."""

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime

from labeler.errors import InputError, LabelerError
from labeler.readers import Source
from labeler.writers.table import Layout


def check_date(date: str, layout: Layout) -> None:
    """Raise InputError where `--date` is no day, or the layout has none."""
    if not layout.dated:
        raise InputError(f"--date: no date stands in layout {layout.name}: leave it out")
    try:
        datetime.strptime(date, "%Y-%m-%d")
    except ValueError:
        raise InputError(f"--date {date}: must be a day, YYYY-MM-DD") from None


def input_digest(sources: Sequence[Source]) -> str:
    """Tell inputs apart: by the content of files, by size and time of a folder's files."""
    digest = hashlib.blake2b(digest_size=16)
    for source in sources:
        if source.folder is not None or source.size is None:
            name = os.path.relpath(source.path, source.folder) if source.folder else source.path
            digest.update(f"{name}\0{source.size}\0{source.changed}\0".encode("utf-8", "replace"))
            continue
        try:
            with open(source.path, "rb") as handle:
                digest.update(hashlib.file_digest(handle, "sha256").digest())
        except OSError as error:
            raise LabelerError(f"{source.name}: cannot be read: {error.strerror}") from error
    return digest.hexdigest()
