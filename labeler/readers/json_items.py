"""JSON files: an array of reports, R2Gen's `annotation.json`, FHIR resources and Bundles.

Read item by item, in constant memory. Of an object of arrays the arrays' items are the rows, and
the array's key is their `split`: `{"train": [{"id": ..., "report": ...}], "val": [...]}`.
"""

import io
import json
import re
from collections.abc import Callable, Iterator

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.fhir import is_resource, report_rows
from labeler.readers.mappings import Row, read_mappings
from labeler.readers.records import Block, Columns, Meter, Rejection
from labeler.readers.sources import Source, open_text

SPLIT = "split"
"""Column with the key of the array that an item stood in."""

_STEP = 1 << 20
_WHOLE = 1 << 24  # an object of less characters is decoded at once
_SPACE = re.compile(r"[ \t\r\n]*")


def read_json(
    source: Source,
    meter: Meter,
    *,
    encoding: str,
    chunk_rows: int,
    chunk_characters: int,
    choose: Callable[..., Columns] = recognise,
) -> tuple[Columns, Iterator[Block]]:
    """Open a JSON file; the arguments are those of `read_delimited`.

    Raises:
        InputError: the file is not JSON, has no reports, or its keys are unusable. Behind broken
            JSON it cannot be read on, so that this is an error also where bad rows are skipped.
    """
    parser = _Parser(source.name, open_text(source, meter, encoding).text)
    return read_mappings(
        source.name,
        report_rows(parser.rows()),
        nothing="holds no array of JSON objects, and no FHIR DiagnosticReport",
        chunk_rows=chunk_rows,
        chunk_characters=chunk_characters,
        choose=choose,
    )


class _Parser:
    """Decodes the items of the arrays of a file one by one."""

    def __init__(self, name: str, text: io.TextIOBase) -> None:
        self._name, self._text = name, text
        self._buffer, self._at, self._line = "", 0, 1
        self._ended = False
        self._decode = json.JSONDecoder().raw_decode

    def rows(self) -> Iterator[Row]:
        first = self._next()
        if first == "[":
            yield from self._array(None)
        elif first == "{":
            self._fill(_WHOLE)
            yield from self._whole() if self._ended else self._object()
        else:
            raise self._broken("begins with neither [ nor {")
        if self._next():
            raise self._broken("goes on behind its end")

    def _whole(self) -> Iterator[Row]:
        line, (value, size) = self._line, self._value()
        assert isinstance(value, dict)  # it begins with a brace
        arrays = {
            key: items
            for key, items in value.items()
            if isinstance(items, list) and any(isinstance(item, dict) for item in items)
        }
        if not arrays or (is_resource(value) and value["resourceType"] != "Bundle"):
            yield self._row(line, size, value, None)
            return
        for key, items in arrays.items():
            for item in items:
                yield self._row(line, size // len(items), item, key)

    def _object(self) -> Iterator[Row]:
        self._at += 1
        while self._next() != "}":
            key, _ = self._value()
            if not isinstance(key, str) or self._next() != ":":
                raise self._broken("an object's key is expected")
            self._at += 1
            if self._next() == "[":
                yield from self._array(key)
            else:
                self._value()
            self._comma("}")
        self._at += 1

    def _array(self, key: str | None) -> Iterator[Row]:
        self._at += 1
        while self._next() != "]":
            line = self._line_here()
            value, size = self._value()
            yield self._row(line, size, value, key)
            self._comma("]")
        self._at += 1

    def _row(self, line: int, size: int, value: object, key: str | None) -> Row:
        if not isinstance(value, dict):
            return Row(line, size, Rejection(self._name, 0, line, "", None, "not a JSON object"))
        if key is not None and not is_resource(value):
            value.setdefault(SPLIT, key)
        return Row(line, size, value)

    def _next(self) -> str:
        """The next character that is not a blank, `""` at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._ended:
                return ""
            self._fill(_STEP)

    def _comma(self, end: str) -> None:
        found = self._next()
        if found == ",":
            self._at += 1
            if self._next() != end:
                return
        elif found == end:
            return
        raise self._broken(f"a comma or {end} is expected")

    def _value(self) -> tuple[object, int]:
        while True:
            try:
                value, end = self._decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    self._at = error.pos
                    raise self._broken(error.msg.removesuffix(" at").lower()) from None
            except ValueError:  # Python refuses an integer of thousands of digits
                raise self._broken("a number of too many digits") from None
            except RecursionError:
                raise self._broken("nested too deeply") from None
            else:
                # a number at the end of the buffer may go on
                if end < len(self._buffer) or self._ended:
                    size, self._at = end - self._at, end
                    return value, size
            self._fill(max(_STEP, len(self._buffer) - self._at))

    def _fill(self, size: int) -> None:
        self._line = self._line_here()
        try:
            more = self._text.read(size)
        except UnicodeDecodeError:
            raise self._broken(
                "does not decode: name the file's encoding with --encoding"
            ) from None
        self._ended = len(more) < size
        self._buffer, self._at = self._buffer[self._at :] + more, 0

    def _line_here(self) -> int:
        return self._line + self._buffer.count("\n", 0, self._at)

    def _broken(self, what: str) -> InputError:
        return InputError(f"{self._name}, line {self._line_here()}: broken JSON: {what}")
