"""HL7 v2 files of ORU^R01 messages: a report an OBR, its text in OBX segments.

HL7 v2.5.1, chapters 2 (escapes) and 7 (ORU, OBR, OBX). Segments may end in a carriage return, as the
standard says, or in any other line end; MLLP frames and batch segments are ignored.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.mappings import Row, read_mappings
from labeler.readers.records import Block, Columns, Meter, Rejection
from labeler.readers.sources import Source, open_text

_TEXT_TYPES = frozenset(("TX", "FT", "ST"))
_NOT_VALID = frozenset(("D", "X", "W"))  # OBX-11 (table 0085): deleted, no result, wrong
# What the observation's code says the text is: suffixes of OBX-3 (HL7 v2.3, 7.3.3.2), LOINC.
_SECTIONS = {
    "IMP": "impression",
    "GDT": "findings",
    "REC": "recommendation",
    "19005-8": "impression",
    "59776-5": "findings",
}
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}(?![A-Za-z0-9 ])")
_SURROGATE = re.compile("[\udc80-\udcff]")
_FRAME = "\x0b\x1c"


def read_hl7(
    source: Source,
    meter: Meter,
    *,
    encoding: str,
    chunk_rows: int,
    chunk_characters: int,
    choose: Callable[..., Columns] = recognise,
) -> tuple[Columns, Iterator[Block]]:
    """Open a file of HL7 v2 messages; the arguments are those of `read_delimited`.

    The columns are `accession` (OBR-3, else OBR-2), `text`, `subject_id` (PID-3), `message_id`
    (MSH-10), `procedure` (OBR-4), `status` (OBR-25) and `observed` (OBR-7).

    Raises:
        InputError: the file is empty or no HL7.
    """
    stream = open_text(source, meter, encoding)
    return read_mappings(
        source.name,
        _rows(source.name, stream.text),
        nothing="holds no ORU^R01 message with an OBR segment",
        chunk_rows=chunk_rows,
        chunk_characters=chunk_characters,
        choose=choose,
        names=_COLUMNS,
    )


_COLUMNS = (
    "accession", "text", "subject_id", "message_id", "procedure", "status", "observed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Marks:
    """The delimiters that a message declares in its header."""

    field: str
    component: str
    repetition: str
    escape: str
    part: str


@dataclass(slots=True)
class _Report:
    line: int
    values: dict[str, object]
    texts: list[tuple[str, str]] = field(default_factory=list)  # what OBX-3 calls it, text

    def row(self) -> Row:
        text = "\n".join(self._lines())
        return Row(self.line, len(text), {**self.values, "text": text})

    def _lines(self) -> Iterator[str]:
        headed = len({name for name, _ in self.texts}) > 1
        before = ""
        for name, text in self.texts:
            if headed and name and name != before:
                yield f"{name}:"
            before = name
            yield text


def _rows(name: str, lines: Iterator[str]) -> Iterator[Row]:
    marks: _Marks | None = None
    report: _Report | None = None
    message: dict[str, object] = {}
    is_oru = True
    for line, segment in _segments(name, lines):
        kind = segment[:3]
        if kind == "MSH":
            if report is not None:
                yield report.row()
            report = None
            if len(segment) < 8:
                raise InputError(f"{name}, line {line}: an MSH segment without its delimiters")
            marks = _Marks(*(segment[at] for at in (3, 4, 5, 6, 7)))
            fields = segment.split(marks.field)
            message = {"message_id": _plain(fields, 9, marks), "subject_id": ""}
            is_oru = _field(fields, 8).split(marks.component)[0] == "ORU"
            if not is_oru:
                reason = "a message of another kind than ORU^R01"
                yield Row(line, len(segment), Rejection(name, 0, line, "", None, reason))
            continue
        if marks is None:
            continue
        fields = segment.split(marks.field)
        if kind == "PID":
            message["subject_id"] = _plain(fields, 3, marks)
        elif kind == "OBR" and is_oru:
            if report is not None:
                yield report.row()
            report = _Report(line, message | _order(fields, marks))
        elif kind == "OBX" and report is not None:
            report.texts += _observed(fields, marks)
    if report is not None:
        yield report.row()
    if marks is None:
        raise InputError(f"{name}: no HL7 message: no line begins with MSH")


def _order(fields: list[str], marks: _Marks) -> dict[str, object]:
    procedure = _field(fields, 4).split(marks.component)
    return {
        "accession": _plain(fields, 3, marks) or _plain(fields, 2, marks),
        "procedure": _unescaped((procedure[1:2] or procedure[:1])[0], marks),
        "status": _field(fields, 25),
        "observed": _field(fields, 7),
    }


def _observed(fields: list[str], marks: _Marks) -> list[tuple[str, str]]:
    """What an OBX segment says: (what its code or its name calls it, text)."""
    if _field(fields, 2) not in _TEXT_TYPES or _field(fields, 11) in _NOT_VALID:
        return []
    components = _field(fields, 3).split(marks.component)
    codes = components[0].split(marks.part)
    name = next((_SECTIONS[code].upper() for code in reversed(codes) if code in _SECTIONS), "")
    if not name and len(components) > 1:
        name = _unescaped(components[1], marks).strip().rstrip(":")
    value = _field(fields, 5).replace(marks.repetition, "\n")
    return [(name, _unescaped(value, marks))]


def _segments(name: str, lines: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Give (line, segment); a line that begins no segment goes on with the one before."""
    start, parts = 0, [""]
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip("\r\n").strip(_FRAME)
        if _SURROGATE.search(line):
            raise InputError(
                f"{name}, line {number}: does not decode: name the file's encoding with --encoding"
            )
        if _SEGMENT.match(line):
            if start:
                yield start, "\n".join(parts).rstrip("\n")
            start, parts = number, [line]
        elif start:
            parts.append(line)
    if start:
        yield start, "\n".join(parts).rstrip("\n")


def _field(fields: list[str], number: int) -> str:
    return fields[number] if number < len(fields) else ""


def _plain(fields: list[str], number: int, marks: _Marks) -> str:
    """The first component of a field's first repetition."""
    value = _field(fields, number).split(marks.repetition)[0].split(marks.component)[0]
    return _unescaped(value, marks).strip()


def _unescaped(text: str, marks: _Marks) -> str:
    """Replace escape sequences by the characters that they represent (HL7 v2.5.1, 2.7)."""
    if marks.escape not in text:
        return text
    parts = text.split(marks.escape)
    if len(parts) % 2 == 0:  # a lone escape character stands for itself
        parts[-2:] = [parts[-2] + marks.escape + parts[-1]]
    known = {
        "F": marks.field, "S": marks.component, "T": marks.part, "R": marks.repetition,
        "E": marks.escape,
    }  # fmt: skip
    for place in range(1, len(parts), 2):
        code = parts[place]
        if code[:3] in (".br", ".sp", ".ce"):
            parts[place] = "\n"
        elif code[:1] == "X":
            parts[place] = _hexadecimal(code[1:])
        else:  # highlighting, indentation, another character set: nothing to read
            parts[place] = known.get(code, "")
    return "".join(parts)


def _hexadecimal(digits: str) -> str:
    try:
        return bytes.fromhex(digits).decode().replace("\r\n", "\n").replace("\r", "\n")
    except ValueError:
        return ""
