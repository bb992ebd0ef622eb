"""CSV and TSV files, with a header or as a single column without one.

The `csv` module does the parsing: it is C code that runs at 150 MB/s here (labelling takes 50 times
as long), reads a file of any size in constant memory, and knows the line of every row, which the
faster parsers of pandas and pyarrow do not.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator

from labeler.errors import InputError
from labeler.readers.columns import recognise
from labeler.readers.records import Block, Columns, Meter, Rejection
from labeler.readers.sources import STDIN, Source, TextStream, open_text

HEADERLESS = "Reports"
"""Name of the single column of a file without a header, as chexpert-labeler calls it."""

# No field may be longer: only a quote that is never closed makes one, and would fill the memory.
_FIELD_LIMIT = 64 * 2**20
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
    stream = open_text(source, meter, encoding)
    table = _Table(source, stream)
    if not header:
        columns = Columns(ids=(), text=HEADERLESS)
        names = [HEADERLESS]
        if source.path == STDIN or source.form == "csv":
            table.delimiter = ","
    else:
        names = table.read_header()
        columns = choose(names, source.name)
    blocks = table.blocks(names, columns, chunk_rows, chunk_characters)
    return columns, blocks


class _Table:
    """The rows of one file, each with its lines, and the way back after a broken quote."""

    def __init__(self, source: Source, stream: TextStream) -> None:
        self.source, self.stream = source, stream
        self.delimiter = "\t" if source.form == "tsv" else ","
        self.line = 0  # lines of all the rows before the present one
        self.pending: list[str] = []  # lines of the present row
        self.again: deque[str] = deque()  # lines to read once more, after a broken quote
        csv.field_size_limit(_FIELD_LIMIT)

    def read_header(self) -> list[str]:
        try:
            first = self.stream.text.readline()
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
                f"{self.source.name}, line 1, byte {self.stream.bad_bytes[0]}: a header byte "
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

    def blocks(
        self, names: list[str], columns: Columns, chunk_rows: int, chunk_characters: int
    ) -> Iterator[Block]:
        wanted = columns.wanted
        places = {name: names.index(name) for name in wanted}
        id_place = places[columns.ids[-1]] if columns.ids else None
        width, name = len(names), self.source.name
        shapes: set[str] = set()
        recovering = False
        number = 0
        rows: list[list[str]] = []
        numbers: list[int] = []
        lines: list[int] = []
        rejected: list[Rejection] = []
        characters = 0

        def block() -> Block:
            values = {column: [row[place] for row in rows] for column, place in places.items()}
            return Block(name, values, numbers, lines, rejected, number)

        reader = self._rows()
        while True:
            problem: str | None = None
            line, byte = self.line + 1, None
            try:
                row = next(reader, None)
            except csv.Error as error:
                row, problem = [], self._explain(error)
            except UnicodeError as error:
                bad = self.stream.bad_bytes
                byte_place = f", byte {bad[0]}" if bad else ""
                raise InputError(
                    f"{name}, after line {self.line}{byte_place}: {_UNDECODED}"
                ) from error
            if row is None:
                break
            if problem is None and not row:  # an empty line is not a row
                self._next_row()
                continue
            number += 1
            broken_quote = problem is not None
            if broken_quote:
                # The quote swallowed lines of other rows: read them again, one by one, but take
                # only what looks like the rows before: they may be the rest of this one.
                self.again.extendleft(reversed(self.pending[1:]))
                del self.pending[1:]
                recovering = True
            if self.stream.bad_bytes:
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
            if problem is None and (recovering or number <= 1000):
                shape = self._shape(row, id_place)
                if recovering and shapes and shape not in shapes:
                    problem = "follows a broken quote and is no row like the others"
                else:
                    recovering = False
                    shapes.add(shape)
            if problem is None:
                rows.append(row)
                numbers.append(number)
                lines.append(line)
            else:
                rejected.append(Rejection(name, number, line, "", byte, problem))
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
        for line in self.stream.text:
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
                byte = self.stream.bad_bytes.popleft() if self.stream.bad_bytes else None
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
