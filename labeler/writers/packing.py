"""Compresses a finished file; the same content gives the same bytes."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

_STEP = 1 << 20


def to_gzip(plain: Path, final: Path) -> None:
    """Compress a file by gzip, without its name and the time."""
    with (
        open(plain, "rb") as source,
        open(final, "wb") as target,
        gzip.GzipFile("", "wb", fileobj=target, mtime=0) as packed,
    ):
        shutil.copyfileobj(source, packed, _STEP)


def to_zstd(plain: Path, final: Path) -> None:
    """Compress a file by Zstandard."""
    import pyarrow as pa

    with (
        open(plain, "rb") as source,
        pa.OSFile(str(final), "wb") as target,
        pa.CompressedOutputStream(target, "zstd") as packed,
    ):
        while data := source.read(_STEP):
            packed.write(data)


PACKINGS: dict[str, Callable[[Path, Path], None]] = {".gz": to_gzip, ".zst": to_zstd}
"""Ending of a compressed file's name -> what compresses it."""
