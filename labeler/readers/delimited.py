"""CSV and TSV files, with a header or as a single column without one.

pyarrow reads what is regular, in blocks (`labeler.readers.row_blocks`). Everything else goes through the `csv`
module, line by line: it knows the line of every row, says what is wrong with it, and goes on behind it.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.records import Block, Columns, Meter, Rejection
from labeler.readers.row_blocks import RowBlocks, RowLines, count_lines, parse_rows
from labeler.readers.sources import STDIN, Source, find_codec, open_binary, open_text, refuse_binary
from labeler.readers.sources import peek as first_bytes

HEADERLESS = "Reports"
"""Name of the single column of a file without a header, as chexpert-labeler calls it."""

# No field may be longer: only a quote that is never closed makes one, and would fill the memory.
_FIELD_LIMIT = 64 * 2**20
# The rows from whose ids is learned what a row looks like; they are read carefully.
_LEARNED = 1000
_UNDECODED = "does not decode: name the file's encoding with --encoding"
_SURROGATE = re.compile("[\udc80-\udcff]")
_LETTERS, _DIGITS = re.compile(r"[^\W\d_]+"), re.compile(r"[0-9]+")


def read_delimited(
    source: Source,
    meter: Meter,
    *,
    header: bool,
    encoding: str,
    chunk_rows: int,
    chunk_characters: int,
    choose: Callable[..., Columns] = recognise,
) -> tuple[Columns, Iterator[Block]]:
    """Open a CSV or TSV file.

    Args:
        source: the file.
        meter: counts the bytes read.
        header: whether the first row names the columns; without, there is one column of reports.
        encoding: the text encoding.
        chunk_rows: rows a block at most.
        chunk_characters: characters a block at most, give or take a row.
        choose: picks the columns from their names and the file's name.

    Returns:
        The columns, and the rows block by block.

    Raises:
        InputError: the file is empty, no text, or its header is unusable.
    """
    table = _Table(source, meter, encoding)
    if not header:
        columns = Columns(ids=(), text=HEADERLESS)
        names = [HEADERLESS]
        if source.path == STDIN or source.form == "csv":
            table.delimiter = ","
    else:
        names = table.read_header()
        columns = choose(names, source.name)
    layout = _Layout(names, columns)
    return columns, table.blocks(layout, chunk_rows, chunk_characters)


class _Layout:
    """Where in a row its values stand."""

    def __init__(self, names: list[str], columns: Columns) -> None:
        self.width = len(names)
        self.places = {name: names.index(name) for name in columns.wanted}
        self.id_place = self.places[columns.ids[-1]] if columns.ids else None


class _Table:
    """The rows of one file, each with its lines, and the way back after a broken quote."""

    def __init__(self, source: Source, meter: Meter, encoding: str) -> None:
        self.source = source
        self.fast: RowBlocks | None = None
        self.text: Iterator[str]
        # A pipe may be slow: its rows are handed on as they come.
        if source.size is not None and find_codec(encoding) == "utf-8":
            binary = open_binary(source, meter)
            refuse_binary(first_bytes(binary), source.name, "utf-8")
            self.fast = RowBlocks(binary)
            self.text, self.bad_bytes = self.fast.lines(), self.fast.bad_bytes
        else:
            stream = open_text(source, meter, encoding)
            self.text, self.bad_bytes = stream.text, stream.bad_bytes
        self.number = 0  # rows before the present one
        self.shapes: set[str] = set()
        self.recovering = False  # from a broken quote: not every line may be a row
        self.is_read = False
        self.delimiter = "\t" if source.form == "tsv" else ","
        self.line = 0  # lines of all the rows before the present one
        self.pending: list[str] = []  # lines of the present row
        self.again: deque[str] = deque()  # lines to read once more, after a broken quote
        csv.field_size_limit(_FIELD_LIMIT)

    def read_header(self) -> list[str]:
        try:
            first = next(self.text, "")
        except UnicodeError as error:
            raise InputError(f"{self.source.name}, line 1: {_UNDECODED}") from error
        self.again.append(first)
        if "," not in first and self.source.form == "csv":
            # Spreadsheets of many countries write semicolons, and some call a TSV file .csv.
            self.delimiter = max(",;\t", key=first.count)
        try:
            names = next(self._rows(), [])
        except csv.Error as error:
            raise InputError(f"{self.source.name}, line 1: the header's quotes are broken") from (
                error
            )
        if any(_SURROGATE.search(name) for name in names):
            raise InputError(
                f"{self.source.name}, line 1, byte {self.bad_bytes[0]}: a header byte "
                "does not decode: name the file's encoding with --encoding"
            )
        if not any(name.strip() for name in names):
            raise InputError(
                f"{self.source.name}, line 1: an empty line where the header should be"
            )
        if any("\0" in name for name in names):
            raise InputError(f"{self.source.name}, line 1: a NUL character in the header")
        self._next_row()
        return names

    def blocks(self, layout: _Layout, chunk_rows: int, chunk_characters: int) -> Iterator[Block]:
        """The rows, block by block: carefully at first, and around whatever is not regular."""
        while not self.is_read:
            yield from self._careful(layout, chunk_rows, chunk_characters)
            if self.fast is not None and not self.is_read:
                yield from self._regular(self.fast, layout, chunk_rows)

    def _regular(self, fast: RowBlocks, layout: _Layout, chunk_rows: int) -> Iterator[Block]:
        fast.put_back()
        while block := fast.take():
            wanted = list(layout.places.values())
            found = parse_rows(block, self.delimiter, layout.width, wanted)
            if found is None:
                fast.open(block)
                return
            rows = len(found[0])
            for start in range(0, rows, chunk_rows):
                part = slice(start, min(start + chunk_rows, rows))
                lines = RowLines(block, self.line, range(part.start, part.stop))
                numbers = range(self.number + start + 1, self.number + part.stop + 1)
                values = {
                    name: column[part] for name, column in zip(layout.places, found, strict=True)
                }
                yield Block(self.source.name, values, numbers, lines, [], numbers[-1])
            self.number += rows
            self.line += count_lines(block)
        self.is_read = True

    def _may_go_fast(self) -> bool:
        """Is the next row the start of a block that pyarrow could read?"""
        return (
            self.fast is not None
            and self.fast.is_passed
            and self.number >= _LEARNED
            and not (self.recovering or self.again or self.pending)
        )

    def _careful(self, layout: _Layout, chunk_rows: int, chunk_characters: int) -> Iterator[Block]:
        width, name = layout.width, self.source.name
        rows: list[list[str]] = []
        numbers: list[int] = []
        lines: list[int] = []
        rejected: list[Rejection] = []
        characters = 0

        def block() -> Block:
            values = {
                column: [row[place] for row in rows] for column, place in layout.places.items()
            }
            return Block(name, values, numbers, lines, rejected, self.number)

        reader = self._rows()
        while not self._may_go_fast():
            problem: str | None = None
            line, byte = self.line + 1, None
            try:
                row = next(reader, None)
            except csv.Error as error:
                row, problem = [], self._explain(error)
            except UnicodeError as error:
                byte_place = f", byte {self.bad_bytes[0]}" if self.bad_bytes else ""
                raise InputError(
                    f"{name}, after line {self.line}{byte_place}: {_UNDECODED}"
                ) from error
            if row is None:
                self.is_read = True
                break
            if problem is None and not row:  # an empty line is not a row
                self._next_row()
                continue
            self.number += 1
            broken_quote = problem is not None
            if broken_quote:
                # The quote swallowed lines of other rows: read them again, one by one, but take
                # only what looks like the rows before: they may be the rest of this one.
                self.again.extendleft(reversed(self.pending[1:]))
                del self.pending[1:]
                self.recovering = True
            if self.bad_bytes:
                bad_line, bad_byte = self._bad_byte()
                if bad_line is not None:
                    line, byte = bad_line, bad_byte
                    problem = _UNDECODED
            if problem is None and len(row) != width:
                problem = f"{len(row)} fields where the header has {width}" + (
                    ": a field with commas or line breaks needs quotes"
                    if len(row) > width
                    else ": a field is missing, or a line break stands outside quotes"
                )
            if problem is None and (self.recovering or self.number <= _LEARNED):
                shape = self._shape(row, layout.id_place)
                if self.recovering and self.shapes and shape not in self.shapes:
                    problem = "follows a broken quote and is no row like the others"
                else:
                    self.recovering = False
                    self.shapes.add(shape)
            if problem is None:
                rows.append(row)
                numbers.append(self.number)
                lines.append(line)
            else:
                rejected.append(Rejection(name, self.number, line, "", byte, problem))
            characters += sum(map(len, self.pending))
            self._next_row()
            if broken_quote:
                reader = self._rows()
            if len(rows) + len(rejected) >= chunk_rows or characters >= chunk_characters:
                yield block()
                rows, numbers, lines, rejected, characters = [], [], [], [], 0
        if rows or rejected:
            yield block()

    def _rows(self) -> Iterator[list[str]]:
        return csv.reader(self._lines(), delimiter=self.delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        pending, again = self.pending, self.again
        while again:
            line = again.popleft()
            pending.append(line)
            yield line
        for line in self.text:
            pending.append(line)
            yield line

    def _next_row(self) -> None:
        self.line += len(self.pending)
        self.pending.clear()

    def _bad_byte(self) -> tuple[int | None, int | None]:
        """Find the first undecodable byte in the present row; forget all of the row's."""
        found: tuple[int | None, int | None] = (None, None)
        for position, line in enumerate(self.pending):
            for _ in _SURROGATE.findall(line):
                byte = self.bad_bytes.popleft() if self.bad_bytes else None
                if found[0] is None:
                    found = (self.line + 1 + position, byte)
        return found

    def _explain(self, error: csv.Error) -> str:
        message = str(error)
        if "field larger" in message:
            return f"a field of more than {_FIELD_LIMIT // 2**20} MB: a quote is never closed"
        if "unexpected end" in message:
            return "a quote is opened and never closed"
        if "expected after" in message:
            return (
                "text after a closing quote (at line "
                f"{self.line + len(self.pending)}): a quote is not closed, or not doubled"
            )
        return "a stray line end outside quotes" if "new-line" in message else "broken quotes"

    def _shape(self, row: list[str], id_place: int | None) -> str:
        if id_place is None:
            return self.pending[0][:1] if self.pending[0][:1] == '"' else ""
        return _DIGITS.sub("9", _LETTERS.sub("a", row[id_place][:200]))
