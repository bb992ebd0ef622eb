"""A UTF-8 table in blocks of whole rows: pyarrow parses the regular ones, the others are read line by line.

pyarrow takes 0.7 us for a report of 450 bytes where `csv.reader`, fed with lines, takes 6. It does not say where a
row is broken, and reads some broken rows without a word. So it gets only blocks in which every quote opens a field,
closes one, or is doubled: there it reads what `csv.reader` reads.
"""

import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO, overload

import numpy as np

BLOCK = 4 * 2**20
"""Bytes of a block, give or take a row."""

# A block without the end of a row is that long at most: pyarrow wants it whole, in memory.
_LONGEST = 16 * BLOCK
_BOM = b"\xef\xbb\xbf"
_SURROGATES = re.compile("[\udc80-\udcff]+")
_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'


class RowBlocks:
    """A file's bytes, block by block or line by line, in the same order.

    Args:
        binary: the file, from its start.

    Attributes:
        bad_bytes: offsets of the bytes that are no UTF-8, of the lines handed out and of those behind them in
            their block; each stands as one surrogate in a line (PEP 383).
        is_passed: whether all lines of the block that `open` got were handed out.
    """

    def __init__(self, binary: BinaryIO) -> None:
        self.bad_bytes: deque[int] = deque()
        self.is_passed = True
        self._binary = binary
        self._rest = binary.read(BLOCK)
        self._offset = 0  # bytes of the file before the rest
        if self._rest.startswith(_BOM):
            self._rest, self._offset = self._rest[len(_BOM) :], len(_BOM)
        self._lines, self._length = io.StringIO(), 0

    def take(self) -> bytes:
        """The next block, empty at the file's end; its end is that of a row, if its quotes are regular."""
        data, wanted = self._rest, BLOCK
        while True:
            while len(data) < wanted and (more := self._binary.read(wanted - len(data))):
                data += more
            end = _end_of_rows(data) if len(data) >= wanted else len(data)
            if not end and wanted > _LONGEST:
                end = data.rfind(b"\n") + 1
            if end or not data:
                break
            wanted *= 2
        self._rest = data[end:]
        self._offset += end
        return data[:end]

    def open(self, block: bytes) -> None:
        """Have the block that was taken last read line by line."""
        self._open(block)
        self.is_passed = not block

    def _open(self, block: bytes) -> None:
        text = block.decode("utf-8", "surrogateescape")
        offset, before = self._offset - len(block), 0
        for found in () if text.isascii() else _SURROGATES.finditer(text):
            offset += len(text[before : found.start()].encode())
            before = found.end()
            bad = range(offset, offset + before - found.start())
            self.bad_bytes.extend(bad)
            offset = bad.stop
        self._lines, self._length = io.StringIO(text, newline=""), len(text)

    def lines(self) -> Iterator[str]:
        """The lines from here on, of one block after the other."""
        while True:
            if line := self._lines.readline():
                self.is_passed |= self._lines.tell() == self._length
                yield line
            elif block := self.take():
                self._open(block)
            else:
                return

    def put_back(self) -> None:
        """Return the lines that were not handed out, so that a block can be taken."""
        rest = self._lines.read().encode("utf-8", "surrogateescape")
        self._rest = rest + self._rest
        self._offset -= len(rest)
        while self.bad_bytes and self.bad_bytes[-1] >= self._offset:
            self.bad_bytes.pop()


def count_lines(block: bytes) -> int:
    """How many lines of a block end with a line feed."""
    return _count(block, _LINE_FEED)


def _count(data: bytes, character: int) -> int:
    # `bytes.count` stops at each hit, which takes four times as long where there are many
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == character))


def _end_of_rows(data: bytes) -> int:
    """Where the last whole row of some bytes ends, if they begin with a row and have regular quotes; else 0."""
    end = len(data)
    quotes = _count(data, _QUOTE)
    while (place := data.rfind(b"\n", 0, end)) >= 0:
        quotes -= data.count(b'"', place, end)
        if quotes % 2 == 0:
            return place + 1
        end = place
    return 0


def parse_rows(
    block: bytes, delimiter: str, width: int, wanted: Sequence[int]
) -> list[list[str]] | None:
    """Read a block of rows as `csv.reader` would.

    Args:
        block: whole rows, in UTF-8.
        delimiter: one character of ASCII.
        width: number of fields of each row.
        wanted: the places of the fields to give.

    Returns:
        The values of each wanted field, or `None` where the careful reader has to look: a field is missing, a
        quote stands where it should not, a line ends with a carriage return alone, a byte is no UTF-8.
    """
    if not _is_regular(block, delimiter):
        return None
    import pyarrow as pa
    from pyarrow import csv

    names = [str(place) for place in range(width)]
    try:
        table = csv.read_csv(
            pa.py_buffer(block),
            csv.ReadOptions(use_threads=False, block_size=len(block), column_names=names),
            csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[str(place) for place in wanted],
            ),
        )
    except pa.ArrowInvalid:
        return None
    return [column.to_pylist() for column in table.columns]


def _is_regular(block: bytes, delimiter: str) -> bool:
    """Does every quote open or close a field, or is doubled within one, and every row end with a line feed?

    Quotes are taken in turn as opening and closing ones; a doubled one closes and opens again. `csv.reader` and
    pyarrow differ only where such a quote has a wrong neighbour.
    """
    if block.startswith(_BOM):  # pyarrow would leave it out
        return False
    characters = np.frombuffer(block, dtype=np.uint8)
    returns = np.flatnonzero(characters == _RETURN)
    if (characters[np.minimum(returns + 1, len(block) - 1)] != _LINE_FEED).any():
        return False
    quotes = np.flatnonzero(characters == _QUOTE)
    if len(quotes) % 2:
        return False
    ends = np.isin(np.arange(256), [ord(delimiter), _LINE_FEED, _RETURN, _QUOTE])
    before = characters[quotes[::2] - 1]
    if len(quotes) and not quotes[0]:
        before[0] = _LINE_FEED
    after = characters[np.minimum(quotes[1::2] + 1, len(block) - 1)]
    return bool(ends[before].all() and ends[after].all())


class RowLines(Sequence[int]):
    """The lines where rows of a block begin, counted only if one is asked for.

    Args:
        block: rows as `parse_rows` takes them.
        before: number of lines before the block.
        rows: which of the block's rows, from 0.
    """

    def __init__(self, block: bytes, before: int, rows: range) -> None:
        self._block, self._before, self._rows = block, before, rows
        self._lines: list[int] = []

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> list[int]: ...
    def __getitem__(self, place: int | slice) -> int | list[int]:
        if not self._lines:
            every = _row_lines(self._block)[self._rows.start : self._rows.stop]
            self._lines = (every + self._before).tolist()
        return self._lines[place]


def _row_lines(block: bytes) -> np.ndarray:
    """The line where each row of a block begins, from 1; an empty line is no row."""
    characters = np.frombuffer(block, dtype=np.uint8)
    feeds = np.flatnonzero(characters == _LINE_FEED)
    quotes = np.flatnonzero(characters == _QUOTE)
    starts = np.append(0, feeds[np.searchsorted(quotes, feeds) % 2 == 0] + 1)
    starts = starts[starts < len(characters)]
    first = characters[starts]
    second = characters[np.minimum(starts + 1, len(characters) - 1)]
    is_empty = (first == _LINE_FEED) | ((first == _RETURN) & (second == _LINE_FEED))
    lines: np.ndarray = np.searchsorted(feeds, starts[~is_empty]) + 1
    return lines
