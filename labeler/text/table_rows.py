"""Rows of tables whose cells are parted by bars."""

from collections.abc import Iterator

import regex

from labeler.text.blocks import WORDY, Block, Span, answered, plain, strip, trim, worded
from labeler.text.forms import FormWords


class TableReader:
    """Reads the rows of a table, one after the other.

    Args:
        words: the words of forms.
    """

    def __init__(self, words: FormWords) -> None:
        self.words = words

    def is_row(self, text: str, cells: list[Span]) -> bool:
        """Are these cells of a table's row, rather than statements parted by bars?"""
        wordy = [cell for cell in cells if WORDY.search(text, *cell)]
        if not wordy:
            return True
        if any(
            self.words.pair(text, *cell, bare=False) or self.words.colon.match(text, *cell)
            for cell in wordy
        ):
            return False
        first = text[: cells[0][0]].rstrip(" \t")
        barred = first.endswith("|") and (len(first) == 1 or first[-2] in "\n ")
        return barred or (len(wordy) > 1 and bool(self.words.whole_answer.match(text, *wordy[1])))

    def header(self, text: str, cells: list[Span]) -> list[str] | None:
        """The meanings of a table's columns, if this row heads one."""
        told = [plain(text[a:b]) for a, b in cells]
        known = [t in self.words.columns or t in self.words.meaning for t in told if t]
        if len(known) < 2 or not all(known) or told[0] not in self.words.columns | {""}:
            return None
        return [self.words.meaning.get(t, "") if t not in self.words.columns else "" for t in told]

    def row(self, text: str, cells: list[Span], header: list[str] | None) -> Iterator[Block]:
        """A row: a name and its values; a line that rules the table off has none."""
        filled = [i for i, cell in enumerate(cells) if text[cell[0] : cell[1]].strip()]
        while filled and not regex.search(
            r"\p{L}", text, pos=cells[filled[0]][0], endpos=cells[filled[0]][1]
        ):
            filled.pop(0)  # a row's number
        if not filled:
            return
        name = cells[filled[0]]
        rest = filled[1:]
        if not rest:
            yield Block(name[0], name[1])
            return
        told = False
        for i in rest:
            cell = cells[i]
            whole = self.words.whole_answer.match(text, *cell)
            means = self.words.means(whole["value"]) if whole else ""
            column = header[i] if header and i < len(header) else ""
            ticked = plain(text[cell[0] : cell[1]]) in {"x", *self.words.ticked}
            if column and (ticked or means == "present"):
                yield answered(cell, name, column)
                told = True
            elif column == "present" and means == "absent":
                yield answered(cell, name, means)
                told = True
            elif column:
                continue
            elif means or ticked:
                yield answered(cell, name, means or "present")
                told = True
            elif WORDY.search(text, *cell):
                yield worded(cell, name, also=told)
                told = True


def cells_of(text: str, low: int, high: int, mark: str = "|") -> list[Span]:
    """The cells of a line that bars, or tabs, part."""
    if text.find(mark, low, high) < 0:
        return []
    low, high = strip(text, low, high)
    if text[low] == mark:
        low += 1
    if high > low and text[high - 1] == mark:
        high -= 1
    out, at = [], low
    while True:
        bar = text.find(mark, at, high)
        stop = bar if bar >= 0 else high
        out.append(trim(text, at, stop))
        if bar < 0:
            return out
        at = bar + 1
