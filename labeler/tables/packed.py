"""Compressed files: known by their first bytes, opened alike by every command."""

import bz2
import gzip
import io
import lzma
import zlib
from pathlib import PurePath
from typing import IO, Any, BinaryIO, cast

from labeler.errors import InputError, LabelerError

SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
"""Endings of compressed files that can be read."""

_ARCHIVES = {
    ".zip": "unzip it, and give the file or folder that comes out",
    ".tgz": "unpack it with 'tar -xzf', and give the file or folder that comes out",
    ".tar": "unpack it with 'tar -xf', and give the file or folder that comes out",
    ".7z": "unpack it, and give the file or folder that comes out",
    ".rar": "unpack it, and give the file or folder that comes out",
}


def refuse_archive(path: str) -> None:
    """Raise InputError, with the way to unpack it, where a file's name is that of an archive."""
    name = path.lower()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    for suffix, way in _ARCHIVES.items():
        if name.endswith(suffix):
            raise InputError(f"{path}: this is an archive: {way}")


def plain_suffix(path: str) -> str:
    """The ending of a file's name without that of its compression, in lower case."""
    name = path.strip().lower()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return PurePath(name).suffix


def unpack(packed: "io.BufferedReader[Any]", path: str, name: str) -> BinaryIO:
    """Decompress a stream, if its first bytes say that it is compressed.

    Args:
        packed: the file as it is on disk.
        path: the file's path; what its ending promises must be there.
        name: the file's name for messages.

    Returns:
        The content; what is damaged raises `InputError` while it is read.

    Raises:
        InputError: the name says that the file is compressed, and it is not.
    """
    head = packed.peek(8)[:8]
    stream: Any
    if head.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=packed)
    elif head.startswith(b"BZh"):
        stream = bz2.BZ2File(packed)
    elif head.startswith(b"\xfd7zXZ\x00"):
        stream = lzma.LZMAFile(packed)  # noqa: SIM115 - closed by _Unpacked
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        import pyarrow as pa

        stream = pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")
    else:
        if path.lower().endswith(SUFFIXES) and head:
            raise InputError(f"{name}: is not compressed, though its name says so")
        return packed
    return io.BufferedReader(_Unpacked(cast("IO[bytes]", stream), packed, name), 1 << 18)


def open_packed(path: str) -> BinaryIO:
    """Open a file for reading, decompressed where it is compressed.

    Raises:
        InputError: it cannot be opened or is an archive; what is damaged raises while it is read.
    """
    refuse_archive(path)
    try:
        raw = open(path, "rb")  # noqa: SIM115 - closed by who reads it
    except OSError as error:
        raise InputError(f"{path}: cannot be opened: {error.strerror}") from error
    return unpack(raw, path, path)


class _Unpacked(io.RawIOBase):
    """Reads from a decompressor and turns its complaints into a clear error."""

    def __init__(self, stream: IO[bytes], packed: BinaryIO, name: str) -> None:
        self._stream, self._packed, self._name, self._done = stream, packed, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except LabelerError:
            raise
        # pyarrow's errors are OSError and ValueError, too
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
            raise InputError(
                f"{self._name}: the compressed data is damaged or cut off after byte {self._done} "
                "of its content: get it again"
            ) from error
        buffer[: len(data)] = data
        self._done += len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._packed.close()
        super().close()
