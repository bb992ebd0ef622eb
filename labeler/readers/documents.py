"""One file a report: Open-i's XML files, and trees of text files such as MIMIC-CXR's."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from xml.etree.ElementTree import ParseError

import defusedxml.ElementTree as ElementTree
from defusedxml.common import DefusedXmlException

from labeler.errors import InputError
from labeler.readers.records import Block, Columns, Meter, Rejection
from labeler.readers.sources import Source, open_binary, open_text

_MIMIC_PATH = re.compile(r"(?:^|/)p(\d{8})/s(\d{8})$")
_OPENI_SECTIONS = ("comparison", "indication", "findings", "impression")


def read_openi(
    sources: Sequence[Source], meter: Meter, *, chunk_rows: int
) -> tuple[Columns, Iterator[Block]]:
    """Read Open-i's XML files; the four labelled parts of the abstract are the sections."""
    columns = Columns(
        ids=("uid",), text=None, sections={section: section for section in _OPENI_SECTIONS}
    )

    def parse(source: Source) -> dict[str, object]:
        try:
            opened = open_binary(source, meter)
        except InputError as error:
            raise _unreadable(source, error) from error
        with opened as binary:
            try:
                if not binary.peek(1):  # type: ignore[attr-defined]
                    raise _Unreadable(None, None, "the file is empty")
                root = ElementTree.parse(binary).getroot()
            except DefusedXmlException as error:
                raise _Unreadable(None, None, "XML that declares entities: Open-i's do not") from (
                    error
                )
            except InputError as error:
                raise _unreadable(source, error) from error
            except ParseError as error:
                line, column = error.position
                raise _Unreadable(line, None, f"broken XML at column {column + 1}") from error
            except (LookupError, ValueError) as error:
                raise _Unreadable(1, None, "XML in an encoding that cannot be read") from error
        uid = root.find("uId") if root is not None else None
        if root is None or root.tag != "eCitation" or uid is None or not uid.get("id"):
            raise _Unreadable(None, None, "XML, but no Open-i report (eCitation with a uId)")
        record: dict[str, object] = dict.fromkeys(_OPENI_SECTIONS, "")
        for part in root.iterfind("MedlineCitation/Article/Abstract/AbstractText"):
            section = (part.get("Label") or "").lower()
            if section in record:
                text = "".join(part.itertext())
                record[section] = f"{record[section]}\n{text}" if record[section] else text
        record["uid"] = uid.get("id")
        return record

    return columns, _blocks(sources, columns, parse, chunk_rows)


def read_text_files(
    sources: Sequence[Source], meter: Meter, *, encoding: str, chunk_rows: int
) -> tuple[Columns, Iterator[Block]]:
    """Read one report a text file.

    The ids are the subject and the study where every path ends in MIMIC-CXR's
    `p########/s########.txt`, else the path below the folder given, without its suffix.
    """
    paths = [_path_id(source) for source in sources]
    # The folder given may itself be a subject's: only the full path shows it.
    full = [PurePath(os.path.abspath(source.path)).with_suffix("").as_posix() for source in sources]
    is_mimic = all(_MIMIC_PATH.search(path) for path in full)
    ids = ("subject_id", "study_id") if is_mimic else ("id",)
    columns = Columns(ids=ids, text="text")
    known = dict(zip((source.path for source in sources), full if is_mimic else paths, strict=True))

    def parse(source: Source) -> dict[str, object]:
        try:
            stream = open_text(source, meter, encoding)
        except InputError as error:
            if not source.size and os.path.exists(source.path):
                return {**identify(source), "text": ""}  # an empty file is an empty report
            raise _unreadable(source, error) from error
        undecoded = False
        with stream.text:
            try:
                text = stream.text.read()
            except UnicodeError:
                text, undecoded = "", True
            except InputError as error:
                raise _unreadable(source, error) from error
        if stream.bad_bytes or undecoded:
            end = re.search("[\udc80-\udcff]", text)
            line = text.count("\n", 0, end.start()) + 1 if end else 1
            reason = "does not decode: name the file's encoding with --encoding"
            byte = stream.bad_bytes[0] if stream.bad_bytes else None
            raise _Unreadable(line, byte, reason)
        return {**identify(source), "text": text}

    def identify(source: Source) -> dict[str, object]:
        match = _MIMIC_PATH.search(known[source.path]) if is_mimic else None
        if match is None:
            return {"id": known[source.path]}
        return {"subject_id": match[1], "study_id": match[2]}

    return columns, _blocks(sources, columns, parse, chunk_rows)


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, line: int | None, byte: int | None, reason: str) -> None:
        self.line, self.byte, self.reason = line, byte, reason


def _unreadable(source: Source, error: InputError) -> _Unreadable:
    return _Unreadable(None, None, str(error).removeprefix(source.name).lstrip(":, "))


def _path_id(source: Source) -> str:
    path = PurePath(source.path)
    below = path.relative_to(source.folder) if source.folder else PurePath(path.name)
    return below.with_suffix("").as_posix()


def _blocks(
    sources: Sequence[Source],
    columns: Columns,
    parse: Callable[[Source], dict[str, object]],
    chunk_rows: int,
) -> Iterator[Block]:
    """Give the files' records in blocks; every file is a row, and its own place."""
    wanted = columns.wanted
    for start in range(0, len(sources), chunk_rows):
        values: dict[str, list[object]] = {name: [] for name in wanted}
        numbers: list[int] = []
        files: list[str] = []
        rejected: list[Rejection] = []
        last = start
        for last, source in enumerate(sources[start : start + chunk_rows], start=start + 1):
            try:
                record = parse(source)
            except _Unreadable as error:
                rejected.append(
                    Rejection(source.name, last, error.line, "", error.byte, error.reason)
                )
                continue
            for name in wanted:
                values[name].append(record[name])
            numbers.append(last)
            files.append(source.name)
        yield Block("", values, numbers, [], rejected, last, files)
