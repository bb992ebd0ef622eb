"""Opens input files: expands folders and patterns, decompresses, rejects what is not text."""

import codecs
import glob
import io
import os
import stat
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, BinaryIO

from labeler.errors import InputError, LabelerError
from labeler.readers.records import Meter
from labeler.tables.packed import SUFFIXES, plain_suffix, refuse_archive, unpack

STDIN = "-"
_FORMS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".hl7": "hl7",
    ".xml": "xml",
    ".txt": "txt",
}
_SPREADSHEETS = (".xls", ".xlsb", ".ods")
_FOLDER_SUFFIXES = (".txt", ".xml", ".parquet", ".hl7")
_MAGIC = {
    b"PK\x03\x04": "an Excel workbook or a zip archive: a workbook's name must end in .xlsx, a zip must be unzipped",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file: save it as CSV",
    b"%PDF": "a PDF: give the text of the reports",
    b"PAR1": "a Parquet file: its name must end in .parquet",
    b"\x89PNG": "an image, not text",
    b"\xff\xd8\xff": "an image, not text",
    b"ARROW1": "an Arrow file: save it as Parquet",
}
_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_TEXT_CONTROLS = b"\t\n\r\f\x1b\x00"


@dataclass(frozen=True, slots=True)
class Source:
    """One input file.

    Attributes:
        path: the file, `-` for standard input.
        form: `csv`, `tsv`, `xlsx`, `parquet`, `jsonl`, `json`, `hl7`, `xml` or `txt`.
        folder: the folder it was found in, `None` for a file that was named itself.
        size: bytes on disk, `None` for a pipe.
        changed: time of the last change in nanoseconds, `None` for a pipe.
        broken: a file of a folder that cannot be checked, for example a broken link; it is told where
            it is read, as any other file that cannot be.
    """

    path: str
    form: str
    folder: str | None = None
    size: int | None = None
    changed: int | None = None
    broken: bool = False

    @property
    def name(self) -> str:
        """The file's name for messages."""
        return "standard input" if self.path == STDIN else self.path


def find_sources(inputs: Sequence[str], passed_over: list[str] | None = None) -> list[Source]:
    """Expand files, folders, patterns and `-` into the files to read, in a fixed order.

    Args:
        inputs: what the user gave.
        passed_over: is told, a sentence each, what folders hold that is not read.

    Raises:
        InputError: an input does not exist, is of no known form, or is a folder without reports.
    """
    sources: list[Source] = []
    told = passed_over if passed_over is not None else []
    for given in inputs:
        if given == STDIN:
            sources.append(Source(STDIN, "csv"))
        elif os.path.isdir(given):
            sources += _walk(given, told)
        elif os.path.exists(given):
            sources.append(_stat(given, _form(given)))
        else:
            matches = sorted(glob.glob(given, recursive=True)) if glob.has_magic(given) else []
            if not matches:
                raise InputError(f"{given}: no such file or folder")
            for match in matches:
                sources += (
                    _walk(match, told) if os.path.isdir(match) else [_stat(match, _form(match))]
                )
    if not sources:
        raise InputError("no input given")
    if sum(source.path == STDIN for source in sources) > 1:
        raise InputError("standard input (-) can be given only once")
    return sources


def names_a_file(words: str) -> bool:
    """Is a text a file's name rather than a report: that of a file there is, or of a known form?"""
    if len(words) > 300 or "\n" in words or "\0" in words:
        return False
    return plain_suffix(words) in (*_FORMS, *_SPREADSHEETS) or os.path.isfile(words)


def check_unchanged(sources: Sequence[Source]) -> None:
    """Raise `LabelerError` if a file was changed or removed since `find_sources`."""
    for source in sources:
        if source.size is None or source.broken:
            continue
        try:
            status = os.stat(source.path)
            now = (status.st_size, status.st_mtime_ns)
        except OSError:
            now = None
        if now != (source.size, source.changed):
            raise LabelerError(f"{source.name}: changed while it was read: run again")


@dataclass(slots=True)
class TextStream:
    """A file's text, decoded, with the places of the bytes that could not be.

    Attributes:
        text: the text; each undecodable byte stands as one surrogate (PEP 383).
        bad_bytes: offsets of the undecodable bytes, in the order of the surrogates in `text`.
    """

    text: io.TextIOWrapper
    bad_bytes: deque[int]


def open_binary(source: Source, meter: Meter) -> BinaryIO:
    """Open a file for reading bytes, decompressed if its name or its first bytes say so.

    Raises:
        InputError: the file cannot be opened, is empty, or is known to be no text.
    """
    try:
        raw: IO[bytes]
        is_stdin = source.path == STDIN
        if is_stdin and sys.stdin is None:
            raise InputError("standard input is closed: give a file")
        raw = sys.stdin.buffer if is_stdin else open(source.path, "rb", buffering=0)  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{source.name}: cannot be opened: {error.strerror}") from error
    counted = io.BufferedReader(_Counted(raw, meter, source.name), 1 << 18)
    return unpack(counted, source.path, source.name)


def open_text(source: Source, meter: Meter, encoding: str) -> TextStream:
    """Open a file for reading text; line ends are kept as they are.

    Raises:
        InputError: the file cannot be opened, is empty or is not text, or the encoding is unknown.
    """
    codec = find_codec(encoding)
    # A byte order mark is not part of the first column's name.
    codec = "utf-8-sig" if codec == "utf-8" else codec
    decoder = codecs.getincrementaldecoder(codec)("strict")
    binary = open_binary(source, meter)
    head = peek(binary)
    refuse_binary(head, source.name, codec)
    bad_bytes: deque[int] = deque()
    checked = io.BufferedReader(_Checked(binary, decoder, bad_bytes), 1 << 16)
    text = io.TextIOWrapper(checked, encoding=codec, errors="surrogateescape", newline="")
    return TextStream(text, bad_bytes)


def find_codec(encoding: str) -> str:
    """Return Python's name of a text encoding.

    Raises:
        InputError: there is none of this name that turns any bytes into text and back.
    """
    try:
        codec = codecs.lookup(encoding).name
        codecs.getincrementaldecoder(codec)("surrogateescape").decode(b"")
        if "report".encode(codec).decode(codec) != "report":
            raise LookupError("no encoding of text")
    except Exception as error:  # an odd codec may raise anything
        raise InputError(f"--encoding {encoding}: there is no such text encoding") from error
    return codec


def peek(binary: BinaryIO) -> bytes:
    """Give the first bytes without reading them."""
    return binary.peek(4096)[:4096]  # type: ignore[attr-defined,no-any-return]


def refuse_binary(head: bytes, name: str, codec: str) -> None:
    """Raise `InputError` if the first bytes of a file show that it is not text, or empty."""
    if not head:
        raise InputError(f"{name}: the file is empty")
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise InputError(f"{name}: this is {what}")
    if codec.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            raise InputError(f"{name}: this is {encoding} text: say so with --encoding {encoding}")
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    nuls = head.count(0)
    if controls > len(head) // 20 + 8 or nuls > len(head) // 10 + 2:
        place = next(i for i, byte in enumerate(head) if byte < 32 and byte not in b"\t\n\r\f\x1b")
        odd, even = head[1::2].count(0), head[::2].count(0)
        if max(odd, even) > len(head) // 4 and min(odd, even) * 8 < max(odd, even):
            form = "utf-16-le" if odd > even else "utf-16-be"
            raise InputError(
                f"{name}: this looks like {form} text without a byte order mark: say so with "
                f"--encoding {form}"
            )
        raise InputError(f"{name}, byte {place}: this is binary data, not text")


def _form(path: str) -> str:
    refuse_archive(path)
    suffix = plain_suffix(path)
    if suffix in _SPREADSHEETS:
        raise InputError(f"{path}: this is a spreadsheet: save it as .xlsx or .csv")
    if suffix in _FORMS:
        return _FORMS[suffix]
    if stat.S_ISFIFO(os.stat(path).st_mode):
        return "csv"
    known, packed = ", ".join(sorted(_FORMS)), ", ".join(SUFFIXES)
    raise InputError(f"{path}: of no known form; known are {known} (and {packed}) and folders")


def _stat(path: str, form: str, folder: str | None = None) -> Source:
    try:
        status = os.stat(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        return Source(path, form, folder)
    return Source(path, form, folder, status.st_size, status.st_mtime_ns)


def _walk(folder: str, told: list[str]) -> list[Source]:
    """The reports below a folder; links to folders are followed, each folder is read once."""

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from error

    found: list[Source] = []
    others: list[str] = []
    seen: dict[str, str] = {}  # real path -> the path it was read under
    for parent, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            told.append(f"{parent}: passed over, the same folder as {seen[real]}")
            folders.clear()
            continue
        seen[real] = parent
        folders.sort()
        for file in sorted(files):
            path = os.path.join(parent, file)
            suffix = os.path.splitext(file)[1].lower()
            # Spark and others put their own files next to the parts: _SUCCESS, _metadata
            if suffix not in _FOLDER_SUFFIXES or file.startswith((".", "_")):
                others.append(path)
                continue
            try:
                is_file = stat.S_ISREG(os.stat(path).st_mode)
            except OSError:
                found.append(Source(path, _FORMS[suffix], folder, 0, 0, broken=True))
                continue
            if is_file:
                found.append(_stat(path, _FORMS[suffix], folder))
            else:
                told.append(f"{path}: passed over, a pipe or device and no file")
    if others:
        what = "file is" if len(others) == 1 else "files are"
        told.append(
            f"{folder}: {len(others)} {what} none of {', '.join(_FOLDER_SUFFIXES)}, or hidden, and "
            f"passed over, the first {others[0]}"
        )
    if not found:
        known = ", ".join(_FOLDER_SUFFIXES)
        raise InputError(f"{folder}: a folder without reports ({known} files)")
    forms = ", ".join(sorted({f".{source.form}" for source in found}))
    if "," in forms:
        raise InputError(
            f"{folder}: holds files of several forms ({forms}): give those of one form by a pattern"
        )
    return found


class _Counted(io.RawIOBase):
    """Counts the bytes read from disk and turns a failing disk into a clear error."""

    def __init__(self, raw: IO[bytes], meter: Meter, name: str) -> None:
        self._raw, self._meter, self._name = raw, meter, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            size: int = self._raw.readinto(buffer)  # type: ignore[attr-defined]
        except OSError as error:
            raise LabelerError(f"{self._name}: cannot be read on: {error.strerror}") from error
        self._meter.done += size
        return size

    def close(self) -> None:
        if not self.closed and not (sys.stdin and self._raw is sys.stdin.buffer):
            self._raw.close()
        super().close()


class _Checked(io.RawIOBase):
    """Passes bytes on and notes the offsets of those that the decoder refuses."""

    def __init__(
        self, binary: BinaryIO, decoder: codecs.IncrementalDecoder, bad: deque[int]
    ) -> None:
        self._binary, self._decoder, self._bad, self._done = binary, decoder, bad, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size: int = self._binary.readinto(buffer)  # type: ignore[attr-defined]
        self._note(bytes(buffer[:size]), final=not size)
        return size

    def _note(self, data: bytes, *, final: bool) -> None:
        self._done += len(data)
        while True:
            try:
                self._decoder.decode(data, final)
                return
            except UnicodeDecodeError as error:
                start = self._done - len(error.object)
                self._bad.extend(range(start + error.start, start + error.end))
                self._decoder.reset()
                data = error.object[error.end :]

    def close(self) -> None:
        if not self.closed:
            self._binary.close()
        super().close()
